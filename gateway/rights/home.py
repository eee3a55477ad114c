"""What home.db holds, as tables: readings, what was told, daily counts, and what was learnt."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from gateway.errors import StoreError, StoreUnavailable
from gateway.rights.scope import Scope
from gateway.rights.sink import Export
from gateway.rights.tables import Cell, Table, moment, text_of
from gateway.store.connection import Connection
from gateway.store.habit_days import COLUMNS
from gateway.store.habit_days import read as read_habits
from models.told import parse

KNOWN: Final = frozenset({"inputs", "sensors", "habit_days", "checkpoints"})
"""The tables of home.db that are told of here; any other is handed over as it is."""

_PAGE: Final = 5_000


def require(path: Path) -> None:
    """Raises StoreUnavailable if nothing was ever recorded at `path`, StoreError if this user may not know."""
    try:
        path.stat()
    except FileNotFoundError as error:
        raise StoreUnavailable(f"{path} does not exist yet.", advice="Start `wren run`, which makes it.") from error
    except OSError as error:
        raise StoreError(
            f"{path} may not be read by this user.", advice="Run this as root, or as the daemon's user."
        ) from error


def tables(home: Connection, scope: Scope) -> list[Table]:
    """The tables of `home` that `scope` has."""
    return [
        Table(
            "readings",
            "What each sensor said, as it was recorded: the moment (UTC), the sensor, and its value.",
            ("number", "at_utc", "sensor", "kind", "place", "resident", "value"),
            lambda: _readings(home, scope),
        ),
        Table(
            "told",
            "What people told the home, with a command, at the panel or from the desk: away, an outcome, a pause.",
            ("number", "at_utc", "what", "resident", "kind", "about_alert_of_utc_s", "value"),
            lambda: _told(home, scope),
        ),
        Table(
            "gateway-notes",
            "What the gateway noted of itself: when it could not see, when its clock was set, which link was lost.",
            ("number", "at_utc", "note", "value"),
            lambda: _notes(home, scope),
        ),
        Table(
            "daily-counts",
            "How often each habit was seen on a day, and what was usual for this person then.",
            COLUMNS,
            lambda: (row for row in read_habits(home) if scope.has(row.resident)),
        ),
    ]


def put_learnt(home: Connection, scope: Scope, export: Export) -> int:
    """Each state of what was learnt that is kept, as JSON; returns how many. It is of all in one."""
    if not scope.is_all:
        return 0
    numbers = [number for (number,) in home.rows("SELECT number FROM checkpoints ORDER BY number")]
    for number in numbers:
        ((at_ms, state),) = home.rows("SELECT at_ms, state FROM checkpoints WHERE number = ?", (number,))
        with export.file(f"learnt/{number:06}-{moment(at_ms).replace(':', '')}.json") as file:
            file.write(state.encode())
    return len(numbers)


def rest(database: Connection, stem: str, known: frozenset[str], scope: Scope) -> list[Table]:
    """The tables of `database` that nobody told of: as they are, for nothing that is held may be left out."""
    names = [
        name
        for (name,) in database.rows(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '%sqlite_%' ORDER BY name"
        )
        if name not in known
    ]
    return [_as_it_is(database, stem, name, scope) for name in names]


def _as_it_is(database: Connection, stem: str, name: str, scope: Scope) -> Table:
    columns = tuple(row[1] for row in database.rows(f"PRAGMA table_info('{name}')"))
    whose = columns.index("resident") if "resident" in columns else None

    def rows() -> Iterator[list[Cell]]:
        for row in database.rows(f'SELECT * FROM "{name}"'):
            if scope.has(None if whose is None else row[whose]):
                yield [text_of(cell) if isinstance(cell, bytes) else cell for cell in row]

    return Table(f"other/{stem}-{name.strip('_')}", f"The table {name} of {stem}.db, as it is.", columns, rows)


def _inputs(home: Connection) -> Iterator[tuple[int, int, str, float]]:
    after = 0
    while page := home.rows(
        """SELECT seq, at_ms, name, value FROM inputs JOIN sensors ON code = sensor
        WHERE seq > ? ORDER BY seq LIMIT ?""",
        (after, _PAGE),
    ):
        yield from page
        after = page[-1][0]


def _readings(home: Connection, scope: Scope) -> Iterator[list[Cell]]:
    for seq, at_ms, name, value in _inputs(home):
        if not name.startswith("@") and scope.has_input(name):
            sensor, owner = scope.sensors.get(name, (None, None))
            kind, place = (None, None) if sensor is None else (str(sensor.kind), sensor.place)
            yield [seq, moment(at_ms), name, kind, place, owner, value]


def _told(home: Connection, scope: Scope) -> Iterator[list[Cell]]:
    for seq, at_ms, name, value in _inputs(home):
        told = parse(name)
        if told is not None and scope.has(told.resident):
            kind = None if told.kind is None else str(told.kind)
            yield [seq, moment(at_ms), str(told.what), told.resident, kind, told.opened_s, value]


def _notes(home: Connection, scope: Scope) -> Iterable[list[Cell]]:
    for seq, at_ms, name, value in _inputs(home):
        if name.startswith("@") and parse(name) is None and scope.has_input(name):
            yield [seq, moment(at_ms), name.removeprefix("@"), value]
