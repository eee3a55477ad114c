"""One resident's life as an ordered stream of acts; the same seed gives the same life, to the byte."""

import heapq
import itertools
from bisect import insort
from collections.abc import Iterator
from datetime import date
from operator import attrgetter
from typing import Final

from gateway.sources.simulator.act import BED, HELP_BUTTON, Act
from gateway.sources.simulator.body import Body
from gateway.sources.simulator.chance import stream
from gateway.sources.simulator.collapse import collapsed
from gateway.sources.simulator.day import sleep, wake
from gateway.sources.simulator.plan import plan_day
from gateway.sources.simulator.pulse import strap_acts
from gateway.sources.simulator.routine import Routine
from gateway.sources.simulator.scenario import Scenario
from models.localtime import LocalTime

FIRST_DAY: Final = date(2025, 3, 3)
"""A Monday, four weeks before the clocks go forward in Europe: the default story crosses that night."""

_EPOCH: Final = date(1970, 1, 1)


class Life:
    """A simulated life, a day at a time; months of it are never in memory.

    Args:
        seed: who this is and what happens.
        scenario: the story.
        timezone: IANA name. Raises ZoneInfoNotFoundError if unknown.
        first_day: local date on which the first resident day starts, at 04:00, with the person in bed.

    Attributes:
        routine: this person's habits.
        first_day: as a day number of `LocalTime`.

    >>> life = Life(1, Scenario(quiet_days=1, illness_days=0, collapse=None))
    >>> next(iter(life))
    Act(at_s=1740974400.0, sensor='bed', value=1.0)
    """

    def __init__(
        self,
        seed: int,
        scenario: Scenario | None = None,
        *,
        timezone: str = "Europe/London",
        first_day: date = FIRST_DAY,
    ) -> None:
        self.seed = seed
        self.scenario = scenario or Scenario()
        self.local = LocalTime(timezone)
        self.first_day = (first_day - _EPOCH).days
        self.routine = Routine.of(seed)

    @property
    def start_s(self) -> int:
        """UTC second of the first act."""
        return self.local.day_start_s(self.first_day)

    @property
    def end_s(self) -> int:
        """UTC second at which the last resident day ends; every act is earlier."""
        return self.local.day_start_s(self.first_day + self.scenario.days)

    @property
    def collapse_s(self) -> int | None:
        """UTC second of the collapse, the last act of the person; None if there is none."""
        collapse = self.scenario.collapse
        if collapse is None:
            return None
        return self.local.at_clock_s(self.first_day + self.scenario.days - 1, collapse.second_of_day)

    def __iter__(self) -> Iterator[Act]:
        """Every act, in order of time."""
        bed_s = float(self.start_s)
        for index in range(self.scenario.days):
            acts, bed_s = self._lived(index, bed_s)
            yield from acts

    def days(self) -> Iterator[tuple[int, list[Act]]]:
        """Each resident day (as `LocalTime` numbers them) with its acts."""
        for day, acts in itertools.groupby(self, key=lambda act: self.local.day(int(act.at_s))):
            yield day, list(acts)

    def _lived(self, index: int, bed_s: float) -> tuple[Iterator[Act], float]:
        """Acts from lying down at `bed_s` to lying down on the evening of day `index`, and when that is.

        Every day draws from a stream of its own, so that an illness does not change the weeks before it.
        """
        story, day = self.scenario, self.first_day + index
        condition = story.condition(index)
        rng = stream(self.seed, f"day:{day}")
        help_s, is_last = story.help_s(index), index == story.days - 1
        collapse_s = self.collapse_s if is_last else None
        plan = plan_day(
            self.routine, self.local, day, rng,
            condition=condition,
            stays_in=help_s is not None or collapse_s is not None,
            long_stay_s=story.long_stay_s(index),
        )  # fmt: skip
        body = Body(rng, bed_s, on=() if index == 0 else (BED,))
        body.turn(BED, on=True)
        sleep(body, plan.rise_s, self.routine, condition)
        wake(body, plan, self.routine, condition)
        end_s = body.now_s
        if is_last:
            end_s = float(self.end_s)
            sleep(body, end_s, self.routine, condition)
        if help_s is not None:
            press = Act(float(self.local.at_clock_s(day, help_s)), HELP_BUTTON, 1.0)
            insort(body.acts, press, key=attrgetter("at_s"))
        off_s = None
        if collapse_s is not None and story.collapse is not None:
            body = collapsed(body, float(collapse_s), story.collapse.place)
            off_s = float(collapse_s) if story.collapse.strap == "off" else None
        strap = strap_acts(
            rng, body.postures, end_s,
            resting_bpm=self.routine.resting_bpm + condition.pulse_bpm + rng.gauss(0.0, 1.5),
            battery_per_day=self.routine.battery_per_day,
            worn_since_s=self.start_s,
            off_s=off_s,
        )  # fmt: skip
        return heapq.merge(body.acts, strap, key=attrgetter("at_s")), end_s
