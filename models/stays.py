"""Watches one stream for stays that are too long: in the bathroom, on a seat, in bed, in a room that knows.

A stay begins when somebody is seen to arrive and ends when they are seen anywhere else, or to leave. A seat
that says "occupied" while its person is seen elsewhere is not believed until it has said "free".
"""

import math
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from models import wording
from models.bathroom import CEILING_S, Bathroom, part_of
from models.checkin import Pending
from models.claims import Claim, Ending, Opening
from models.coverage import Coverage
from models.kinds import AlertKind, SensorKind, Severity
from models.learners.stay import Dwell, Stay
from models.localtime import HOUR_S, MINUTE_S, LocalTime
from models.signals import NEVER, Event, Line, Phase
from models.vocabulary import BATHROOM, Sensor

NEVER_EARLIER_S: Final = {"seat": 2 * HOUR_S, "bed": 3 * HOUR_S, "presence": 2 * HOUR_S}
"""Below these, a long stay is not worth anybody's telephone call, however regular the person is."""

_ASK_AGAIN_S: Final = 10 * MINUTE_S

FIDGET_S: Final = 2 * MINUTE_S
"""Off a seat or out of bed for less is the same stay."""

_KNOWS = {SensorKind.SEAT, SensorKind.BED, SensorKind.PRESENCE}

NOWHERE: Final = frozenset({SensorKind.STEPS, SensorKind.BUTTON})
"""Worn or carried along: their events say nothing of where somebody is."""

GOES_OFF_ALONE: Final = {SensorKind.MOTION, SensorKind.PRESENCE, SensorKind.APPLIANCE}
"""A detector lets go, and a kettle switches off, when somebody has long gone to another room."""


class _Open(NamedTuple):
    """A stay that is going on: what kind, on which sensor, from when, and when the seat was last left."""

    what: str
    sensor: Sensor
    start_ms: int
    last_ms: int
    left_ms: int | None


class Stays:
    """The stays of one stream.

    Args:
        can_see_leaving: whether the home has enough other sensors to notice that somebody left the bathroom.
        alone: whether these are the stays of one person. Where several share a home's sensors, one of them moving
            about says nothing of the other, so no stay is judged.

    Attributes:
        due_ms: when to call `pass_time` (UTC, ms).
        teaches: whether a stay that ends is learnt; to be set before `see`.
    """

    def __init__(
        self, resident: str, local: LocalTime, coverage: Coverage, *, can_see_leaving: bool, alone: bool
    ) -> None:
        self.resident = resident
        self.due_ms = NEVER
        self.teaches = True
        self._local = local
        self._coverage = coverage
        self._alone = alone
        self._bathroom = Bathroom(local, can_see_leaving=can_see_leaving)
        self._learners: dict[str, Stay] = {}
        self._now: _Open | None = None
        self._raised = False
        self._answered = (0, 0)

    def see(self, event: Event) -> Claim | None:
        """An event of this stream; returns the end of an open alert, if there was one."""
        if not self._alone:
            return None
        self._bathroom.sign(event.at_ms)
        what = _what(event)
        is_there = shows_where(event)
        if what == BATHROOM:
            self._bathroom.moved(event.at_ms)
            return self._follow(event, what, is_there=is_there)
        ending = self._follow(event, what, is_there=is_there)
        if is_there:
            self._bathroom.elsewhere(event.at_ms)
        return ending

    def _follow(self, event: Event, what: str | None, *, is_there: bool) -> Claim | None:
        now = self._now
        if now is not None and what == now.what and (what == BATHROOM or event.sensor is now.sensor):
            return self._same_place(now, event)
        if not is_there:
            return None
        if now is None:
            ending = self._moved(event) if self._raised else None
        elif now.what != BATHROOM and event.sensor.place == now.sensor.place and (what is None or now.left_ms is None):
            return None  # movement around an occupied chair is no contradiction
        else:
            ending = self._end(event, event.at_ms)
        if what is not None and event.phase is not Phase.OFF:
            self._begin(_Open(what, event.sensor, event.at_ms, event.at_ms, None), event.at_ms)
        return ending

    def _same_place(self, now: _Open, event: Event) -> Claim | None:
        if now.what == BATHROOM:
            self._now = now._replace(last_ms=event.at_ms)
            if self.due_ms == NEVER and not self._raised:
                self._begin(self._now, event.at_ms)
            return None
        if event.phase is Phase.OFF:
            self._now = now._replace(left_ms=event.at_ms)
            self.due_ms = NEVER
            return self._end(event, event.at_ms) if self._raised else None
        if now.left_ms is not None and event.at_ms - now.left_ms > FIDGET_S * 1000:
            ending = self._end(event, now.left_ms)
            self._begin(_Open(now.what, event.sensor, event.at_ms, event.at_ms, None), event.at_ms)
            return ending
        self._begin(now._replace(left_ms=None), event.at_ms)
        return None

    def _begin(self, stay: _Open, at_ms: int) -> None:
        self._now = stay
        limit_s = self._limit_s(stay)
        whole_s = math.ceil(at_ms / 1000)
        start_ms, until_s = self._answered
        asked_s = until_s if start_ms == stay.start_ms else 0
        self.due_ms = NEVER if limit_s is None else max(stay.start_ms // 1000 + limit_s, whole_s, asked_s) * 1000

    def pending(self, now_s: int) -> Pending | None:
        """The stay that goes on, and its limit unless its seat is free just now."""
        if self._now is None or self._raised:
            return None
        waits = now_s * 1000 < self.due_ms < NEVER
        return Pending(self._now.start_ms // 1000, self.due_ms // 1000 if waits else None)

    def postpone(self, until_s: int) -> None:
        """Whose stay it is says that they are well: it is not too long before `until_s` (UTC)."""
        if self._now is not None and self.due_ms != NEVER:
            self._answered = (self._now.start_ms, until_s)
            self.due_ms = max(self.due_ms, until_s * 1000)

    def _end(self, event: Event, left_ms: int) -> Claim | None:
        now = self._now
        assert now is not None
        self._now = None
        self.due_ms = NEVER
        if not self.teaches:
            pass
        elif now.what == BATHROOM:
            self._bathroom.ended(now.start_ms, now.last_ms, left_ms)
        elif now.left_ms is not None:
            learner = self._learners.setdefault(self._key(now), Stay())
            learner.learn_one(Dwell(now.start_ms // 1000, now.left_ms // 1000))
        return self._moved(event) if self._raised else None

    def _moved(self, event: Event) -> Claim:
        self._raised = False
        text = wording.moved_again(local=self._local, sensor=event.sensor, at_s=event.at_ms // 1000)
        return Ending(self.resident, AlertKind.LONG_STAY, event.at_ms // 1000, text)

    def _key(self, stay: _Open) -> str:
        return stay.sensor.id + part_of(self._local, stay.start_ms // 1000)

    @property
    def is_open(self) -> bool:
        """Whether an alert was raised and has not ended."""
        return self._raised

    @property
    def in_bathroom_s(self) -> int | None:
        """When something last moved there (UTC second), of a stay in the bathroom that is going on; else None."""
        return self._now.last_ms // 1000 if self._now is not None and self._now.what == BATHROOM else None

    def abstains(self, at_s: int) -> list[str]:
        """Where and when this home cannot tell that somebody is still in the bathroom: ``"bathroom/night"``."""
        return self._bathroom.abstains(at_s)

    def _limit_s(self, stay: _Open) -> int | None:
        if stay.what == BATHROOM:
            return self._bathroom.limit_s(stay.start_ms, stay.last_ms)
        learner = self._learners.get(self._key(stay))
        limit_s = learner.limit_s() if learner else None
        return None if limit_s is None else max(limit_s, NEVER_EARLIER_S[stay.what])

    def pass_time(self, lines: list[Line], *, sound: bool = True) -> Claim | None:
        """Called when `due_ms` has come: the stay has lasted too long.

        While not every sensor is `sound`, a leaving may go unseen: then only who is surely in there is told of.
        """
        now, at_s = self._now, self.due_ms // 1000
        self.due_ms = NEVER
        if now is None or self._coverage.blind_since_s is not None:
            return None
        if not sound and not (now.what == BATHROOM and self._bathroom.goes_on(now.start_ms, at_s * 1000)):
            self.due_ms = (at_s + _ASK_AGAIN_S) * 1000
            return None
        self._raised = True
        learner = self._bathroom if now.what == BATHROOM else self._learners.get(self._key(now))
        fixed = now.what == BATHROOM and at_s - now.start_ms // 1000 >= CEILING_S
        evidence = wording.long_stay(
            local=self._local,
            place="in the bathroom" if now.what == BATHROOM else wording.at(now.sensor),
            since_s=now.start_ms // 1000,
            at_s=at_s,
            usual_s=learner.usual_s() if learner else None,
            known=learner.known if learner else 0,
            fixed=fixed,
            coverage=self._coverage.sentence(lines, at_s),
        )
        severity = Severity.URGENT if now.what == BATHROOM else Severity.ATTENTION
        return Opening(self.resident, AlertKind.LONG_STAY, severity, now.start_ms // 1000, at_s, evidence)

    def blind(self) -> None:
        """The gateway cannot see any more."""
        self.due_ms = NEVER

    def seeing(self, at_ms: int) -> None:
        """The gateway sees again after a moment: what was going on goes on."""
        if self._now is not None and self._now.left_ms is None and not self._raised:
            self._begin(self._now, at_ms)

    def forget_now(self) -> None:
        """The gateway was blind: what is going on is unknown."""
        self._now = None
        self.due_ms = NEVER

    def disbelieve(self, sensor: Sensor) -> list[Claim]:
        """What began with a sensor that cannot be believed may never have been; of that there is nothing to say."""
        if self._now is not None and self._now.sensor is sensor:
            self.forget_now()
        return []

    def shift(self, by_ms: int) -> None:
        """The clock was stepped: a stay is as long as it is, whatever the clock says of its beginning."""
        by_s = round(by_ms / 1000)
        for learner in self._learners.values():
            learner.shift(by_s)
        self._bathroom.shift(by_ms)
        if self._now is not None:
            left_ms = self._now.left_ms
            self._now = self._now._replace(
                start_ms=self._now.start_ms + by_ms,
                last_ms=self._now.last_ms + by_ms,
                left_ms=None if left_ms is None else left_ms + by_ms,
            )
        self._answered = (self._answered[0] + by_ms, self._answered[1] + by_s)
        if self.due_ms != NEVER:
            self.due_ms = math.ceil((self.due_ms + by_ms) / 1000) * 1000

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        now = self._now
        return {
            "learners": {key: learner.state() for key, learner in sorted(self._learners.items())},
            "bathroom": self._bathroom.state(),
            "now": None if now is None else [now.what, now.sensor.id, now.start_ms, now.last_ms, now.left_ms],
            "due_ms": None if self.due_ms == NEVER else self.due_ms,
            "raised": self._raised,
            "answered": list(self._answered),
        }

    def restore(self, state: Mapping[str, Any], sensors: Mapping[str, Sensor]) -> None:
        """Take over what `state()` said; a stay on a sensor that is gone is forgotten."""
        self._learners = {key: Stay.from_state(learner) for key, learner in state["learners"].items()}
        self._bathroom.restore(state["bathroom"])
        self._raised = state["raised"]
        self._answered = (state["answered"][0], state["answered"][1])
        self.due_ms = NEVER
        self._now = None
        if state["now"] is not None and state["now"][1] in sensors:
            what, sensor, start_ms, last_ms, left_ms = state["now"]
            self._now = _Open(what, sensors[sensor], start_ms, last_ms, left_ms)
            self.due_ms = NEVER if state["due_ms"] is None else state["due_ms"]


def shows_where(event: Event) -> bool:
    """Whether an event says that somebody is at its sensor now."""
    return event.sensor.kind not in NOWHERE and not (event.phase is Phase.OFF and event.sensor.kind in GOES_OFF_ALONE)


def _what(event: Event) -> str | None:
    if event.sensor.place == BATHROOM:
        return BATHROOM  # whatever the sensor: the fixed limit holds for a bathroom that knows of somebody, too
    return str(event.sensor.kind) if event.sensor.kind in _KNOWS and event.phase is not Phase.FIRED else None
