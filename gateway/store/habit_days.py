"""The daily counts: how often each habit was seen on a day, beside what was usual for that person then.

They outlive the readings (`[gateway] habit_days`, 13 months), so that a winter can be held against the one before.
They lie in home.db and never leave it but by `wren export`.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from gateway.store.connection import Connection
from models.vocabulary import HabitTable

COLUMNS: Final = ("day", "resident", "habit", "observed", "usual_low", "usual_high", "rarity_days", "direction")


class HabitDay(NamedTuple):
    """One habit on one day (ISO 8601, the home's own); the rest as `models.vocabulary.Habit`."""

    day: str
    resident: str
    habit: str
    observed: float
    usual_low: float | None
    usual_high: float | None
    rarity_days: float | None
    direction: str


def keep(raw: sqlite3.Connection, tables: Iterable[HabitTable]) -> None:
    """Keep `tables` inside the transaction of `raw`; what is said again of a day takes the place of what was said."""
    raw.executemany(
        f"""INSERT INTO habit_days ({", ".join(COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (day, resident, habit) DO UPDATE SET
        observed = excluded.observed, usual_low = excluded.usual_low, usual_high = excluded.usual_high,
        rarity_days = excluded.rarity_days, direction = excluded.direction""",
        [
            HabitDay(
                table.day,
                table.resident,
                one.name,
                one.observed,
                one.usual_low,
                one.usual_high,
                one.rarity_days,
                one.direction,
            )
            for table in tables
            for one in table.habits
        ],
    )


def forget(raw: sqlite3.Connection, before_day: str) -> int:
    """Forget what is of days before `before_day` (ISO 8601); returns how many rows."""
    return int(raw.execute("DELETE FROM habit_days WHERE day < ?", (before_day,)).rowcount)


def read(connection: Connection) -> Iterator[HabitDay]:
    """All that are kept, by day; read a day at a time, so that no lock is held between."""
    for (day,) in connection.rows("SELECT DISTINCT day FROM habit_days ORDER BY day"):
        rows = connection.rows(
            f"SELECT {', '.join(COLUMNS)} FROM habit_days WHERE day = ? ORDER BY resident, habit", (day,)
        )
        yield from map(HabitDay._make, rows)
