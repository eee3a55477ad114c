"""Everything that can leave the house, as a closed schema. What is not here does not leave.

Both sides decode with these types: an unknown field, kind or type, a number that is not rounded or out of its bounds, a
departure that is told to the second, is an error; `encode` reads what it wrote, so that nothing else is ever kept to be
sent. The JSON Schema in `docs/messages.schema.json` is generated from them (`wren check --schema`), and a test compares
the two.

How much it can carry at most: summaries 96 KiB a UTC day, alerts that are not urgent and news of sensors 32 KiB
(`gateway.store.allowance`), that is a million bits; an ordinary day takes one in a hundred of it. A heartbeat takes
less than 1 KiB, and 96 leave a day, or one a minute while an urgent alert of the last hour is not answered: another
0.8 million bits. What is urgent has no allowance, for it must not wait: 16 KiB each at the very most, 1 KiB in
practice. None of it is free: ids are hashes of what is said, texts are made by `models/wording*.py` from numbers and
from names that the provider has given, and bodies depend on nothing else (docs/decisions/0037, tests/egress).
"""

import inspect
from datetime import date, datetime
from typing import Annotated, Final, Literal

import msgspec

from gateway.uplink.answers import Answer
from gateway.uplink.enrolling import Asking
from gateway.uplink.forms import (
    Count,
    Day,
    Details,
    HabitName,
    MessageId,
    Minute,
    Sentence,
    Seq,
    Sha256,
    Slug,
    Utc,
    decoded,
)
from gateway.uplink.replies import Reply
from models.kinds import AlertKind, Audience, Severity
from models.vocabulary import Change, Period

MAX_MESSAGE_BYTES: Final = 16 * 1024
"""No message is larger; a week's summary of a busy home takes about 3 kB."""


MOST_A_DAY: Final = 10_000.0
"""Of any habit; there are 1,440 minutes and 96 quarters of an hour in a day."""

PerDay = Annotated[float, msgspec.Meta(ge=0, le=MOST_A_DAY, description="A mean a day, with at most one decimal.")]
Sensors = Annotated[int, msgspec.Meta(ge=0, le=1000)]
Messages = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]

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

    `opened_at` is when the departure began, to the minute; `raised_at` is the deadline at which it became an alert.
    `to` is the recipient who owns this kind.
    """

    resident: Slug
    kind: AlertKind
    severity: Severity
    audience: Audience
    to: Slug | None = None
    opened_at: Minute
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
    """News about an alert that was sent before. It never closes an urgent alert: a person does.

    `to` is the second recipient, when nobody has answered.
    """

    alert_id: MessageId
    resident: Slug
    kind: AlertKind
    change: Change
    to: Slug | None = None
    observed: Sentence


class HabitLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One habit over the summary's period, rounded. `usual_*` is null while learning."""

    habit: HabitName
    observed: PerDay
    usual_low: PerDay | None = None
    usual_high: PerDay | None = None

    def __post_init__(self) -> None:
        low, high = self.usual_low, self.usual_high
        for number in (self.observed, low, high):
            if number is not None and round(number, 1) != number:
                raise ValueError("a number that leaves has at most one decimal")
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


class TrailHead(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long the home's own record of what left is, and the hash of its last entry: a cut would show."""

    entries: Count
    sha256: Sha256


WalkTest = Literal["never", "passed", "in_part", "drifted", "other_config"]
"""How a home stands to its walk-test: none has passed here; it has; it has without what was left out; something drifted
since; its sensors are others."""


class Status(_Message, frozen=True, kw_only=True, tag="status"):
    """The heartbeat, every 15 minutes: this home can be heard. `seq` counts the statuses alone.

    `answers_taken` is the number of the last answer that the home has dealt with; `answers_refused` are the last of
    those that it did not accept. `walk_test` is null from a version that knows of none; `test_call`: a technician who
    is there has said that the help button is about to be tried.
    """

    version: Annotated[str, msgspec.Meta(pattern=r"^\d{1,4}\.\d{1,4}\.\d{1,4}(?!\n)$")]
    sensors: Sensors
    sensors_heard_today: Sensors
    learning: bool
    clock_synchronised: bool
    waiting: Messages
    paused: bool = False
    answers_taken: Count = 0
    answers_refused: Annotated[tuple[Seq, ...], msgspec.Meta(max_length=8)] = ()
    trail: TrailHead | None = None
    walk_test: WalkTest | None = None
    test_call: bool = False


class Erasure(_Message, frozen=True, kw_only=True, tag="erasure"):
    """Everything of this resident was erased at home, and is to be erased at the desk, too."""

    resident: Slug


Message = Alert | AlertUpdate | Summary | Status | Erasure

_decoder: msgspec.json.Decoder[Message] = msgspec.json.Decoder(Message)


class TooLarge(msgspec.ValidationError):
    """A message has more than `MAX_MESSAGE_BYTES`."""


def encode(message: Message) -> bytes:
    """The body of `message` as JSON; the same message always gives the same bytes.

    Raises msgspec.ValidationError, which says where, if the other side would not take it; TooLarge is one.
    """
    body = msgspec.json.encode(message)
    if len(body) > MAX_MESSAGE_BYTES:
        raise TooLarge(f"A message of {len(body)} bytes: at most {MAX_MESSAGE_BYTES} may leave")
    _decoder.decode(body)
    return body


def decode(body: bytes) -> Message:
    """The message in `body`. Raises msgspec.ValidationError or msgspec.DecodeError (its parent)."""
    return decoded(_decoder, body)


def schema() -> dict[str, object]:
    """The JSON Schema of everything that can leave the house, and of all that can come back."""
    types = (Message, Asking, Reply, Answer)
    (message, asking, reply, answer), definitions = msgspec.json.schema_components(types, ref_template="#/$defs/{name}")
    for definition in definitions.values():
        if "description" in definition:  # Python 3.13 takes the indentation out of a docstring, 3.11 does not
            definition["description"] = inspect.cleandoc(definition["description"])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Messages that leave a Wren gateway",
        **message,
        "$defs": {**definitions, "RequestAboutAKey": asking, "ReplyOfTheDesk": reply, "AnswerOfAPerson": answer},
    }
