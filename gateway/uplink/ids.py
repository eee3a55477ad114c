"""The ids of messages: the same saying always has the same id, so a retry, a replay and a duplicate name one message.

An id names its home within the hash, so that no two homes ever make the same one; and whoever knows how a home is
called, and how its ids are made, can foretell them. So an id alone is no proof of whose it is: `is_made_by` is.
"""

import hashlib
from datetime import datetime

from gateway.uplink import wire


def identity(*parts: str | int) -> str:
    """A message's id: 32 hex digits of the SHA-256 of what makes it that message."""
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:32]


def walked(walk_test: "wire.WalkTest | None", test_call: bool) -> tuple[str, ...]:
    """What of the walk-test makes a heartbeat another one; nothing of a version that knows of none."""
    return () if walk_test is None else (walk_test, str(test_call))


def is_made_by(message: wire.Message, *, alert_home: str | None = None) -> bool:
    """Whether the id of `message` can only be that of the home that it says it is of.

    `alert_home`: of news, whose alert it is that they are about, None if that is not known.
    """
    home, raised_s = message.home, int(datetime.fromisoformat(message.raised_at).timestamp())
    match message:
        case wire.Alert():
            made = identity("alert", home, message.resident, message.kind, raised_s)
        case wire.AlertUpdate():
            made = identity("alert_update", message.alert_id, message.change, raised_s) if alert_home == home else ""
        case wire.Summary():
            made = identity("summary", home, message.resident, message.period, message.day)
        case wire.Status():
            made = identity(
                "status", home, raised_s, message.answers_taken, *walked(message.walk_test, message.test_call)
            )
        case wire.Erasure():
            made = identity("erasure", home, message.resident, raised_s)
    return message.id == made
