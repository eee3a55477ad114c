"""Everything that can leave the house, as a closed schema. What is not here does not leave.

Both sides decode with these types: an unknown field, kind or type is an error. The JSON Schema in
`docs/messages.schema.json` is generated from them (`wren check --schema`), and a test compares the two.
"""

import inspect
from datetime import date, datetime
from typing import Annotated, Final

import msgspec

from models.kinds import AlertKind, Audience, Severity
from models.vocabulary import Change, Period

# `(?!\n)$`: a bare `$` would let a trailing newline through in Python
Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,47}(?!\n)$")]
HabitName = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,63}(?!\n)$")]  # a place and a kind
Utc = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ(?!\n)$")]
Day = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\d(?!\n)$")]
MessageId = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}(?!\n)$")]
Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}(?!\n)$")]

# one line of text: no control characters, and none that turn the direction of the text around them
_ONE_LINE: Final = r"^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*$"
Sentence = Annotated[str, msgspec.Meta(min_length=1, max_length=600, pattern=_ONE_LINE)]
Details = Annotated[str, msgspec.Meta(max_length=600, pattern=_ONE_LINE)]

# every JSON reader holds these exactly (RFC 8259, section 6), and so does SQLite
_MOST: Final = 2**53 - 1
Count = Annotated[int, msgspec.Meta(ge=0, le=_MOST)]
Seq = Annotated[int, msgspec.Meta(ge=1, le=_MOST)]

MAX_MESSAGE_BYTES: Final = 16 * 1024
"""No message is larger; a week's summary of a busy home takes about 3 kB."""


MAX_LINES: Final = 24
MAX_HABITS: Final = 48
"""Of a summary; what a very large home has beyond them stays in its own table."""


class _Message(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type"):
    id: MessageId
    home: Slug
    seq: Seq
    raised_at: Utc

    def __post_init__(self) -> None:
        datetime.fromisoformat(self.raised_at)  # raises ValueError: such as 30 February


class Alert(_Message, frozen=True, kw_only=True, tag="alert"):
    """A departure from the ordinary, with its reasons. `id` is the alert's id for its whole life.

    `opened_at` is when the departure began; `raised_at` is the deadline at which it became an alert.
    """

    resident: Slug
    kind: AlertKind
    severity: Severity
    audience: Audience
    opened_at: Utc
    observed: Sentence
    usual: Sentence
    because: Sentence
    coverage: Sentence
    cannot_tell: Sentence
    to_do: Sentence
    details: Details = ""

    def __post_init__(self) -> None:
        datetime.fromisoformat(self.raised_at)
        datetime.fromisoformat(self.opened_at)


class AlertUpdate(_Message, frozen=True, kw_only=True, tag="alert_update"):
    """News about an alert that was sent before. It never closes an urgent alert: a person does."""

    alert_id: MessageId
    resident: Slug
    kind: AlertKind
    change: Change
    observed: Sentence


class HabitLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One habit over the summary's period, rounded. `usual_*` is null while learning."""

    habit: HabitName
    observed: float
    usual_low: float | None = None
    usual_high: float | None = None

    def __post_init__(self) -> None:
        low, high = self.usual_low, self.usual_high
        if (low is None) != (high is None) or (low is not None and high is not None and low > high):
            raise ValueError("usual_low and usual_high are both null, or a range from low to high")


class Summary(_Message, frozen=True, kw_only=True, tag="summary"):
    """A day (coverage only) or a week (with habits). It never says that all is well."""

    resident: Slug
    period: Period
    day: Day
    headline: Sentence
    coverage: Sentence
    lines: Annotated[tuple[Sentence, ...], msgspec.Meta(max_length=MAX_LINES)] = ()
    habits: Annotated[tuple[HabitLine, ...], msgspec.Meta(max_length=MAX_HABITS)] = ()

    def __post_init__(self) -> None:
        datetime.fromisoformat(self.raised_at)
        date.fromisoformat(self.day)


class Status(_Message, frozen=True, kw_only=True, tag="status"):
    """The heartbeat, every 15 minutes: this home can be heard. `seq` counts the statuses alone."""

    version: Annotated[str, msgspec.Meta(pattern=r"^\d{1,4}\.\d{1,4}\.\d{1,4}(?!\n)$")]
    sensors: Count
    sensors_heard_today: Count
    learning: bool
    clock_synchronised: bool
    waiting: Count
    paused: bool = False


class Receipt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="receipt"):
    """The desk's answer: it holds the message `id` whose body has this SHA-256, durably."""

    id: MessageId
    sha256: Sha256


Message = Alert | AlertUpdate | Summary | Status

_decoder: msgspec.json.Decoder[Message] = msgspec.json.Decoder(Message)
_receipt_decoder = msgspec.json.Decoder(Receipt)


def encode(message: Message | Receipt) -> bytes:
    """The body of `message` as JSON; the same message always gives the same bytes."""
    return msgspec.json.encode(message)


def decode(body: bytes) -> Message:
    """The message in `body`. Raises msgspec.ValidationError or msgspec.DecodeError (its parent)."""
    return _decoder.decode(body)


def decode_receipt(body: bytes) -> Receipt:
    """The receipt in `body`. Raises msgspec.ValidationError or msgspec.DecodeError (its parent)."""
    return _receipt_decoder.decode(body)


def schema() -> dict[str, object]:
    """The JSON Schema of everything that can leave the house, and of the receipt that comes back."""
    (message, receipt), definitions = msgspec.json.schema_components((Message, Receipt), ref_template="#/$defs/{name}")
    for definition in definitions.values():
        if "description" in definition:  # Python 3.13 takes the indentation out of a docstring, 3.11 does not
            definition["description"] = inspect.cleandoc(definition["description"])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Messages that leave a Wren gateway",
        **message,
        "$defs": {**definitions, "AnswerFromTheDesk": receipt},
    }
