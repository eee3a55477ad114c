"""Watches one stream for a late start: not seen up at an hour at which this person ordinarily is.

To be up is more than a visit to the bathroom: seen in `ELSEWHERE_MINUTES` different minutes of half an hour
outside bedroom and bathroom, or in `ANYWHERE_MINUTES` of an hour in whatever room (washing and dressing). Before
`EARLY_ENDS_S` it takes more than that, or a walk to the kitchen at five would count. Of the rules tried on ten
recorded homes this one gave the narrowest mornings at the fewest false alerts.
"""

from collections.abc import Mapping
from typing import Any, Final

from models import wording_nights as wording
from models.claims import Claim, Ending, Opening
from models.coverage import FORGIVEN_S, Coverage
from models.learners.timing import Timing
from models.localtime import DAY_S, DAY_STARTS_H, HOUR_S, MINUTE_S, LocalTime
from models.own_night import OwnNight, own_night
from models.signals import NEVER, Event, Line, Phase
from models.stays import GOES_OFF_ALONE, NOWHERE
from models.vocabulary import BATHROOM, BEDROOM, OUTSIDE_DOOR, AlertKind, Sensor, SensorKind, Severity

CEILING_S: Final = 11 * HOUR_S + 30 * MINUTE_S
"""Not up by this time of the clock always raises (ALERTS, rule 6); what is learnt may only be earlier."""

NEVER_EARLIER_S: Final = 7 * HOUR_S + 30 * MINUTE_S
"""Before this nobody would be rung up for still being in bed, however early they usually are."""

CHANCE: Final = 1 / 25
"""Mornings that may be late by chance. Those who are stirring are waited for, which leaves about one in thirty:
this kind's share of one attention-level alert a week over all kinds."""

EARLY_ENDS_S: Final = 7 * HOUR_S
ELSEWHERE_MINUTES: Final = 3
ANYWHERE_MINUTES: Final = 6
_EARLY_MINUTES: Final = 6
_EARLY_SPAN: Final = 15
_ELSEWHERE_WITHIN: Final = 30
_ANYWHERE_WITHIN: Final = 60
"""All in minutes, but for `EARLY_ENDS_S`, a time of the clock."""

STIRRING_S: Final = 30 * MINUTE_S
"""Who was seen in whatever room so lately may be getting up just now: a learnt limit waits for it, the fixed one
does not. Longer would miss those who lie and turn."""

_LAST_SEEN_S: Final = 14 * HOUR_S
"""Who was not seen in the evening or the night is not known to be at home."""

_LEARNT_BEYOND_S: Final = HOUR_S
"""A morning that raised an alert teaches at most this much beyond it: the anomaly must not become the routine."""


class Mornings:
    """When one person gets up and goes to bed.

    Args:
        can_see_up: whether enough rooms have sensors to tell being up from lying in bed, and of one person.

    Attributes:
        due_ms: when to call `pass_time` (UTC, ms): today's limit, or the next 04:00.
        up: learner of the first time up; `to_bed`, of the last time about.
    """

    def __init__(self, resident: str, local: LocalTime, coverage: Coverage, *, can_see_up: bool) -> None:
        self.resident = resident
        self.due_ms = NEVER
        self.up = Timing()
        self.to_bed = Timing()
        self._local = local
        self._coverage = coverage
        self._can_see_up = can_see_up
        self._day: int | None = None
        self._watching_s = 0
        self._up_s: int | None = None
        self._about_s: int | None = None
        self._elsewhere: list[int] = []
        self._anywhere: list[int] = []
        self._last: Sensor | None = None
        self._last_s = 0
        self._raised_s: int | None = None

    def see(self, event: Event) -> Claim | None:
        """An event of this stream; returns the end of an open alert, if there was one."""
        sensor, at_s = event.sensor, event.at_ms // 1000
        if not self._can_see_up or not shows_where(event):
            return None
        if self._day is None:
            self._begin(at_s, watching_s=at_s)
        self._last, self._last_s = sensor, at_s
        if sensor.kind is SensorKind.BED:
            return None  # turning over is not getting up
        minute = at_s // MINUTE_S
        self._anywhere = _with(self._anywhere, minute, _ANYWHERE_WITHIN)
        if sensor.place not in (BEDROOM, BATHROOM):
            self._elsewhere = _with(self._elsewhere, minute, _ELSEWHERE_WITHIN)
            if len(self._elsewhere) >= ELSEWHERE_MINUTES:
                self._about_s = at_s
        since_s = self._since_s(at_s)
        return None if self._up_s is not None or since_s is None else self._got_up(event, since_s)

    def _since_s(self, at_s: int) -> int | None:
        """Since when this person has been up, going by the last half hour and hour; None if they are not."""
        elsewhere = self._elsewhere
        early = self._raised_s is None and self._local.second_of_day(at_s) < EARLY_ENDS_S
        if early:
            enough = len(elsewhere) >= _EARLY_MINUTES and elsewhere[-1] - elsewhere[0] >= _EARLY_SPAN
            since = elsewhere[0] if enough else None
        elif len(elsewhere) >= ELSEWHERE_MINUTES and elsewhere[-1] == at_s // MINUTE_S:
            since = elsewhere[0]
        else:
            since = self._anywhere[0] if len(self._anywhere) >= ANYWHERE_MINUTES else None
        return None if since is None else since * MINUTE_S

    def _got_up(self, event: Event, since_s: int) -> Claim | None:
        assert self._day is not None
        at_s, start_s = event.at_ms // 1000, self._local.day_start_s(self._day)
        self._up_s = max(since_s, start_s)
        if self._watching_s == start_s and self._coverage.blind_s(start_s, at_s) < FORGIVEN_S:
            raised_s = self._raised_s or 0
            teaches_s = min(self._up_s, raised_s + _LEARNT_BEYOND_S) if raised_s >= start_s else self._up_s
            self.up.learn_one(self._local.second_of_day(teaches_s), weekend=self._weekend(self._day))
        self._wait()
        if self._raised_s is None:
            return None
        self._raised_s = None
        text = wording.up_at(local=self._local, sensor=event.sensor, up_s=self._up_s)
        return Ending(self.resident, AlertKind.LATE_START, at_s, text)

    def _begin(self, at_s: int, *, watching_s: int) -> None:
        """A resident day, seen from `watching_s` on."""
        self._day = self._local.day(at_s)
        self._watching_s = watching_s
        self._up_s = self._about_s = None
        self._elsewhere, self._anywhere = [], []
        self._wait()

    def _wait(self) -> None:
        """Until today's limit, or, where there is nothing to wait for today, until the next day."""
        assert self._day is not None
        limit_s = self._local.at_clock_s(self._day, self._limit_s())
        waits = self._up_s is None and self._watching_s < self._local.at_clock_s(self._day, EARLY_ENDS_S)
        self.due_ms = (limit_s if waits else self._local.day_start_s(self._day + 1)) * 1000

    def _limit_s(self) -> int:
        """By when, on today's clock, this person is to be up."""
        assert self._day is not None
        limit_s = self.up.limit_s(CHANCE, weekend=self._weekend(self._day))
        if limit_s is None or limit_s < DAY_STARTS_H * HOUR_S:
            return CEILING_S
        return max(NEVER_EARLIER_S, min(limit_s, CEILING_S))

    def pass_time(self, lines: list[Line], *, known: bool, sound: bool = True) -> Claim | None:
        """Called when `due_ms` has come; `known`: an open alert already says that nothing is seen of this person.

        While not every sensor is `sound`, getting up may go unseen: then only the ceiling counts.
        """
        assert self._day is not None
        at_s = self.due_ms // 1000
        next_s = self._local.day_start_s(self._day + 1)
        if at_s >= next_s:
            self._end_day(next_s)
            self._begin(next_s, watching_s=next_s)
            return None
        limit_s, ceiling_s = self._limit_s(), self._local.at_clock_s(self._day, CEILING_S)
        if at_s < ceiling_s and (self._last_s + STIRRING_S > at_s or not sound):
            self.due_ms = (min(self._last_s + STIRRING_S, ceiling_s) if sound else ceiling_s) * 1000
            return None
        self.due_ms = next_s * 1000
        if known or self._raised_s is not None or not self._at_home(at_s):
            return None
        assert self._last is not None
        self._raised_s = at_s
        usual = self.up.usual()
        evidence = wording.late_start(
            local=self._local,
            at_s=at_s,
            last=self._last,
            last_s=self._last_s,
            usual=None if usual is None else (usual.low_s, usual.high_s),
            days=self.up.known,
            limit_s=None if at_s >= ceiling_s else limit_s,
            coverage=self._coverage.sentence(lines, at_s),
        )
        return Opening(self.resident, AlertKind.LATE_START, Severity.ATTENTION, self._last_s, at_s, evidence)

    def _at_home(self, at_s: int) -> bool:
        """Whether the last signs say so: seen in the evening or at night, and not at an outside door last."""
        if self._last is None or self._coverage.blind_since_s is not None:
            return False
        return not is_outside_door(self._last) and at_s - self._last_s <= _LAST_SEEN_S

    def _end_day(self, end_s: int) -> None:
        assert self._day is not None
        about_s = self._about_s
        if about_s is None or self._up_s is None or not self._at_home(end_s):
            return
        if self._coverage.blind_s(about_s, end_s) < FORGIVEN_S:
            self.to_bed.learn_one(self._local.second_of_day(about_s), weekend=self._weekend(self._day))

    def is_up(self) -> bool:
        """Whether this person has got up in this resident day, which lasts until 04:00."""
        return self._up_s is not None

    def is_about(self, at_s: int) -> bool:
        """Whether, between 04:00 and noon, they have been about as those are who are up, however early it is."""
        if not DAY_STARTS_H * HOUR_S <= self._local.second_of_day(at_s) < DAY_S // 2:
            return False
        minute = at_s // MINUTE_S
        elsewhere = sum(past > minute - _ELSEWHERE_WITHIN for past in self._elsewhere)
        anywhere = sum(past > minute - _ANYWHERE_WITHIN for past in self._anywhere)
        return self.is_up() or elsewhere >= ELSEWHERE_MINUTES or anywhere >= ANYWHERE_MINUTES

    def night(self) -> OwnNight:
        """This person's own night, as far as it is known."""
        return own_night(self.to_bed, self.up)

    def _weekend(self, day: int) -> bool:
        return self._local.date(day).weekday() >= 5

    def seeing(self, at_s: int) -> None:
        """The gateway sees again after a long blind stretch: where this person is now is unknown."""
        self._last = None
        self._elsewhere, self._anywhere = [], []
        if self._day is not None:
            self._watching_s = at_s
            self._wait()

    def shift(self, at_s: int, by_s: int, *, far: bool) -> None:
        """The clock was stepped by `by_s` and now says `at_s`; `far`: enough to make this day another."""
        self._last_s += by_s
        self._elsewhere, self._anywhere = [], []
        if self._raised_s is not None:
            self._raised_s += by_s
        if self._day is None or not far:
            return
        up_s = self._up_s if self._local.day(at_s) == self._day else None
        self._begin(at_s, watching_s=at_s)
        if up_s is not None:
            self._up_s = up_s
            self._wait()

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "due_ms": None if self.due_ms == NEVER else self.due_ms,
            "up": self.up.state(),
            "to_bed": self.to_bed.state(),
            "day": self._day,
            "watching_s": self._watching_s,
            "up_s": self._up_s,
            "about_s": self._about_s,
            "elsewhere": list(self._elsewhere),
            "anywhere": list(self._anywhere),
            "last": None if self._last is None else self._last.id,
            "last_s": self._last_s,
            "raised_s": self._raised_s,
        }

    def restore(self, state: Mapping[str, Any], sensors: Mapping[str, Sensor]) -> None:
        """Take over what `state()` said; a last sign by a sensor that is gone is forgotten."""
        self.due_ms = NEVER if state["due_ms"] is None else state["due_ms"]
        self.up = Timing.from_state(state["up"])
        self.to_bed = Timing.from_state(state["to_bed"])
        self._day = state["day"]
        self._watching_s = state["watching_s"]
        self._up_s = state["up_s"]
        self._about_s = state["about_s"]
        self._elsewhere = list(state["elsewhere"])
        self._anywhere = list(state["anywhere"])
        self._last = sensors.get(state["last"] or "")
        self._last_s = state["last_s"]
        self._raised_s = state["raised_s"]


def _with(minutes: list[int], minute: int, within: int) -> list[int]:
    if minutes and minutes[-1] == minute:
        return minutes
    return [past for past in minutes if past > minute - within] + [minute]


def is_outside_door(sensor: Sensor) -> bool:
    """Whether somebody can leave the home by it."""
    return sensor.kind is SensorKind.DOOR and sensor.place == OUTSIDE_DOOR


def shows_where(event: Event) -> bool:
    """Whether an event says that somebody is at its sensor now."""
    return event.sensor.kind not in NOWHERE and not (event.phase is Phase.OFF and event.sensor.kind in GOES_OFF_ALONE)
