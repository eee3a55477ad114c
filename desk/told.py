"""What people told the homes, in words, and how far it has come."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import msgspec

from desk.answers_book import Given
from desk.titles import title
from gateway.uplink import answers
from models.localtime import DAY_S, utc_seconds

SHOWN_S: Final = 14 * DAY_S


class At(StrEnum):
    """How far an answer has come."""

    DESK = "desk"
    HOME = "home"
    REFUSED = "refused"


class ToldLine(msgspec.Struct, frozen=True, kw_only=True):
    """An answer as people read it.

    Attributes:
        said: what was told, such as "not useful".
        until_s: until when it holds (UTC seconds), None if for good or not a matter of time.
        at_s: when it was given (UTC seconds).
        came_to: the home has dealt with it, or refused it; or it is still at this desk.
    """

    home: str
    said: str
    until_s: int | None
    person: str
    at_s: int
    came_to: At
    alert_id: str | None


def lines(given: Iterable[Given]) -> list[ToldLine]:
    """One line for each answer, in the same order."""
    return [
        ToldLine(
            home=one.home,
            said=_said(one.answer),
            until_s=_until_s(one.answer),
            person=one.person,
            at_s=one.given_s,
            came_to=came_to(one),
            alert_id=one.alert_id,
        )
        for one in given
    ]


def came_to(one: Given) -> At:
    """How far it has come by what the home said in its last status."""
    if one.refused_s is not None:
        return At.REFUSED
    return At.DESK if one.taken_s is None else At.HOME


def _said(answer: answers.Answer) -> str:
    if isinstance(answer, answers.Acknowledged):
        return "acknowledged"
    if isinstance(answer, answers.OutcomeOf):
        return answer.outcome.replace("_", " ")
    if isinstance(answer, answers.NewNormal):
        return "this is the new normal"
    if isinstance(answer, answers.Snooze):
        return f'"{title(answer.kind)}" of {answer.resident} only in the summary'
    if isinstance(answer, answers.BudgetOf):
        return f"at most {answer.attention_per_week:g} non-urgent alerts a week for each resident"
    return f"{answer.resident} is back" if answer.until is None else f"{answer.resident} is away"


def _until_s(answer: answers.Answer) -> int | None:
    until = answer.until if isinstance(answer, answers.Snooze | answers.Away) else None
    return None if until is None else utc_seconds(until)
