"""Watches one stream for a late start: not seen up and about at an hour at which this person ordinarily is."""

from collections.abc import Mapping
from typing import Any, Final

from models import wording_nights as wording
from models.about import About
from models.budget import chance_a_day
from models.calibration import Threshold
from models.claims import Claim, Ending, Opening
from models.coverage import FORGIVEN_S, Coverage
from models.interview import Interview
from models.kinds import AlertKind, SensorKind, Severity
from models.learners.timing import NEEDED, WEEKENDS_FROM, Timing
from models.localtime import DAY_S, DAY_STARTS_H, HOUR_S, MINUTE_S, LocalTime
from models.lying_in import LyingIn
from models.own_night import OwnNight, own_night
from models.signals import NEVER, Event, Line
from models.vocabulary import Sensor, UsualDay

CEILING_S: Final = 11 * HOUR_S + 30 * MINUTE_S
"""Not up by this time of the clock always raises (ALERTS, rule 6); what is learnt may only be earlier."""

NEVER_EARLIER_S: Final = 7 * HOUR_S + 30 * MINUTE_S
"""Before this nobody would be rung up for still being in bed, however early they usually are."""

EARLY_ENDS_S: Final = 6 * HOUR_S
"""A walk to the kitchen before this time of the clock is of the night, as it is while a person's own is not known."""

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
        budget_per_week: attention-level alerts a week that are asked for, over all kinds together.
        told: the usual day, as it was told at the installation.

    Attributes:
        due_ms: when to call `pass_time` (UTC, ms): today's limit, or the next 04:00.
        up: learner of the first time up; `to_bed`, of the last time about.
        teaches: whether what is seen is learnt; it is not on days that are to be judged by what was usual before.
        threshold: the share of mornings that may be late by chance; those who are stirring are waited for beyond it.
    """

    def __init__(
        self, resident: str, local: LocalTime, coverage: Coverage, *, can_see_up: bool, budget_per_week: float = 1.0,
        told: UsualDay | None = None,
    ) -> None:  # fmt: skip
        self.resident = resident
        self.due_ms = NEVER
        self.up = Timing()
        self.to_bed = Timing()
        self.teaches = True
        self.threshold = Threshold(chance_a_day(AlertKind.LATE_START, budget_per_week))
        self._local = local
        self._coverage = coverage
        self._can_see_up = can_see_up
        self._day: int | None = None
        self._watching_s = 0
        self._up_s: int | None = None
        self._about_s: int | None = None
        self._about = About()
        self._last: Sensor | None = None
        self._last_s = 0
        self._raised_s: int | None = None
        self._lying_in = LyingIn()
        self._interview = Interview(told)

    def see(self, event: Event) -> Claim | None:
        """An event that shows where somebody is; returns the end of an open alert, if there was one."""
        sensor, at_s = event.sensor, event.at_ms // 1000
        if not self._can_see_up:
            return None
        if self._day is None:
            self._begin(at_s, watching_s=at_s)
        self._last, self._last_s = sensor, at_s
        if sensor.kind is SensorKind.BED:
            return None  # turning over is not getting up
        if self._about.see(sensor, at_s):
            self._about_s = at_s
        early = self._raised_s is None and self._local.second_of_day(at_s) < EARLY_ENDS_S
        since_s = self._about.since_s(at_s, early=early) if self._up_s is None else None
        return None if since_s is None else self._got_up(event, since_s)

    def _got_up(self, event: Event, since_s: int) -> Claim | None:
        assert self._day is not None
        at_s, start_s = event.at_ms // 1000, self._local.day_start_s(self._day)
        self._up_s = max(since_s, start_s)
        if self.teaches and self._watching_s == start_s and self._coverage.blind_s(start_s, at_s) < FORGIVEN_S:
            raised_s = self._raised_s or 0
            teaches_s = min(self._up_s, raised_s + _LEARNT_BEYOND_S) if raised_s >= start_s else self._up_s
            if self.up.known < NEEDED:
                self._interview.saw_up(self._local.second_of_day(self._up_s))
            self.up.learn_one(self._local.second_of_day(teaches_s), weekend=self._weekend(self._day))
        self._wait()
        if self._raised_s is None:
            self.threshold.learn(told=False)
            return None
        self._raised_s = None
        text = wording.up_at(local=self._local, sensor=event.sensor, up_s=self._up_s)
        return Ending(self.resident, AlertKind.LATE_START, at_s, text)

    def _begin(self, at_s: int, *, watching_s: int) -> None:
        """A resident day, seen from `watching_s` on."""
        self._day = self._local.day(at_s)
        self._watching_s = watching_s
        self._up_s = self._about_s = None
        self._lying_in.today = False
        self._about.clear()
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
        limit_s = self._learnt_s()
        return CEILING_S if limit_s is None else max(NEVER_EARLIER_S, min(limit_s, CEILING_S))

    def _learnt_s(self) -> int | None:
        """The same without the fixed limit. None while too little is known, and where it is not today."""
        assert self._day is not None
        if self.up.known < NEEDED:
            return self._interview.late_s()
        limit_s = self.up.limit_s(self.threshold.level, weekend=self._weekend(self._day))
        return None if limit_s is None or limit_s < DAY_STARTS_H * HOUR_S else limit_s

    def pass_time(self, lines: list[Line], *, known: bool, told: bool = True, sound: bool = True) -> Claim | None:
        """Called when `due_ms` has come; `known`: an open alert already says that nothing is seen of this person.

        What was claimed at a learnt limit and not `told` is claimed again at the ceiling, which nothing holds back. For
        who ordinarily is up later than that, it is listed in the summary and claimed at their own limit. While not
        every sensor is `sound`, getting up may go unseen: then only the ceiling counts.
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
        fixed, again = at_s >= ceiling_s, self._raised_s is not None
        self.due_ms = (next_s if fixed else ceiling_s) * 1000  # what says it now may have ended by then
        if known or (again and (told or not fixed)) or not self._at_home(min(at_s, ceiling_s)):
            return None
        assert self._last is not None
        own_s, one_in = self._learnt_s(), round(1 / self.threshold.level)
        claims_own = self._lying_in.today
        later = self.up.score_one(CEILING_S, weekend=self._weekend(self._day))
        lists = fixed and not again and self._lying_in.is_known(at_s, later)
        if not again:
            self._raised_s = at_s
        if lists and own_s is not None and own_s > CEILING_S:
            self.due_ms = min(self._local.at_clock_s(self._day, own_s), next_s) * 1000
        elif fixed and not (lists or claims_own or again):  # what was held back is to leave no trace in what is learnt
            self._lying_in.told_s = at_s
        self._lying_in.today = lists
        if claims_own or not (fixed or again):
            self.threshold.learn(told=True)  # what a fixed limit raised says nothing of the learnt one
        usual = self.up.usual()
        evidence = wording.late_start(
            local=self._local,
            at_s=at_s,
            last=self._last,
            last_s=self._last_s,
            usual=None if usual is None else (usual.low_s, usual.high_s),
            days=self.up.known,
            one_in=one_in,
            limit_s=(own_s if claims_own else None) if fixed else limit_s,
            coverage=self._coverage.sentence(lines, at_s),
        )
        kind = AlertKind.LATE_START
        return Opening(self.resident, kind, Severity.ATTENTION, self._last_s, at_s, evidence, fixed, lists)

    def _at_home(self, at_s: int) -> bool:
        """Whether the last signs say so: seen in the evening or at night, and not at an outside door last."""
        if self._last is None or self._coverage.blind_since_s is not None:
            return False
        return not self._last.is_outside_door and at_s - self._last_s <= _LAST_SEEN_S

    def _end_day(self, end_s: int) -> None:
        assert self._day is not None
        about_s = self._about_s
        if not self.teaches or about_s is None or self._up_s is None or not self._at_home(end_s):
            return
        if self._coverage.blind_s(about_s, end_s) < FORGIVEN_S:
            self.to_bed.learn_one(self._local.second_of_day(about_s), weekend=self._weekend(self._day))

    def accept(self) -> None:
        """A person said that the late mornings of these days are the new normal: forget those before."""
        self.up.accept()
        self._lying_in.accepted = True

    def contradicted(self) -> str | None:
        """A key of `wording.not_judged` where what was told of the mornings was not what was seen; for four weeks."""
        return self._interview.contradicted() if self.up.known < WEEKENDS_FROM else None

    def is_up(self) -> bool:
        """Whether this person has got up in this resident day, which lasts until 04:00."""
        return self._up_s is not None

    def is_about(self, at_s: int) -> bool:
        """Whether, between 04:00 and noon, they have been about as those are who are up, however early it is."""
        if not DAY_STARTS_H * HOUR_S <= self._local.second_of_day(at_s) < DAY_S // 2:
            return False
        return self.is_up() or self._about.is_about(at_s)

    def night(self) -> OwnNight:
        """This person's own night, as far as it is known."""
        own = own_night(self.to_bed, self.up)
        return own if own.known else self._interview.night() or own

    def _weekend(self, day: int) -> bool:
        return self._local.date(day).weekday() >= 5

    def left(self) -> None:
        """They are said to be elsewhere: whatever was open is over."""
        self._raised_s = None

    def seeing(self, at_s: int) -> None:
        """The gateway sees again after a long blind stretch: where this person is now is unknown."""
        self._last = None
        self._about.clear()
        if self._day is not None:
            self._watching_s = at_s
            self._wait()

    def shift(self, at_s: int, by_s: int, *, far: bool) -> None:
        """The clock was stepped by `by_s` and now says `at_s`; `far`: enough to make this day another."""
        self._last_s += by_s
        self._about.clear()
        if self._raised_s is not None:
            self._raised_s += by_s
        self._lying_in.shift(by_s)
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
            "teaches": self.teaches,
            "day": self._day,
            "watching_s": self._watching_s,
            "up_s": self._up_s,
            "about_s": self._about_s,
            "about": self._about.state(),
            "last": None if self._last is None else self._last.id,
            "last_s": self._last_s,
            "raised_s": self._raised_s,
            "lying_in": self._lying_in.state(),
            "interview": self._interview.state(),
            "threshold": self.threshold.state(),
        }

    def restore(self, state: Mapping[str, Any], sensors: Mapping[str, Sensor]) -> None:
        """Take over what `state()` said; a last sign by a sensor that is gone is forgotten."""
        self.due_ms = NEVER if state["due_ms"] is None else state["due_ms"]
        self.up = Timing.from_state(state["up"])
        self.to_bed = Timing.from_state(state["to_bed"])
        self.teaches = state["teaches"]
        self._day = state["day"]
        self._watching_s = state["watching_s"]
        self._up_s = state["up_s"]
        self._about_s = state["about_s"]
        self._about.restore(state["about"])
        self._last = sensors.get(state["last"] or "")
        self._last_s = state["last_s"]
        self._raised_s = state["raised_s"]
        self._lying_in.restore(state["lying_in"])
        self._interview.restore(state["interview"])
        own = {"chance_a_day": self.threshold.chance_a_day}  # the configuration's, not the state's
        self.threshold = Threshold.from_state({**state["threshold"], **own})
