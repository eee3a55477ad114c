"""Watches how long one person takes from room to room, and tells of a week in which a way takes clearly longer.

A trip is from the last that is seen of somebody in one place to the first in another, with nothing seen in between.
Ways through an outside door are outings and no trips. The way to the bathroom at night is looked at apart as well.
"""

import math
from collections.abc import Mapping
from typing import Any, Final

from models import wording_slow as wording
from models.calibration import Threshold
from models.claims import Claim, Ending, Opening
from models.coverage import Coverage
from models.habits import PARTS
from models.kinds import AlertKind, Severity
from models.learners.transit import A_DAY, LONGEST_S, Transit
from models.localtime import DAY_S, LocalTime
from models.signals import Event, Line
from models.stays import shows_where
from models.vocabulary import BATHROOM, OUTSIDE_DOOR

SHARE: Final = 0.02
"""Its part of the attention budget. Seven days in a row share six, so a level that is met once is met for days, which
are one alert: on ten recorded homes it came to 0.036 a person-week."""

SLOWER: Final = 1.5
"""A way that takes less than half as long again is not worth a call, however sure it is."""

OVER_DAYS: Final = 7
"""After a week of ordinary days an alert is over, for by then no slow one is judged any more."""

ANYWHERE: Final = ""
"""From whatever place: the way to the bathroom is looked at as one, too."""

_MOST_WAYS: Final = 32
"""Ways that are remembered; the least used are forgotten. Six rooms have thirty."""

_NAMED: Final = 2
_FEWEST: Final = 5
"""Trips of a day below which nothing is said of how long that day's took."""

_DAY_TO_S, _DAY_FROM_S = PARTS[-1][1], PARTS[0][1]
_Way = tuple[str, str, bool]
"""From where, to where, and whether it is the trips at night only."""


class Transits:
    """The ways of one stream.

    Args:
        alone: whether it is one person's stream, and all rooms are theirs.
        budget_per_week: attention-level alerts a week that are asked for, over all kinds together.
    """

    def __init__(
        self, resident: str, local: LocalTime, coverage: Coverage, *, alone: bool, budget_per_week: float
    ) -> None:
        self.resident = resident
        self.threshold = Threshold(SHARE * budget_per_week / 7)
        self._local = local
        self._coverage = coverage
        self._alone = alone
        self._last: tuple[str, int] | None = None
        self._today: dict[_Way, list[float]] = {}
        self._ways: dict[_Way, Transit] = {}
        self._quiet_days = OVER_DAYS
        self._open = False

    def see(self, event: Event) -> None:
        """An event of this stream."""
        place = event.sensor.place
        if not self._alone or not shows_where(event):
            return
        if self._last is not None and self._last[0] != place and OUTSIDE_DOOR not in (place, self._last[0]):
            trip_s = (event.at_ms - self._last[1]) / 1000
            if trip_s <= LONGEST_S:
                self._note((self._last[0], place, False), trip_s)
                if place == BATHROOM:
                    self._note((ANYWHERE, place, False), trip_s)
                    if self._is_night(event.at_ms // 1000):
                        self._note((ANYWHERE, place, True), trip_s)
        self._last = place, event.at_ms

    def _note(self, way: _Way, trip_s: float) -> None:
        trips_s = self._today.setdefault(way, [])
        if len(trips_s) < A_DAY:
            trips_s.append(trip_s)

    def _is_night(self, at_s: int) -> bool:
        second = self._local.second_of_day(at_s)
        return second >= _DAY_TO_S or second < _DAY_FROM_S

    def lost(self) -> None:
        """The gateway could not see, or its clock was stepped: the way that somebody was on is not known."""
        self._last = None

    def left(self) -> None:
        """Nobody is at home any more: what was seen of this day is not to be mixed with that of the return."""
        self._last, self._today = None, {}

    def slowness(self) -> float | None:
        """Today's trips beside those of this person's first weeks, in percent: 100 is as long. None if not known.

        The geometric mean over all ways, so that no way counts more for being long. To be asked before the day ends.
        """
        logs = [
            each
            for way, trips_s in self._today.items()
            if way[0] != ANYWHERE and way in self._ways
            for each in self._ways[way].beyond_first(trips_s)
        ]
        return round(100 * math.exp(sum(logs) / len(logs)), 1) if len(logs) >= _FEWEST else None

    def day_ended(self, at_s: int, lines: list[Line], *, seen: bool, teach: bool = True) -> list[Claim]:
        """A day has ended at `at_s`. Score first, then learn. One not `seen` well is neither scored nor learnt.

        Without `teach` it is judged by what was usual before, and not learnt.
        """
        today, self._today = self._today, {}
        if not seen:
            return []
        scores = {
            way: score for way, each in self._ways.items() if (score := each.score_one(today.get(way, ()))) is not None
        }
        for way in sorted({*self._ways, *today}):
            self._ways.setdefault(way, Transit()).learn_one(today.get(way, ()), weight=float(teach))
        self._forget_the_least()
        slow = sorted(
            (score, way)
            for way, score in scores.items()
            if way in self._ways and score * len(scores) <= self.threshold.level and self._ways[way].slower() >= SLOWER
        )
        for _, way in slow:
            self._ways[way].doubt()
        opens = bool(slow) and self._quiet_days >= OVER_DAYS
        if scores:
            self.threshold.learn(told=opens)
        self._quiet_days = 0 if slow else min(self._quiet_days + 1, OVER_DAYS)
        if opens:
            return self._opened([way for _, way in slow], at_s, lines)
        if self._open and self._quiet_days >= OVER_DAYS:
            self._open = False
            return [Ending(self.resident, AlertKind.SLOW_TRANSIT, at_s, wording.as_long_as_usual())]
        return []

    def _opened(self, ways: list[_Way], at_s: int, lines: list[Line]) -> list[Claim]:
        claims: list[Claim] = [Ending(self.resident, AlertKind.SLOW_TRANSIT, at_s, "")] if self._open else []
        self._open = True
        to = {way[1]: way for way in reversed(ways)}
        rarest = [way for way in ways if way in to.values()]  # one for each place that they lead to
        named = [wording.Way(*way, self._ways[way].trips()) for way in rarest[:_NAMED]]
        evidence = wording.slow_transit(
            named, more=len(rarest) - len(named), coverage=self._coverage.sentence(lines, at_s)
        )
        since_s = at_s - self._ways[ways[0]].days * DAY_S
        return [*claims, Opening(self.resident, AlertKind.SLOW_TRANSIT, Severity.ATTENTION, since_s, at_s, evidence)]

    def _forget_the_least(self) -> None:
        if len(self._ways) > _MOST_WAYS:
            kept = sorted(self._ways, key=lambda way: (-self._ways[way].weight, way))[:_MOST_WAYS]
            self._ways = {way: self._ways[way] for way in sorted(kept)}

    def accept(self) -> None:
        """A person said that the slower ways are the new normal: the last days are what is usual from now on."""
        for transit in self._ways.values():
            if transit.slower() >= SLOWER:
                transit.accept()
        self._quiet_days = OVER_DAYS

    def aim(self, budget_per_week: float) -> None:
        """From now on the budget over all kinds together is another one."""
        self.threshold.aim(SHARE * budget_per_week / 7)

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "last": None if self._last is None else list(self._last),
            "today": [[*way, list(trips_s)] for way, trips_s in sorted(self._today.items())],
            "ways": [[*way, transit.state()] for way, transit in sorted(self._ways.items())],
            "threshold": self.threshold.state(),
            "quiet_days": self._quiet_days,
            "open": self._open,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said."""
        self._last = None if state["last"] is None else (state["last"][0], state["last"][1])
        self._today = {(start, end, night): list(trips_s) for start, end, night, trips_s in state["today"]}
        self._ways = {(start, end, night): Transit.from_state(each) for start, end, night, each in state["ways"]}
        own = {"chance_a_day": self.threshold.chance_a_day}  # the configuration's, not the state's
        self.threshold = Threshold.from_state({**state["threshold"], **own})
        self._quiet_days = state["quiet_days"]
        self._open = state["open"]
