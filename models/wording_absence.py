"""The sentences about who is away, who is back and who else is there, as people have told it or as it was seen."""

from models.coverage import duration
from models.localtime import DAY_S, LocalTime
from models.vocabulary import HOUSEHOLD, Evidence
from models.wording import when

NOT_COUNTED = "Planned visits are not counted."
"""Goes with the coverage of a home that has visit windows; their times are not said."""

BADGES_NOT_COUNTED = "Visits by somebody with a badge are not counted."
"""Goes with the coverage of a home that has badges, whether anybody came or not."""

SOMEBODY_ELSE = "Two places were in use at once, as if somebody else was there; that time is not counted."


def date(local: LocalTime, at_s: int) -> str:
    """A moment days away: its clock, weekday and date.

    >>> date(LocalTime("Europe/London"), 1748_850_120)
    '08:42 on Monday 2 June'
    """
    day = local.date((at_s + local.offset_s(at_s)) // DAY_S)
    return f"{local.clock(at_s)} on {day:%A} {day.day} {day:%B}"


def away(*, local: LocalTime, who: str, since_s: int, until_s: int, hospital: bool) -> str:
    """Somebody is gone, as was told; `who` is a resident, or the household where all of it are gone."""
    whom = "" if who == HOUSEHOLD else f" of {who}"
    if hospital:
        return (
            f"In hospital since {date(local, since_s)}, as was told{whom}: nothing is judged or learnt until they are "
            "said or seen to be home again."
        )
    return (
        f"Away since {date(local, since_s)} until {date(local, until_s)}, as was told{whom}: nothing is judged or "
        "learnt in that time."
    )


def one_away(*, who: str) -> str:
    """One of several is gone; the others are watched."""
    return (
        f"Resident {who} is said to be away: the household is watched as ever, but its habits are neither judged nor "
        "learnt, for they are those of fewer people."
    )


def too_little(*, local: LocalTime, last_s: int) -> str:
    """Something was seen in a home from which everybody is said to be away."""
    return (
        f"Movement was seen in the home all the same, last at {date(local, last_s)}; too little to take anybody to be "
        "back, so nothing is judged."
    )


def not_back(*, local: LocalTime, until_s: int) -> str:
    """Was to be back, and was not seen."""
    return f"Said to be back by {date(local, until_s)}, and not seen since: watching begins again at the first sign."


def back(*, local: LocalTime, left_s: int, back_s: int, early: bool, hospital: bool) -> str:
    """Is back."""
    span = f"{'In hospital' if hospital else 'Away'} from {date(local, left_s)} to {date(local, back_s)}"
    if early:
        return (
            f"{span}: somebody moved about the home before anybody told of a return, so taken to be back, and "
            "watched again."
        )
    return f"{span}; watched again since then."


def first_days(*, known_days: int, hospital: bool) -> str:
    """Home again, but not long: what is seen is compared with how it was, and does not change it."""
    if not hospital:
        return (
            "The first days after more than a week away: nothing is learnt from them, and changes over days are not "
            "judged."
        )
    if known_days < 1:
        return (
            "The first days home: too little is known from before the hospital stay to compare them with, and nothing "
            "is learnt from them."
        )
    days = f"{known_days} day{'' if known_days == 1 else 's'}"
    return f"The first days home are compared with the {days} before the hospital stay, and are not learnt from."


def early_note(*, local: LocalTime, until_s: int, back_s: int, at_s: int) -> str:
    """For who reads an alert about somebody who is taken to be back before the time."""
    return (
        f"Said to be away until {date(local, until_s)}; taken to be back since {when(local, back_s, at_s)}, as "
        "somebody moved about the home for half an hour, or three times in half a day."
    )


def expected(*, local: LocalTime, left_s: int, until_s: int, at_s: int, hours: int, coverage: str) -> Evidence:
    """Was to be back `hours` of waking time ago, and was not seen."""
    return Evidence(
        observed=f"Expected back by {when(local, until_s, at_s)}, as was told, and still not seen at "
        f"{local.clock(at_s)}, {duration(at_s - until_s)} later. Away since {date(local, left_s)}.",
        usual="This does not depend on what is usual: it follows from the time of return that was told.",
        because=f"Nothing seen for {hours} waking hours after the time of return that was told raises this.",
        coverage=coverage,
        cannot_tell="This cannot tell whether the person is still away, or came in without being seen.",
        to_do="Ask when they are coming back; if nobody knows, ring them. Then tell Wren the new time.",
        details=f"Any sign of life between {local.clock(until_s)} and {local.clock(at_s)} would have kept this from "
        "being raised.",
    )


def seen_back(*, local: LocalTime, at_s: int) -> str:
    """Somebody who was expected back is seen."""
    return f"Movement seen at home at {local.clock(at_s)}. This does not say that all is well."


def told_away(*, hospital: bool) -> str:
    """What was open when somebody said that this person is elsewhere."""
    where = "in hospital" if hospital else "away"
    return f"Said to be {where} now. This does not say that all is well."


def alone(*, local: LocalTime, who: str, until_s: int, at_s: int) -> str:
    """One of several is alone at home, as was told."""
    return (
        f"{who} is said to be alone at home until {when(local, until_s, at_s)}, so what the household's sensors see is "
        "taken to be theirs."
    )


def alone_ceiling(*, local: LocalTime, until_s: int, at_s: int) -> str:
    """Why an alert came so early."""
    return (
        f"Said to be alone at home until {when(local, until_s, at_s)}: four waking hours without any sign of life then "
        "raise this."
    )
