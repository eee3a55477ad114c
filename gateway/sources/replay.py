"""Recorded homes: `readings.csv`, or the same gzipped, as readings (ARCHITECTURE, "Contracts").

The file is a person's: it may come from a spreadsheet, be cut short by a full disk or not be a recording at
all. Whatever is in it, a reader gets readings, or an InputError with the line and the next step. Rows that are
earlier than the one before are handed on: the home counts them and does not learn from them.
"""

import csv
import difflib
import gzip
import io
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import isfinite
from pathlib import Path
from typing import Final

from gateway.errors import InputError
from models.told import parse
from models.vocabulary import CLOCK_STEP, GATEWAY_LINK, Reading

NAMES: Final = ("readings.csv", "readings.csv.gz")
HEADER: Final = "time,sensor,value"

_LONGEST_LINE: Final = 1024
"""Characters: ten times a long row. Junk without line ends is refused here instead of filling the memory."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_YEAR: Final = 2100
_FARTHEST_STEP_S: Final = 50 * 366 * 86_400.0
_MILLISECOND: Final = timedelta(milliseconds=1)
_DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile)


class Reason(StrEnum):
    """Why a row was refused."""

    COLUMNS = "columns"
    TIME = "time"
    OFFSET = "time without an offset"
    SENSOR = "unknown sensor"
    VALUE = "value"
    LENGTH = "too long a line"
    DAMAGED = "damaged or cut short"


_ADVICE: Final = {
    Reason.COLUMNS: f"Each row is {HEADER}, such as 2024-03-01T07:15:00Z,kitchen-tap,1.",
    Reason.TIME: "Write ISO 8601 with an offset, such as 2024-03-01T07:15:00Z, from 1970 on.",
    Reason.OFFSET: "Say which offset from UTC was meant: add Z or, for example, +01:00.",
    Reason.SENSOR: "Add it to home.toml, or correct the name.",
    Reason.VALUE: f"Write a finite number such as 1, 0 or 36.5; {GATEWAY_LINK} takes 0 and 1 only.",
    Reason.LENGTH: "Look whether this file is really a readings.csv.",
    Reason.DAMAGED: "Copy the file again from where it came.",
}


@dataclass(slots=True)
class Tally:
    """What became of the rows.

    Attributes:
        accepted: rows that were handed on.
        skipped: rows that were not, by reason; only a lenient reading skips.
        first_line: the first line that was skipped for each reason.
    """

    accepted: int = 0
    skipped: Counter[Reason] = field(default_factory=Counter)
    first_line: dict[Reason, int] = field(default_factory=dict)

    def skip(self, reason: Reason, line: int) -> None:
        """Count one row that was refused."""
        self.skipped[reason] += 1
        self.first_line.setdefault(reason, line)


class _Refused(Exception):  # never leaves this module
    def __init__(self, reason: Reason, text: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.text = text


class Recording:
    """The readings of one recorded home.

    Args:
        folder: where `readings.csv` or `readings.csv.gz` is.
        sensors: ids that `home.toml` knows. The gateway's own inputs need not be among them.
        lenient: skip and count rows that cannot be used, instead of raising at the first.

    Attributes:
        path: the file.
        total_bytes: its size, compressed if it is; `bytes_read` climbs to it.
        tally: what became of the rows so far.

    Raises:
        InputError: there is no such file, or there are two.
    """

    def __init__(self, folder: Path, sensors: Iterable[str], *, lenient: bool = False) -> None:
        self.path = _find(folder)
        self.total_bytes = self.path.stat().st_size
        self.bytes_read = 0
        self.tally = Tally()
        self._lenient = lenient
        self._known = {name: name for name in (*sensors, GATEWAY_LINK, CLOCK_STEP)}

    def readings(self) -> Iterator[tuple[int, Reading]]:
        """Each row as (line number, reading), in the file's order. The header is line 1.

        Raises InputError: the file cannot be read or has another header; or, unless lenient, at the first row
        that cannot be used. A lenient reading of a damaged file ends where the damage begins.
        """
        number = 0
        try:
            with self.path.open("rb") as raw, _text(self.path, raw) as lines:
                for number, line in enumerate(iter(lambda: lines.readline(_LONGEST_LINE), ""), 1):
                    if number == 1:
                        self._check_header(line)
                    elif reading := self._row(number, line, lines):
                        yield number, reading
                    if number % 1024 == 0:
                        self.bytes_read = raw.tell()
        except _DAMAGED as error:
            if number == 0 or not self._lenient:
                raise self._error(number + 1, _Refused(Reason.DAMAGED)) from error
            self.tally.skip(Reason.DAMAGED, number + 1)
        except OSError as error:
            problem = f"{self.path} cannot be read: {error.strerror or error}."
            raise InputError(problem, advice="Give a folder whose files this user may read.") from error
        if number == 0:
            self._check_header("")
        self.bytes_read = self.total_bytes

    def _check_header(self, line: str) -> None:
        # Spreadsheets begin a file with a byte order mark, and some quote every text.
        if line.removeprefix("\ufeff").strip().replace('"', "") != HEADER:
            found = f"it is {_shown(line.strip())}" if line.strip() else "the file is empty"
            advice = f"The first line of a recording is {HEADER}."
            raise InputError(f"{self.path}:1: the header is missing: {found}.", advice=advice)

    def _row(self, number: int, line: str, lines: io.TextIOWrapper) -> Reading | None:
        try:
            if len(line) == _LONGEST_LINE and line[-1] != "\n":
                while (rest := lines.readline(_LONGEST_LINE)) and rest[-1] != "\n":
                    pass
                raise _Refused(Reason.LENGTH)
            reading = _parse(line, self._known)
        except _Refused as refused:
            if line.isspace():
                return None
            if not self._lenient:
                raise self._error(number, refused) from None
            self.tally.skip(refused.reason, number)
            return None
        self.tally.accepted += 1
        return reading

    def _error(self, number: int, refused: _Refused) -> InputError:
        advice = _ADVICE[refused.reason]
        if refused.reason is Reason.SENSOR:
            near = difflib.get_close_matches(refused.text, self._known, n=1)
            advice = f"Did you mean `{near[0]}`? {advice}" if near else advice
        shown = f" {_shown(refused.text)}" if refused.text else ""
        return InputError(f"{self.path}:{number}: {refused.reason}{shown}.", advice=advice)


def _find(folder: Path) -> Path:
    found = [folder / name for name in NAMES if (folder / name).is_file()]
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(f"{folder} holds both {' and '.join(NAMES)}.", advice="Keep the one to be replayed.")
    advice = "Give the folder of a recording: home.toml with readings.csv or readings.csv.gz beside it."
    raise InputError(f"{folder} holds no {' or '.join(NAMES)}.", advice=advice)


def _text(path: Path, raw: io.BufferedReader) -> io.TextIOWrapper:
    plain = gzip.GzipFile(fileobj=raw) if path.suffix == ".gz" else raw
    # surrogateescape: a byte that is no UTF-8 spoils its own row, not the whole file
    return io.TextIOWrapper(plain, encoding="utf-8", errors="surrogateescape")


def _parse(line: str, known: dict[str, str]) -> Reading:
    fields = line.split(",") if '"' not in line else _unquoted(line)
    if len(fields) != 3:
        raise _Refused(Reason.COLUMNS, line.strip())
    time, name, number = fields
    try:
        moment = datetime.fromisoformat(time)
    except ValueError:
        raise _Refused(Reason.TIME, time) from None
    if moment.tzinfo is None:
        raise _Refused(Reason.OFFSET, time)
    at_ms = (moment - _EPOCH) // _MILLISECOND
    if at_ms < 0 or moment.year > _LAST_YEAR:
        raise _Refused(Reason.TIME, time)
    sensor = known.get(name)
    if sensor is None and parse(name) is not None:
        sensor = known[name] = name  # what a person told the home
    if sensor is None:
        raise _Refused(Reason.SENSOR, name)
    try:
        value = float(number)
    except ValueError:
        raise _Refused(Reason.VALUE, number.strip()) from None
    # float() also reads 1_000, which in a file is more likely a slip than a thousand
    if not isfinite(value) or "_" in number or (sensor == GATEWAY_LINK and value not in (0.0, 1.0)):
        raise _Refused(Reason.VALUE, number.strip())
    if sensor == CLOCK_STEP and abs(value) > _FARTHEST_STEP_S:
        raise _Refused(Reason.VALUE, number.strip())
    return Reading(at_ms, sensor, value)


def _unquoted(line: str) -> list[str]:
    # one line at a time, so that a stray quotation mark cannot swallow the lines after it
    try:
        return next(csv.reader([line], strict=True))
    except csv.Error:
        return []


def _shown(text: str) -> str:
    return ascii(text if len(text) <= 48 else text[:47] + "…")
