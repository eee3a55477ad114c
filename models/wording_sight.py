"""The sentences about what could not be heard, and so not be seen."""

from collections.abc import Mapping, Sequence

from models.coverage import duration
from models.localtime import LocalTime
from models.vocabulary import Evidence, Sensor
from models.wording import listed, named, when

_NAMED = 4
"""Sensors that are named in one sentence; of the others it says how many they are."""


def _several(parts: Sequence[str]) -> str:
    more = len(parts) - _NAMED
    return listed([*parts[:_NAMED], *([f"{more} more"] if more > 0 else [])])


def _since(local: LocalTime, since_s: Mapping[str, int], at_s: int) -> str:
    """Sensors, and since when: those of one moment together, in the order in which they are given."""
    together: dict[str, list[str]] = {}
    for name, start_s in since_s.items():
        together.setdefault(when(local, start_s, at_s), []).append(name)
    return "; ".join(f"{_several(names)}, since {moment}" for moment, names in together.items())


def not_heard_now(*, local: LocalTime, since_s: Mapping[str, int], at_s: int) -> str:
    """Sensors that cannot be heard at `at_s`, and since when.

    >>> not_heard_now(local=LocalTime("UTC"), since_s={"hall-motion": 9 * 3600 + 2520}, at_s=10 * 3600)
    'Could not be heard: hall-motion, since 09:42.'
    """
    return f"Could not be heard: {_since(local, since_s, at_s)}."


def silent_now(*, local: LocalTime, since_s: Mapping[str, int], at_s: int) -> str:
    """Sensors that are silent though others are not, and since when.

    >>> silent_now(local=LocalTime("UTC"), since_s={"hall": 9 * 3600 + 2520}, at_s=20 * 3600)
    'Silent for longer than ever while others were not: hall, since 09:42.'
    """
    return f"Silent for longer than ever while others were not: {_since(local, since_s, at_s)}."


def was_not_heard(seconds: Mapping[str, int]) -> str:
    """Sensors that can be heard again, and for how long they could not.

    >>> was_not_heard({"hall": 7200, "tap": 900})
    'Not heard for a while: hall for 2 h; tap for 15 min.'
    """
    return f"Not heard for a while: {lengths(seconds)}."


def lengths(seconds: Mapping[str, int]) -> str:
    """Sensors, and for how long they could not be heard: those that were missed for longest come first."""
    together: dict[str, list[str]] = {}
    for name, length_s in sorted(seconds.items(), key=lambda item: (-item[1], item[0])):
        together.setdefault(duration(length_s), []).append(name)
    return "; ".join(f"{_several(names)} for {length}" for length, names in together.items())


def unseen(
    *, local: LocalTime, lost: Sequence[str], dark: bool, since_s: int, sign: Sensor | None, sign_s: int,
    at_s: int, coverage: str, on_and_off: bool = False, whole: bool = True,
) -> Evidence:  # fmt: skip
    """Eight waking hours in which this life could not be seen; not `dark`: some sensor could still be heard.

    `on_and_off`: at times it could, and nobody was seen. Not `whole`: some of the eight hours passed before.
    """
    what = "What can still be heard does not show whether somebody moves about"
    if dark:
        what = "No sensor could be heard that sees anything indoors"
    last = "No movement was seen before."
    if sign is not None:
        last = f"The last movement was seen at {when(local, sign_s, at_s)} ({named(sign)})."
    since = when(local, since_s, at_s)
    observed = f"It could not be seen what has happened in this home since {since}"
    because = "Eight waking hours in which nothing could be seen always raise this."
    if on_and_off:
        observed = f"What has happened in this home since {since} could be seen only now and then, and nobody was seen"
        what = f"Just now: {what[0].lower()}{what[1:]}"
    if on_and_off or not whole:
        because = "Eight waking hours in which no movement was seen, and not all could be seen, always raise this."
    return Evidence(
        observed=f"{observed}; {duration(at_s - since_s)} until {local.clock(at_s)}. {what}. {last}",
        usual="Nothing is compared with what is usual here: there is nothing to compare.",
        because=because,
        coverage=coverage,
        cannot_tell="This cannot tell how the person is: it says nothing about that.",
        to_do="Ring them as you would without Wren; the technician has been told.",
        details=f"Not heard: {_several(lost)}. It ends when enough can be heard again.",
    )


def seen_again(*, local: LocalTime, at_s: int) -> str:
    """Enough can be heard again."""
    again = f"Enough sensors have been heard again since {local.clock(at_s)}."
    return f"{again} What happened before could not be seen; this does not say that all is well."


def blind_day(seconds: int) -> str:
    """The headline of a day in which no sensor could be heard for so long."""
    return f"Nothing could be heard of this home for {duration(seconds)} of this day, so little can be said of it."


def partly_seen(seconds: Mapping[str, int], *, stood_out: bool) -> str:
    """The headline of a day on which some sensors could not be heard, and nothing stood out in what was seen."""
    nothing = "nothing stood out enough to be named" if stood_out else "nothing was outside the usual pattern"
    return (
        f"Not everything could be seen ({lengths(seconds)} not heard). In what was seen, {nothing}. This does not mean "
        "that the person is well."
    )


def week_not_heard(seconds: Mapping[str, int]) -> str:
    """A line of the week's summary."""
    return f"Could not be heard this week: {lengths(seconds)}."
