"""All that is held, in order, into an export."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway.config.places import Places, places_of
from gateway.config.tables import Config
from gateway.rights import home, papers
from gateway.rights.handover import fetch
from gateway.rights.letters import Letters
from gateway.rights.readme import readme
from gateway.rights.scope import Scope
from gateway.rights.sink import Export
from gateway.rights.tables import Table, put
from gateway.store.connection import WAL_ALONE, Connection, connect
from gateway.store.migrations import HOME, require_current
from models.localtime import utc_text

STEPS: Final = 24
"""Of a progress bar: ten for the copy, then one for each table or so."""

_COPYING = 10


@dataclass(frozen=True)
class Exported:
    """What came of it: how many rows each table has, and how many files there are."""

    rows: dict[str, int]
    files: int
    by_daemon: bool


def write(config: Config, target: Path, resident: str | None, *, now_s: int, tick: Callable[[str], None]) -> Exported:
    """Write the export to `target`; `tick` is called with what is being done, `STEPS` times or so.

    Raises InputError: `target` is there already or cannot be written, or nobody of that id lives there. StoreError: a
    database cannot be read, or this user may not.
    """
    scope, places = Scope(config, resident), places_of(config)
    with Export(target) as export, _home(places, tick) as (database, by_daemon):
        rows: list[tuple[Table, int]] = []

        def each(tables: list[Table]) -> None:
            for table in tables:
                tick(table.name)
                rows.append((table, put(export, table)))

        with closing(Letters.open(places, scope)) as letters:
            letters.put_bodies(export)
            each(home.tables(database, scope))
            each(home.rest(database, "home", home.KNOWN, scope))
            each(letters.tables())
        tick("what was learnt")
        home.put_learnt(database, scope, export)
        papers.put(export, config, places, scope)
        with export.file("README.txt") as file:
            file.write(readme(config.home.id, utc_text(now_s), scope, rows).encode())
    return Exported({table.name: count for table, count in rows}, export.files, by_daemon)


@contextmanager
def _home(places: Places, tick: Callable[[str], None]) -> Iterator[tuple[Connection, bool]]:
    """home.db, or the daemon's copy of it."""
    shown = 0

    def progress(share: float) -> None:
        nonlocal shown
        while shown < share * _COPYING:
            shown += 1
            tick("the daemon copies what it recorded")

    home.require(places.home_db)
    copy = fetch(places.private, places.home_db, progress)
    progress(1.0)
    database = connect(places.home_db, WAL_ALONE) if copy is None else copy
    with closing(database):
        require_current(database.raw, HOME, places.home_db)
        yield database, copy is not None
