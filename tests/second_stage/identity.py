"""The gateway's identity: none at first and no storm of restarts, then an enrolment, and what the key is worth.

The board is a stand-in: a serial number where a Raspberry Pi's kernel shows its own.
"""

import json
import re
import ssl
import subprocess
import urllib.error
import urllib.request
from functools import partial
from pathlib import Path

from tests.stages.claims import check, note, run, title, took

from . import machine
from .machine import UPLINK

SERIAL = Path("/sys/firmware/devicetree/base/serial-number")
DESK = ("env", "PYTHONPATH=/opt/desk", machine.WREN, "desk")
DESK_DATA = ("--data", "/var/lib/second-stage-desk")
DESK_URL = "https://127.0.0.1:8443"
DESK_CA = "/etc/wren/desk-ca.pem"
KEY = Path("/var/lib/wren-uplink/key.pem")

_FINGERPRINT = re.compile(r"\b[0-9a-f]{8}(?: [0-9a-f]{8}){3}\b")


def gets_a_board(serial: str = "100000005ec0dabe") -> None:
    """Put a serial number where the device tree has it; the container's own /sys is a file system in memory."""
    run("mount", "-o", "remount,rw", "/sys")
    SERIAL.parent.mkdir(parents=True, exist_ok=True)
    SERIAL.unlink(missing_ok=True)
    SERIAL.write_text(f"{serial}\0", encoding="ascii")
    SERIAL.chmod(0o444)
    run("mount", "-o", "remount,ro", "/sys")


def is_missing() -> None:
    """Before the enrolment the uplink is neither started nor failed."""
    title("before the enrolment")
    state = [machine.show(UPLINK, key) for key in ("ActiveState", "ConditionResult", "NRestarts")]
    check("the uplink is not started, and nothing restarts it", state, want=["inactive", "no", "0"])
    failed = run("systemctl", "list-units", "--failed", "--plain", "--no-legend").split("\n")
    check("no unit has failed", [line for line in failed if line], want=[])
    problems = json.loads(run(machine.WREN, "status", "--json", ok=(0, 1)))["problems"]
    said = [one["problem"] for one in problems if "enrolled" in one["problem"]]
    check("`wren status` says that nothing leaves", len(said), want=1)
    note(" ".join(said))


def is_made() -> None:
    """`wren enrol` as a technician does it; systemd starts the uplink by itself."""
    title("the enrolment")
    gets_a_board()
    token, fingerprint = _token()
    wrong = " ".join(reversed(fingerprint.split()))
    refused = _enrol(token, wrong)
    check(
        "a fingerprint that is not the desk's is refused", (refused.returncode != 0, KEY.exists()), want=(True, False)
    )
    note(_first_line(refused.stderr))
    done = _enrol(token, fingerprint)
    check("`wren enrol`, with the token on standard input, ends with 0", done.returncode, want=0)
    for line in done.stdout.splitlines():
        note(line)
    check("it says neither the token nor the key", token in done.stdout + done.stderr, want=False)
    took("systemd starts the uplink by itself", partial(machine.is_ready, UPLINK), 10)
    refused = _enrol(token, fingerprint)
    check("the same token a second time is refused", refused.returncode != 0)
    note(_first_line(refused.stderr))


def _token(*options: str) -> tuple[str, str]:
    """A new token of the desk, and the desk's fingerprint, as a technician reads them."""
    command = [*DESK, "token", "second-stage", *options, *DESK_DATA]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    fingerprint = _FINGERPRINT.search(done.stderr)
    assert fingerprint, done.stderr
    return done.stdout.strip(), fingerprint[0]


def _enrol(token: str, fingerprint: str, *options: str) -> "subprocess.CompletedProcess[str]":
    command = [machine.WREN, "enrol", "--desk-fingerprint", fingerprint, *options]
    return subprocess.run(command, input=f"{token}\n", capture_output=True, text=True, timeout=60, check=False)


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]


def is_asked_for() -> None:
    """What bears no signature, or none of a key that the desk knows, is nobody's."""
    title("the desk's door")
    context = ssl.create_default_context(cafile=DESK_CA)
    request = urllib.request.Request(
        f"{DESK_URL}/v1/messages", data=b"{}", headers={"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=10, context=context) as reply:
            status = reply.status
    except urllib.error.HTTPError as error:
        status = error.code
    check("a message that nobody signed is refused with 401", status, want=401)


def is_bound_to_the_board() -> None:
    """The card in another board: the key does not open, and nothing tries again and again."""
    title("the card in another board")
    gets_a_board("10000000deadbeef")
    mark = machine.mark()
    run("systemctl", "restart", UPLINK, ok=(0, 1))
    took("the uplink ends, as failed", lambda: machine.show(UPLINK, "ActiveState") == "failed", 20)
    check("with 2, so that it is not started again and again", machine.show(UPLINK, "ExecMainStatus"), want="2")
    restarts = [line for line in machine.journal(UPLINK, mark) if "Scheduled restart" in line]
    check("no restart was scheduled", restarts, want=[])
    gets_a_board()
    run("systemctl", "start", UPLINK)
    check("in its own board it speaks again", machine.is_ready(UPLINK))


def is_changed() -> None:
    """`wren enrol --rotate`: another key of the same home, and the uplink goes on with it by itself."""
    title("another key (`wren enrol --rotate`)")
    before, key = machine.pid_of(UPLINK), KEY.read_bytes()
    done = subprocess.run(
        [machine.WREN, "enrol", "--rotate"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    check("it ends with 0", (done.returncode, _first_line(done.stderr)), want=(0, ""))
    check("the key is another", KEY.read_bytes() != key)
    took("systemd starts the uplink anew", partial(machine.is_ready, UPLINK, other_than=before), 10)
