#!/usr/bin/env python
"""What the store writes in a day, and how fast it is beside bare sqlite3 and sqlite-utils, in the same run.

    .venv/bin/python scripts/bench_store.py            # everything; flushes are counted where strace is found
    .venv/bin/python scripts/bench_store.py --check    # exit 1 when a day is over the budget

A day is a reading every 5 s in batches of 60 s, an hourly checkpoint, a heartbeat every 15 min with the receipt of the
one before, ten alerts, and every hour somebody who looks (an entry of the trail by itself).
Bytes are what the kernel sent towards the storage (`write_bytes` of /proc/self/io), the file system's own
journal not counted; run it on the storage that matters, for a tmpfs counts nothing.
"""

import argparse
import json
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from gateway.store.ledger import Ledger
from gateway.store.outbox import Draft, Opens
from gateway.store.outbox_reader import OutboxReader
from gateway.store.outbox_rows import Rank
from gateway.store.trail import Note, What
from gateway.trail import wording_trail
from models.vocabulary import Reading

DAY_S = 86_400
READING_S = 5
BATCH_S = 60
MAX_MB_A_DAY = 60
MAX_FLUSHES_A_DAY = 2_500
STATE_BYTES = 100_000
ROWS = 300
ROUNDS = 15


class Written(NamedTuple):
    """Bytes towards the storage, and bytes handed to write()."""

    storage: int
    calls: int


def written() -> Written:
    counters = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return Written(int(counters["write_bytes"]), int(counters["wchar"]))


def one_day(directory: Path) -> dict[str, float]:
    """Write a day; returns MB and the seconds that it took."""
    ledger = Ledger.open(directory)
    state = {"learners": [round(0.123456 * n, 6) for n in range(STATE_BYTES // 9)]}
    before, start = written(), time.perf_counter()
    numbers = iter(ledger.journal.reserve())
    batch: list[tuple[int, Reading]] = []
    for at_s in range(0, DAY_S, READING_S):
        seq = next(numbers, None)
        if seq is None:
            numbers = iter(ledger.journal.reserve())
            seq = next(numbers)
        batch.append((seq, Reading(at_s * 1000, f"sensor-{at_s % 11}", float(at_s % 2))))
        if (at_s + READING_S) % BATCH_S == 0:
            drafts = [message(f"alert-{at_s}")] if at_s % (DAY_S // 10) > DAY_S // 10 - BATCH_S else []
            ledger.commit(batch, drafts, alive_ms=at_s * 1000)
            batch = []
            if (at_s + READING_S) % 3_600 == 0:
                ledger.journal.save_checkpoint(seq, state, at_s * 1000)
            if (at_s + READING_S) % 900 == 0:
                receipt = Note(What.DELIVERED, f"status-{at_s - 900}", wording_trail.delivered("0" * 64), at_s)
                ledger.outbox.add_status(f"status-{at_s}", at_s, lambda seq: b"%400d" % seq, [receipt])
            if (at_s + READING_S) % 3_600 == 0:
                ledger.outbox.trail.note([Note(What.ACCESS, "routine", wording_trail.looked("routine"), at_s)])
    ledger.stop()
    after = written()
    return {
        "storage_mb": (after.storage - before.storage) / 1e6,
        "write_mb": (after.calls - before.calls) / 1e6,
        "seconds": time.perf_counter() - start,
    }


def message(name: str) -> Draft:
    opens = Opens("r1", "inactivity", 1)
    return Draft(name, "alert", Rank.URGENT, 1, lambda seq: json.dumps({"seq": seq, "text": "x" * 900}).encode(), opens)


def day_in_a_child(directory: Path) -> dict[str, float]:
    """A day in a process of its own, under strace where there is one, which counts the flushes."""
    command = [sys.executable, __file__, "--day", str(directory / "measured")]
    day: dict[str, float] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    if shutil.which("strace"):
        trace = directory / "trace"
        command[-1] = str(directory / "traced")
        subprocess.run(
            ["strace", "-f", "-o", str(trace), "-e", "trace=fsync,fdatasync", *command],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        day["flushes"] = len(re.findall(r"\bf(?:data)?sync\(", trace.read_text()))
    return day


def timed(work: Callable[[int], object]) -> float:
    """The median seconds of `work` over some rounds."""
    seconds = []
    for number in range(ROUNDS):
        start = time.perf_counter()
        work(number)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def batches(directory: Path) -> dict[str, float]:
    """Seconds for a durable batch of `ROWS` readings, in several ways."""
    from sqlite_utils import Database

    ledger = Ledger.open(directory)
    readings = [Reading(n * 1000, f"sensor-{n % 11}", float(n % 2)) for n in range(ROWS)]
    raw = bare(directory / "bare.db")
    table = Database(bare(directory / "utils.db"), execute_plugins=False).table("inputs")

    def with_journal(number: int) -> None:
        ledger.journal.append([(number * ROWS + n + 1, reading) for n, reading in enumerate(readings)])

    def with_sqlite3(number: int) -> None:
        raw.execute("BEGIN IMMEDIATE")
        raw.executemany(
            "INSERT INTO inputs VALUES (?, ?, ?, ?)",
            [(number * ROWS + n + 1, reading.at_ms, n % 11, reading.value) for n, reading in enumerate(readings)],
        )
        raw.execute("COMMIT")

    def dictionaries(number: int) -> list[dict[str, object]]:
        return [
            {"seq": number * ROWS + n + 1, "at_ms": reading.at_ms, "sensor": n % 11, "value": reading.value}
            for n, reading in enumerate(readings)
        ]

    def with_insert_all(number: int) -> None:
        table.insert_all(dictionaries(number))

    def with_insert(number: int) -> None:
        for row in dictionaries(1_000 + number):
            table.insert(row)

    def with_ignore(number: int) -> None:
        table.insert_all(dictionaries(2_000 + number), ignore=True)

    found = {
        "bare sqlite3, executemany": timed(with_sqlite3),
        "Journal.append": timed(with_journal),
        "sqlite-utils insert_all": timed(with_insert_all),
        "sqlite-utils insert_all, ignore": timed(with_ignore),
        "sqlite-utils insert, row by row": timed(with_insert),
    }
    ledger.close()
    return found


def bare(path: Path) -> sqlite3.Connection:
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute("PRAGMA journal_mode = WAL")
    raw.execute("PRAGMA synchronous = FULL")
    raw.execute("CREATE TABLE inputs (seq INTEGER PRIMARY KEY, at_ms INTEGER, sensor INTEGER, value REAL)")
    return raw


def outbox_of(directory: Path, count: int) -> dict[str, float]:
    """Seconds for what the uplink asks of an outbox of `count` messages."""
    ledger = Ledger.open(directory)
    ledger.outbox.add([message(f"alert-{number}") for number in range(count)])
    settled = {f"alert-{number}" for number in range(count - 5)}
    commit = timed(lambda number: ledger.outbox.add([message(f"late-{number}")]))
    with OutboxReader(directory / "outbox.db") as reader:
        found = {
            "one alert made durable": commit,
            "pending(), five unsent": timed(lambda _: reader.pending(settled)),
            "pending(), none sent": timed(lambda _: reader.pending(set())),
            "changed()": timed(lambda _: reader.changed()),
        }
    ledger.stop()
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="measure the day only; exit 1 when over the budget")
    parser.add_argument("--day", type=Path, metavar="DIRECTORY", help=argparse.SUPPRESS)
    parser.add_argument("--dir", type=Path, help="a directory on the storage to measure (default: the temporary one)")
    arguments = parser.parse_args()
    if arguments.day is not None:
        arguments.day.mkdir()
        sys.stdout.write(json.dumps(one_day(arguments.day)))
        return 0
    with tempfile.TemporaryDirectory(dir=arguments.dir) as name:
        directory = Path(name)
        day = day_in_a_child(directory)
        flushes = day.get("flushes")
        print(f"a day: {day['storage_mb']:.1f} MB to the storage (budget {MAX_MB_A_DAY}),", end=" ")
        print(f"{day['write_mb']:.1f} MB in write calls, in {day['seconds']:.1f} s")
        print(f"a day: {flushes if flushes is not None else 'no strace, not counted:'} flushes", end=" ")
        print(f"(budget {MAX_FLUSHES_A_DAY})")
        if arguments.check:
            return int(day["storage_mb"] > MAX_MB_A_DAY or (flushes or 0) > MAX_FLUSHES_A_DAY)
        (directory / "batches").mkdir()
        found = batches(directory / "batches")
        least = found["bare sqlite3, executemany"]
        print(f"\na durable batch of {ROWS} readings")
        for what, seconds in found.items():
            print(f"  {what:<34} {seconds * 1000:8.2f} ms  {seconds / least:6.1f} x")
        (directory / "outbox").mkdir()
        print("\nan outbox of 10,000 messages")
        for what, seconds in outbox_of(directory / "outbox", 10_000).items():
            print(f"  {what:<34} {seconds * 1000:8.2f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
