"""On the card or not yet: links that are switched at once, small JSON files that are whole or not there."""

import json
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from gateway.errors import StoreError
from gateway.small_files import flush, read, write

_MOST_BYTES: Final = 64 * 1024


def switch(link: Path, to: str) -> None:
    """Have the symbolic link `link` lead to `to` (relative), at once: at a cut it leads to the old one or the new one.

    On the card on return. Raises OSError.
    """
    fresh = link.with_name(f".{link.name}.new")
    with suppress(FileNotFoundError):
        fresh.unlink()
    fresh.symlink_to(to)
    fresh.replace(link)
    flush(link.parent)


def keep_json(path: Path, document: dict[str, Any]) -> None:
    """Put `document` in the place of `path` (mode 0600), on the card on return. Raises OSError."""
    write(path, (json.dumps(document, indent=1, sort_keys=True) + "\n").encode(), flushed=True)
    flush(path.parent)


def kept_json(path: Path) -> dict[str, Any] | None:
    """What `keep_json` put there, None if nothing is there. Raises StoreError: it cannot be read."""
    try:
        found = json.loads(read(path, _MOST_BYTES))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        problem = f"{path} cannot be read ({type(error).__name__})."
        raise StoreError(problem, advice="Run this as root. If it is damaged, move it away.") from error
    if not isinstance(found, dict):
        raise StoreError(f"{path} is not what Wren wrote.", advice="Move it away.")
    return found


def remove(path: Path) -> None:
    """Remove the file `path`, durably; nothing if it is not there. Raises OSError."""
    with suppress(FileNotFoundError):
        path.unlink()
        flush(path.parent)


def remove_tree(folder: Path) -> None:
    """Remove the folder `folder` and what is in it; nothing if it is not there. Raises OSError."""
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)


def touch(path: Path, text: bytes = b"") -> None:
    """A file with `text` at `path`, it and its name on the card on return. Raises OSError."""
    write(path, text, flushed=True)
    path.chmod(0o644)
    flush(path.parent)


def flush_all() -> None:
    """Have everything that was written, by whomever, on the card: thousands of files at once."""
    os.sync()
