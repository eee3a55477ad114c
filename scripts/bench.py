"""What Wren costs, each beside a reference measured in the same run. Ratios travel between machines, seconds do not.

Usage: scripts/bench [--json] [--quick]
"""

import argparse
import asyncio
import io
import json
import os
import random
import resource
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from gateway.clock import ManualClock
from gateway.config import parse
from gateway.daemon import Daemon
from gateway.inbox import Edge, Sink
from gateway.log import open_log
from gateway.replaying import Replay
from gateway.sources.simulator.house import home_toml
from gateway.sources.simulator.recording import record
from gateway.sources.simulator.scenario import Scenario
from gateway.systemd import Notifier
from models.home import Home
from models.vocabulary import Reading

BATCH_S = 60
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


def start_up(folder: Path) -> dict[str, float]:
    """A real `wren run`: CPU and RSS at READY=1, against a process that imports all its libraries at once."""
    config = folder / "home.toml"
    config.write_text(home_toml(data_dir=folder / "data"))
    # a home without wearables: there is no D-Bus on a build machine
    text = "\n[[sensors]]".join(
        part for part in config.read_text().split("\n[[sensors]]") if "ble =" not in part.split("\n[[")[0]
    )
    config.write_text(text)
    address = str(folder / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(address)
        started_s = time.perf_counter()
        wren = subprocess.Popen(
            [sys.executable, "-m", "gateway", "run", "--config", str(config)],
            env={**os.environ, "NOTIFY_SOCKET": address},
            stderr=subprocess.DEVNULL,
        )
        systemd.settimeout(60)
        while b"READY=1" not in systemd.recv(4096):
            pass
        ready_s = time.perf_counter() - started_s
        status = Path(f"/proc/{wren.pid}/status").read_text()
        ticks = Path(f"/proc/{wren.pid}/stat").read_text().rsplit(") ", 1)[1].split()
        wren.terminate()
        wren.wait()
    rss_mb = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024
    wren_cpu_s = (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")
    eager = (
        "import time, resource\n"
        "import gpiozero, bleak, numpy, river, river.anomaly, river.drift, sqlite_utils, requests, structlog\n"
        "u = resource.getrusage(resource.RUSAGE_SELF)\nprint(u.ru_utime + u.ru_stime, u.ru_maxrss / 1024)"
    )
    out = subprocess.run([sys.executable, "-c", eager], capture_output=True, text=True, check=True).stdout.split()
    return {
        "ready_s": ready_s,
        "cpu_s": wren_cpu_s,
        "rss_mb": rss_mb,
        "eager_cpu_s": float(out[0]),
        "eager_rss_mb": float(out[1]),
    }


def replay_speed(folder: Path) -> tuple[float, list[Reading], Callable[[], Home]]:
    """Readings a second of `wren replay`, parsing included; and the readings, for `core_s`."""
    from gateway.config import load
    from gateway.sources.replay import Recording

    config = load(folder / "home.toml")
    spec = config.spec(live=False)
    recording = Recording(folder, (sensor.id for sensor in config.sensors))
    started_s = time.perf_counter()
    outcome = Replay(Home(spec), lambda _: None).run(reading for _, reading in recording.readings())
    speed = outcome.readings / (time.perf_counter() - started_s)
    again = Recording(folder, (sensor.id for sensor in config.sensors))
    return speed, [reading for _, reading in again.readings()], lambda: Home(spec)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true", help="a tenth of the work, for a look")
    asked = parser.parse_args()
    count = 12_000 if asked.quick else 120_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        quiet = Scenario(quiet_days=6 if asked.quick else 60, illness_days=0, collapse=None)
        (folder / "recording").mkdir()
        record(folder / "recording", 7, quiet)
        speed, readings, home = replay_speed(folder / "recording")
        step_s, trees_s = core_s(readings, home), half_space_trees_s()
        (folder / "live").mkdir()
        per_s, cpu_each_s = asyncio.run(end_to_end(folder / "live", count))
        bare_per_s = bare_sqlite(folder, count)
        start = start_up(folder)
    rows = [
        ("replay, parsing included", f"{speed:,.0f} readings/s", "aim >= 20,000", f"{speed / 20_000:.1f} x the aim"),
        (
            "score and learn one reading",
            f"{step_s * 1e6:.1f} us",
            f"HalfSpaceTrees {trees_s * 1e6:.1f} us",
            f"{step_s / trees_s:.2f}",
        ),
        (
            "end to end, committed",
            f"{per_s:,.0f} readings/s",
            f"bare sqlite3 {bare_per_s:,.0f} rows/s",
            f"{per_s / bare_per_s:.2f}",
        ),
        ("CPU a reading, end to end", f"{cpu_each_s * 1e6:.0f} us", "", ""),
        (
            "RSS at READY=1",
            f"{start['rss_mb']:.0f} MB",
            f"all imported {start['eager_rss_mb']:.0f} MB",
            f"{start['rss_mb'] / start['eager_rss_mb']:.2f}",
        ),
        (
            "CPU until READY=1",
            f"{start['cpu_s']:.2f} s",
            f"all imported {start['eager_cpu_s']:.2f} s",
            f"{start['cpu_s'] / start['eager_cpu_s']:.2f}",
        ),
        ("time until READY=1", f"{start['ready_s']:.2f} s", "", ""),
    ]
    if asked.json:
        print(
            json.dumps(
                {
                    name: {"wren": value, "reference": reference, "ratio": ratio}
                    for name, value, reference, ratio in rows
                }
            )
        )
        return
    table = Table("what", "Wren", "reference, same run", "ratio")
    for row in rows:
        table.add_row(*row)
    Console().print(table)


if __name__ == "__main__":
    main()
