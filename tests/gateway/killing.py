"""kill -9 of real processes under load: nothing acknowledged is lost, and no alert arrives twice.

`scripts/kill_test --kills 200` runs it at length, `test_kill.py` at the suite's. A gateway is fed random edges and
presses of help buttons through a pipe, a messenger carries what it raises to a desk, and both are killed again
and again. What may be lost is what nobody had acknowledged: readings that were not yet on the card.
"""

import argparse
import os
import random
import re
import signal
import socket
import sqlite3
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from gateway.errors import StoreUnavailable
from gateway.store.outbox_reader import OutboxReader
from gateway.uplink import wire
from gateway.uplink.book_reader import BookReader
from models.localtime import utc_text
from tests.at_the_desk import enrol

from .ground import copied
from .processes import HOME, RESIDENTS, home_toml, process

if TYPE_CHECKING:
    import subprocess

UPLINK_DIES_EVERY: Final = 5
_LINES_PER_S: Final = 300
_PATIENCE_S: Final = 60.0
_CLEAR_MS: Final = 60
"""An edge with no other so near is no bounce (`models.signals.DEBOUNCE_MS` is 50)."""


@dataclass
class Account:
    """What a trial came to; `faults` must be empty."""

    kills: int = 0
    uplink_kills: int = 0
    sent: int = 0
    presses: int = 0
    clear_presses: int = 0
    durable: int = 0
    seen: int = 0
    alerts: int = 0
    updates: int = 0
    duplicates: int = 0
    lost: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """The closing account, for a person."""
        yield f"kills of wren run      {self.kills}"
        yield f"kills of wren uplink   {self.uplink_kills}"
        yield f"readings sent          {self.sent}, of them {self.presses} presses of a help button"
        yield f"inputs durable         {self.durable}, of them {self.clear_presses} clear presses"
        yield f"alerts                 {self.alerts}, and {self.updates} further presses as news of them"
        yield f"seen in the outbox     {self.seen} messages, looked at while it was running"
        yield f"twice at the desk      {self.duplicates}"
        yield f"lost                   {self.lost}"
        yield f"seconds                {self.seconds:.0f}"
        yield from (f"FAULT: {fault}" for fault in self.faults)


class Trial:
    """One home, one messenger, one desk, in `folder`."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.account = Account()
        self._folder = folder
        self._rng = random.Random(seed)
        self._config = folder / "home.toml"
        self._outbox = folder / "data" / "outbox" / "outbox.db"
        self._home = folder / "data" / "private" / "home.db"
        self._ended = threading.Event()
        self._fed = threading.Event()
        self._seen: dict[str, bytes] = {}
        self._durable = (0, 0, 0.0)
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        enter = self._stack.enter_context
        desk = enter(process("desk", "--data", self._folder / "desk", "--port", "0", "--people-port", "0", show=True))
        assert desk.stdout is not None
        told = "".join(desk.stdout.readline() for _ in range(5))
        url, ca_file = re.search(r'url = "(.*)"', told), re.search(r'ca_file = "(.*)"', told)
        assert url, told
        assert ca_file, told
        self._config.write_text(home_toml(self._folder, url[1], ca_file[1]))
        enrol(self._folder / "desk", self._config, HOME)
        self._pipe = self._folder / "pipe"
        os.mkfifo(self._pipe)
        self._feed = os.open(self._pipe, os.O_RDWR | os.O_NONBLOCK)
        self._stack.callback(os.close, self._feed)
        self._ready = enter(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        self._ready.bind(str(self._folder / "notify"))
        self._ready.settimeout(_PATIENCE_S)
        self._uplink = enter(process("uplink", "--config", self._config))
        for job in (self._load, self._watch):
            thread = threading.Thread(target=job, args=(random.Random(self._rng.random()),), daemon=True)
            thread.start()
            self._stack.callback(thread.join, 10)
        self._stack.callback(self._ended.set)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def kill(self) -> None:
        """Start the daemon, kill it at some moment, and look at what the card has."""
        with self._daemon() as daemon:
            if self._rng.random() < 0.7:
                self._until_ready()
                time.sleep(self._rng.uniform(0.0, 0.5))
            else:
                time.sleep(self._rng.uniform(0.0, 1.2))
            daemon.send_signal(signal.SIGKILL)
            if daemon.wait(10) != -signal.SIGKILL:
                self._fault(f"wren run ended by itself with {daemon.returncode}")
        self.account.kills += 1
        self._look_at_inputs()
        if self.account.kills % UPLINK_DIES_EVERY == 0:
            self._uplink.kill()
            self._uplink.wait(10)
            self.account.uplink_kills += 1
            self._uplink = self._stack.enter_context(process("uplink", "--config", self._config))

    def close_the_books(self) -> Account:
        """Let everything arrive, then compare what was sent, kept, carried and received."""
        self._fed.set()
        with self._daemon() as daemon:
            self._until_ready()
            time.sleep(1.0)  # what is still in the pipe
            daemon.terminate()
            if daemon.wait(20) != 0:
                self._fault(f"the last wren run ended with {daemon.returncode}")
        self._look_at_inputs()
        with OutboxReader(self._outbox) as outbox:
            kept = {message.id: message.body for message in outbox.messages()}
            numbers = [message.seq for message in outbox.messages()]
        self._ended.set()
        account = self.account
        account.seen = len(self._seen)
        account.lost = sum(kept.get(one) != body for one, body in self._seen.items())
        if account.lost:
            self._fault("messages that had been acknowledged are gone or changed")
        if numbers != list(range(1, len(numbers) + 1)):
            self._fault("the numbers of the messages have gaps")
        self._compare_with_presses(kept)
        self._compare_with_replay(kept)
        self._compare_with_desk(kept)
        for path in (self._home, self._outbox):
            with copied(path) as raw:
                if raw.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                    self._fault(f"{path.name} is damaged")
        return account

    def _compare_with_presses(self, kept: dict[str, bytes]) -> None:
        """Every press that is on the card, and is no bounce by any reckoning, has its message."""
        messages = [wire.decode(body) for body in kept.values()]
        answered = {(m.resident, m.raised_at) for m in messages if isinstance(m, wire.Alert | wire.AlertUpdate)}
        with copied(self._home) as raw:
            edges = raw.execute(
                """SELECT name, at_ms, value FROM inputs JOIN sensors ON code = sensor
                WHERE name LIKE 'button-%' ORDER BY name, seq"""
            ).fetchall()
        rest = ("", 0, 0.0)
        for before, edge, after in zip([rest, *edges], edges, [*edges[1:], rest], strict=False):
            alone = all(edge[0] != other[0] or abs(edge[1] - other[1]) > _CLEAR_MS for other in (before, after))
            if alone and edge[2] == 1 and (before[0] != edge[0] or before[2] == 0):
                self.account.clear_presses += 1
                if (f"r{edge[0].removeprefix('button-')}", utc_text(edge[1] // 1000)) not in answered:
                    self.account.lost += 1
                    self._fault("a press that is on the card has no message")

    def _compare_with_replay(self, kept: dict[str, bytes]) -> None:
        again = self._folder / "again.jsonl"
        with process("replay", self._home, "--config", self._config, "--out", again, show=True) as replay:
            if replay.wait(_PATIENCE_S):
                self._fault(f"wren replay ended with {replay.returncode}")
        bodies = again.read_bytes().splitlines()
        if bodies != list(kept.values()):
            missing = len(set(bodies) - set(kept.values()))
            self.account.lost += missing
            self._fault(f"the journal says {len(bodies)} messages, the outbox {len(kept)}; {missing} are missing there")

    def _compare_with_desk(self, kept: dict[str, bytes]) -> None:
        book = BookReader(self._folder / "uplink" / "uplink.db")
        by_s = time.monotonic() + _PATIENCE_S
        while not kept.keys() <= book.settled() and time.monotonic() < by_s:
            time.sleep(0.1)
        if book.dead_letters():
            self._fault(f"the desk refused {len(book.dead_letters())} messages: {book.dead_letters()[0].reason}")
        with closing(sqlite3.connect(self._folder / "desk" / "desk.db")) as raw:
            rows = raw.execute("SELECT id, body FROM messages WHERE type != 'status'").fetchall()
        arrived = dict(rows)
        missing = sum(arrived.get(one) != body for one, body in kept.items())
        if missing or len(arrived) != len(kept):
            self.account.lost += missing
            self._fault(f"{missing} messages did not arrive as they are kept; {len(arrived)} of {len(kept)} arrived")
        messages = [wire.decode(body) for _, body in rows]
        alerts = [message for message in messages if isinstance(message, wire.Alert)]
        updates = [message for message in messages if isinstance(message, wire.AlertUpdate)]
        calls = Counter((a.resident, str(a.kind), a.raised_at) for a in alerts)
        calls += Counter((u.resident, f"{u.alert_id} {u.change}", u.raised_at) for u in updates)
        self.account.alerts, self.account.updates = len(alerts), len(updates)
        self.account.duplicates = len(rows) - len(arrived) + sum(count - 1 for count in calls.values())
        if self.account.duplicates:
            self._fault("something was said twice at the desk")

    def _look_at_inputs(self) -> None:
        if not self._home.exists():
            return
        last, count, total = self._durable
        with copied(self._home) as raw:
            if raw.execute("PRAGMA quick_check(1)").fetchall() != [("ok",)]:
                self._fault("home.db is damaged")
            if not raw.execute("SELECT 1 FROM sqlite_schema WHERE name = 'inputs'").fetchone():
                return  # killed before it was made
            question = "SELECT coalesce(max(seq), 0), count(*), coalesce(sum(at_ms * 1.0 + value), 0.0) FROM inputs"
            before = raw.execute(f"{question} WHERE seq <= ?", (last,)).fetchone()
            if before != (last, count, total):
                self.account.lost += count - before[1]
                self._fault(f"inputs that were durable are gone: {before[1]} of {count}")
            self._durable = raw.execute(question).fetchone()
        self.account.durable = self._durable[1]

    def _fault(self, text: str) -> None:
        self.account.faults.append(f"after {self.account.kills} kills: {text}")

    @contextmanager
    def _daemon(self) -> Iterator["subprocess.Popen[str]"]:
        with process(
            "run", "--config", self._config, "--feed", self._pipe, NOTIFY_SOCKET=str(self._folder / "notify")
        ) as daemon:
            yield daemon

    def _until_ready(self) -> None:
        while self._ready.recv(4096) != b"READY=1":
            pass

    def _load(self, rng: random.Random) -> None:
        """Feed edges, and now and then a press, whether anybody reads them or not."""
        held: list[tuple[float, str]] = []
        while not self._fed.is_set() and not self._ended.is_set():
            lines = [f"{rng.choice(('hall', 'chair', 'bed'))}-{rng.randint(1, RESIDENTS)},{rng.randint(0, 1)}"]
            now_s = time.monotonic()
            if rng.random() < 4 / _LINES_PER_S * 3:
                button = f"button-{rng.randint(1, RESIDENTS)}"
                lines.append(f"{button},1")
                held.append((now_s + 0.1, button))
                self.account.presses += 1
            lines += [f"{button},0" for release_s, button in held if release_s <= now_s]
            held = [(release_s, button) for release_s, button in held if release_s > now_s]
            self._send("".join(f"{line}\n" for line in lines).encode())
            self.account.sent += len(lines)
            time.sleep(rng.expovariate(_LINES_PER_S))

    def _send(self, lines: bytes) -> None:
        while not self._ended.is_set():
            try:
                os.write(self._feed, lines)  # shorter than PIPE_BUF, so all or nothing
            except BlockingIOError:
                time.sleep(0.01)
            else:
                return

    def _watch(self, _: random.Random) -> None:
        """What can be seen in the outbox has been acknowledged: remember it."""
        last = 0
        with OutboxReader(self._outbox) as outbox:
            while not self._ended.is_set():
                try:
                    for message in outbox.messages(last):
                        self._seen[message.id] = message.body
                        last = message.seq
                except StoreUnavailable:
                    outbox.close()  # not made yet, or to be tidied up by the next daemon
                time.sleep(0.005)


def trial(kills: int, folder: Path, seed: int, progress: Callable[[Account], None] = lambda _: None) -> Account:
    """Kill `kills` times and return the account."""
    started_s = time.monotonic()
    with Trial(folder, seed) as running:
        for _ in range(kills):
            running.kill()
            running.account.seconds = time.monotonic() - started_s
            progress(running.account)
            if running.account.faults:
                break
        account = running.close_the_books()
    account.seconds = time.monotonic() - started_s
    return account


def main() -> int:
    """The command behind scripts/kill_test: exit code 1 on any loss."""
    parser = argparse.ArgumentParser(prog="scripts/kill_test", description="kill -9 of wren run under load.")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20_250_101)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that nothing is left running

    def progress(account: Account) -> None:
        line = f"{account.kills}/{options.kills} kills, {account.durable} inputs durable, {account.seconds:.0f} s"
        if sys.stderr.isatty():
            print(f"\r{line}", end="", file=sys.stderr, flush=True)
        elif account.kills % 20 == 0:
            print(line, file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory(prefix="wren-kill-") as folder:
        account = trial(options.kills, Path(folder), options.seed, progress)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    print("\n".join(account.lines()))
    return 1 if account.faults else 0


if __name__ == "__main__":
    sys.exit(main())
