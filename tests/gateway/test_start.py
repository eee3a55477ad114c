"""`wren run` as a process: up, down, and refusing to start, each with its exit code."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from gateway.cli.service import BUG_EXIT
from gateway.store.outbox_reader import OutboxReader
from gateway.uplink import wire

from .ground import copied, home_toml

ROOT = Path(__file__).parents[2]
STOPS_WITHIN_S = 20.0  # TimeoutStopSec of wren.service


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(tmp_path / "notify"))
        line.settimeout(20)
        yield line


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "home.toml"
    path.write_text(home_toml(tmp_path / "data"))
    return path


@contextmanager
def wren_run(config: Path, *more: str | Path, before: str = "", **environ: str) -> Iterator["subprocess.Popen[str]"]:
    """`wren run` in a process of its own; `before` is Python to run first in it."""
    program = f"import sys\n{before}\nsys.argv[0] = 'wren'\nfrom gateway.__main__ import main\nmain()"
    with subprocess.Popen(
        [sys.executable, "-c", program, "run", "--config", str(config), *map(str, more)],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "NOTIFY_SOCKET": str(config.parent / "notify"), **environ},
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def until(line: socket.socket, word: bytes) -> None:
    while line.recv(4096) != word:
        pass


def ended(process: "subprocess.Popen[str]", within_s: float = 20.0) -> tuple[int, str]:
    _, err = process.communicate(timeout=within_s)
    return process.returncode, err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_ready_pings_and_stops_in_order(systemd: socket.socket, config: Path, number: signal.Signals) -> None:
    with wren_run(config, WATCHDOG_USEC="600000") as process:
        until(systemd, b"READY=1")
        until(systemd, b"WATCHDOG=1")
        until(systemd, b"WATCHDOG=1")
        asked_s = time.monotonic()
        process.send_signal(number)
        until(systemd, b"STOPPING=1")
        code, err = ended(process)
        assert code == 0, err
        assert time.monotonic() - asked_s < STOPS_WITHIN_S
    assert '"event":"stopped"' in err
    assert "Traceback" not in err


def test_what_is_fed_is_sensed_and_an_unfed_pipe_keeps_nobody_waiting(systemd: socket.socket, config: Path) -> None:
    pipe = config.parent / "pipe"
    os.mkfifo(pipe)
    with wren_run(config, "--feed", pipe) as process:
        until(systemd, b"READY=1")
        outbox = config.parent / "data" / "outbox" / "outbox.db"
        long = b"z" * 200_000
        for turn, lines in enumerate(
            (b"nobody,1\nhall,x\n\xff\n,\n" + long + b"\nbutton,1\n", b"button,0\n", b"button,1\n")
        ):
            with pipe.open("wb") as feed:  # one after the other, as a shell's echo would
                feed.write(lines)
            until_sent(outbox, 1 + turn // 2)
            time.sleep(0.1)  # a thumb is no bounce
        assert [type(message) for message in _messages(outbox)] == [wire.Alert, wire.AlertUpdate]
        process.terminate()
        code, err = ended(process, STOPS_WITHIN_S)
        assert code == 0, err
    with copied(config.parent / "data" / "private" / "home.db") as raw:
        names = raw.execute("SELECT name FROM inputs JOIN sensors ON code = sensor ORDER BY seq").fetchall()
    assert names == [("button",)] * 3


def until_sent(outbox: Path, count: int) -> None:
    by_s = time.monotonic() + 10
    while len(_messages(outbox)) < count:
        assert time.monotonic() < by_s, "nothing came"
        time.sleep(0.02)


def _messages(outbox: Path) -> list[wire.Message]:
    with OutboxReader(outbox) as reader:
        return [wire.decode(message.body) for message in reader.messages()]


def test_standard_input_is_taken_until_its_end(systemd: socket.socket, config: Path) -> None:
    with wren_run(config, "--feed", "-") as process:
        until(systemd, b"READY=1")
        assert process.stdin is not None
        process.stdin.write("button,1\n")
        process.stdin.close()
        process.stdin = None
        until_sent(config.parent / "data" / "outbox" / "outbox.db", 1)
        assert process.poll() is None  # the end of the feed is not the end of the watch
        process.terminate()
        code, err = ended(process, STOPS_WITHIN_S)
    assert code == 0
    assert '"event":"source_finished"' in err


@pytest.mark.parametrize("name", ["missing", "home.toml"])
def test_a_feed_that_is_no_pipe_is_a_source_that_stays_down(systemd: socket.socket, config: Path, name: str) -> None:
    with wren_run(config, "--feed", config.parent / name) as process:
        until(systemd, b"READY=1")
        process.terminate()
        code, err = ended(process, STOPS_WITHIN_S)
    assert code == 0
    assert '"event":"source_failed"' in err
    assert "mkfifo" in err


BUG = """
from gateway.sources.feed import FeedSource
async def run(self, sink):
    raise KeyError("bathroom")
FeedSource.run = run
"""


def test_a_bug_in_a_source_ends_the_process(config: Path) -> None:
    with wren_run(config, "--feed", "-", before=BUG) as process:
        code, err = ended(process)
    assert code == BUG_EXIT
    assert "KeyError" in err
    assert "bathroom" not in err  # a log is read by many


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (("pin_factory", "pin_factry"), 2, "Did you mean `pin_factory`?"),
        (('data_dir = "', 'data_dir = "/proc/nowhere'), 4, "cannot be made"),
        (('pin_factory = "mock"', ""), 2, "--feed is for rehearsals"),
    ],
)
def test_what_it_cannot_start_with(config: Path, change: tuple[str, str], code: int, said: str) -> None:
    config.write_text(config.read_text().replace(*change))
    with wren_run(config, "--feed", "-") as process:
        found, err = ended(process)
    assert (found, said in err) == (code, True), err
    assert "Traceback" not in err


@pytest.mark.parametrize("name", ["private/home.db", "outbox/outbox.db"])
def test_a_database_of_a_newer_version_is_left_as_it_is(systemd: socket.socket, config: Path, name: str) -> None:
    with wren_run(config) as process:
        until(systemd, b"READY=1")
        process.terminate()
        assert ended(process)[0] == 0
    path = config.parent / "data" / name
    with closing(sqlite3.connect(path)) as raw:
        tables = [row[0] for row in raw.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        (migrations,) = (table for table in tables if "migration" in table)
        columns = [row[1] for row in raw.execute(f"PRAGMA table_info({migrations})")]
        row = raw.execute(f"SELECT * FROM {migrations} LIMIT 1").fetchone()
        newer = [
            "m9999_from_the_future" if isinstance(value, str) and column == "name" else value
            for column, value in zip(columns, row, strict=True)
        ]
        newer = [99_999 if column in {"id", "number"} else value for column, value in zip(columns, newer, strict=True)]
        raw.execute(f"INSERT INTO {migrations} VALUES ({', '.join('?' * len(newer))})", newer)
        raw.execute("INSERT OR REPLACE INTO meta (key, value) VALUES ('needs', 99)")  # and it took something away
        raw.commit()
    before = path.read_bytes()
    with wren_run(config) as process:
        code, err = ended(process)
    assert code == 4, err
    assert "newer version" in err
    assert path.read_bytes() == before


@pytest.mark.slow  # it waits for the first one's lock for 5 s
def test_a_second_daemon_is_refused(systemd: socket.socket, config: Path) -> None:
    with wren_run(config) as first:
        until(systemd, b"READY=1")
        with wren_run(config) as second:
            code, err = ended(second)
        assert code == 4
        assert "Another process is using" in err
        assert first.poll() is None
