"""The sentences about changes that last over days."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from models.kinds import AlertKind
from models.learners.recent import NEEDED
from models.vocabulary import Evidence
from models.wording import listed
from models.wording_notes import Noted

_CANNOT_TELL: Final = "This cannot tell why; sensors see movement and use, not a person's reasons."


class Change(NamedTuple):
    """One changed habit: its kind, the usual a day (mean and deviation) over `known_days`, and the last days."""

    kind: AlertKind
    usual: tuple[float, float]
    last: list[int | None]
    known_days: int


def change(changes: list[Change], also: Sequence[Noted] = (), *, coverage: str) -> Evidence:
    """One or several lasting changes as one alert; weak signs are named beside them."""
    days = max(len(one.last) for one in changes)
    because = "These days together are rare for this person, beside their own weeks before."
    if len(changes) == 1 and not also:
        (one,) = changes
        return Evidence(
            observed=_observed(one),
            usual=_usual(one),
            because=because,
            coverage=coverage,
            cannot_tell=_cannot_tell(one.kind),
            to_do=_to_do(one.kind),
            details=f"Judged over {_last(days)}, and against the days before.",
        )
    return Evidence(
        observed="Several things changed at once. "
        + " ".join([*(_observed(one) for one in changes), *(one.observed for one in also)]),
        usual=" ".join([*(_usual(one) for one in changes), *(one.usual for one in also)]),
        because=because,
        coverage=coverage,
        cannot_tell=_CANNOT_TELL,
        to_do="Visit or ring; ask how the last days have been; do not quote counts.",
        details=_together([_name(one.kind) for one in changes], [_name(one.kind) for one in also]),
    )


def back_to_usual() -> str:
    """A change is over."""
    return "The last day was as usual again. This does not say that all is well."


def _observed(one: Change) -> str:
    seen = [count for count in one.last if count is not None]
    if one.kind is AlertKind.MORE_BATHROOM:
        more = sum(count > one.usual[0] + 0.5 * one.usual[1] for count in seen)
        nights = "in the last night" if len(seen) == 1 else f"on {max(1, more)} of the last {len(seen)} nights"
        return f"More bathroom movement than usual {nights}."
    if one.kind is AlertKind.LESS_TAP_USE:
        return f"Kitchen tap used less: {_times(min(seen), max(seen))} on {_last(len(seen))}."
    share = 1 - sum(seen) / (len(seen) * one.usual[0])
    return f"About {max(5, 5 * round(20 * share))} % less movement than usual over {_last(len(seen))}."


def _last(days: int) -> str:
    return "the last day" if days == 1 else f"the last {days} days"


def _times(least: int, most: int) -> str:
    """How often a day.

    >>> _times(0, 0), _times(1, 1), _times(0, 4), _times(3, 3)
    ('not at all', 'once a day', '0 to 4 times a day', '3 times a day')
    """
    if least < most:
        return f"{least} to {most} times a day"
    return "not at all" if most == 0 else "once a day" if most == 1 else f"{most} times a day"


def _usual(one: Change) -> str:
    if one.known_days < NEEDED:
        nights = f"{one.known_days} night{'' if one.known_days == 1 else 's'}"
        return f"Compared with what was told at the installation, and with {nights} seen since."
    learnt = f"learnt from {one.known_days} days"
    if one.kind is AlertKind.LESS_TAP_USE:
        low, high = max(0, round(one.usual[0] - one.usual[1])), round(one.usual[0] + one.usual[1])
        return f"The kitchen tap is usually used {low} to {high} times a day ({learnt})."
    subject = "nights" if one.kind is AlertKind.MORE_BATHROOM else "movement about the home"
    return f"Compared with this person's own {subject} before ({learnt})."


def _cannot_tell(kind: AlertKind) -> str:
    if kind is AlertKind.LESS_TAP_USE:
        return "This cannot tell what the person drank: a tap is not a glass."
    return _CANNOT_TELL


def _to_do(kind: AlertKind) -> str:
    if kind is AlertKind.MORE_BATHROOM:
        return "Ask how their nights have been; do not quote counts."
    if kind is AlertKind.LESS_TAP_USE:
        return "Offer a drink; ask how getting to the toilet is."
    return "Ask how the last week has been, and what they have been doing less."


def _together(names: list[str], weak: list[str]) -> str:
    if not weak:
        return f"Each of {listed(names)} alone would have raised an alert."
    signs = "is a weak sign" if len(weak) == 1 else "are weak signs"
    return f"Judged together: {listed([*names, *weak])}. {listed(weak).capitalize()} {signs}, and never an alert alone."


def _name(kind: AlertKind) -> str:
    return kind.replace("_", " ")
