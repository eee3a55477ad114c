"""A technician's word that a device's battery was changed: its counter may begin anew (docs/decisions/0024).

As `gateway.slips`, but no input of the home: it is about the radio, and nothing is learnt of it. One empty file in the
private folder, named as the sensor; gone once the running daemon has heeded it.
"""

import os
from pathlib import Path

from gateway import small_files


def ask(folder: Path, sensor: str) -> Path:
    """Leave the word about `sensor` in `folder`; durable on return. Raises StoreError as `small_files.leaving` does."""
    path = folder / sensor
    with small_files.leaving(folder):
        small_files.mark(path)
    return path


def asked(folder: Path) -> list[Path]:
    """What was left in `folder`, by name."""
    try:
        with os.scandir(folder) as entries:
            return sorted(Path(entry) for entry in entries if entry.is_file(follow_symlinks=False))
    except OSError:
        return []  # nobody has asked for anything yet
