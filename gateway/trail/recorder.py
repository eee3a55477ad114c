"""What the daemon enters into the trail beside messages: its own starts and stops, and who looked at what.

See `gateway.store.trail.What` for all that is entered, and by whom.
"""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from gateway import VERSION, desk_key
from gateway.clock import Clock, nap
from gateway.config.places import Places
from gateway.errors import StoreError
from gateway.log import Log
from gateway.store.trail import Note, What
from gateway.trail import accesses, wording_trail
from gateway.trail.audit import Audit
from gateway.trail.recordings import Recordings
from gateway.uplink.keys import key_id_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.store.opening import Opened

EVERY_S: Final = 15.0
"""How often it looks for notes of the commands and for another key."""

APART_S: Final = 60.0
"""A reader that opens the recordings over and over makes one entry in this time."""

LIT_S: Final = 15 * 60.0
"""For so long after raw data were looked at the panel says so."""

RECORDINGS: Final = "recordings"
"""What an entry `access` is about if it is no command."""


class Recorder:
    """Enters what happens, and knows whether raw data were looked at just now.

    Args:
        audit: where it is entered.
        places: where it is looked for.
        clock: paces the looks.
        log: told when the recordings cannot be watched.
        configuration: the SHA-256 of home.toml, empty where there is no such file.
        fitted: sensors in whose place another device was put, and when (UTC text).
    """

    def __init__(
        self,
        audit: Audit,
        places: Places,
        clock: Clock,
        log: Log,
        configuration: str,
        fitted: "Sequence[tuple[str, str]]" = (),
    ) -> None:
        self._audit = audit
        self._places = places
        self._clock = clock
        self._log = log
        self._configuration = configuration
        self._fitted = fitted
        self._key: str | None = None
        self._read_ns = 0
        self._entered: set[str] = set()
        self._looked_at_s = float("-inf")
        self._entered_s = float("-inf")
        self._unentered = False
        self._woken = asyncio.Event()

    async def begin(self, opened: "Sequence[tuple[str, Opened]]") -> None:
        """The daemon starts; `opened` says how it found its databases. Raises StoreError."""
        notes: list[Note] = []
        entry = self._audit.entry
        for schema, found in opened:
            if found.moved_aside is not None:
                notes.append(entry(What.MOVED_ASIDE, schema, wording_trail.moved_aside(found.salvaged_rows)))
            elif not found.stopped_cleanly:
                notes.append(entry(What.UNCLEAN_STOP, schema, wording_trail.unclean_stop()))
        last = await self._audit.last_ref(What.CONFIGURATION)
        if self._configuration and self._configuration != last:
            text = wording_trail.configuration(first=last is None)
            notes.append(entry(What.CONFIGURATION, self._configuration, text))
        last = await self._audit.last_ref(What.FITTED)
        for at, sensor in sorted((at, sensor) for sensor, at in self._fitted if at > (last or "")):
            notes.append(entry(What.FITTED, at, wording_trail.fitted(sensor)))
        self._key = await self._audit.last_ref(What.KEY)
        notes += self._keys()
        await self._audit.note_all([*notes, entry(What.START, VERSION, wording_trail.started(VERSION))])

    async def end(self) -> None:
        """The daemon ends in order. Raises StoreError."""
        await self._audit.note(What.STOP, VERSION, wording_trail.stopped())

    async def run(self) -> None:
        """Look until cancelled. Raises StoreError."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._watch())
            while True:
                await self.look()
                await nap(self._clock, EVERY_S, self._woken.wait())
                self._woken.clear()

    def looked_at(self) -> bool:
        """Whether raw data were looked at in the last quarter of an hour."""
        return self._clock.monotonic_s() - self._looked_at_s < LIT_S

    async def look(self) -> None:
        """Enter what has come in. Raises StoreError."""
        left = self._left()
        notes = [Note(What.ACCESS, one.command, wording_trail.looked(one.command), one.at_ms // 1000) for one in left]
        notes += self._keys()
        now_s = self._clock.monotonic_s()
        if self._unentered and now_s - self._entered_s >= APART_S:
            self._unentered, self._entered_s = False, now_s
            notes.append(self._audit.entry(What.ACCESS, RECORDINGS, wording_trail.recordings_opened()))
        await self._audit.note_all(notes)
        for one in left:
            if one.command in accesses.RAW:
                self.seen_raw()
            self._entered.add(one.path.name)
            with suppress(OSError):  # it is entered once more after the next start, then
                one.path.unlink(missing_ok=True)

    def _left(self) -> list[accesses.Access]:
        try:
            found = accesses.waiting(self._places.accesses)
        except OSError:  # something else is in the place of the folder: nobody can leave anything there
            return []
        self._entered &= {one.path.name for one in found}
        return [one for one in found if one.path.name not in self._entered]

    def _keys(self) -> list[Note]:
        """An entry if desk.json is another than before: its key, or that it was written again."""
        path = self._places.desk
        try:
            written_ns = path.stat().st_mtime_ns
            desk = desk_key.read(path) if written_ns != self._read_ns else None
        except (OSError, StoreError):  # told by whoever needs it
            return []
        if desk is None:
            return []
        self._read_ns = written_ns
        ref, before = f"{key_id_of(desk.desk_key)}@{written_ns // 1_000_000_000}", self._key
        if ref == before:
            return []
        self._key = ref
        return [self._audit.entry(What.KEY, ref, wording_trail.key(first=before is None))]

    async def _watch(self) -> None:
        try:
            await Recordings(self._places.home_db, self.opened).run()
        except (OSError, RuntimeError, ImportError) as error:
            self._log.warning("recordings_not_watched", fault=error)
            await self._audit.note(What.UNWATCHED, RECORDINGS, wording_trail.unwatched())

    def seen_raw(self) -> None:
        """Somebody looks at raw data, which whoever shows it has entered."""
        self._looked_at_s = self._clock.monotonic_s()

    def opened(self) -> None:
        """Something other than the daemon has opened the recordings."""
        self.seen_raw()
        self._unentered = True
        self._woken.set()
