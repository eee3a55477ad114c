"""home.db: every input of the home in order, and the state that was learnt from them. It never leaves."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Self

from gateway.store import habit_days
from gateway.store.checkpoints import Checkpoint, Checkpoints
from gateway.store.connection import WAL_ALONE, Connection
from gateway.store.copying import copied
from gateway.store.migrations import HOME
from gateway.store.opening import Layout, Opened, clean_stop, get_meta, mark_stop, open_database, set_meta
from gateway.store.salvage import Table
from models.vocabulary import HabitTable, Reading

BLOCK: Final = 1_000
"""Sequence numbers reserved at once: a flush every 80 minutes at a reading every 5 s."""

PAGE: Final = 5_000
"""Inputs read at once, about 1 MB."""

LAYOUT: Final = Layout(
    migrations=HOME,
    durability=WAL_ALONE,
    tables=(
        Table("meta", ("key", "value")),
        Table("sensors", ("code", "name")),
        Table("inputs", ("seq", "at_ms", "sensor", "value")),
        Table("checkpoints", ("number", "seq", "at_ms", "state", "sha256", "set_aside")),
        Table("habit_days", habit_days.COLUMNS),
    ),
    after_salvage="""INSERT INTO meta (key, value) VALUES ('sequence_floor', :now_ms)
        ON CONFLICT (key) DO UPDATE SET value = max(value, excluded.value)""",
)


class Journal:
    """The inputs and the checkpoints of one home. Its methods run on the thread that opened it.

    Every method that writes has flushed when it returns, and raises StoreError when it could not.

    Attributes:
        opened: how the file was found.
    """

    def __init__(self, connection: Connection, opened: Opened) -> None:
        self._connection = connection
        self._checkpoints = Checkpoints(connection)
        self._codes: dict[str, int] = dict(connection.rows("SELECT name, code FROM sensors"))
        self.opened = opened

    @classmethod
    def open(cls, path: Path, *, sound_only: bool = False) -> Self:
        """Open or make `path`; with `sound_only` neither make nor repair it.

        Raises StoreError (see `open_database`).
        """
        return cls(*open_database(path, LAYOUT, sound_only=sound_only))

    def reserve(self) -> range:
        """A block of sequence numbers that nobody has had and nobody will get again, whatever happens."""
        first = max(get_meta(self._connection, "sequence_floor") or 0, self.last_seq()) + 1
        block = range(first, first + BLOCK)
        with self._connection.transaction() as raw:
            set_meta(raw, "sequence_floor", block[-1])
        return block

    def append(
        self,
        rows: Sequence[tuple[int, Reading]],
        *,
        alive_ms: int | None = None,
        tables: Sequence[HabitTable] = (),
    ) -> None:
        """Keep `rows` of (sequence number, reading) in one transaction; a repeated number is ignored.

        `alive_ms` (see `mark_alive`) and `tables` of daily counts, which a repeat replaces, are kept along with them
        and cost no flush of their own.
        """
        with self._connection.transaction() as raw:
            codes = dict(self._codes)
            for name in sorted({reading.sensor for _, reading in rows} - codes.keys()):
                codes[name] = max(codes.values(), default=0) + 1
                raw.execute("INSERT INTO sensors (code, name) VALUES (?, ?)", (codes[name], name))
            # Not INSERT OR IGNORE, which would swallow a NaN (NULL to SQLite) as well.
            raw.executemany(
                "INSERT INTO inputs (seq, at_ms, sensor, value) VALUES (?, ?, ?, ?) ON CONFLICT (seq) DO NOTHING",
                [(seq, reading.at_ms, codes[reading.sensor], reading.value) for seq, reading in rows],
            )
            if alive_ms is not None:
                set_meta(raw, "alive_ms", alive_ms)
            habit_days.keep(raw, tables)
        self._codes = codes

    def inputs(self, after_seq: int = 0, limit: int | None = None) -> Iterator[tuple[int, Reading]]:
        """The inputs after `after_seq` in order, at most `limit`; read in pages, so writing may go on between."""
        left = limit
        while left is None or left > 0:
            page = self._connection.rows(
                """SELECT seq, at_ms, name, value FROM inputs JOIN sensors ON code = sensor
                WHERE seq > ? ORDER BY seq LIMIT ?""",
                (after_seq, PAGE if left is None else min(left, PAGE)),
            )
            if not page:
                return
            for seq, at_ms, name, value in page:
                yield seq, Reading(at_ms, name, value)
            after_seq = page[-1][0]
            left = None if left is None else left - len(page)

    def last_seq(self) -> int:
        """The highest sequence number that an input here or a checkpoint's past has; 0 before the first."""
        ((last,),) = self._connection.rows(
            "SELECT max((SELECT coalesce(max(seq), 0) FROM inputs), (SELECT coalesce(max(seq), 0) FROM checkpoints))"
        )
        return int(last)

    def save_checkpoint(self, seq: int, state: Mapping[str, Any], at_ms: int) -> None:
        """Keep `state` as it was after the input `seq`. It must be JSON without NaN.

        Raises ValueError when that input has not been appended yet: state may never be ahead of the truth.
        """
        if seq > self.last_seq():
            raise ValueError(f"state is ahead of the journal: {seq} > {self.last_seq()}")
        self._checkpoints.save(seq, state, at_ms)

    def latest_checkpoint(self, before: Checkpoint | None = None) -> Checkpoint | None:
        """The newest checkpoint (older than `before`) that can be read (its SHA-256 holds), or None: rebuild."""
        return self._checkpoints.latest(before)

    def checkpoints_seq(self) -> int:
        """The last input that any checkpoint has seen, those set aside included; 0 without any."""
        return self._checkpoints.last_seq()

    def heir(self) -> Checkpoint | None:
        """What was learnt from the inputs before the first one that is still here; None if there were none before."""
        first = next(self.inputs(limit=1), None)
        return None if first is None else self._checkpoints.before(first[0])

    def set_aside(self, checkpoint: Checkpoint) -> None:
        """Keep `checkpoint` but offer the one before it from now on: the core could not restore it."""
        self._checkpoints.set_aside(checkpoint.number)

    def mark_alive(self, at_ms: int) -> None:
        """Write down that the daemon could see until now (a flush of its own; `append` has it for nothing)."""
        with self._connection.transaction() as raw:
            set_meta(raw, "alive_ms", at_ms)

    def alive_ms(self) -> int | None:
        """Until when the daemon is known to have seen, UTC in milliseconds; None on a new file."""
        return get_meta(self._connection, "alive_ms")

    def prune(self, before_ms: int, restores: Callable[[Checkpoint], bool] = lambda _: True) -> int:
        """Forget what is older than `before_ms`, as far as a checkpoint stands in for it; returns the inputs deleted.

        The newest checkpoint from before `before_ms` that can be read, and for which `restores` is true, becomes the
        retention edge. Inputs up to it go, and so do older checkpoints; after it, one a day stays. Without an edge
        nothing goes.
        """
        self._forget_copies(before_ms)
        edge = self._checkpoints.edge(before_ms, restores)
        if edge is None:
            return 0
        superseded = self._checkpoints.superseded(edge)
        with self._connection.transaction() as raw:
            deleted = raw.execute("DELETE FROM inputs WHERE seq <= ?", (edge.seq,)).rowcount
            raw.executemany("DELETE FROM checkpoints WHERE number = ?", [(number,) for number in superseded])
        return deleted

    def forget_habits(self, before_day: str) -> int:
        """Forget the daily counts of days before `before_day` (ISO 8601); returns how many."""
        with self._connection.transaction() as raw:
            return habit_days.forget(raw, before_day)

    def habit_days(self) -> Iterator[habit_days.HabitDay]:
        """The daily counts that are kept, by day."""
        return habit_days.read(self._connection)

    def copied(self, target: Path) -> Generator[float, None, None]:
        """Copy the whole file to `target` in steps (see `gateway.store.copying.copied`)."""
        return copied(self._connection, target)

    def _forget_copies(self, before_ms: int) -> None:
        # The copy from before a migration is a recording of the same life, under the same retention.
        path = self._connection.path
        for copy in path.parent.glob(f"{path.name}.before-*"):
            if copy.stat().st_mtime_ns < before_ms * 1_000_000:
                copy.unlink()

    def mark_clean_stop(self) -> None:
        """The last thing before `close` in an orderly stop: the file need not be checked at the next start."""
        mark_stop(self._connection, clean=True)

    def stopped_cleanly(self) -> bool:
        """Whether `mark_clean_stop` was the last word; False from opening on (see `opened` for the run before)."""
        return clean_stop(self._connection)

    def close(self) -> None:
        """Close; without `mark_clean_stop` the next start checks the file."""
        self._connection.close()
