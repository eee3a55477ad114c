"""One transaction of SQLite, for every database of the gateway and the desk: whole and on disk, or not at all."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def whole(raw: sqlite3.Connection) -> Iterator[None]:
    """All of what the block writes, on disk at its end, or nothing of it; `raw` begins none by itself.

    Raises what the block raises, and sqlite3.Error.
    """
    raw.execute("BEGIN IMMEDIATE")
    try:
        yield
        raw.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):  # what went wrong first is what is told
            raw.rollback()
        raise
