"""What the radio must not forget at a restart: counters and learnt intervals, as a small file in the private folder.

It is not in home.db, which belongs to the pipeline, and it is no input of the home. Kept rarely, because of the card:
what a replay can do with the counters of the last minutes before a power cut is in docs/decisions/0024.
"""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from gateway import small_files
from gateway.sources.ble.counters import Counter
from gateway.sources.ble.intervals import KEPT, Pace

FILE: Final = "radio.json"
ASIDE: Final = "radio.json.unreadable"

KEPT_EVERY_S: Final = 300.0
"""288 times a day, of the 2,500 flushes that the card is worth."""

KEPT_SOON_S: Final = 30.0
"""After a press: a call for help is what is worth replaying."""

_MOST_BYTES: Final = 1 << 20


class _Device(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    counter: Annotated[int, msgspec.Meta(ge=0, le=0xFFFF_FFFF)] | None = None  # 4 bytes on the air
    intervals_s: Annotated[tuple[float, ...], msgspec.Meta(max_length=KEPT)] = ()


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    devices: Mapping[str, _Device] = {}
    version: Literal[1] = 1


class Known:
    """What is known of one device."""

    def __init__(self, counter: int | None = None, intervals_s: tuple[float, ...] = ()) -> None:
        self.counter = Counter(counter)
        self.pace = Pace(intervals_s)


class Memory:
    """What is known of every device of the home.

    Args:
        folder: the private folder; None for a memory that is not kept.

    Attributes:
        unreadable: whether there was a file that could not be read; it is put aside, and everything begins anew.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._known: dict[str, Known] = {}
        self._kept_s = 0.0
        self._changed = False
        self._soon = False
        self.unreadable = False
        if folder is not None:
            self._read(folder / FILE)

    def of(self, identity: str) -> Known:
        """What is known of a device; a new one begins with nothing."""
        return self._known.setdefault(identity, Known())

    def changed(self, *, soon: bool = False) -> None:
        """Something is to be kept; `soon` within `KEPT_SOON_S`."""
        self._changed = True
        self._soon = self._soon or soon

    def is_due(self, now_s: float) -> bool:
        """Whether it is time to `keep`."""
        return self._changed and now_s - self._kept_s >= (KEPT_SOON_S if self._soon else KEPT_EVERY_S)

    def begin(self, now_s: float) -> None:
        """The first time to keep anything is counted from now."""
        self._kept_s = now_s

    def snapshot(self, now_s: float) -> bytes:
        """What is to be written now; counts as kept."""
        self._changed = self._soon = False
        self._kept_s = now_s
        devices = {
            identity: _Device(known.counter.last, tuple(round(one, 1) for one in known.pace.intervals_s))
            for identity, known in sorted(self._known.items())
        }
        return msgspec.json.encode(_File(devices))

    def write(self, text: bytes) -> bool:
        """Replace the file by `text`, whole or not at all; may be called in a thread. False if the card refuses."""
        if self._folder is None:
            return True
        try:
            small_files.write(self._folder / FILE, text, flushed=True)
        except OSError:  # a full or read-only card is told by the store; the radio goes on
            self._changed = True
            return False
        return True

    def stop(self, now_s: float) -> None:
        """Keep what has changed, now."""
        if self._changed:
            self.write(self.snapshot(now_s))

    def _read(self, path: Path) -> None:
        try:
            kept = msgspec.json.decode(small_files.read(path, _MOST_BYTES), type=_File)
        except FileNotFoundError:
            return
        except (OSError, msgspec.DecodeError):
            self.unreadable = True
            with suppress(OSError):
                path.replace(path.with_name(ASIDE))
            return
        self._known = {name: Known(one.counter, one.intervals_s) for name, one in kept.devices.items()}


def forget(folder: Path, identity: str) -> bool:
    """Forget all that is known of a device, while no daemon runs; whether there was anything. Raises OSError."""
    try:
        kept = msgspec.json.decode(small_files.read(folder / FILE, _MOST_BYTES), type=_File)
    except (FileNotFoundError, msgspec.DecodeError):
        return False
    devices = {name: one for name, one in kept.devices.items() if name != identity}
    if len(devices) == len(kept.devices):
        return False
    small_files.write(folder / FILE, msgspec.json.encode(_File(devices)), flushed=True, given=True)
    return True
