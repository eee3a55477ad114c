"""The bundle comes over the line: in pieces, onto the card, and on from where a cut copy ended."""

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from gateway.provision.errors import StepFailed
from gateway.provision.pi.looks import INCOMING, STATE
from gateway.provision.pi.machine import Machine, on_disk

FLUSH_EVERY: Final = 16 * 1024 * 1024
"""Bytes; what a power cut may take back of the copy."""
_CARD: Final = "Look at the card (`dmesg | tail`; `df -h`), then run the same command again: the copy goes on."


def bundle_path(machine: Machine, name: str) -> Path:
    """Where the bundle of the version `name` lies once it is whole."""
    return machine.path(f"{INCOMING}/{name}.tar")


class Receiver:
    """One bundle, from its first missing byte to its last."""

    def __init__(self, machine: Machine, name: str, size: int) -> None:
        self._whole = bundle_path(machine, name)
        self._part = self._whole.with_suffix(".part")
        self._state = machine.path(STATE)
        self._size = size
        self._unflushed = 0

    def begin(self) -> tuple[int, str]:
        """How many bytes are there, and their SHA-256: the laptop sends the rest if they are its own first bytes."""
        folder = self._whole.parent
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._state.chmod(0o700)
            for other in folder.iterdir():  # of another version: the space is needed
                if other not in (self._part, self._whole) and other.is_file():
                    other.unlink()
            if self._whole.exists():
                self._whole.replace(self._part)
            self._part.touch(mode=0o600)
            if self._part.stat().st_size > self._size:
                os.truncate(self._part, 0)
            with self._part.open("rb") as there:
                return self._part.stat().st_size, hashlib.file_digest(there, "sha256").hexdigest()
        except OSError as error:
            raise StepFailed(f"The bundle cannot be kept: {error.strerror}.", advice=_CARD) from error

    def restart(self) -> None:
        """What is there are not the bundle's first bytes."""
        os.truncate(self._part, 0)

    def take(self, at: int, piece: bytes) -> None:
        """The piece that begins at byte `at`."""
        try:
            with self._part.open("r+b") as there:
                there.seek(at)
                there.write(piece)
                self._unflushed += len(piece)
                if self._unflushed >= FLUSH_EVERY:
                    there.flush()
                    os.fsync(there.fileno())
                    self._unflushed = 0
        except OSError as error:
            raise StepFailed(f"The bundle cannot be kept: {error.strerror}.", advice=_CARD) from error

    def end(self, sha256: str) -> None:
        """All is there: it is read back from the card. Raises StepFailed: it is not what was sent."""
        with self._part.open("r+b") as there:
            os.fsync(there.fileno())
            # what is hashed is what the card gives back, as far as the kernel can be asked for that
            with suppress(OSError):
                os.posix_fadvise(there.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            found = hashlib.file_digest(there, "sha256").hexdigest()
        if found != sha256:
            self._part.unlink()
            raise StepFailed(
                "What the card gives back is not what was sent.",
                advice="Run the same command again; if it ends here again, replace the card.",
            )
        self._part.replace(self._whole)
        on_disk(self._whole.parent)
