"""The sentences about getting up, going to bed and the night between."""

from models.coverage import duration
from models.localtime import HOUR_S, MINUTE_S, LocalTime
from models.vocabulary import Evidence, Sensor
from models.wording import named, when


def late_start(
    *,
    local: LocalTime,
    at_s: int,
    last: Sensor,
    last_s: int,
    usual: tuple[int, int] | None,
    days: int,
    one_in: int,
    limit_s: int | None,
    coverage: str,
) -> Evidence:
    """Not seen up at an hour at which this person ordinarily is.

    `usual` and `limit_s` are seconds of the clock; `limit_s` is None at the fixed limit, and passed on one morning in
    `one_in` otherwise.
    """
    if usual is None and limit_s is not None:
        known = f"Not known yet from what was seen ({days} mornings); judged by the usual day told at the installation."
    elif usual is None:
        known = "Not known yet: too few mornings have been seen, so the fixed limit applies."
    else:
        known = f"On nine days in ten first up between {clock(usual[0])} and {clock(usual[1])} ({days} mornings)."
    because = (
        f"Not being seen up by {local.clock(at_s)} always raises this."
        if limit_s is None
        else f"By the usual day that was told, up well before {clock(limit_s)}."
        if usual is None
        else f"On all but about one morning in {one_in} this person is expected to be up by {clock(limit_s)}."
    )
    return Evidence(
        observed=f"Not seen up and about by {local.clock(at_s)}. Last seen at {when(local, last_s, at_s)} "
        f"({named(last)}); no outside door used since.",
        usual=known,
        because=because,
        coverage=coverage,
        cannot_tell="This cannot tell whether the person is lying in, unwell, or up in a room without a sensor.",
        to_do="Ring them and ask how they are; if there is no answer, follow their call-out plan.",
        details=f"Being seen about the home for a few minutes before {local.clock(at_s)} would have kept this from "
        "being raised.",
    )


def night_exit(
    *, local: LocalTime, door_s: int, at_s: int, night: tuple[int, int], known: int, coverage: str
) -> Evidence:
    """An outside door at night, and nobody seen indoors since; `night` in seconds of the clock."""
    if known:
        usual = f"Their own night is from about {clock(night[0])} to {clock(night[1])} (learnt from {known} nights)."
    else:
        usual = f"Their own night is not known yet; {clock(night[0])} to {clock(night[1])} counts as night."
    return Evidence(
        observed=f"An outside door was used at {local.clock(door_s)} and nobody has been seen indoors since: "
        f"{duration(at_s - door_s)} until {local.clock(at_s)}.",
        usual=usual,
        because="An outside door at night, and nobody seen indoors for five minutes after it, always raises this.",
        coverage=coverage,
        cannot_tell="This cannot tell whether the person went out, is by the door, or somebody else used it.",
        to_do="Ring them now; if there is no answer, follow their call-out plan.",
        details=f"Being seen indoors between {local.clock(door_s)} and {local.clock(at_s)} would have kept this from "
        "being raised.",
    )


def out_of_bed(
    *,
    local: LocalTime,
    left_s: int,
    at_s: int,
    last: Sensor | None,
    usual_s: int | None,
    known: int,
    fixed: bool,
    coverage: str,
) -> Evidence:
    """Out of bed at night and not back; `last`: where they were seen since, if anywhere."""
    since = "not seen anywhere since" if last is None else f"last seen: {named(last)}"
    if usual_s is None:
        usual = "Not known yet: too few times out of bed at night have been seen, so the fixed limit applies."
    else:
        usual = f"Nine times in ten back in bed within {duration(usual_s)} (learnt from the last {known} times)."
    because = (
        "Forty-five minutes out of bed at night always raise this."
        if fixed
        else "This is longer than this person's own times out of bed of the past weeks would suggest."
    )
    return Evidence(
        observed=f"Out of bed since {local.clock(left_s)} and not back: {duration(at_s - left_s)} until "
        f"{local.clock(at_s)}; {since}.",
        usual=usual,
        because=because,
        coverage=coverage,
        cannot_tell="This cannot tell whether the person needs help, cannot sleep, or rests somewhere else.",
        to_do="Ring them; if there is no answer, follow their call-out plan.",
        details=f"Being back in bed before {local.clock(at_s)} would have kept this from being raised.",
    )


def up_at(*, local: LocalTime, sensor: Sensor, up_s: int) -> str:
    """A late morning has begun after all."""
    return f"Up at {local.clock(up_s)} ({named(sensor)}). This does not say that all is well."


def seen_indoors(*, local: LocalTime, sensor: Sensor, at_s: int) -> str:
    """After an outside door at night: seen indoors again."""
    return f"Seen indoors again at {local.clock(at_s)} ({named(sensor)}). This does not say that all is well."


def back_in_bed(*, local: LocalTime, at_s: int) -> str:
    """A bed that was empty at night is not so any more."""
    return f"Back in bed at {local.clock(at_s)}. This does not say that all is well."


def up_for_the_day(*, local: LocalTime, at_s: int) -> str:
    """A bed that was empty at night need not fill again: the day has begun."""
    return f"Up and about at {local.clock(at_s)}. This does not say that all is well."


def clock(second_of_day: int) -> str:
    """Seconds since midnight as the clock shows them.

    >>> clock(23 * 3600 + 59 * 60 + 59)
    '23:59'
    """
    return f"{second_of_day // HOUR_S:02d}:{second_of_day % HOUR_S // MINUTE_S:02d}"
