"""What people on this gateway told the home, taken from its folder of slips (`gateway.slips`).

A slip is an input like any other: stamped, journalled, stepped, replayed. It is removed once the journal has it, so
one that was taken when the power went is taken again; what is told twice counts once. One that cannot be used is put
aside and told in the log, and keeps no other waiting.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from gateway.clock import Clock
from gateway.errors import InputError
from gateway.inbox import Edge, Sink
from gateway.log import Log
from gateway.slips import REFUSED, SUFFIX, Slip, read
from models.vocabulary import HOUSEHOLD

EVERY_S: Final = 2.0
"""Whoever gave the command waits for it."""

REFUSED_KEPT: Final = 20


class SlipSource:
    """A `gateway.inbox.Source` that takes slips.

    Args:
        folder: where they are left. It need not exist yet.
        residents: whom something can be told of; the household is always one.
        clock: paces the looks and stamps what is taken.
        log: told of what is refused.
    """

    name = "slips"

    def __init__(self, folder: Path, residents: Iterable[str], clock: Clock, log: Log) -> None:
        self._folder = folder
        self._residents = frozenset({*residents, HOUSEHOLD})
        self._clock = clock
        self._log = log
        self._handed: set[str] = set()

    async def run(self, sink: Sink) -> None:
        """Look for slips until cancelled."""
        while True:
            self._look(sink)
            await self._clock.sleep_s(EVERY_S)

    def _look(self, sink: Sink) -> None:
        try:
            names = sorted(path.name for path in self._folder.iterdir() if path.suffix == SUFFIX)
        except OSError:
            return  # nobody has told anything yet
        self._handed &= set(names)
        for name in names:
            if name not in self._handed and not name.startswith("."):  # still being written
                self._handed.add(name)
                self._take(self._folder / name, sink)

    def _take(self, path: Path, sink: Sink) -> None:
        try:
            slip = self._read(path)
        except FileNotFoundError:
            return
        except (InputError, OSError) as error:
            self._refuse(path, error)
            return
        sink(Edge(self._clock.monotonic_s(), slip.tell, slip.value, kept=lambda: self._kept(path)))

    def _read(self, path: Path) -> Slip:
        slip = read(path)
        if slip.told is None or slip.told.resident not in self._residents:
            raise InputError("A slip is about an unknown resident.", advice="See `wren check` for who lives here.")
        return slip

    def _kept(self, path: Path) -> None:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:  # it is taken again after the next start, and counts once
            self._log.warning("slip_not_removed", source=self.name, fault=error)

    def _refuse(self, path: Path, fault: Exception) -> None:
        self._log.warning("slip_refused", source=self.name, fault=fault)
        try:
            aside = self._folder / REFUSED
            aside.mkdir(mode=0o700, exist_ok=True)
            path.rename(aside / path.name)
            for old in sorted(aside.iterdir())[:-REFUSED_KEPT]:
                old.unlink()
        except OSError as error:
            self._log.warning("slip_not_put_aside", source=self.name, fault=error)
