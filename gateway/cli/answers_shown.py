"""What people at the desk answered, for `wren status` and `wren alerts`, and what nobody has acknowledged yet."""

from collections.abc import Callable
from typing import Any, Final

from gateway.answers import answered, wording_answered
from gateway.answers.answered import Answered, Refused
from gateway.config.places import places_of
from gateway.config.tables import Config
from gateway.errors import StoreError
from gateway.transcript import Story
from gateway.uplink import wire
from models.kinds import Audience, Severity
from models.localtime import utc_seconds, utc_text
from models.vocabulary import Change

SHOWN: Final = 5
"""Answers in `wren status`; `--json` has all that are kept."""

_Clock = Callable[[int], str]
"""Words a moment (UTC, seconds)."""


def read(config: Config) -> Answered | StoreError | None:
    """What was dealt with; None before the first answer; what is in the way where this user may not know."""
    try:
        return answered.read(places_of(config).answers)
    except StoreError as error:
        return error


def asks(alert: wire.Alert) -> bool:
    """Whether a person must acknowledge it: the sensors never close it."""
    return alert.severity is Severity.URGENT and alert.audience is Audience.CARE


def _answered_s(found: Answered | StoreError | None, alert_id: str) -> int | None:
    """When a person's last word on this alert came in (UTC, seconds)."""
    if not isinstance(found, Answered):
        return None
    words = [one.at_s for one in found.last if one.alert_id == alert_id and one.refused is None]
    return max(words, default=found.acknowledged.get(alert_id))


def _again_s(story: Story, answered_s: int) -> int | None:
    """When it was last raised again after that word (UTC, seconds): then it waits for another (0030)."""
    raised = [utc_seconds(update.raised_at) for update in story.updates if update.change is Change.REPEATED]
    return max((at_s for at_s in raised if at_s > answered_s), default=None)


def acknowledged(found: Answered | StoreError | None, story: Story) -> dict[str, Any]:
    """When a person acknowledged it, as a field of a document; null also while it waits for a person again."""
    at_s = _answered_s(found, story.alert.id)
    waits = at_s is None or _again_s(story, at_s) is not None
    return {"acknowledged_at": None if at_s is None or waits else utc_text(at_s)}


def on(found: Answered | StoreError | None, story: Story, at: _Clock) -> str:
    """What this house knows of an urgent alert: whether anybody at the desk has seen it."""
    if isinstance(found, StoreError):
        return "whether anybody has answered is not shown to this user"
    at_s = _answered_s(found, story.alert.id)
    if at_s is None:
        return "nobody at the desk has acknowledged it yet"
    if (again_s := _again_s(story, at_s)) is not None:
        return f"raised again at {at(again_s)}, and nobody at the desk has acknowledged that yet"
    return f"acknowledged by a person at {at(at_s)}"


def open_alert(found: Answered | StoreError | None, story: Story, at: _Clock) -> str:
    """Such as ``inactivity, r1, since 14:02; nobody at the desk has acknowledged it yet``."""
    alert = story.alert
    text = f"{alert.kind}, {alert.resident}, since {at(utc_seconds(alert.raised_at))}"
    return f"{text}; {on(found, story, at)}" if asks(alert) else text


def lines(found: Answered | StoreError | None, at: _Clock) -> list[tuple[str, str, bool]]:
    """The last answers, oldest first: what of, what was said and what became of it, and whether it was refused."""
    last = found.last[-SHOWN:] if isinstance(found, Answered) else ()
    return [
        (
            "from the desk",
            f"{wording_answered.what(one, at)}; {wording_answered.became(one, at(one.at_s))}",
            one.refused is not None,
        )
        for one in last
    ]


def document(found: Answered | StoreError | None) -> list[dict[str, Any]] | None:
    """All answers that are kept, oldest first; None where this user may not know."""
    if isinstance(found, StoreError):
        return None
    return [
        {"seq": one.seq, "at": utc_text(one.at_s), "type": one.what, "resident": one.resident, "kind": one.kind}
        | {"alert_id": one.alert_id, "outcome": one.outcome, "attention_per_week": one.per_week}
        | {"until": None if one.until_s is None else utc_text(one.until_s), "refused": _reason(one.refused)}
        for one in (found.last if found is not None else ())
    ]


def _reason(refused: Refused | None) -> str | None:
    return None if refused is None else wording_answered.REASONS[refused]
