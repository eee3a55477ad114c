"""A table twice: as CSV, for a spreadsheet, and as JSON, one object a line in one array, for a program."""

import base64
import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from gateway.rights.sink import Export

Cell = str | int | float | None


class Table(NamedTuple):
    """`rows` is asked twice, and gives the same."""

    name: str
    about: str
    columns: tuple[str, ...]
    rows: Callable[[], Iterable[Sequence[Cell]]]


def put(export: Export, table: Table) -> int:
    """Write `NAME.csv` and `NAME.json`; returns how many rows."""
    with export.file(f"{table.name}.csv") as file:
        file.write(_csv(table.columns))
        for row in table.rows():
            file.write(_csv(row))
    count = 0
    with export.file(f"{table.name}.json") as file:
        for count, row in enumerate(table.rows(), 1):
            said = json.dumps(dict(zip(table.columns, row, strict=True)), ensure_ascii=False)
            file.write(f"{'[' if count == 1 else ','}\n{said}".encode())
        file.write(b"\n]\n" if count else b"[]\n")
    return count


def _csv(row: Sequence[Cell]) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(["" if cell is None else _safe(cell) for cell in row])
    return line.getvalue().encode()


def _safe(cell: Cell) -> Cell:
    """A spreadsheet takes a text that begins with one of these for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def moment(at_ms: int) -> str:
    """UTC milliseconds as text.

    >>> moment(1_795_183_320_250)
    '2026-11-20T14:02:00.250Z'
    """
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def text_of(body: bytes | str | None) -> str | None:
    """Bytes as text; as base64 if they are none."""
    if not isinstance(body, bytes):
        return body
    try:
        return body.decode()
    except UnicodeDecodeError:
        return base64.b64encode(body).decode()
