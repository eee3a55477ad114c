"""What people can tell a home with the page's forms, as answers: this list, and nothing else.

What was pressed is a word of a closed list; what was typed is a moment or a number within bounds. The home has bounds
of its own, and may refuse.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from functools import partial
from typing import Final, NamedTuple

from desk.alerts import AlertStory
from gateway.uplink import answers
from models.kinds import Severity
from models.localtime import DAY_S, utc_text
from models.told import ACCEPTED, BUDGET_PER_WEEK, SNOOZABLE

OUTCOMES: Final = {
    "useful": "Useful",
    "known_reason": "Known reason",
    "not_useful": "Not useful",
    "sensor_fault": "Sensor fault",
}
"""ALERTS, rule 10."""

SNOOZE_DAYS: Final = {"snooze-1": 1, "snooze-3": 3, "snooze-7": 7}

_LONGEST_S: Final = 366 * DAY_S
"""A year ahead is more likely a slip of the pen than a plan."""

Makes = Callable[[int], answers.Answer]
"""Makes an answer, once its number is known."""


class NotUnderstood(Exception):
    """What was pressed or typed cannot be told; the reason is for the person who did it."""


class ToTell(NamedTuple):
    """What is to be told to a home, and of whom it is, if of anybody."""

    makes: tuple[Makes, ...]
    resident: str | None
    acknowledges: bool = False


def may_become_normal(story: AlertStory) -> bool:
    """Whether what this alert tells of may become the new normal by a word."""
    return story.kind in ACCEPTED


def may_be_snoozed(story: AlertStory) -> bool:
    """Whether alerts like this one may be left to the summary for some days: never what is urgent."""
    return story.kind in SNOOZABLE and story.severity is not Severity.URGENT


def about_alert(story: AlertStory, say: str, *, now_s: int) -> ToTell:
    """What `say` means under this alert; whatever it is, it also says that a person has seen it.

    Raises NotUnderstood.
    """
    base = {"home": story.home, "given_at": utc_text(now_s)}
    makes: list[Makes] = []
    if not story.answered:
        makes.append(partial(_acknowledged, base, story.id))
    if say in OUTCOMES:
        if say != story.outcome:
            makes.append(lambda seq: answers.OutcomeOf(**base, seq=seq, alert_id=story.id, outcome=say))  # type: ignore[arg-type]
    elif say == "new_normal" and may_become_normal(story):
        makes.append(lambda seq: answers.NewNormal(**base, seq=seq, alert_id=story.id))
    elif say in SNOOZE_DAYS and may_be_snoozed(story):
        until = utc_text(now_s + SNOOZE_DAYS[say] * DAY_S)
        makes.append(lambda seq: answers.Snooze(**base, seq=seq, resident=story.resident, kind=story.kind, until=until))
    elif say != "acknowledged":
        raise NotUnderstood("This cannot be said of this alert, so nothing was changed.")
    return ToTell(tuple(makes), story.resident, acknowledges=not story.answered)


def about_home(
    home: str, residents: tuple[str, ...], form: Mapping[str, str], *, now_s: int, zone: tzinfo | None
) -> ToTell:
    """What the form of a home's page means; `zone` is the one in which its moments are typed. Raises NotUnderstood."""
    base = {"home": home, "given_at": utc_text(now_s)}
    say, resident = form.get("say"), form.get("resident", "")
    if say == "budget":
        most = _number(form.get("attention_per_week", ""))
        return ToTell((lambda seq: answers.BudgetOf(**base, seq=seq, attention_per_week=most),), None)
    if say not in ("away", "back"):
        raise NotUnderstood("This cannot be said of a home, so nothing was changed.")
    if resident not in residents:
        raise NotUnderstood("Choose one of the residents.")
    until = None if say == "back" else utc_text(_moment_s(form.get("until", ""), now_s, zone))
    return ToTell((lambda seq: answers.Away(**base, seq=seq, resident=resident, until=until),), resident)


def _acknowledged(base: Mapping[str, str], alert_id: str, seq: int) -> answers.Answer:
    return answers.Acknowledged(home=base["home"], given_at=base["given_at"], seq=seq, alert_id=alert_id)


def _number(text: str) -> float:
    low, high = BUDGET_PER_WEEK
    try:
        number = round(float(text.strip().replace(",", ".")), 1)
    except (ValueError, OverflowError):
        number = 0.0
    if not low <= number <= high:
        raise NotUnderstood(f"Give a number from {low:g} to {high:g}.")
    return number


def _moment_s(text: str, now_s: int, zone: tzinfo | None) -> int:
    try:
        moment = datetime.fromisoformat(text.strip())
        if ":" not in text:
            raise ValueError("a day alone would mean its first minute")
        at_s = int((moment if moment.tzinfo else moment.replace(tzinfo=zone) if zone else moment).timestamp())
    except (ValueError, OverflowError, OSError) as error:
        raise NotUnderstood("Give a day and a time, such as 2026-12-01 18:00.") from error
    if at_s <= now_s:
        raise NotUnderstood("This is past. Say when it will be, or that the resident is back.")
    if at_s > now_s + _LONGEST_S:
        raise NotUnderstood("This is more than a year ahead.")
    return at_s
