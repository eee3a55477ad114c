"""The forms that any text on the wire must have: short, closed, one line, and nothing that turns a reader's eye."""

from typing import Annotated, Final, TypeVar

import msgspec

# `(?!\n)$`: a bare `$` would let a trailing newline through in Python
Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,47}(?!\n)$")]
HabitName = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,63}(?!\n)$")]  # a place and a kind
Utc = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ(?!\n)$")]
Minute = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:00Z(?!\n)$")]
Day = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\d(?!\n)$")]
MessageId = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}(?!\n)$")]
Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}(?!\n)$")]
Base64 = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9+/]{2,2000}={0,2}(?!\n)$")]
PublicKey = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9+/]{43}=(?!\n)$")]
"""A raw Ed25519 public key of 32 bytes, in base64."""

# one line of text: no control characters, and none that turn the direction of the text around them
ONE_LINE: Final = r"^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*$"

MAX_SENTENCE: Final = 600
"""Characters; the longest that a wording makes of ordinary names has about 400."""

# what leaves is plain English: the printable characters of ASCII, and the degree sign
PLAIN: Final = r"^[ -~°]*(?!\n)$"
Sentence = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_SENTENCE, pattern=PLAIN)]
Details = Annotated[str, msgspec.Meta(max_length=MAX_SENTENCE, pattern=PLAIN)]
Reason = Annotated[str, msgspec.Meta(max_length=200, pattern=ONE_LINE)]

# every JSON reader holds these exactly (RFC 8259, section 6), and so does SQLite
_MOST: Final = 2**53 - 1
Count = Annotated[int, msgspec.Meta(ge=0, le=_MOST)]
Seq = Annotated[int, msgspec.Meta(ge=1, le=_MOST)]

_T = TypeVar("_T")


def decoded(decoder: msgspec.json.Decoder[_T], text: bytes) -> _T:
    """What `decoder` reads in `text`, which anybody may have written.

    Raises msgspec.DecodeError (its child ValidationError among others), also for what is no UTF-8 or nested too deeply.
    """
    try:
        return decoder.decode(text)
    except (UnicodeDecodeError, RecursionError) as error:
        raise msgspec.DecodeError("it is no UTF-8, or nested too deeply") from error


def printable(told: str) -> str:
    r"""Words of the other side, made safe to show on one line.

    >>> printable("no such\nthing.")
    'no such thing.'
    """
    return "".join(letter if letter.isprintable() else " " for letter in told)
