"""The resident's day: local time without surprises from daylight saving.

A resident day starts at 04:00 local time, because a visit to the bathroom at 01:30 belongs to the evening
before and not to a new day. Days of 23 and 25 hours happen; everything here is exact for them.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

DAY_STARTS_H: Final = 4
MINUTE_S: Final = 60
HOUR_S: Final = 3600
DAY_S: Final = 86_400
FAR_S: Final = 2 * DAY_S
"""A clock that was wrong by more had not been set at all: what is due by it is due by no clock."""

SLOT_S: Final = 900
"""A slot is 15 minutes of the local clock, numbered from midnight."""

_EPOCH = date(1970, 1, 1)


class LocalTime:
    """Local time of one home.

    Args:
        timezone: an IANA name, such as ``"Europe/London"``. Raises ZoneInfoNotFoundError if unknown.

    >>> home = LocalTime("Europe/London")
    >>> moment_s = 1572138000  # 2019-10-27 01:00 UTC, when the clocks went back
    >>> home.clock(moment_s), home.date(home.day(moment_s)).isoformat()
    ('01:00', '2019-10-26')
    >>> (home.day_start_s(18196) - home.day_start_s(18195)) // 3600  # the long day
    25
    """

    __slots__ = (
        "_day", "_day_end_s", "_day_start_s", "_offset_s", "_same_from_s", "_same_until_s", "_zone", "timezone",
    )  # fmt: skip

    def __init__(self, timezone: str) -> None:
        self.timezone = timezone
        self._zone = ZoneInfo(timezone)
        self._same_from_s = self._same_until_s = 0
        self._offset_s = 0
        self._day = 0
        self._day_start_s = 0
        self._day_end_s = 0

    def offset_s(self, at_s: int) -> int:
        """Seconds that local time is ahead of UTC at `at_s`. Offsets only change on quarter hours of UTC."""
        if not self._same_from_s <= at_s < self._same_until_s:
            self._look_up(at_s)
        return self._offset_s

    def _look_up(self, at_s: int) -> None:
        """Keep the offset at `at_s` with the time for which it holds: a day of UTC, where it is the same at both ends.

        No zone changes twice in a day. On a day on which it changes, what is kept holds for a quarter of an hour.
        """
        for length_s in (DAY_S, SLOT_S):
            self._same_from_s = at_s - at_s % length_s
            self._same_until_s = self._same_from_s + length_s
            self._offset_s = self._offset_at(self._same_from_s)
            if length_s == SLOT_S or self._offset_at(self._same_until_s) == self._offset_s:
                return

    def _offset_at(self, at_s: int) -> int:
        shift = datetime.fromtimestamp(at_s, self._zone).utcoffset()
        assert shift is not None
        return int(shift.total_seconds())

    def second_of_day(self, at_s: int) -> int:
        """Seconds since local midnight on the face of the clock, 0 to 86,399."""
        if not self._same_from_s <= at_s < self._same_until_s:  # asked several times for each event: no call inside
            self._look_up(at_s)
        return (at_s + self._offset_s) % DAY_S

    def slot(self, at_s: int) -> int:
        """The 15-minute slot of the local clock, 0 to 95."""
        return self.second_of_day(at_s) // SLOT_S

    def day(self, at_s: int) -> int:
        """The resident day, as the number of days from 1970-01-01 to the date on which it starts.

        Never decreases as `at_s` grows, whatever the clocks do.
        """
        if not self._day_start_s <= at_s < self._day_end_s:
            day = (at_s + self.offset_s(at_s) - DAY_STARTS_H * HOUR_S) // DAY_S
            while at_s < self.day_start_s(day):
                day -= 1
            while at_s >= self.day_start_s(day + 1):
                day += 1
            self._day = day
            self._day_start_s = self.day_start_s(day)
            self._day_end_s = self.day_start_s(day + 1)
        return self._day

    def day_start_s(self, day: int) -> int:
        """UTC second at which the resident day `day` starts."""
        return self.at_clock_s(day, DAY_STARTS_H * HOUR_S)

    def at_clock_s(self, day: int, second_of_day: int) -> int:
        """UTC second at which the clock first shows `second_of_day` on the calendar date `day`, or has skipped it."""
        start = self.date(day)
        wall = datetime(start.year, start.month, start.day, tzinfo=self._zone) + timedelta(seconds=second_of_day)
        return int(wall.timestamp())

    def next_clock_s(self, at_s: int, second_of_day: int) -> int:
        """The first UTC second after `at_s` at which the clock shows `second_of_day` for the first time on its date.

        A time that the clocks skip on that date counts as when they have passed it.
        """
        day = (at_s + self.offset_s(at_s)) // DAY_S
        moment_s = self.at_clock_s(day, second_of_day)
        while moment_s <= at_s:
            day += 1
            moment_s = self.at_clock_s(day, second_of_day)
        return moment_s

    @staticmethod
    def date(day: int) -> date:
        """The calendar date on which the resident day `day` starts."""
        return _EPOCH + timedelta(days=day)

    def clock(self, at_s: int) -> str:
        """The face of the local clock, such as ``"09:42"``."""
        second = self.second_of_day(at_s)
        return f"{second // HOUR_S:02d}:{second % HOUR_S // MINUTE_S:02d}"

    def weekday(self, at_s: int) -> str:
        """The local weekday, such as ``"Monday"``."""
        return (_EPOCH + timedelta(days=(at_s + self.offset_s(at_s)) // DAY_S)).strftime("%A")


def utc_seconds(text: str) -> int:
    """UTC seconds of a moment as `utc_text` writes it. Raises ValueError: such as 30 February.

    >>> utc_seconds("2026-11-20T14:02:00Z")
    1795183320
    """
    return int(datetime.fromisoformat(text).timestamp())


def utc_text(at_s: int) -> str:
    """`at_s` as RFC 3339 with a Z, to the second: the only form of a time that leaves the house."""
    return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def length(seconds: int) -> str:
    """A length of time as people say it, in its two largest units.

    >>> length(59), length(2400), length(7500), length(2 * 86_400 + 3600)
    ('under a minute', '40 min', '2 h 5 min', '2 days 1 h')
    """
    minutes = max(seconds, 0) // MINUTE_S
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} day{'s' if days > 1 else ''}" + (f" {hours} h" if hours else "")
    if hours:
        return f"{hours} h" + (f" {minutes} min" if minutes else "")
    return f"{minutes} min" if minutes else "under a minute"
