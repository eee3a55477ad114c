"""The container's systemd, journal and clock, as the steps ask for them, and the lines that they print."""

import json
import re
import subprocess
import time
from collections.abc import Callable
from typing import Any

DAEMON = "wren.service"
UPLINK = "wren-uplink.service"
PROXY = "wren-dbus-proxy.service"
ENROLLED = "wren-enrolled.service"
UNITS = (PROXY, DAEMON, UPLINK)

FEED = "/run/wren/feed"
WREN = "/opt/wren/bin/wren"

_PATIENCE = 4.0
_LOOK_S = 0.05
_COMMAND_S = 60.0

_held: list[str] = []
_failures: list[str] = []


def title(text: str) -> None:
    print(f"== {text}", flush=True)


def note(text: str) -> None:
    print(f"    {text}", flush=True)


def check(claim: str, found: object, *, want: object = True) -> bool:
    """Print whether `found` is `want`, and remember it for `failures` if it is not."""
    if found == want:
        print(f"ok  {claim}", flush=True)
        _held.append(claim)
        return True
    print(f"FAIL {claim}: wanted {want!r}, found {found!r}", flush=True)
    _failures.append(claim)
    return False


def passed() -> int:
    return len(_held)


def failures() -> list[str]:
    return list(_failures)


def run(*command: str, ok: tuple[int, ...] = (0,)) -> str:
    """What `command` prints. Raises RuntimeError, with what it said, if it ends otherwise than `ok`."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=_COMMAND_S, check=False)
    if done.returncode not in ok:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def show(unit: str, key: str) -> str:
    """One property of a unit, as systemd has it."""
    return run("systemctl", "show", unit, "-p", key, "--value").strip()


def pid_of(unit: str) -> int:
    return int(show(unit, "MainPID"))


def user_of(pid: int) -> str:
    return run("ps", "-o", "user:32=", "-p", str(pid)).strip()


def restarts(unit: str) -> int:
    return int(show(unit, "NRestarts"))


def mark() -> str:
    """The journal's end as of now, for `journal`."""
    run("journalctl", "--sync")
    return run("journalctl", "-n", "0", "--show-cursor").strip().rpartition("-- cursor: ")[2]


def journal(unit: str, after: str = "") -> list[str]:
    """What `unit`, or systemd about it, said after the mark `after`."""
    since = [f"--after-cursor={after}"] if after else []
    return run("journalctl", "-u", unit, "-o", "cat", "--no-pager", *since).splitlines()


def logged(event: str, unit: str = DAEMON, after: str = "") -> list[dict[str, Any]]:
    """The lines of `unit`'s own log with that event."""
    lines = [json.loads(line) for line in journal(unit, after) if line.startswith("{")]
    return [line for line in lines if line.get("event") == event]


def looked(unit: str, after: str) -> dict[str, Any]:
    """What `looking.py` found in the sandbox of `unit`."""
    found = [line.partition(": ")[2] for line in journal(unit, after) if line.startswith("looked: ")]
    if not found:
        raise RuntimeError(f"nothing was looked at in {unit}: {journal(unit, after)}")
    result: dict[str, Any] = json.loads(found[-1])
    return result


def wait_for(condition: Callable[[], object], within_s: float) -> float | None:
    """After how many seconds `condition` was true; None if it was not within `within_s`."""
    started_s = time.monotonic()
    while not condition():
        if time.monotonic() - started_s >= within_s:
            return None
        time.sleep(_LOOK_S)
    return time.monotonic() - started_s


def took(claim: str, condition: Callable[[], object], within_s: float) -> float | None:
    """Check that `condition` comes true, and print how long it took and whether that was `within_s`.

    A busy machine that runs this is no fault of Wren's: what comes late is printed as late, what never comes fails.
    """
    seconds = wait_for(condition, _PATIENCE * within_s)
    late = seconds is not None and seconds > within_s
    said = "" if seconds is None else f" ({'LATE: ' if late else ''}after {seconds:.1f} s)"
    check(f"{claim}, within {within_s:g} s{said}", seconds is not None)
    return seconds


def is_ready(unit: str, *, other_than: int = 0) -> bool:
    """Whether `unit` has said READY=1, as another process than the one with that id."""
    return show(unit, "ActiveState") == "active" and pid_of(unit) not in (0, other_than)


def feed(*lines: str) -> None:
    """Hand `sensor,value` lines to the daemon's pipe."""
    with open(FEED, "w", encoding="ascii") as pipe:  # noqa: PTH123 - a pipe
        pipe.writelines(f"{line}\n" for line in lines)


def warmth(number: int) -> str:
    """A reading that no other is like, for the feed."""
    return f"kitchen-warmth,{15 + number / 100:g}"


def tell(*words: str) -> bool:
    """Tell the home something by a command; whether the daemon has it in its journal now.

    The command returns once what it told, and everything that came before it, is on the card.
    """
    return bool(json.loads(run(WREN, *words, "--json"))["taken"])


def exposure(unit: str) -> str:
    """The last word of systemd-analyze about what a unit leaves open."""
    said = run("systemd-analyze", "security", "--offline=true", "--no-pager", f"/etc/systemd/system/{unit}", ok=(0, 1))
    found = re.search(r"Overall exposure level for \S+ ([0-9.]+ \w+)", said)
    return found[1] if found else said.strip()[-200:]
