"""How the running daemon hands a copy of home.db to `wren export`, which may not open home.db itself.

The command leaves an empty file; the daemon takes it away, writes down that somebody looked, makes a copy on its own
thread in steps (`gateway.store.copying`), and the command reads it. The copy has no name any more once it is being
read, so that nothing is left behind if the command is killed; a copy that nobody fetched goes within minutes, and at
the daemon's next start.
"""

import sqlite3
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gateway import small_files
from gateway.clock import Clock
from gateway.errors import StoreError, StoreUnavailable
from gateway.log import Log
from gateway.store.connection import Connection
from gateway.store.faults import told
from gateway.store.trail import Note, What
from gateway.trail import wording_trail

if TYPE_CHECKING:
    from gateway.store.ledger import Ledger
    from gateway.store.writer import Writer

QUESTION: Final = "export.ask"
PART: Final = "export.part"
COPY: Final = "export.db"

LOOK_S: Final = 1.0
FETCHED_WITHIN_S: Final = 300.0
"""A command that is alive fetches it within a fraction of a second."""

TAKEN_WITHIN_S: Final = 3.0
STUCK_S: Final = 30.0
"""Without a byte more for so long the daemon has ended, or could not copy."""

_NAP_S: Final = 0.1


class Copyist:
    """The daemon's side.

    Args:
        folder: the private folder.
        ledger, writer: the databases, and the thread that owns them.
        clock: paces the looks.
        log: told when a copy cannot be made.
        looked: called when raw data are looked at: the panel says so.
    """

    def __init__(
        self,
        folder: Path,
        ledger: "Ledger",
        writer: "Writer",
        clock: Clock,
        log: Log,
        looked: Callable[[], None] = lambda: None,
    ) -> None:
        self._folder = folder
        self._ledger = ledger
        self._writer = writer
        self._clock = clock
        self._log = log
        self._looked = looked
        self._made_s: float | None = None

    async def run(self) -> None:
        """Look for a question until cancelled. Raises StoreError when the trail cannot be written."""
        self.tidy()
        while True:
            if self._asked():
                await self._hand_over()
            elif self._made_s is not None and self._clock.monotonic_s() - self._made_s > FETCHED_WITHIN_S:
                self.tidy()
            await self._clock.sleep_s(LOOK_S)

    def tidy(self) -> None:
        """Take away what nobody fetched."""
        self._made_s = None
        for name in (PART, COPY):
            with suppress(OSError):
                (self._folder / name).unlink()

    def _asked(self) -> bool:
        try:
            (self._folder / QUESTION).unlink()
        except OSError:
            return False
        return True

    async def _hand_over(self) -> None:
        self.tidy()
        self._looked()
        looked = Note(What.ACCESS, "export", wording_trail.looked("export"), int(self._clock.utc_s()))
        await self._writer.do(lambda: self._ledger.outbox.trail.note([looked]))
        part = self._folder / PART
        steps = self._ledger.journal.copied(part)
        try:
            while await self._writer.do(lambda: next(steps, None)) is not None:
                pass  # whatever else is to be written comes between two steps
            part.rename(self._folder / COPY)
        except (StoreError, OSError) as error:  # no reason to stop watching
            self._log.warning("copy_not_made", fault=error)
            self.tidy()
        else:
            self._made_s = self._clock.monotonic_s()
        finally:
            await self._writer.do(steps.close)


def fetch(folder: Path, home_db: Path, progress: Callable[[float], None]) -> Connection | None:
    """A copy of home.db from the running daemon, to be closed; None if no daemon answers.

    Args:
        folder: the private folder.
        home_db: for its size, which says how far the daemon has come; it is not opened.
        progress: called with the share done, from 0 to 1.

    Raises StoreError: this user may not ask. StoreUnavailable: the daemon answered, and then could not.
    """
    question, copy = folder / QUESTION, folder / COPY
    with small_files.leaving(folder):
        copy.unlink(missing_ok=True)
        small_files.mark(question)
    if not _taken(question):
        return None
    _wait(folder, home_db, progress)
    if not stat.S_ISREG(copy.lstat().st_mode):  # the folder is not root's: nothing in it leads root elsewhere
        raise StoreError(f"{copy} is no file.", advice="Look who else writes to that folder.")
    with told(copy):
        raw = sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None)
        try:
            raw.execute("PRAGMA trusted_schema = OFF")
            raw.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            copy.unlink()
        except BaseException:
            raw.close()
            raise
    return Connection(raw, copy)


def _taken(question: Path) -> bool:
    until_s = time.monotonic() + TAKEN_WITHIN_S
    while question.exists():
        if time.monotonic() >= until_s:
            question.unlink(missing_ok=True)
            return False
        time.sleep(_NAP_S)
    return True


def _wait(folder: Path, home_db: Path, progress: Callable[[float], None]) -> None:
    size, last_s = -1, time.monotonic()
    while not (folder / COPY).exists():
        with suppress(FileNotFoundError):
            now = (folder / PART).stat().st_size
            if now != size:
                size, last_s = now, time.monotonic()
                progress(min(1.0, now / max(1, home_db.stat().st_size)))
        if time.monotonic() - last_s > STUCK_S:
            advice = "`journalctl -u wren` says why; is there space for a second home.db? Then try again."
            raise StoreUnavailable("The daemon began to copy home.db and did not end.", advice=advice)
        time.sleep(_NAP_S)
    progress(1.0)
