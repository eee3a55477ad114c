"""Ready, killed, stopped, started again: what systemd makes of the units, and what is still there afterwards."""

import grp
import json
import pwd
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from tests.stages.claims import check, note, run, title, took, wait_for

from . import machine
from .machine import DAEMON, PROXY, UPLINK

DROP_INS = Path("/run/systemd/system")
HOME_DB = "/var/lib/wren/private/home.db"
HEARD_SQL = "SELECT count(*) FROM inputs JOIN sensors ON code = sensor WHERE name = 'strap'"
BACK_S = 10.0
"""RELIABILITY: back within 10 s of any end."""

WATCHDOG_S = 20.0
"""Set for this stage; the unit's own minute would be waited for in vain."""

ABORT_S = 20.0
"""After the watchdog has bitten: SIGABRT, RestartSec=5, and starting."""

FOLDERS = {
    "/etc/wren": "root wren 750",
    "/etc/wren/home.toml": "root wren 640",
    "/var/lib/wren": "wren wren 711",
    "/var/lib/wren/private": "wren wren 700",
    "/var/lib/wren/private/home.db": "wren wren 640",
    "/var/lib/wren/private/desk.json": "wren wren 600",
    "/var/lib/wren/outbox": "wren wren-outbox 2750",
    "/var/lib/wren/outbox/outbox.db": "wren wren-outbox 640",
    "/var/lib/wren-uplink": "wren-uplink wren-uplink 750",
    "/var/lib/wren-uplink/uplink.db": "wren-uplink wren-uplink 640",
    "/var/lib/wren-uplink/key.pem": "wren-uplink wren-uplink 600",
    "/var/lib/wren-uplink/enrolment.json": "wren-uplink wren-uplink 600",
    "/run/wren": "wren wren 700",
    "/run/wren-dbus": "wren wren 700",
}

CHANGED = f"""[Service]
WatchdogSec={WATCHDOG_S:g}
ExecStartPre=/usr/bin/mkfifo -m 0600 {machine.FEED}
ExecStart=
ExecStart={machine.WREN} run --config /etc/wren/home.toml --feed {machine.FEED}
"""
"""What is changed in the daemon's unit: a pipe in its own folder, since no pin here ever moves, and less patience."""

acknowledged: list[float] = []
"""Readings of which a command said that they are on the card."""


def change(unit: str, text: str, name: str = "second-stage") -> Path:
    """Put a drop-in beside `unit`, until the container ends or it is removed."""
    folder = DROP_INS / f"{unit}.d"
    folder.mkdir(parents=True, exist_ok=True)
    drop_in = folder / f"{name}.conf"
    drop_in.write_text(text, encoding="utf-8")
    run("systemctl", "daemon-reload")
    return drop_in


def boots() -> None:
    """The units come up by themselves, as the users that they name."""
    title("booted: the units as they are shipped")
    for unit in (PROXY, DAEMON):
        took(f"{unit} ({machine.show(unit, 'Type')}) is up after boot", partial(machine.is_ready, unit), 60)
    from_ms, to_ms = (int(machine.show(DAEMON, f"{at}TimestampMonotonic")) for at in ("ExecMainStart", "ActiveEnter"))
    note(f"wren.service said READY=1 {(to_ms - from_ms) / 1e6:.1f} s after its process had begun")
    for unit, user in ((DAEMON, "wren"), (PROXY, "wren")):
        check(f"{unit} runs as {user}", machine.user_of(machine.pid_of(unit)), want=user)


def carries() -> None:
    """The uplink runs as its own user, and what waited has gone out."""
    title("enrolled: what waited goes out")
    check(f"{UPLINK} runs as wren-uplink", machine.user_of(machine.pid_of(UPLINK)), want="wren-uplink")
    took("the first heartbeat has gone through outbox and uplink to the desk", _delivered, 30)
    for path, want in FOLDERS.items():
        check(f"{path} is {want}", _mode(path), want=want)
    failed = run("systemctl", "list-units", "--failed", "--plain", "--no-legend").split("\n")
    check("no unit has failed", [line for line in failed if line], want=[])


def _mode(path: str) -> str:
    found = Path(path).stat()
    owner, group = pwd.getpwuid(found.st_uid).pw_name, grp.getgrgid(found.st_gid).gr_name
    return f"{owner} {group} {found.st_mode & 0o7777:o}"


def _delivered() -> bool:
    return any(one["state"] == "delivered" for one in _messages())


def _messages() -> list[dict[str, str]]:
    messages: list[dict[str, str]] = json.loads(run(machine.WREN, "outbox", "--json"))["messages"]
    return messages


def shows_itself() -> None:
    """`wren status` works where a technician types it."""
    title("wren status --json")
    status = json.loads(run(machine.WREN, "status", "--json", ok=(0, 1)))
    check("it is about this home", status["home"], want="second-stage")
    check("the daemon's heartbeat is in it", status["heartbeat"] is not None)
    check("the desk's receipt is in it", status["last_receipt"] is not None)
    for problem in status["problems"]:
        note(f"for the technician: {json.dumps(problem)}")


def takes_readings() -> None:
    """Readings come in; a help call leaves the house."""
    title("readings in, a help call out")
    check("the unit as shipped has a watchdog", machine.show(DAEMON, "WatchdogUSec"), want="1min")
    before = machine.pid_of(DAEMON)
    mark = machine.mark()
    change(DAEMON, CHANGED)
    run("systemctl", "restart", DAEMON)
    took("with a pipe for readings it is up again", lambda: machine.is_ready(DAEMON, other_than=before), 30)
    check("it was stopped cleanly for that", machine.logged("unclean_stop", after=mark), want=[])
    acknowledge("five readings and what a command tells are acknowledged")
    machine.feed("help,1", "help,0")
    took("the help call is at the desk, with its receipt", _help_delivered, 30)


def _help_delivered() -> bool:
    return any("help_button" in one["body"] and one["state"] == "delivered" for one in _messages())


def acknowledge(claim: str) -> None:
    """Feed five readings that are like no others, and wait for the word that they are on the card."""
    numbers = range(len(acknowledged), len(acknowledged) + 5)
    machine.feed(*(machine.warmth(number) for number in numbers))
    check(claim, machine.tell("away", "r1", "--back"))
    acknowledged.extend(float(machine.warmth(number).partition(",")[2]) for number in numbers)


@contextmanager
def stopped_loop() -> Iterator[None]:
    """The daemon's process stands still; the watchdog sees to it."""
    title(f"the daemon's loop stops (SIGSTOP), WatchdogSec={machine.show(DAEMON, 'WatchdogUSec')}")
    before, counted, mark = machine.pid_of(DAEMON), machine.restarts(DAEMON), machine.mark()
    patience_s = WATCHDOG_S + ABORT_S
    run("kill", "-STOP", str(before))
    began_s = time.monotonic()
    yield
    title("the watchdog")
    wait_for(lambda: machine.is_ready(DAEMON, other_than=before), patience_s)
    back_s = int(machine.show(DAEMON, "ActiveEnterTimestampMonotonic")) / 1e6 - began_s
    check(f"systemd killed and started it: ready {back_s:.0f} s after the stop", 0 < back_s <= patience_s)
    check("NRestarts went up by 1", machine.restarts(DAEMON) - counted, want=1)
    for line in machine.journal(DAEMON, mark):
        if "atchdog" in line or "Scheduled restart" in line or "unclean_stop" in line or '"ready"' in line:
            note(line)
    check("the journal names the watchdog", any("atchdog" in line for line in machine.journal(DAEMON, mark)))
    _was_recovered(mark)
    acknowledge("readings are taken again")


def _was_recovered(mark: str) -> None:
    schemas = {line["schema"] for line in machine.logged("unclean_stop", after=mark)}
    check("home.db and outbox.db were found to be stopped uncleanly, and sound", schemas, want={"home", "outbox"})
    check("no database was moved aside", machine.logged("database_moved_aside", after=mark), want=[])


def is_killed() -> None:
    """kill -9, right after an acknowledgement."""
    title("kill -9 of the daemon")
    before, counted, mark = machine.pid_of(DAEMON), machine.restarts(DAEMON), machine.mark()
    acknowledge("five more readings are acknowledged")
    run("kill", "-KILL", str(before))
    took("it is ready again", lambda: machine.is_ready(DAEMON, other_than=before), BACK_S)
    check("NRestarts went up by 1", machine.restarts(DAEMON) - counted, want=1)
    _was_recovered(mark)
    acknowledge("readings are taken again")


def uplink_is_killed() -> None:
    """kill -9 of the messenger."""
    title("kill -9 of the uplink, meanwhile")
    before = machine.pid_of(UPLINK)
    run("kill", "-KILL", str(before))
    took("it is ready again", lambda: machine.is_ready(UPLINK, other_than=before), BACK_S)


def stops_cleanly() -> None:
    """An orderly end: everything on the card, nothing to repair at the next start."""
    title("a clean stop")
    acknowledge("five last readings are acknowledged")
    mark, began_s = machine.mark(), time.monotonic()
    run("systemctl", "stop", DAEMON, UPLINK)
    note(f"both stopped within {time.monotonic() - began_s:.1f} s")
    for unit in (DAEMON, UPLINK):
        check(f"{unit} ended in order", machine.show(unit, "Result"), want="success")
    stopped = machine.logged("stopped", after=mark)
    check("its last word was `stopped`", len(stopped), want=1)
    with closing(sqlite3.connect(f"file:{HOME_DB}?mode=ro", uri=True)) as home:
        (clean,) = home.execute("SELECT value FROM meta WHERE key = 'clean_stop'").fetchone()
        (last,) = home.execute("SELECT max(seq) FROM inputs").fetchone()
        (checkpoint,) = home.execute("SELECT max(seq) FROM checkpoints").fetchone()
        rows = home.execute("SELECT value FROM inputs JOIN sensors ON code = sensor WHERE name = 'kitchen-warmth'")
        kept = sorted(value for (value,) in rows)
        (beats,) = home.execute(HEARD_SQL).fetchone()
        (whole,) = home.execute("PRAGMA integrity_check").fetchone()
    check("home.db is marked as stopped in order", bool(clean))
    check(f"its checkpoint is of the last input ({last})", checkpoint, want=last)
    check(f"all {len(acknowledged)} acknowledged readings are there, each once", kept, want=sorted(acknowledged))
    check(f"and {beats} heart rates that came by radio", beats > 0)
    check("SQLite finds home.db whole", whole, want="ok")
    mark = machine.mark()
    run("systemctl", "start", DAEMON)
    check("the next start finds nothing unclean", machine.logged("unclean_stop", after=mark), want=[])
