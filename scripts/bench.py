"""What Wren costs, each beside a reference measured in the same run. Ratios travel between machines, seconds do not.

Usage: scripts/bench [--json] [--quick]
"""

import argparse
import asyncio
import io
import json
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from gateway.clock import ManualClock
from gateway.config.reading import load, parse
from gateway.daemon import Daemon
from gateway.inbox import Edge, Sink
from gateway.log import open_log
from gateway.sources.replay import Recording
from gateway.sources.simulator.house import home_toml
from gateway.sources.simulator.recording import record
from gateway.sources.simulator.scenario import Scenario
from gateway.systemd import Notifier
from models.home import Home
from models.vocabulary import Reading

BATCH_S = 60
YEAR_READINGS = 1_800_000
"""A year of a busy home (a reading every 18 s)."""

TURNS = 5
SENSORS = ("kitchen-tap", "chair", "bed", "fridge", "front-door", "kettle")


def cpu_s() -> float:
    """CPU seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


class Burst:
    """A source that hands over `count` edges, one simulated second apart."""

    name = "burst"

    def __init__(self, count: int, clock: ManualClock) -> None:
        self._count = count
        self._clock = clock
        self.done = asyncio.Event()

    async def run(self, sink: Sink) -> None:
        """Hand over in bursts of a minute, as a busy home would."""
        start_s = self._clock.monotonic_s()
        for index in range(self._count):
            sink(Edge(start_s + index, SENSORS[index % len(SENSORS)], float(index // len(SENSORS) % 2)))
            if index % BATCH_S == 0:
                self._clock.move_s(BATCH_S)
                await asyncio.sleep(0)
        self.done.set()
        await asyncio.get_running_loop().create_future()


async def end_to_end(folder: Path, count: int) -> tuple[float, float]:
    """Readings a second and CPU seconds a reading, from a source's hand to the committed row."""
    config = parse(home_toml(data_dir=folder))
    clock = ManualClock(1_760_000_000)
    burst = Burst(count, clock)
    daemon = Daemon(config, clock, open_log(io.StringIO(), utc_s=time.time), Notifier({}, pid=0), [burst])
    stop = asyncio.Event()
    started_s, started_cpu_s = time.perf_counter(), cpu_s()
    running = asyncio.create_task(daemon.run(stop))
    await burst.done.wait()
    stop.set()
    await running
    return count / (time.perf_counter() - started_s), (cpu_s() - started_cpu_s) / count


def bare_sqlite(folder: Path, count: int) -> float:
    """Rows a second: the same rows in the same batches into a bare table, WAL and FULL."""
    raw = sqlite3.connect(folder / "bare.db", isolation_level=None)
    raw.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
    raw.execute("CREATE TABLE inputs (seq INTEGER PRIMARY KEY, at_ms INTEGER, sensor INTEGER, value REAL)")
    started_s = time.perf_counter()
    for start in range(0, count, BATCH_S):
        raw.execute("BEGIN")
        rows = [(seq, seq * 1000, seq % 6, float(seq % 2)) for seq in range(start, min(count, start + BATCH_S))]
        raw.executemany("INSERT INTO inputs VALUES (?, ?, ?, ?)", rows)
        raw.execute("COMMIT")
    return count / (time.perf_counter() - started_s)


def core_s(readings: list[Reading], spec_home: Callable[[], Home]) -> float:
    """CPU seconds a reading to step the home: every learner scores and learns."""
    home = spec_home()
    started_s = time.process_time()
    for reading in readings:
        home.step(reading)
    return (time.process_time() - started_s) / len(readings)


def half_space_trees_s(count: int = 3000) -> float:
    """CPU seconds for one call pair (score, learn) of River's HalfSpaceTrees, ten trees of height eight."""
    from river.anomaly import HalfSpaceTrees

    trees = HalfSpaceTrees(n_trees=10, height=8, seed=1)
    rng = random.Random(1)
    rows = [{"a": rng.random(), "b": rng.random(), "c": rng.random()} for _ in range(count)]
    started_s = time.process_time()
    for row in rows:
        trees.score_one(row)
        trees.learn_one(row)
    return (time.process_time() - started_s) / count


def core(folder: Path) -> tuple[list[Reading], Callable[[], Home]]:
    """The readings recorded in `folder`, and what makes its home, for `core_s`."""
    config = load(folder / "home.toml")
    recording = Recording(folder, (sensor.id for sensor in config.sensors))
    return [reading for _, reading in recording.readings()], lambda: Home(config.spec(live=False))


class Measured(NamedTuple):
    """Everything, as it was measured."""

    step_s: float
    trees_s: float
    year: dict[str, float]
    busy: dict[str, float]
    per_s: float
    bare_per_s: float
    cpu_each_s: float
    start: dict[str, float]


def measure(*, quick: bool) -> Measured:
    """Make a recording of a simulated home, and put it through everything; one thing at a time."""
    count = 12_000 if quick else 120_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("recording", "year", "live"):
            (folder / part).mkdir()
        record(folder / "recording", 7, Scenario(quiet_days=6 if quick else 60, illness_days=0, collapse=None))
        record(folder / "year", 7, Scenario(quiet_days=36 if quick else 365, illness_days=0, collapse=None))
        readings, home = core(folder / "recording")
        # by turns, and the best of each: what else this machine does only ever makes it slower
        turns = [(core_s(readings, home), half_space_trees_s()) for _ in range(TURNS)]
        step_s, trees_s = min(one for one, _ in turns), min(other for _, other in turns)
        per_s, cpu_each_s = asyncio.run(end_to_end(folder / "live", count))
        return Measured(
            step_s=step_s,
            trees_s=trees_s,
            year=at_work("year", str(folder / "year")),
            busy=at_work("daemon", str(count)),
            per_s=per_s,
            bare_per_s=bare_sqlite(folder, count),
            cpu_each_s=cpu_each_s,
            start=at_work("start"),
        )


def at_work(*arguments: str) -> dict[str, float]:
    """What scripts/bench_work.py measures in a process of its own."""
    script = Path(__file__).with_name("bench_work.py")
    done = subprocess.run([sys.executable, str(script), *arguments], capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


class Row(NamedTuple):
    """One figure beside its reference, and beside what was asked of it; None where nothing was."""

    what: str
    wren: str
    reference: str
    ratio: float | None
    asked: str = ""
    met: bool | None = None


def rows(measured: Measured) -> list[Row]:
    """The table."""
    start, busy, year = measured.start, measured.busy, measured.year
    step = measured.step_s / measured.trees_s
    year_s = year["seconds"] / year["readings"] * YEAR_READINGS
    most_mb = 140 if busy["heavy"] else 80
    learners = "with shape and drift" if busy["heavy"] else "without shape and drift"
    return [
        Row(
            "score and learn one reading",
            f"{measured.step_s * 1e6:.1f} us",
            f"HalfSpaceTrees {measured.trees_s * 1e6:.1f} us",
            step,
            "ratio <= 0.4",
            step <= 0.4,
        ),
        Row(
            "a year of 1.8 million readings",
            f"{year_s:.0f} s",
            f"from {year['readings']:,.0f} in {year['seconds']:.1f} s of CPU, parsing included",
            None,
            "<= 60 s",
            year_s <= 60,
        ),
        Row(
            "RSS of such a replay",
            f"{year['rss_mb']:.0f} MB",
            f"after a tenth {year['early_rss_mb']:.0f} MB",
            year["rss_mb"] / year["early_rss_mb"],
        ),
        Row(
            f"RSS at work, {learners}",
            f"{busy['rss_mb']:.0f} MB",
            f"after a tenth {busy['early_rss_mb']:.0f} MB",
            busy["rss_mb"] / busy["early_rss_mb"],
            f"<= {most_mb} MB",
            busy["rss_mb"] <= most_mb,
        ),
        Row(
            "end to end, committed",
            f"{measured.per_s:,.0f} readings/s",
            f"bare sqlite3 {measured.bare_per_s:,.0f} rows/s",
            measured.per_s / measured.bare_per_s,
        ),
        Row("CPU a reading, end to end", f"{measured.cpu_each_s * 1e6:.0f} us", "", None),
        Row(
            "RSS at READY=1",
            f"{start['rss_mb']:.0f} MB",
            f"all imported {start['eager_rss_mb']:.0f} MB",
            start["rss_mb"] / start["eager_rss_mb"],
        ),
        Row(
            "CPU until READY=1",
            f"{start['cpu_s']:.2f} s",
            f"all imported {start['eager_cpu_s']:.2f} s",
            start["cpu_s"] / start["eager_cpu_s"],
        ),
        Row("time until READY=1", f"{start['ready_s']:.2f} s", "", None),
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true", help="a tenth of the work, for a look")
    asked = parser.parse_args()
    table = rows(measure(quick=asked.quick))
    if asked.json:
        print(
            json.dumps(
                {row.what: {name: value for name, value in row._asdict().items() if name != "what"} for row in table}
            )
        )
        return
    shown = Table("what", "Wren", "reference, same run", "ratio", "asked", "reached")
    for row in table:
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        shown.add_row(
            row.what, row.wren, row.reference, ratio, row.asked, {None: "", True: "yes", False: "no"}[row.met]
        )
    Console(width=None if sys.stdout.isatty() else 170).print(shown)  # a pipe has no width


if __name__ == "__main__":
    main()
