"""How each sensor of a home is ordinarily used: for how long it says nothing, and for how long it stays on.

Time is counted in minutes in which other sensors saw somebody, so a quiet home makes no sensor suspect: only others
that are active while this one is not do (RELIABILITY, row 17). `models.health` asks the same within hours, so that no
care alert rests on a broken sensor; here it is asked over days, before a technician is sent.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from models.health import is_odd
from models.kinds import SensorKind
from models.localtime import DAY_S, HOUR_S
from models.signals import Event, Phase
from models.vocabulary import Sensor
from models.whose import SIGNS_OF_LIFE

REMEMBERED_DAYS: Final = 28
NEEDED_DAYS: Final = 7
"""Days on which a sensor spoke, before it can be missed."""

REGULAR: Final = 0.9
"""Of the days known, a sensor must have spoken on so many: what has days off of its own is not missed."""

SILENT_TIMES: Final = 3
"""How many times its longest silence of four weeks, in minutes that were lived elsewhere, before it is told of."""

SILENT_LEAST_MIN: Final = 180
NEVER_SPOKE_MIN: Final = 20 * 60
"""What detects by itself, and has not said a word in so many lived minutes from the first on, is not connected."""

SILENT_LEAST_S: Final = DAY_S
USED_LEAST_S: Final = 3 * DAY_S
"""And so long by the clock: what detects by itself, and what somebody has to use, which may be their own affair."""

STAYED_TIMES: Final = 2
STAYED_LEAST_S: Final = {
    SensorKind.TAP: 6 * HOUR_S,
    SensorKind.TOILET: 6 * HOUR_S,
    SensorKind.MOTION: 6 * HOUR_S,
    SensorKind.SEAT: 12 * HOUR_S,
    SensorKind.BED: 12 * HOUR_S,
    SensorKind.PRESENCE: 12 * HOUR_S,
    SensorKind.FRIDGE: 24 * HOUR_S,
    SensorKind.APPLIANCE: 24 * HOUR_S,
    SensorKind.DOOR: 48 * HOUR_S,
    SensorKind.CUPBOARD: 72 * HOUR_S,
}
"""A contact that stays on for twice its longest, and for so long at least, is stuck. Doors may stand open."""

STANDS_OPEN: Final = frozenset({
    SensorKind.DOOR, SensorKind.CUPBOARD, SensorKind.FRIDGE, SensorKind.APPLIANCE
})  # fmt: skip
"""What may be left on or open for as long as people like: not judged before `NEEDED_DAYS` are known."""

ELSEWHERE_MIN: Final = 60
"""Minutes in which somebody was seen elsewhere meanwhile: else it may be somebody who does not move."""

_SEES_BY_ITSELF: Final = frozenset({SensorKind.MOTION, SensorKind.PRESENCE})
_NOT_JUDGED: Final = frozenset({SensorKind.BUTTON, SensorKind.STEPS})
"""A button is silent until it is pressed, and a wearable is worn or not."""


class Use:
    """One sensor. Minutes are lived ones, lengths in seconds are by the clock.

    Attributes:
        seen_s: when it last said anything (UTC s), None if it never did.
        record_min: for each of the last days on which it spoke, its longest silence that ended.
        spoke: for each of the last days until it last spoke, whether it did.
        on_s: since when it has been on, None while it is not.
        stays_s: for each of the last days, its longest time on that ended.
    """

    __slots__ = (
        "_longest_min", "_missed", "_on_min", "_quiet_from_min", "_spoke", "_stay_s", "on_s", "record_min", "seen_s",
        "sensor", "spoke", "stays_s",
    )  # fmt: skip

    def __init__(self, sensor: Sensor) -> None:
        self.sensor = sensor
        self.seen_s: int | None = None
        self.on_s: int | None = None
        self.record_min: list[int] = []
        self.spoke: list[int] = []
        self.stays_s: list[int] = []
        self._quiet_from_min = self._on_min = self._stay_s = self._longest_min = 0
        self._spoke = self._missed = 0

    def begin(self, lived_min: int) -> None:
        """It is new in a home that is known."""
        self._quiet_from_min = lived_min

    def see(self, at_s: int, phase: Phase, lived_min: int) -> None:
        """It said something at `at_s`. What was silent, or on, beyond all measure does not become its measure."""
        if self.seen_s is not None and not self.is_silent(at_s, lived_min):
            self._longest_min = max(self._longest_min, self.quiet_min(lived_min))
            self.spoke = [*self.spoke, *[0] * self._missed][-REMEMBERED_DAYS:]
        self._missed = 0
        self.seen_s, self._quiet_from_min, self._spoke = at_s, lived_min, 1
        if self.on_s is not None and phase is not Phase.FIRED and not self.is_stuck(at_s, lived_min):
            self._stay_s = max(self._stay_s, at_s - self.on_s)
        if phase is Phase.ON:
            self.on_s, self._on_min = at_s, lived_min
        elif phase is Phase.OFF:
            self.on_s = None

    def day_ended(self) -> None:
        """A day is over. One without a word is not counted before it has spoken again."""
        if self.seen_s is None:
            return
        self._missed += not self._spoke
        if self._spoke:
            self.spoke = [*self.spoke, 1][-REMEMBERED_DAYS:]
            self.record_min = [*self.record_min, self._longest_min][-REMEMBERED_DAYS:]
        if self._stay_s:
            self.stays_s = [*self.stays_s, self._stay_s][-REMEMBERED_DAYS:]
        self._longest_min = self._spoke = self._stay_s = 0

    def quiet_min(self, lived_min: int) -> int:
        """Lived minutes since it last said anything, or since it is known."""
        return lived_min - self._quiet_from_min

    def is_silent(self, at_s: int, lived_min: int) -> bool:
        """Whether it has been silent far beyond its own record while somebody was about."""
        if self.seen_s is None:
            return self.sensor.kind in _SEES_BY_ITSELF and self.quiet_min(lived_min) > NEVER_SPOKE_MIN
        least_s = SILENT_LEAST_S if self.sensor.kind in _SEES_BY_ITSELF else USED_LEAST_S
        if not self._is_missed() or at_s - self.seen_s < least_s:
            return False
        return self.quiet_min(lived_min) > max(SILENT_LEAST_MIN, SILENT_TIMES * max(self.record_min))

    def is_doubted(self, at_s: int, lived_min: int) -> bool:
        """Whether nobody can say if it is broken or not used: by hand, and silent for a day, oddly long for it."""
        if self.seen_s is None or self.sensor.kind in _SEES_BY_ITSELF or not self._is_missed():
            return False
        return at_s - self.seen_s >= DAY_S and is_odd(self.quiet_min(lived_min), self.record_min)

    def _is_missed(self) -> bool:
        return len(self.record_min) >= NEEDED_DAYS and sum(self.spoke) >= REGULAR * len(self.spoke)

    def is_stuck(self, at_s: int, lived_min: int) -> bool:
        """Whether it has been on for far longer than it ever was, while somebody was seen elsewhere."""
        least_s = STAYED_LEAST_S.get(self.sensor.kind)
        if self.on_s is None or least_s is None or lived_min - self._on_min < ELSEWHERE_MIN:
            return False
        if self.sensor.kind in STANDS_OPEN and len(self.stays_s) < NEEDED_DAYS:
            return False
        return at_s - self.on_s >= max(least_s, STAYED_TIMES * max(self.stays_s, default=0))

    def looked_away(self, at_s: int, lived_min: int) -> None:
        """Nobody was looking until `at_s`: how it was before is not known to have gone on."""
        if self.on_s is not None:
            self.on_s, self._on_min = at_s, lived_min

    def shift(self, by_s: int) -> None:
        """The clock was stepped: what happened `x` ago still happened `x` ago."""
        self.seen_s = None if self.seen_s is None else self.seen_s + by_s
        self.on_s = None if self.on_s is None else self.on_s + by_s

    def state(self) -> list[Any]:
        """Plain JSON."""
        now = [self.seen_s, self.on_s, self._quiet_from_min, self._on_min, self._stay_s, self._longest_min]
        spoke = "".join(map(str, self.spoke))
        return [*now, self._spoke, self._missed, spoke, list(self.record_min), list(self.stays_s)]

    def restore(self, state: list[Any]) -> None:
        """Take over what `state()` said."""
        self.seen_s, self.on_s, self._quiet_from_min, self._on_min, self._stay_s, *rest = state
        self._longest_min, self._spoke, self._missed, spoke, record_min, stays_s = rest
        self.spoke, self.record_min, self.stays_s = [int(one) for one in spoke], list(record_min), list(stays_s)


class Usage:
    """All sensors of a home that show signs of life, and the minutes in which somebody was seen.

    Attributes:
        lived_min: minutes in which anything was seen that can be believed, since the beginning.
        uses: each sensor's use, by its id.
        doubted: sensors whose events are no sign that somebody is about; to be set by who knows.
    """

    def __init__(self, sensors: Iterable[Sensor]) -> None:
        self.lived_min = 0
        self.uses = {one.id: Use(one) for one in sensors if one.kind in SIGNS_OF_LIFE - _NOT_JUDGED}
        self.doubted: frozenset[str] = frozenset()
        self._minute = 0

    def see(self, event: Event) -> None:
        """Something happened."""
        name, at_s = event.sensor.id, event.at_ms // 1000
        use = self.uses.get(name)
        if use is None:
            return
        minute = at_s // 60
        if minute != self._minute and name not in self.doubted:
            self._minute = minute
            self.lived_min += 1
        use.see(at_s, event.phase, self.lived_min)

    def silent(self, at_s: int) -> list[Use]:
        """Those that are silent far beyond their own record, in the order of the configuration."""
        return [use for use in self.uses.values() if use.is_silent(at_s, self.lived_min)]

    def unused_s(self, at_s: int) -> dict[str, int]:
        """What is used by hand and has been silent for a day, oddly long for it: its last words (UTC s).

        Whether it is broken or nobody used it is not known yet, nor are its counts therefore counts of zero.
        """
        return {
            name: use.seen_s
            for name, use in self.uses.items()
            if use.seen_s is not None and use.is_doubted(at_s, self.lived_min)
        }

    def silence(self, use: Use) -> tuple[int, int, int]:
        """Its longest silence and on how many days, and the one that goes on, in lived minutes."""
        return max(use.record_min), len(use.record_min), use.quiet_min(self.lived_min)

    def stuck(self, at_s: int) -> list[Use]:
        """Those that have been on for far longer than they ever were."""
        return [use for use in self.uses.values() if use.is_stuck(at_s, self.lived_min)]

    def day_ended(self) -> None:
        """Once a day."""
        for use in self.uses.values():
            use.day_ended()

    def looked_away(self, at_s: int) -> None:
        """The gateway sees again, at `at_s`, after longer than a moment."""
        for use in self.uses.values():
            use.looked_away(at_s, self.lived_min)

    def shift(self, by_s: int) -> None:
        """The clock was stepped."""
        self._minute += by_s // 60
        for use in self.uses.values():
            use.shift(by_s)

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        uses = {name: use.state() for name, use in sorted(self.uses.items())}
        return {"lived_min": self.lived_min, "minute": self._minute, "doubted": sorted(self.doubted), "uses": uses}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said; sensors that are new begin now."""
        self.lived_min, self._minute = state["lived_min"], state["minute"]
        self.doubted = frozenset(state["doubted"])
        for name, use in self.uses.items():
            if name in state["uses"]:
                use.restore(state["uses"][name])
            else:
                use.begin(self.lived_min)
