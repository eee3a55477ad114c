"""`[purpose]` in plain words: why a home is watched, who decided it, and whether that was looked at again in time.

What is missing or overdue is said and never refused: a home that is watched goes on being watched.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from models.habit_names import names_of

if TYPE_CHECKING:
    from gateway.config.panel import Contradiction
    from gateway.config.tables import Config, Purpose

_BASES: Final = {
    "consent": "the resident's consent",
    "contract": "a contract with the resident",
    "vital_interests": "vital interests",
    "public_task": "a public task",
    "legitimate_interests": "legitimate interests",
    "legal_obligation": "a legal obligation",
}
_LONGEST_DAYS: Final = 400
"""A decision is looked at at least every year (and a month, for a visit that had to be put off)."""


def misfits(config: "Config") -> Iterator["Contradiction"]:
    """What cannot be true together in `[purpose]`."""
    purpose = config.purpose
    if purpose is not None and purpose.decided_by == "best_interests" and purpose.decided_with is None:
        problem = "a best-interests decision is taken with others, and `decided_with` does not say with whom"
        advice = 'Say in which capacity, such as decided_with = "daughter, social worker"; no names.'
        yield ("purpose", "decided_by"), problem, advice


def doubts(config: "Config") -> Iterator[str]:
    """What is worth a word in `[purpose]`, whatever the date is."""
    purpose = config.purpose
    if purpose is None:
        yield "No [purpose] table: nobody has written down why this home is watched, and who decided it."
        return
    if purpose.basis == "consent" and purpose.decided_by == "best_interests":
        yield (
            "The basis is `consent`, and it was decided for the resident: nobody can consent in another's place unless "
            "the law says so. Ask whoever answers for data protection which basis it is."
        )
    known = names_of(config.spec(live=True).sensors)
    if unknown := sorted((purpose.told() or frozenset()) - known):
        yield f"[purpose] habits: {', '.join(unknown)} is no habit of this home. Known: {', '.join(sorted(known))}."


def overdue(purpose: "Purpose", today: date) -> str | None:
    """That the decision was to be looked at again by now; None while there is time.

    >>> from gateway.config.tables import Purpose
    >>> one = Purpose(why="lives alone, fell", basis="consent", decided_by="resident", review=date(2027, 5, 1))
    >>> overdue(one, date(2027, 5, 1)), overdue(one, date(2027, 5, 2))
    (None, 'That this home is watched was to be looked at again by 1 May 2027.')
    """
    if today <= purpose.review:
        return None
    return f"That this home is watched was to be looked at again by {day(purpose.review)}."


def far(purpose: "Purpose", today: date) -> str | None:
    """That nobody is to look at it for more than a year; None else."""
    if purpose.review - today <= timedelta(days=_LONGEST_DAYS):
        return None
    return f"[purpose] review is on {day(purpose.review)}: a decision is to be looked at at least once a year."


def habits(purpose: "Purpose | None") -> str:
    """Of which habits the summaries may tell.

    >>> habits(None)
    'none: [purpose] habits names none'
    """
    told = frozenset[str]() if purpose is None else purpose.told()
    if told is None:
        return "all that are counted"
    return ", ".join(sorted(told)) or "none: [purpose] habits names none"


def sentences(purpose: "Purpose") -> tuple[str, str]:
    """Why it is watched, and who decided it on which basis until when.

    >>> from gateway.config.tables import Purpose
    >>> one = Purpose(why="Lives alone.", basis="consent", decided_by="resident", review=date(2027, 5, 1))
    >>> sentences(one)[1]
    "decided by the resident, on the basis of the resident's consent, looked at again by 1 May 2027"
    """
    who = "by the resident" if purpose.decided_by == "resident" else "in the resident's best interests"
    if purpose.decided_with is not None:
        who += f", with: {purpose.decided_with}"
    return purpose.why.strip().rstrip("."), (
        f"decided {who}, on the basis of {_BASES[purpose.basis]}, looked at again by {day(purpose.review)}"
    )


def day(moment: date) -> str:
    """A date as people write it.

    >>> day(date(2027, 5, 1))
    '1 May 2027'
    """
    return f"{moment.day} {moment:%B %Y}"
