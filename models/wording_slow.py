"""The sentences about slow changes: ways that take longer, and habits that move over weeks."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from models.learners.drift import Course
from models.learners.transit import Trips
from models.localtime import HOUR_S, MINUTE_S
from models.vocabulary import BATHROOM, Evidence
from models.wording import spoken

_STAIRS: Final = frozenset({"stairs", "landing"})
_NUMBERS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_DAY_STARTS_MIN: Final = 240


class Way(NamedTuple):
    """A way from one place (or "", from anywhere) to another, at night only or at all times, and its last trips."""

    start: str
    end: str
    night: bool
    trips: Trips


def slow_transit(ways: list[Way], *, more: int, coverage: str) -> Evidence:
    """One or two ways that took clearly longer in the last week; `more` others did too."""
    others = f" {_number(more).capitalize()} other {'way' if more == 1 else 'ways'} took longer too." if more else ""
    return Evidence(
        observed=" ".join(_took(way) for way in ways) + others,
        usual=" ".join(_usually(way) for way in ways),
        because="A week in which so many of these trips take so long is rare for this person.",
        coverage=coverage,
        cannot_tell="This cannot tell whether the person walked more slowly, rested, or did something on the way.",
        to_do=_ask(ways),
        details="Only trips of up to 20 min are counted, from the last that was seen in one place to the first in the "
        "other.",
    )


def _took(way: Way) -> str:
    way_there = f"{spoken(way.start).capitalize()} to" if way.start else "The way to the"
    return (
        f"{way_there} {spoken(way.end)}{_at_night(way)} took "
        f"{_between(way.trips.low_s, way.trips.high_s)} on {way.trips.slow} of {way.trips.total} trips in the last "
        "seven days."
    )


def _usually(way: Way) -> str:
    start = f" from {spoken(way.start)}" if way.start else ""
    return (
        f"Three in four trips{start} to {spoken(way.end)}{_at_night(way)} usually take under "
        f"{_length(way.trips.usual_s)} (learnt from {way.trips.known} trips)."
    )


def _at_night(way: Way) -> str:
    return " at night" if way.night else ""


def _ask(ways: Sequence[Way]) -> str:
    places = {place for way in ways for place in (way.start, way.end)}
    if places & _STAIRS:
        return "Ask how the stairs feel."
    if any(way.end == BATHROOM for way in ways):
        return "Ask how getting to the toilet is, and look whether the way is clear and well lit."
    return "Ask how getting about the home feels, and look whether the way is clear."


def _between(low_s: float, high_s: float) -> str:
    """A range as people say it.

    >>> _between(42.0, 77.0), _between(130.0, 420.0), _between(200.0, 205.0)
    ('40 to 80 s', '2 to 7 min', 'about 3 min')
    """
    unit_s, unit = (10, "s") if high_s < 2 * MINUTE_S else (MINUTE_S, "min")
    low, high = (max(1, round(each_s / unit_s)) * (10 if unit == "s" else 1) for each_s in (low_s, high_s))
    return f"about {low} {unit}" if low == high else f"{low} to {high} {unit}"


def _length(seconds: float) -> str:
    return f"{max(10, 10 * round(seconds / 10))} s" if seconds < 105 else f"{round(seconds / MINUTE_S)} min"


def as_long_as_usual() -> str:
    """Ways take as long as they did again."""
    return "The ways between rooms took about as long as usual again this week. This does not say that all is well."


def gradual_change(courses: Mapping[str, Course], *, coverage: str) -> Evidence:
    """One or several habits that have moved one way for weeks."""
    known = min(course.known for course in courses.values())
    return Evidence(
        observed=" ".join(_moved(name, course) for name, course in courses.items()),
        usual=f"Compared with this person's own days before (learnt from {known} days).",
        because="It moved the same way for weeks, more steadily than days differ by chance.",
        coverage=coverage,
        cannot_tell="This cannot tell why; the season, a guest or a sensor that was moved can look the same.",
        to_do="Talk about it at the next visit: ask what has become harder, or is done less, than some weeks ago.",
        details="Judged each morning over at most the last 90 days; it is told once, and again only if it goes on.",
    )


def no_further() -> str:
    """A slow change has not gone on."""
    return "No further change in the last four weeks. This does not say that all is well."


def _moved(name: str, course: Course) -> str:
    """One trend in a sentence.

    >>> _moved("lounge-seat", Course(14.2, 8.9, 29, 33))
    'Fewer times up from the seat (lounge): about 14 a day four weeks ago, about 9 now.'
    >>> _moved("up", Course(185.0, 246.0, 41, 50))
    'Up later: about 07:05 six weeks ago, about 08:05 now.'
    """
    ago = f"{_number(max(1, round(course.ago_days / 7)))} weeks ago"
    if name == "up":
        then, now = (_clock(5 * round((minutes + _DAY_STARTS_MIN) / 5)) for minutes in (course.then, course.now))
        return f"Up later: about {then} {ago}, about {now} now."
    if name == "ways":
        more = 5 * round((course.now / course.then - 1) * 20)
        return f"The ways between rooms take longer: about {more} % longer than {ago}."
    if name == "active-minutes":
        then_min, now_min = (10 * round(minutes / 10) for minutes in (course.then, course.now))
        return f"Less movement about the home: seen in about {then_min} minutes a day {ago}, in about {now_min} now."
    if name == f"{BATHROOM}-night":
        return f"More bathroom movement at night than {ago}, growing over the weeks."
    return f"{_fewer(name)}: about {_count(course.then)} a day {ago}, about {_count(course.now)} now."


def _fewer(name: str) -> str:
    place, _, last = name.rpartition("-")
    if last == "seat":
        return f"Fewer times up from the seat ({spoken(place)})"
    if last == "tap":
        return f"Fewer uses of the {spoken(place)} tap"
    if last == "door":
        return "Fewer uses of the outside door"
    return "Fridge opened less often" if name == "fridge" else f"Fewer times in the {spoken(name)}"


def _count(per_day: float) -> str:
    return f"{per_day:.0f}" if per_day >= 3 else f"{per_day:.1f}"


def _number(count: int) -> str:
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)


def _clock(minutes: int) -> str:
    return f"{minutes * MINUTE_S // HOUR_S % 24:02d}:{minutes % 60:02d}"
