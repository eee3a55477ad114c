"""A technician's word that a device's battery was changed: its counter may begin anew (docs/decisions/0024).

As `gateway.slips`, but no input of the home: it is about the radio, and nothing is learnt of it. One empty file in the
private folder, named as the sensor; gone once the running daemon has heeded it.
"""

import os
from pathlib import Path

from gateway import slips
from gateway.errors import StoreError


def ask(folder: Path, sensor: str) -> Path:
    """Leave the word about `sensor` in `folder`; durable on return. Raises StoreError as `slips.leave` does."""
    path = folder / sensor
    try:
        if not folder.is_dir():
            folder.mkdir(mode=0o700)
            slips.give(folder, folder.parent)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600)
        try:
            slips.give(handle, folder)
        finally:
            os.close(handle)
        slips.flush(folder)
    except OSError as error:
        advice = "Run this as root, and `wren run` once before it."
        raise StoreError(f"{folder} cannot be written to: {error.strerror}.", advice=advice) from error
    return path


def asked(folder: Path) -> list[Path]:
    """What was left in `folder`, by name."""
    try:
        with os.scandir(folder) as entries:
            return sorted(Path(entry) for entry in entries if entry.is_file(follow_symlinks=False))
    except OSError:
        return []  # nobody has asked for anything yet
