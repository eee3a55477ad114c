"""What Wren needs at work, each figure from a process of its own: printed as one JSON object. Used by scripts/bench.py.

Usage: bench_work.py daemon EVENTS   RSS of the daemon with 4 residents and 20 sensors, one event every ten seconds
       bench_work.py year FOLDER     CPU seconds and RSS of replaying the recording in FOLDER, parsing included
       bench_work.py start           CPU, time and RSS of a real `wren run` until READY=1
"""

import asyncio
import io
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from gateway.clock import ManualClock
from gateway.config.reading import load, parse
from gateway.daemon import Daemon
from gateway.inbox import Edge, Sink
from gateway.log import open_log
from gateway.replaying import Replay
from gateway.sources.replay import Recording
from gateway.sources.simulator.house import home_toml
from gateway.systemd import Notifier
from models.home import Home
from models.kinds import AlertKind
from models.vocabulary import Reading

RESIDENTS = 4
EVERY_S = 10
KINDS = (("motion", "hallway"), ("motion", "kitchen"), ("motion", "bathroom"), ("tap", "kitchen"), ("seat", "lounge"))


def rss_mb() -> float:
    """Resident memory of this process."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


def is_heavy() -> bool:
    """Whether what needs scipy (shape and drift) has been loaded."""
    return "scipy" in sys.modules


def busy_toml(folder: Path) -> str:
    """Four residents with five sensors each, every kind of alert on."""
    residents = "".join(f'[[residents]]\nid = "r{number}"\n' for number in range(RESIDENTS))
    sensors = "".join(
        f'[[sensors]]\nid = "r{number}-{place}-{kind}"\nkind = "{kind}"\nplace = "{place}"\nresident = "r{number}"\n'
        for number in range(RESIDENTS)
        for kind, place in KINDS
    )
    alerts = "".join(f'[alerts.{kind}]\nreason = "a bench"\nowner = "team"\n' for kind in AlertKind)
    return (
        f'[home]\nid = "h-bench"\ntimezone = "Europe/London"\n[gateway]\npin_factory = "mock"\ndata_dir = "{folder}"\n'
        f'{residents}[[recipients]]\nid = "team"\nhours = "24h"\n{sensors}{alerts}'
    )


class Busy:
    """A source that hands over `count` edges, the clock going on in between; quiet from 23:00 to 07:00 UTC."""

    name = "busy"

    def __init__(self, count: int, clock: ManualClock, sensors: list[str]) -> None:
        self._count = count
        self._clock = clock
        self._sensors = sensors
        self.done = asyncio.Event()

    async def run(self, sink: Sink) -> None:
        """Minute by minute."""
        rng = random.Random(1)
        left = self._count
        while left > 0:
            self._clock.move_s(60)
            is_night = not 7 <= self._clock.utc_s() // 3600 % 24 < 23
            edges = rng.random() < 0.05 if is_night else 60 // EVERY_S
            for number in range(edges):
                at_s = self._clock.monotonic_s() - 60 + number * EVERY_S
                sink(Edge(at_s, rng.choice(self._sensors), float(rng.random() < 0.5)))
            left -= edges
            await asyncio.sleep(0)
        self.done.set()
        await asyncio.get_running_loop().create_future()


async def daemon(events: int) -> dict[str, float | bool]:
    """RSS of a whole daemon after a tenth of `events` and after all of them."""
    import bleak  # noqa: F401 - as it is at work in a home with pins and a wearable
    import gpiozero  # noqa: F401

    clock = ManualClock(1_760_000_000)
    with tempfile.TemporaryDirectory() as name:
        config = parse(busy_toml(Path(name)))
        sensors = [sensor.id for sensor in config.sensors]
        found: dict[str, float | bool] = {}
        early, late = Busy(events // 10, clock, sensors), Busy(events - events // 10, clock, sensors)
        for label, burst in (("early_rss_mb", early), ("rss_mb", late)):
            running = Daemon(config, clock, open_log(io.StringIO(), utc_s=time.time), Notifier({}, pid=0), [burst])
            stop = asyncio.Event()
            task = asyncio.create_task(running.run(stop))
            await burst.done.wait()
            found[label] = rss_mb()
            stop.set()
            await task
    return {**found, "heavy": is_heavy()}


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


def year(folder: Path) -> dict[str, float | bool]:
    """Seconds and RSS of replaying `folder`; RSS also after the first tenth."""
    config = load(folder / "home.toml")
    recording = Recording(folder, (sensor.id for sensor in config.sensors))
    early_mb: list[float] = []

    def readings() -> Iterator[Reading]:
        for number, (_, reading) in enumerate(recording.readings()):
            if not early_mb and recording.bytes_read * 10 > recording.total_bytes and number > 1000:
                early_mb.append(rss_mb())
            yield reading

    started_s = time.process_time()  # others may be at work on this machine, too
    outcome = Replay(Home(config.spec(live=False)), lambda _: None).run(readings())
    seconds = time.process_time() - started_s
    early = early_mb[0] if early_mb else rss_mb()
    return {
        "readings": outcome.readings,
        "seconds": seconds,
        "early_rss_mb": early,
        "rss_mb": rss_mb(),
        "heavy": is_heavy(),
    }


def main() -> None:
    """Measure one thing and print it."""
    with tempfile.TemporaryDirectory() as name:
        if sys.argv[1] == "daemon":
            print(json.dumps(asyncio.run(daemon(int(sys.argv[2])))))
        elif sys.argv[1] == "year":
            print(json.dumps(year(Path(sys.argv[2]))))
        else:
            print(json.dumps(start_up(Path(name))))


if __name__ == "__main__":
    main()
