"""What people at the desk answered, for `wren status` and `wren alerts`, and what nobody has acknowledged yet."""

from collections.abc import Callable
from typing import Any, Final

from gateway import answered, wording_answered
from gateway.answered import Answered, Refused
from gateway.config_tables import Config
from gateway.errors import StoreError
from gateway.places import places_of
from gateway.transcript import Story, seconds
from gateway.uplink import wire
from models.kinds import Audience, Severity
from models.localtime import utc_text

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


def acknowledged_s(found: Answered | StoreError | None, alert_id: str) -> int | None:
    """When a person's word on this alert came in (UTC, seconds)."""
    return found.acknowledged.get(alert_id) if isinstance(found, Answered) else None


def acknowledged(found: Answered | StoreError | None, alert_id: str) -> dict[str, Any]:
    """The same as a field of a document."""
    at_s = acknowledged_s(found, alert_id)
    return {"acknowledged_at": None if at_s is None else utc_text(at_s)}


def on(found: Answered | StoreError | None, alert: wire.Alert, at: _Clock) -> str:
    """What this house knows of an urgent alert: whether anybody at the desk has seen it."""
    if isinstance(found, StoreError):
        return "whether anybody has answered is not shown to this user"
    at_s = acknowledged_s(found, alert.id)
    return "nobody at the desk has acknowledged it yet" if at_s is None else f"acknowledged by a person at {at(at_s)}"


def open_alert(found: Answered | StoreError | None, story: Story, at: _Clock) -> str:
    """Such as ``inactivity, r1, since 14:02; nobody at the desk has acknowledged it yet``."""
    alert = story.alert
    text = f"{alert.kind}, {alert.resident}, since {at(seconds(alert.raised_at))}"
    return f"{text}; {on(found, alert, at)}" if asks(alert) else text


def lines(found: Answered | StoreError | None, at: _Clock) -> list[tuple[str, str, bool]]:
    """The last answers, oldest first: what of, what was said and what became of it, and whether it was refused."""
    last = found.last[-SHOWN:] if isinstance(found, Answered) else ()
    return [
        (
            "from the desk",
            f"{wording_answered.what(one, at)}; {wording_answered.became(one)} at {at(one.at_s)}",
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
