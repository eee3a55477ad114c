"""What the pictures say, in whatever they are drawn: names, ranges, and what they do not show."""

from datetime import datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from gateway.portrait import Count, Habit, Part, Portrait, Stream
from models.portrait import Watching
from models.vocabulary import HOUSEHOLD
from models.wording import not_judged, spoken

HALF_HOURS: Final = 48
NEVER_LEARNT: Final = -1

NEEDED_DAYS: Final = 3
"""As for counts: fewer days are no routine."""

SHADES: Final = 6
"""Steps of the heat maps' scale above "never"."""

NO_FALL_ALARM: Final = "Wren notices in hours, not minutes: it is no fall alarm. Only a help button calls at once."
IT_DEPENDS: Final = (
    "These are the hours after a last movement in no room in particular; what was seen last makes it sooner or later. "
    "Where other alerts are set, such as for a late start, one of them may come sooner."
)
ANYBODY: Final = "Whoever moves about keeps an alert from opening: a visitor, or a pet that a sensor sees."
RANGES: Final = "The usual range holds nine days in ten, so now and then a number outside it is only chance."
NOT_SHOWN: Final = (
    "It shows where something was seen, not who was there, what they did or how they are. Visitors count too.",
    "An empty half hour means that nothing was seen, not that nothing happened.",
    "A day like the others does not mean that all is well, and a different one does not mean that something is wrong.",
)
PRIVATE: Final = (
    "This picture was made in the home and is sent to nobody. It shows a person's daily life: give it only to those "
    "whom that person wants to have it."
)


class Against(StrEnum):
    """A count of today, against what is usual."""

    LEARNING = "learning"
    UNSEEN = "unseen"
    LATER = "later"
    WITHIN = "within"
    MORE = "more"
    FEWER = "fewer"


def against(count: Count) -> Against:
    """How today compares. A part that is not over yet can only be too much.

    >>> against(Count(low=2, high=9, days=20, today=1, ended=False)), against(Count(low=2, high=9, days=20, today=1,
    ... ended=True))
    (<Against.WITHIN: 'within'>, <Against.FEWER: 'fewer'>)
    """
    if count.today is None:
        return Against.UNSEEN if count.ended else Against.LATER
    if count.low is None or count.high is None:
        return Against.LEARNING
    if count.today > count.high:
        return Against.MORE
    return Against.FEWER if count.ended and count.today < count.low else Against.WITHIN


def usual(count: Count) -> str:
    """The usual range; "new" while it is not known, short enough for a column of a terminal."""
    if count.low is None or count.high is None:
        return "new"
    return f"{count.low}" if count.low == count.high else f"{count.low}-{count.high}"


def named(habit: Habit, stream: Stream) -> str:
    """A habit as people say it."""
    return "any movement" if habit is stream.activity else spoken(habit.name)


def rows(stream: Stream) -> tuple[Habit, ...]:
    """The rows of the heat map."""
    return (stream.activity, *stream.habits)


def half_hours(parts: tuple[Part, ...]) -> list[int]:
    """The half hours of the day in the order in which it is lived: from the beginning of its first part."""
    return [(parts[0].begins_h * 2 + index) % HALF_HOURS for index in range(HALF_HOURS)]


def shade(habit: Habit, half_hour: int) -> int:
    """0 for never, 1 to `SHADES` by the share of days, `NEVER_LEARNT` while there are too few."""
    looked, seen = habit.looked_days[half_hour], habit.seen_days[half_hour]
    if looked < NEEDED_DAYS:
        return NEVER_LEARNT
    return 0 if seen == 0 else min(SHADES, 1 + seen * SHADES // (looked + 1))


def clock(half_hour: int) -> str:
    """The beginning of a half hour.

    >>> clock(17)
    '08:30'
    """
    return f"{half_hour // 2 % 24:02d}:{half_hour % 2 * 30:02d}"


def due(hour: int, notice_s: int) -> str:
    """When a silence that begins at a full hour is noticed, on the clock.

    >>> due(23, 9 * 3600 + 900)
    '08:15 the next day'
    >>> due(7, 48 * 3600)
    '07:00 two days later'
    """
    minutes = hour * 60 + notice_s // 60
    day = ("", " the next day", " two days later", " three days later")[min(minutes // (24 * 60), 3)]
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}{day}"


def whose(stream: Stream) -> str:
    """Whose picture it is."""
    return "the household" if stream.resident == HOUSEHOLD else f"resident {stream.resident}"


def moment(portrait: Portrait) -> str:
    """When it was taken, in the home's own time."""
    at = datetime.fromtimestamp(portrait.at_s, ZoneInfo(portrait.timezone))
    return f"{at:%A} {at.day} {at:%B %Y}, {at:%H:%M}"


def learnt(stream: Stream) -> str:
    """Over how many days."""
    if stream.days == 0:
        return "No whole day has been learnt yet."
    return f"Learnt from {stream.days} whole day{'' if stream.days == 1 else 's'}; newer days count more."


def no_hour(stream: Stream) -> str:
    """The same, beside one hour."""
    return "not judged" if stream.watching is Watching.NOT_JUDGED else "learning"


def sooner(stream: Stream) -> str:
    """Why no hour says how soon a silence is noticed."""
    if stream.watching is Watching.NOT_JUDGED:
        return "Not judged: no silence raises anything here."
    return "Still learning: only the fixed limit of 8 waking hours applies."


def now(portrait: Portrait, stream: Stream) -> str:
    """What a silence would come to at the moment of the picture."""
    at = datetime.fromtimestamp(portrait.at_s, ZoneInfo(portrait.timezone))
    if not stream.told:
        return "No alert comes of this silence: none is set, or the home is shared and the household's counts."
    if stream.watching is Watching.BLIND:
        return f"At {at:%H:%M} the gateway could not see: silence says nothing until it sees again."
    if stream.watching is Watching.ELSEWHERE:
        return f"At {at:%H:%M} said to be away or in hospital: nothing is judged until they are back."
    if stream.watching is Watching.AWAY:
        return f"At {at:%H:%M} out, as is usual here: silence raises nothing until something is seen again."
    if stream.watching is Watching.NOT_JUDGED:
        return "Silence is not judged here: the sensors see too little of ordinary life."
    if stream.deadline_s is None:
        return "Nothing has been seen yet."
    due_at = datetime.fromtimestamp(stream.deadline_s, ZoneInfo(portrait.timezone))
    day = "" if due_at.date() == at.date() else f" on {due_at:%A}"
    if stream.watching is Watching.ALERTING:
        return f"An alert about a silence has been open since {due_at:%H:%M}{day}."
    fixed = " Still learning: until then only the fixed limit of 8 waking hours applies."
    text = f"At {at:%H:%M}: if nothing more were seen, an alert would open at {due_at:%H:%M}{day}."
    return text + fixed * (stream.watching is Watching.LEARNING)


def differences(portrait: Portrait, stream: Stream) -> list[str]:
    """What was outside the usual range today, a sentence each; whole days only when they are too much already."""
    found = []
    for habit in stream.habits:
        for part, count in zip(portrait.parts, habit.parts, strict=True):
            how = against(count)
            if how in (Against.MORE, Against.FEWER):
                so_far = "" if count.ended else " so far"
                name = named(habit, stream)
                found.append(f"{name.capitalize()}, {part.name}: {count.today}{so_far}; usually {usual(count)}.")
        if against(habit.day) is Against.MORE:
            name = named(habit, stream).capitalize()
            found.append(f"{name}, whole day: {habit.day.today} so far; usually {usual(habit.day)}.")
    return found


def today(stream: Stream, different: list[str]) -> str:
    """How today compares, in a sentence; `different` is what `differences` found."""
    seen = "" if stream.today_whole else " Not all of today could be seen."
    if all(habit.day.low is None for habit in rows(stream)):
        return f"Still learning: what is usual here is not known yet.{seen}"
    if different:
        return f"Today, unlike most days:{seen}"
    return f"Nothing counted today is outside the usual range so far. This does not mean that all is well.{seen}"


def not_seen(stream: Stream) -> list[str]:
    """What could not be seen, and what is not judged."""
    return [stream.coverage, *(not_judged(key) for key in stream.abstains)]
