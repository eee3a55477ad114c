"""The walk-test, as a technician with a hand on each sensor takes it: `wren walk-test` over ssh, line by line."""

import json
import re
import subprocess
import time
from typing import Final

from tests.install_stage import pi
from tests.stages import desk_page
from tests.stages.claims import check, note, title, wait_for

LAMP, SOUND, OK_BUTTON = "22", "25", "24"
SEEN_WITHIN_S: Final = 15.0
MOST_S: Final = 300.0

_ASKS = re.compile(r"^(\d+)/(\d+) (?:the panel of )?(\S+?)(?: \(.*?\))?: (.*)$")


class Technician:
    """Does what each line asks for.

    Args:
        keys: takes single keys.
    """

    def __init__(self, keys: "subprocess.Popen[str]") -> None:
        self._keys = keys
        self._moved: set[str] = set()

    def does(self, line: str) -> None:
        """What `line` asks for, if it asks for anything."""
        asked = _ASKS.match(line)
        if asked is None:
            return
        name, what = asked[3], asked[4]
        if "then t, which tells the desk" in what:
            self._press("t")
        elif "press the button now" in what:
            pi.hand("press", name)
        elif "I am seeing to it" in what:
            for call in desk_page.open_care():
                desk_page.acknowledge(call["id"])
        elif "does the light show" in what or "does it sound" in what:
            self._press("y" if _is_on(SOUND if "sound" in what else LAMP) else "x")
        elif "I'm OK" in what:
            pi.hand("press", OK_BUTTON)
        elif name not in self._moved and name != "strap":
            self._moved.add(name)
            pi.hand("press", name, "--for", "0.5", "--bounces", "2")

    def _press(self, key: str) -> None:
        assert self._keys.stdin is not None
        self._keys.stdin.write(key)
        self._keys.stdin.flush()


def _is_on(pin: str) -> bool:
    """Whether the output is seen to be on, at some moment soon."""
    return wait_for(lambda: json.loads(pi.hand("look"))[pin]["level"] == 1, SEEN_WITHIN_S) is not None


def is_passed() -> None:
    """Each sensor, the help button to the desk and back, the panel's lamp and buzzer: the home is live."""
    title("wren walk-test")
    check("before it the home is not live", pi.wren("walk-test", ok=(1,))["passed"], want=False)
    command = ["ssh", pi.TARGET, "sudo", "-n", pi.WREN, "walk-test", "--by", "t17"]
    began = time.monotonic()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as process:
        technician = Technician(process)
        assert process.stdout is not None
        for line in process.stdout:
            note(line.rstrip())
            technician.does(line.rstrip())
            if time.monotonic() - began > MOST_S:
                process.kill()
    check("it ends with 0", process.returncode, want=0)
    note(f"{time.monotonic() - began:.0f} s")
    stands = pi.wren("walk-test", ok=(0, 1))
    check("the home is live: nothing is left", (stands["passed"], stands["left"]), want=(True, []))
    proven = sorted(name for name, proof in stands["items"].items() if proof["outcome"] == "proven")
    check(f"{len(proven)} of {len(stands['items'])} were proven, none left out", len(proven), want=len(stands["items"]))
    certificate = "/var/lib/wren/private/walk-test.certificate.json"
    check("its certificate is genuine", pi.wren("walk-test", "--verify", certificate)["genuine"])
