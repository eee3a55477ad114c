"""Small files in the private folder, read so that nothing in their place keeps a reader waiting or fills its memory."""

import errno
import os
import stat
from pathlib import Path


def read(path: Path, most_bytes: int) -> bytes:
    """Up to `most_bytes` of the file at `path`.

    Raises OSError: it is not there (FileNotFoundError), or is a link, a pipe, a folder, and no file at all.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "not a file", str(path))
        with os.fdopen(handle, "rb", closefd=False) as file:
            return file.read(most_bytes)
    finally:
        os.close(handle)
