"""portrait.json: what was learnt of the home, beside home.db, for those who only look (docs/decisions/0012).

home.db belongs to the running daemon alone, so the daemon writes this small file at every checkpoint. It is as
private as home.db: mode 0600 in the private folder, and nothing in it is ever sent.
"""

from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from gateway import small_files
from gateway.errors import InputError
from gateway.uplink.forms import HabitName, Slug
from models.kinds import AlertKind
from models.portrait import HomePortrait, Watching

VERSION: Final = 1

Number = Annotated[int, msgspec.Meta(ge=0)]
HalfHour = Annotated[int, msgspec.Meta(ge=0, le=47)]
OfHalfHours = Annotated[tuple[Number, ...], msgspec.Meta(min_length=48, max_length=48)]
Date = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\d$")]


class _Closed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The fields are those of `models.portrait`, which says what they mean."""


class Part(_Closed, frozen=True, kw_only=True):
    """A part of the day."""

    name: Slug
    begins_h: Annotated[int, msgspec.Meta(ge=0, le=23)]


class Count(_Closed, frozen=True, kw_only=True):
    """How often."""

    low: Number | None
    high: Number | None
    days: Number
    today: Number | None
    ended: bool


class Habit(_Closed, frozen=True, kw_only=True):
    """One habit."""

    name: HabitName
    parts: tuple[Count, ...]
    day: Count
    seen_days: OfHalfHours
    looked_days: OfHalfHours
    today: Annotated[tuple[HalfHour, ...], msgspec.Meta(max_length=48)]


class Stream(_Closed, frozen=True, kw_only=True):
    """One resident, or the household."""

    resident: Slug
    watching: Watching
    deadline_s: int | None
    told: bool
    days: Number
    today: Date
    today_whole: bool
    activity: Habit
    habits: tuple[Habit, ...]
    notice_s: Annotated[tuple[Number | None, ...], msgspec.Meta(min_length=24, max_length=24)]
    abstains: tuple[str, ...]
    coverage: str


Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Answers(_Closed, frozen=True, kw_only=True):
    """What was answered to one kind of alert about one resident."""

    resident: Slug
    kind: AlertKind
    alerts: Number
    useful: Number
    known_reason: Number
    not_useful: Number
    sensor_fault: Number
    share: tuple[Share, Share, Share] | None
    held_back_until_s: int | None


class Sensor(_Closed, frozen=True, kw_only=True):
    """What one sensor could see."""

    sensor: Slug
    place: Slug
    lost_s: int | None
    from_s: int
    hours: Annotated[str, msgspec.Meta(pattern=r"^[spb]{1,170}$")]


class Portrait(_Closed, frozen=True, kw_only=True):
    """The whole file."""

    version: Literal[1] = VERSION
    home: Slug
    timezone: str
    at_s: int
    parts: Annotated[tuple[Part, ...], msgspec.Meta(min_length=1)]
    streams: tuple[Stream, ...]
    answers: tuple[Answers, ...] = ()
    sensors: tuple[Sensor, ...] = ()


def portrait_of(home: HomePortrait) -> Portrait:
    """The file that says what `home` does."""
    return msgspec.convert(home, Portrait, from_attributes=True)


def write(path: Path, portrait: Portrait) -> None:
    """Put `portrait` in the place of `path` at once: readers find the old one or the new. Raises OSError.

    Not flushed to the card: after a power cut it may be an hour older, and the next checkpoint writes it anew.
    """
    small_files.write(path, msgspec.json.encode(portrait))


def read(path: Path) -> Portrait:
    """The portrait at `path`. Raises InputError, with what to do."""
    try:
        text = path.read_bytes()
    except FileNotFoundError as error:
        advice = "`wren run` writes it every hour and when it stops; `wren replay --portrait` for a recording."
        raise InputError(f"{path} is not there yet.", advice=advice) from error
    except OSError as error:
        advice = "It is as private as the recording itself: run this as root or as the daemon's user."
        raise InputError(f"{path} cannot be read: {error.strerror}.", advice=advice) from error
    try:
        return msgspec.json.decode(text, type=Portrait)
    except msgspec.DecodeError as error:
        advice = "Another version of Wren may have written it; a daemon of this version replaces it within the hour."
        raise InputError(f"{path} is no portrait that this version can read: {error}.", advice=advice) from error
