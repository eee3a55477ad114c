"""The story that a simulated life follows: quiet weeks, an illness week, a collapse."""

import re
from dataclasses import dataclass
from typing import Final, Literal

from gateway.errors import InputError
from gateway.sources.simulator.illness import Condition
from models.localtime import DAY_S, DAY_STARTS_H, HOUR_S, MINUTE_S

_CLOCK: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_HELP_S: Final = 16 * HOUR_S + 40 * MINUTE_S
_LONG_STAY_S: Final = 10 * HOUR_S + 40 * MINUTE_S


@dataclass(frozen=True, slots=True)
class Collapse:
    """From this moment of the last day on the person does nothing any more.

    Attributes:
        clock: local time of the last act, such as ``"14:12"``; before 04:00 is the night of that resident day,
            and from 04:10 on there is time to get up first.
        place: the room that was entered just before.
        strap: whether the strap stays on (the pulse goes on) or comes off.

    Raises:
        InputError: `clock` is not a time of day, or one from 04:00 to 04:09.
    """

    clock: str = "14:12"
    place: Literal["kitchen", "bathroom"] = "kitchen"
    strap: Literal["on", "off"] = "on"

    def __post_init__(self) -> None:
        if not _CLOCK.fullmatch(self.clock) or self.clock.startswith("04:0"):
            raise InputError(
                f"`{self.clock}` is no time of day at which the simulated person can collapse.",
                advice="Write it as 14:12; any time but 04:00 to 04:09, when the simulated day begins.",
            )

    @property
    def second_of_day(self) -> int:
        """Seconds from local midnight of the date on which the resident day starts; up to 28 h."""
        hours, minutes = self.clock.split(":")
        second = int(hours) * HOUR_S + int(minutes) * MINUTE_S
        return second if second >= DAY_STARTS_H * HOUR_S else second + DAY_S


@dataclass(frozen=True, slots=True)
class Scenario:
    """How long everything takes, in resident days, and what happens besides.

    Attributes:
        quiet_days: ordinary days first.
        illness_days: days of an illness after them.
        collapse: what happens on one more day after these; None for no such day.
        help_press: press the help button once, on the third illness day (or the last, if there are fewer).
        long_stay: stay in the bathroom for more than 100 minutes on the fifth illness day (or the last).

    Raises:
        InputError: no day at all, or a negative number of days.

    >>> Scenario().days
    29
    """

    quiet_days: int = 21
    illness_days: int = 7
    collapse: Collapse | None = Collapse()
    help_press: bool = True
    long_stay: bool = True

    def __post_init__(self) -> None:
        if self.quiet_days < 0 or self.illness_days < 0 or self.days < 1:
            raise InputError(
                f"{self.quiet_days} quiet and {self.illness_days} illness days are no story to simulate.",
                advice="Ask for at least one day.",
            )

    @property
    def days(self) -> int:
        """How many resident days the story takes."""
        return self.quiet_days + self.illness_days + (self.collapse is not None)

    def chapter(self, index: int) -> Literal["quiet", "illness", "collapse"]:
        """What day `index` (0 = the first) belongs to."""
        if index < self.quiet_days:
            return "quiet"
        return "illness" if index < self.quiet_days + self.illness_days else "collapse"

    def condition(self, index: int) -> Condition:
        """How the person is on day `index`; an illness is not over on the day of the collapse."""
        return Condition.on_illness_day(index + 1 - self.quiet_days if self.illness_days else 0)

    def help_s(self, index: int) -> int | None:
        """Second of the day at which the help button is pressed on day `index`, or None."""
        return _HELP_S if self.help_press and self._is_illness_day(index, 3) else None

    def long_stay_s(self, index: int) -> int | None:
        """Second of the day at which the long bathroom stay of day `index` begins, or None."""
        return _LONG_STAY_S if self.long_stay and self._is_illness_day(index, 5) else None

    def _is_illness_day(self, index: int, number: int) -> bool:
        return bool(self.illness_days) and index == self.quiet_days + min(number, self.illness_days) - 1
