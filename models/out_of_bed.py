"""Watches one stream for a bed that was left at night and stays empty.

In the person's own night only, and only where a sensor knows of the bed. What is watched is a night trip from which
somebody does not come back; getting up for the day is none, so the night of the bed ends when this person ordinarily
leaves it for good, and what was learnt of the trips is held against none that reaches into the hour before. A long
stay in the bathroom or a door at night says more of the same thing, and goes before it.
"""

from collections.abc import Mapping
from typing import Any, Final

from models import wording_nights as wording
from models.claims import Claim, Ending, Opening
from models.coverage import Coverage
from models.kinds import AlertKind, SensorKind, Severity
from models.learners.stay import Dwell, Stay
from models.learners.timing import Timing
from models.localtime import DAY_S, DAY_STARTS_H, HOUR_S, MINUTE_S, LocalTime
from models.mornings import Mornings
from models.own_night import OwnNight
from models.signals import NEVER, Event, Line, Phase
from models.vocabulary import Sensor

CEILING_S: Final = 45 * MINUTE_S
"""Out of bed at night for so long always raises (ALERTS, rule 6); what is learnt may only be earlier."""

NEVER_EARLIER_S: Final = 30 * MINUTE_S
"""A visit to the bathroom, a cup of tea and a look at the paper are nobody's business, however short the trips were
until now: the fixed limit is a quarter of an hour off."""

RISING_S: Final = HOUR_S
"""So long before the usual time of getting up, an empty bed may be an early morning: only the fixed limit counts."""

_TURNING_OVER_S: Final = MINUTE_S
"""A bed that is empty for less was not left: there are sensors that say so two hundred times a night."""

_FOR_GOOD_S: Final = 2 * HOUR_S
"""Who was out of bed for longer in the morning had got up."""

BUDGET_PER_DAY: Final = 0.01
"""How often a day a learnt limit may be passed by chance: once in three months."""


class OutOfBed:
    """The bed at night, of one person.

    Args:
        mornings: when this person is in bed and when they are up.
        alone: whether the bed is one person's.

    Attributes:
        due_ms: when to call `pass_time` (UTC, ms).
        is_open: whether an alert was raised and has not ended.
    """

    def __init__(self, resident: str, local: LocalTime, coverage: Coverage, mornings: Mornings, *, alone: bool) -> None:
        self.resident = resident
        self.due_ms = NEVER
        self._local = local
        self._coverage = coverage
        self._mornings = mornings
        self._alone = alone
        self._spells = Stay(budget_per_day=BUDGET_PER_DAY)
        self._rising = Timing()
        self._left_s: int | None = None
        self._off_s: int | None = None
        self._last: Sensor | None = None
        self.is_open = False

    def see(self, event: Event) -> Claim | None:
        """An event that shows where somebody is; returns the end of an open alert, if there was one."""
        if not self._alone:
            return None
        at_s = event.at_ms // 1000
        if event.sensor.kind is not SensorKind.BED:
            self._last = event.sensor
            return None
        if event.phase is not Phase.OFF:
            self._rose(at_s)
            return self._back(at_s)
        if self._off_s is None:
            self._off_s = at_s
        if self._left_s is None and self._is_night(at_s):
            self._left_s, self._last = at_s, None
            self.due_ms = self._limit_at_s(at_s) * 1000
        return None

    def _rose(self, at_s: int) -> None:
        """In bed again: was it left for good this morning? One morning is judged once, by the next time in bed."""
        off_s, self._off_s = self._off_s, None
        if self.is_open and self._last is None:
            return  # nobody was seen up: the anomaly itself must not become the routine
        if off_s is None or not _FOR_GOOD_S <= at_s - off_s < DAY_S or not self._mornings.teaches:
            return
        second = self._local.second_of_day(off_s)
        if DAY_STARTS_H * HOUR_S <= second < DAY_S // 2:
            self._rising.learn_one(second)

    def _back(self, at_s: int) -> Claim | None:
        away_s = 0 if self._left_s is None else at_s - self._left_s
        if away_s >= _TURNING_OVER_S and self._mornings.teaches and self._is_night(at_s):
            self._spells.learn_one(Dwell(at_s - away_s, at_s))
        return self._end(at_s, wording.back_in_bed(local=self._local, at_s=at_s))

    def got_up(self, at_s: int) -> Claim | None:
        """They are up for the day, so that an empty bed is as it should be."""
        return self._end(at_s, wording.up_for_the_day(local=self._local, at_s=at_s))

    def _end(self, at_s: int, text: str) -> Claim | None:
        raised, self.is_open = self.is_open, False
        self._left_s = None
        self.due_ms = NEVER
        return Ending(self.resident, AlertKind.OUT_OF_BED, at_s, text) if raised else None

    def _night(self) -> OwnNight:
        """This person's own night, but for the mornings on which they leave the bed well before they are about."""
        night, rising = self._mornings.night(), self._rising.usual()
        return night if rising is None else night._replace(ends_s=min(night.ends_s, rising.low_s))

    def _is_night(self, at_s: int) -> bool:
        return not self._mornings.is_about(at_s) and self._night().holds(self._local.second_of_day(at_s))

    def _limit_at_s(self, left_s: int) -> int:
        """The UTC second by which who left the bed at `left_s` is to be back."""
        limit_s = self._spells.limit_s()
        if limit_s is None or limit_s >= CEILING_S:
            return left_s + CEILING_S
        at_s = left_s + max(NEVER_EARLIER_S, limit_s)
        night = self._night()
        before_up = all(night.holds(self._local.second_of_day(then_s)) for then_s in (at_s, at_s + RISING_S))
        return at_s if before_up else left_s + CEILING_S

    def pass_time(self, lines: list[Line], *, known: bool) -> Claim | None:
        """Called when `due_ms` has come; `known`: an open alert already says where they are, or that they are out."""
        at_s, self.due_ms = self.due_ms // 1000, NEVER
        blind = self._coverage.blind_since_s is not None
        if self._left_s is None or known or blind or not self._is_night(at_s):
            return None
        self.is_open = True
        evidence = wording.out_of_bed(
            local=self._local,
            left_s=self._left_s,
            at_s=at_s,
            last=self._last,
            usual_s=self._spells.usual_s(),
            known=self._spells.known,
            fixed=at_s - self._left_s >= CEILING_S,
            coverage=self._coverage.sentence(lines, at_s),
        )
        return Opening(self.resident, AlertKind.OUT_OF_BED, Severity.ATTENTION, self._left_s, at_s, evidence)

    def seeing(self, at_s: int) -> None:
        """The gateway sees again after a moment: an empty bed is still empty."""
        if self._left_s is not None and not self.is_open:
            self.due_ms = max(self._limit_at_s(self._left_s), at_s) * 1000

    def forget_now(self) -> None:
        """The gateway was blind: whether they are in bed is unknown."""
        self._left_s = self._off_s = None
        self.due_ms = NEVER

    def shift(self, by_s: int) -> None:
        """The clock was stepped: what happened `x` ago still happened `x` ago."""
        self._spells.shift(by_s)
        self._left_s = None if self._left_s is None else self._left_s + by_s
        self._off_s = None if self._off_s is None else self._off_s + by_s
        if self.due_ms != NEVER:
            self.due_ms += by_s * 1000

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "due_ms": None if self.due_ms == NEVER else self.due_ms,
            "spells": self._spells.state(),
            "rising": self._rising.state(),
            "left_s": self._left_s,
            "off_s": self._off_s,
            "last": None if self._last is None else self._last.id,
            "raised": self.is_open,
        }

    def restore(self, state: Mapping[str, Any], sensors: Mapping[str, Sensor]) -> None:
        """Take over what `state()` said."""
        self.due_ms = NEVER if state["due_ms"] is None else state["due_ms"]
        self._spells = Stay.from_state(state["spells"])
        self._rising = Timing.from_state(state["rising"])
        self._left_s = state["left_s"]
        self._off_s = state["off_s"]
        self._last = sensors.get(state["last"] or "")
        self.is_open = state["raised"]
