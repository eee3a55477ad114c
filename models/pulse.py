"""Resting pulse of whoever wears a band or a strap: by night, and by day after sitting still for long.

A pulse says something of a person only at rest. Stretches of ten still minutes are found, the middle of each is
kept, and a night's resting pulse is what a tenth of its stretches stay below: of the five statistics tried on six
recorded bands it differed least from night to night, and one odd stretch does not move it as it moves the lowest.
"""

import statistics
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from models.habits import PARTS
from models.learners.pulse import Pulse, UsualPulse
from models.localtime import DAY_S, MINUTE_S, LocalTime
from models.masks import BLIND_SHARE
from models.signals import Event
from models.vocabulary import Habit

NIGHT: Final = "resting-pulse"
SEATED: Final = "seated-pulse"
"""Rows of the table of habits, in bpm."""

STRETCH_MIN: Final = 10
_KNOWN_MIN: Final = 5
"""A stretch with a value in fewer of its minutes is left out."""

STILL_NIGHT_S: Final = 10 * MINUTE_S
STILL_DAY_S: Final = 20 * MINUTE_S
"""How long nothing else must have been seen of a person before their pulse is at rest: turning over passes sooner than
a walk to the chair does."""

NEEDED_NIGHT: Final = 12
NEEDED_DAY: Final = 3
"""Stretches that make a value: two hours of a night, half an hour on a chair."""

_A_DAY_MIN: Final = DAY_S // MINUTE_S
_NIGHT_MIN: Final = (DAY_S - PARTS[-1][1] + PARTS[0][1]) // MINUTE_S

_REST_BPM: Final = (30.0, 130.0)
"""Resting pulses of people lie between 40 and 109 (LEARNER); beyond this a still hand is not at rest, or not worn."""

_LOWEST: Final = 0.1
_RAREST_DAYS: Final = 100_000.0


class Raised(NamedTuple):
    """How probable it is that two of the last nights are so high, what they were in bpm, and what is usual.

    `seated`: days of sitting still instead of nights.
    """

    chance: float
    last_bpm: tuple[float, ...]
    usual: UsualPulse
    seated: bool

    def above(self) -> list[int]:
        """Those that lie above what nine nights in ten do not exceed, in whole beats, as they are told."""
        return [round(bpm) for bpm in self.last_bpm if round(bpm) > round(self.usual.most)]


class RestingPulse:
    """The resting pulse of one person.

    Args:
        sees_moving: whether moving about by day would be seen; otherwise only nights are judged.

    Attributes:
        night: learner of the nights.
        seated: learner of the days.
    """

    def __init__(self, local: LocalTime, *, sees_moving: bool) -> None:
        self.night = Pulse()
        self.seated = Pulse()
        self._local = local
        self._sees_moving = sees_moving
        self._moved_ms = 0
        self._sensor = ""
        self._from_min = self._last_min = -STRETCH_MIN
        self._values: list[float] = []
        self._nightly: list[float] = []
        self._daily: list[float] = []

    def moved(self, at_ms: int) -> None:
        """Something else was seen of this person: steps, or any sign of life."""
        self._moved_ms = at_ms
        self._values = []
        self._sensor = ""

    def see(self, event: Event) -> None:
        """A plausible pulse; without skin contact a strap says none (gateway.sources.ble.heart_rate)."""
        minute = event.at_ms // 60_000
        if self._sensor and minute - self._from_min >= STRETCH_MIN:
            self._end_stretch()
        if event.at_ms - self._moved_ms > STILL_NIGHT_S * 1000 and self._sensor in ("", event.sensor.id):
            if not self._sensor:  # one stretch is one sensor's, where somebody wears two
                self._sensor, self._from_min = event.sensor.id, minute
            if minute != self._last_min or not self._values:
                self._values.append(event.value)
            self._last_min = minute

    def _end_stretch(self) -> None:
        values, self._values, self._sensor = self._values, [], ""
        middle = statistics.median(values) if len(values) >= _KNOWN_MIN else 0.0
        if not _REST_BPM[0] <= middle <= _REST_BPM[1]:
            return
        begins_s = self._from_min * MINUTE_S
        if not PARTS[0][1] <= self._local.second_of_day(begins_s) < PARTS[-1][1]:
            self._nightly.append(middle)
        elif self._sees_moving and begins_s - self._moved_ms // 1000 > STILL_DAY_S:
            self._daily.append(middle)

    def close(self, *, sound: bool = True, teach: bool = True, lost_min: int = 0) -> tuple[list[Habit], Raised | None]:
        """A night has ended, and with it the day before: their rows, and how raised the last nights are.

        By day's values where the nights cannot be judged. None while not ready, and where it was not worn for long
        enough. What was not `sound` (a step of the clock) is forgotten; without `teach` nothing is learnt. A link that
        has been lost for the last `lost_min` left too little of a night, or of the day before it, to stand for it.
        """
        night, seated = _lowest(self._nightly, NEEDED_NIGHT), _lowest(self._daily, NEEDED_DAY)
        night = None if lost_min > BLIND_SHARE * _NIGHT_MIN else night
        seated = None if lost_min > _NIGHT_MIN + BLIND_SHARE * (_A_DAY_MIN - _NIGHT_MIN) else seated
        self._nightly, self._daily = [], []
        self._values, self._sensor = [], ""
        if not sound:
            return [], None
        both = ((NIGHT, self.night, night), (SEATED, self.seated, seated))
        rows = [_row(name, learner, bpm) for name, learner, bpm in both if bpm is not None]
        raised = _raised(self.night, night, seated=False) or _raised(self.seated, seated, seated=True)
        for _, learner, bpm in both if teach else ():
            learner.learn_one(bpm)
        return rows, raised

    def shift(self, at_ms: int) -> None:
        """The clock was stepped and now says `at_ms`: a stretch across that is none."""
        self.moved(at_ms)

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "night": self.night.state(),
            "seated": self.seated.state(),
            "moved_ms": self._moved_ms,
            "sensor": self._sensor,
            "from_min": self._from_min,
            "last_min": self._last_min,
            "values": list(self._values),
            "nightly": list(self._nightly),
            "daily": list(self._daily),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said."""
        self.night = Pulse.from_state(state["night"])
        self.seated = Pulse.from_state(state["seated"])
        self._moved_ms = state["moved_ms"]
        self._sensor = state["sensor"]
        self._from_min = state["from_min"]
        self._last_min = state["last_min"]
        self._values = list(state["values"])
        self._nightly = list(state["nightly"])
        self._daily = list(state["daily"])


def _lowest(stretches: list[float], needed: int) -> float | None:
    return round(sorted(stretches)[int(_LOWEST * len(stretches))], 1) if len(stretches) >= needed else None


def _raised(learner: Pulse, bpm: float | None, *, seated: bool) -> Raised | None:
    chance, usual = learner.score_one(bpm), learner.usual()
    if chance is None or usual is None or bpm is None:
        return None
    return Raised(chance, (*learner.last(), bpm), usual, seated)


def _row(name: str, learner: Pulse, bpm: float) -> Habit:
    usual, chance = learner.usual(), learner.chance_one(bpm)
    return Habit(
        name=name,
        observed=bpm,
        usual_low=None if usual is None else round(usual.low, 1),
        usual_high=None if usual is None else round(usual.high, 1),
        rarity_days=None if chance is None else round(min(1 / chance, _RAREST_DAYS), 2),
        direction=learner.direction(bpm),
    )
