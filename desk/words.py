"""How the page says times and numbers: short, and never more exact than a person needs."""

from datetime import UTC, date, datetime, tzinfo
from typing import Final

from gateway.uplink.wire import HabitLine
from models.localtime import MINUTE_S, length

_FIRST_S: Final = -62_104_060_800
_LAST_S: Final = 253_370_764_800
"""The years 2 and 9999: at the very ends of what a date can be there is no room for a time zone."""


class Words:
    """Times in the desk's own time zone, seen from one moment.

    Args:
        now_s: that moment, in UTC.
        zone: the desk's time zone, this machine's own if None.

    >>> from datetime import UTC
    >>> words = Words(1795183320, UTC)
    >>> words.moment(1795183320 - 3600), words.moment(1795183320 - 86_400), words.ago(1795183320 - 7500)
    ('13:02', '14:02 yesterday', '2 h 5 min ago')
    """

    def __init__(self, now_s: int, zone: tzinfo | None) -> None:
        self._now_s = now_s
        self._zone = zone

    def now(self) -> str:
        """The moment itself, such as "Friday 20 November, 14:02"."""
        local = self._local(self._now_s)
        return f"{local:%A} {local.day} {local:%B}, {local:%H:%M}"

    def zone(self, at_s: int | None = None) -> str:
        """What the desk's time zone is called at a moment, now if None: "GMT" before the clocks go forward."""
        return self._local(self._now_s if at_s is None else at_s).tzname() or "local time"

    def moment(self, at_s: int) -> str:
        """A moment, with its day if that is not today."""
        local, now = self._local(at_s), self._local(self._now_s)
        days = (now.date() - local.date()).days
        if days == 0:
            return f"{local:%H:%M}"
        if days == 1:
            return f"{local:%H:%M} yesterday"
        return f"{local:%H:%M} on {local:%a} {local.day} {local:%b}{self._year(local.date())}"

    def ago(self, at_s: int) -> str:
        """How long ago a moment was."""
        return "just now" if self._now_s - at_s < MINUTE_S else f"{length(self._now_s - at_s)} ago"

    def day(self, iso: str) -> str:
        """A date, such as "Thu 19 Nov"."""
        day = date.fromisoformat(iso)
        return f"{day:%a} {day.day} {day:%b}{self._year(day)}"

    def iso(self, at_s: int) -> str:
        """A moment for machines, with its offset."""
        return self._local(at_s).isoformat()

    def _local(self, at_s: int) -> datetime:
        within_s = min(max(at_s, _FIRST_S), _LAST_S)  # what a home says of its time may be anything
        return datetime.fromtimestamp(within_s, UTC).astimezone(self._zone)

    def _year(self, day: date) -> str:
        return "" if day.year == self._local(self._now_s).year else f" {day.year}"


def in_words(habit: str) -> str:
    """A habit's name without its hyphens. What is counted in anything but times a day says so.

    >>> in_words("kitchen-tap"), in_words("active-minutes"), in_words("resting-pulse")
    ('kitchen tap', 'active minutes (minutes a day)', 'resting pulse (beats a minute)')
    """
    words = habit.replace("-", " ")
    units = {"active minutes": "minutes a day", "resting pulse": "beats a minute", "seated pulse": "beats a minute"}
    return f"{words} ({units[words]})" if words in units else words


def number(value: float) -> str:
    """A number to one decimal at most.

    >>> number(7.0), number(7.25), number(12345.6)
    ('7', '7.2', '12,346')
    """
    return f"{value:,.0f}" if abs(value) >= 100 or value == round(value) else f"{value:.1f}"


def against_usual(line: HabitLine) -> str:
    """Where an observed number lies: a fact about a range, not a judgement."""
    if line.usual_low is None or line.usual_high is None:
        return "still learning"
    if line.observed < line.usual_low:
        return "below usual"
    return "above usual" if line.observed > line.usual_high else "as usual"
