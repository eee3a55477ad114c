"""What a text in the configuration must look like, said in words instead of a regular expression."""

from typing import Annotated, Final, Literal, get_args

import msgspec

from gateway.uplink.forms import Slug, Utc

Clock = Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
"""A time of the home's clock, such as "07:30"."""

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: Final[tuple[Weekday, ...]] = get_args(Weekday)
"""From Monday, as Python counts them."""

BleAddress = Annotated[str, msgspec.Meta(pattern=r"^([0-9A-F]{2}:){5}[0-9A-F]{2}$")]
BleName = Annotated[str, msgspec.Meta(pattern=r"^\S(.{0,46}\S)?$")]
BleKey = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Fa-f]{32}$")]
Adapter = Annotated[str, msgspec.Meta(pattern=r"^hci\d+$")]
HttpsUrl = Annotated[str, msgspec.Meta(pattern=r"^https://[^/\s]+(/\S*)?$")]

_FORMS: Final = (
    (Slug, "an id of 1 to 48 characters of a-z, 0-9 and -, beginning with a letter or digit"),
    (Clock, 'a time such as "07:30"'),
    (BleAddress, 'a device\'s address in capitals, such as "C0:FF:EE:12:34:56"'),
    (BleName, "a device's name of 1 to 48 characters, as it advertises it"),
    (BleKey, "a key of 32 hexadecimal digits"),
    (Adapter, 'an adapter such as "hci0"'),
    (Utc, 'a moment such as "2026-11-20T14:02:00Z"'),
    (HttpsUrl, "an address that begins with https://"),
)


def in_words(problem: str) -> str:
    """A validation problem of msgspec, without its regular expression.

    >>> in_words(f"Expected `str` matching regex {get_args(Clock)[1].pattern!r}")
    'expected a time such as "07:30"'
    >>> in_words("Expected `int` >= 0")
    'Expected `int` >= 0'

    A value that is no choice is not repeated: in the place of a word there may be a key.

    >>> in_words("Invalid enum value 'ibeacon'")
    'that is none of its choices'
    """
    if problem.startswith("Invalid enum value"):
        return "that is none of its choices"
    for form, words in _FORMS:
        if repr(get_args(form)[1].pattern) in problem:
            return f"expected {words}"
    return problem


def clock_s(clock: str) -> int:
    """Seconds since midnight of a `Clock`.

    >>> clock_s("07:30")
    27000
    """
    hours, minutes = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60
