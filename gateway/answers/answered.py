"""answers.json in the private folder: how far the home has dealt with what people at the desk answered.

Written by `wren run` alone, once its journal has what it says, and read by `wren status` and `wren alerts`. If it is
lost, what the messenger still keeps is dealt with again, in the same order: what is told twice counts once.
"""

from enum import StrEnum
from pathlib import Path
from typing import Final, Literal

import msgspec

from gateway import small_files
from gateway.errors import StoreError
from gateway.uplink.forms import Count, MessageId, PublicKey, Seq, Slug
from models.kinds import AlertKind

MOST_KEPT: Final = 50
"""Answers that can be looked at: a busy fortnight."""

MOST_ACKNOWLEDGED: Final = 200
"""Alerts of which it is known when a person acknowledged them; more are never open at once."""

_MOST_BYTES: Final = 1 << 18


class Refused(StrEnum):
    """Why the home did not do what was answered, though the desk did say it."""

    UNKNOWN_ALERT = "unknown alert"
    """This gateway never raised it: another one did, or its outbox was lost."""

    UNKNOWN_RESIDENT = "unknown resident"
    """Nobody of that name lives here by the configuration."""

    PAST = "past"
    """It was to be until a time that is over."""

    TOO_LONG = "too long"
    """Further ahead than a snooze or an absence may be."""

    NOT_ALLOWED = "not allowed here"
    """The configuration of this home leaves it to nobody at the desk."""

    OUT_OF_BOUNDS = "out of bounds"
    """The budget is outside what the configuration of this home allows."""

    NOT_THIS_KIND = "not for this kind"
    """What is urgent cannot be snoozed, and not every change can become the new normal."""

    NEVER_CAME = "never came"
    """A later one came, and this one did not: erased at the desk since, or kept back on the way."""

    CLOCK_NOT_SET = "clock not set"
    """This machine does not know the time well enough to do anything until a time."""


class Dealt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An answer that was taken, or refused. `at_s` and `until_s` are UTC; `what` is the answer's type."""

    seq: Seq
    at_s: int
    what: str
    resident: Slug | None = None
    kind: AlertKind | None = None
    alert_id: MessageId | None = None
    outcome: str | None = None
    until_s: int | None = None
    per_week: float | None = None
    refused: Refused | None = None


class Answered(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was dealt with.

    Attributes:
        desk_key: of the desk that numbers them.
        taken: the number of the last one that was dealt with.
        last: the newest, oldest first.
        acknowledged: when a person's word on an alert arrived here (UTC seconds), by the alert's id, oldest first.
    """

    version: Literal[1] = 1
    desk_key: PublicKey
    taken: Count = 0
    last: tuple[Dealt, ...] = ()
    acknowledged: dict[MessageId, int] = {}

    def with_one(self, dealt: Dealt) -> "Answered":
        """After `dealt`."""
        acknowledged = dict(self.acknowledged)
        if dealt.alert_id is not None and dealt.refused is None:
            acknowledged.setdefault(dealt.alert_id, dealt.at_s)
        for oldest in list(acknowledged)[:-MOST_ACKNOWLEDGED]:
            del acknowledged[oldest]
        last = (*self.last, dealt)[-MOST_KEPT:]
        return msgspec.structs.replace(self, taken=dealt.seq, last=last, acknowledged=acknowledged)

    def refused(self, most: int) -> tuple[int, ...]:
        """The numbers of the last `most` that were refused."""
        return tuple(one.seq for one in self.last if one.refused is not None)[-most:]


def write(path: Path, answered: Answered) -> None:
    """Put `answered` in the place of `path`, on the card on return. Raises StoreError."""
    small_files.keep(path, msgspec.json.encode(answered))


def read(path: Path) -> Answered | None:
    """What `write` wrote; None before the first answer. Raises StoreError: it may not be read, or is damaged."""
    text = small_files.kept(path, _MOST_BYTES, reader="wren run")
    if text is None:
        return None
    try:
        return msgspec.json.decode(text, type=Answered)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StoreError(
            f"{path} is damaged, or was written by another version of Wren.",
            advice="Nothing to do: it is written anew with the next answer.",
        ) from error
