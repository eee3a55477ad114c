"""Who opens the recordings: home.db, its WAL and their copies beside it, watched with inotify.

The daemon opened them before the watch began and opens them never again, so whoever does is somebody else: `cat`, a
backup, `sqlite3`, a copy over SSH. The kernel watches the files themselves, whatever the name and the mount by which
they are opened. It does not say who it was, and it does not see one who reads the card in another machine.
"""

import asyncio
import importlib
from collections.abc import Callable
from pathlib import Path


class Recordings:
    """Watches the files of one folder whose names begin with home.db.

    Args:
        home_db: the database, which is open already.
        opened: called when any of them is opened.
    """

    def __init__(self, home_db: Path, opened: Callable[[], None]) -> None:
        self._home_db = home_db
        self._opened = opened

    async def run(self, watching: Callable[[], None] = lambda: None) -> None:
        """Watch until cancelled; `watching` is called once that has begun.

        Raises OSError, RuntimeError or ImportError where inotify cannot be had.
        """
        await asyncio.to_thread(importlib.import_module, "asyncinotify")  # it asks `ldconfig` where the C library is
        from asyncinotify import Inotify, Mask

        with Inotify() as watch:
            for path in sorted(self._home_db.parent.glob(f"{self._home_db.name}*")):
                if path.is_file() and not path.is_symlink():
                    watch.add_watch(path, Mask.OPEN)
            watching()
            while True:
                event = await watch.get()
                if event.mask & (Mask.OPEN | Mask.Q_OVERFLOW):
                    self._opened()
