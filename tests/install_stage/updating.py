"""`wren update`: the next version is kept, broken ones are gone back from by themselves, and nothing is lost.

The gate's quarter of an hour is half a minute here, and the three minutes that a service may take to start are a
quarter of one (tests/install_stage/units): nothing else is changed for it.
"""

import subprocess
import time
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.install_stage import pi
from tests.install_stage.bundles import BROKEN, NEXT, file_of
from tests.install_stage.desk import Desk, calls, is_answered
from tests.install_stage.gateways import Gateway
from tests.stages.claims import check, note, title, took

WAYS: Final = dict(zip(BROKEN, ("cannot say its number", "starts and dies", "never says ready"), strict=True))
UP_S: Final = 30.0
DECIDED_S: Final = 240.0


class Kept(NamedTuple):
    """What must never be less, and what must stay: readings in home.db, all that left or waits, the key."""

    readings: int
    letters: frozenset[str]
    key: str


def kept() -> Kept:
    letters = pi.root(pi.WREN, "outbox", "--as-sent").splitlines()
    key = pi.root("sha256sum", "/var/lib/wren-uplink/key.pem").split()[0]
    pi.root("rm", "-rf", "/root/copy")
    rows = pi.wren("export", "--out", "/root/copy")["rows"]
    return Kept(rows["readings"], frozenset(letters), key)


def nothing_is_lost(before: Kept, desk: Desk) -> None:
    now = kept()
    check(f"all that was kept is there ({now.readings} readings, {len(now.letters)} letters), under the same key",
          (now.readings >= before.readings, before.letters <= now.letters, now.key == before.key),
          want=(True, True, True))  # fmt: skip
    head = desk.head()
    whole = pi.wren("audit", "verify", "--head", head, ok=(0, 1))["whole"]
    check(
        f"its record is whole, and nothing was cut since its entry {head.partition(':')[0]}, which the desk knows",
        whole,
    )


def is_well() -> None:
    """The home is watched: its services are up, and somebody who turns the tap is seen."""
    for unit in ("wren.service", "wren-uplink.service"):
        took(f"{unit} is up", lambda unit=unit: pi.is_active(unit), UP_S)  # type: ignore[misc]
    before = kept().readings
    pi.hand("press", "kitchen-tap")
    pi.wren("away", "r1", "--back")  # comes back once what came before it is on the card, too
    took("a hand on the tap is seen", lambda: kept().readings > before, UP_S)


def brought(bundle: Path) -> str:
    """The bundle on the gateway, as a technician copies it."""
    subprocess.run(["scp", "-q", str(bundle), f"{pi.TARGET}:"], check=True, timeout=120)
    return f"/home/tech/{bundle.name}"


def _update(bundle: str, *options: str) -> "subprocess.CompletedProcess[str]":
    began = time.monotonic()
    done = pi.ssh("sudo", "-n", pi.WREN, "update", bundle, *options, within_s=DECIDED_S + 60)
    for line in (done.stdout + done.stderr).splitlines():
        note(line)
    note(f"it ended with {done.returncode} after {time.monotonic() - began:.0f} s")
    return done


def shown() -> dict[str, Any]:
    found: dict[str, Any] = pi.wren("update", "--show")
    return found


def is_kept(bundle: str, desk: Desk) -> None:
    title(f"an update to {NEXT}, the same source with another number")
    before = kept()
    done = _update(bundle, "--follow")
    check("it ends with 0: kept", done.returncode, want=0)
    now = shown()
    check("it is current, and what there is to go back to", (now["current"], now["trial"]), want=(now["steady"], None))
    check("it says its number", NEXT in pi.root(pi.WREN, "--version"))
    nothing_is_lost(before, desk)
    is_well()


def is_gone_back_from(bundle: Path, version: str, desk: Desk) -> None:
    """A version that is broken: refused, or tried and gone back from, by nobody's hand."""
    title(f"a broken version: {WAYS[version]}")
    good, before = pi.version(), kept()
    began = time.monotonic()
    done = _update(brought(bundle), "--follow")
    check("it does not end with 0", done.returncode != 0)
    now = shown()
    check("the version before runs again", (now["current"], now["steady"], now["trial"]), want=(good, good, None))
    note(f"back after {time.monotonic() - began:.0f} s: {(now['last'] or {}).get('why')}")
    nothing_is_lost(before, desk)
    is_well()


def survives_a_power_cut(bundle: str, phase: str, gateway: Gateway, desk: Desk) -> None:
    """The power fails in that phase of an update; at the next boot somebody finds a home that is watched."""
    title(f"the power fails during an update: {phase}")
    before = kept()
    with subprocess.Popen(
        ["ssh", pi.TARGET, "sudo", "-n", pi.WREN, "update", bundle, "--allow-older"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        reached = took(f"it is {phase}", lambda: _phase() == phase, 90)
        gateway.fail()
        process.kill()
    gateway.switch_on()
    if reached is None:
        return
    took("after the next boot it is decided", lambda: shown()["trial"] is None, DECIDED_S)
    now = shown()
    note(f"{now['current']}: {(now['last'] or {}).get('result')}, {(now['last'] or {}).get('why')}")
    check("what runs is what there is to go back to", now["current"], want=now["steady"])
    nothing_is_lost(before, desk)
    is_well()


_PHASE = """
import json, os
try:
    print(json.load(open("/var/lib/wren-release/trial.json"))["phase"])
except FileNotFoundError:
    names = os.listdir("/opt/wren/versions")
    half = [name for name in names if not os.path.exists(f"/opt/wren/versions/{name}/complete")]
    print("being installed" if half else "")
"""


def _phase() -> str:
    return pi.root("python3", "-I", "-c", _PHASE).strip()


def goes_its_ways(bundles: Path, suite: str, gateway: Gateway, desk: Desk) -> None:
    """Before anybody presses a help button: for ten minutes after a press the call stays open, and no update begins."""
    first, next_one = brought(bundles / "first.tar"), brought(file_of(bundles, NEXT, suite))
    is_kept(next_one, desk)
    for version in BROKEN:
        is_gone_back_from(file_of(bundles, version, suite), version, desk)
    for phase in ("being installed", "switching", "watching"):
        other = first if NEXT in pi.version() else next_one
        survives_a_power_cut(other, phase, gateway, desk)


def is_refused_during_a_call(bundle: str) -> None:
    """Somebody has pressed the help button: nothing is switched now."""
    title("an update while a call is open")
    pi.hand("press", "help")
    took("the call is at the desk", lambda: bool(calls()), UP_S)
    before = pi.version()
    done = _update(bundle)
    check("it is refused, and nothing is switched", (done.returncode, pi.version()), want=(1, before))
    is_answered()
