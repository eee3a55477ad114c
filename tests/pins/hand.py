"""The hand that moves simulated pins (see this package's docstring): a program of its own, of the standard library."""

import argparse
import json
import os
import socket
import time
import tomllib
from pathlib import Path
from typing import Any, Final

BOUNCE_S: Final = 0.002
CHIP: Final = "/dev/gpiochip0"


class Hand:
    """Moves lines of the chip at `path` (otherwise at $WREN_PINS).

    Args:
        home: a home.toml; with it a line may be named by its sensor, and "active" is what is written there.
    """

    def __init__(self, path: Path | None = None, home: Path | None = None) -> None:
        self._path = path or Path(os.environ.get("WREN_PINS", CHIP))
        self._wires: dict[str, tuple[int, int]] = {}
        if home is not None:
            for sensor in tomllib.loads(home.read_text(encoding="utf-8")).get("sensors", []):
                if "gpio" in sensor:
                    active = int(sensor["gpio"].get("active", "low") == "high")
                    self._wires[sensor["id"]] = (sensor["gpio"]["pin"], active)

    def on(self, name: str) -> None:
        """Make it active: a button is pressed, a door's contact has moved."""
        pin, active = self._wire(name)
        self.drive(pin, active)

    def off(self, name: str) -> None:
        """Let it go; its pull takes it to rest."""
        self.drive(self._wire(name)[0], None)

    def press(self, name: str, *, for_s: float = 0.2, bounces: int = 0) -> None:
        """Active for `for_s` seconds, and before and after it `bounces` times to and fro."""
        for _ in range(bounces):
            self._bounce(name)
        self.on(name)
        time.sleep(for_s)
        for _ in range(bounces):
            self.off(name)
            time.sleep(BOUNCE_S)
            self.on(name)
            time.sleep(BOUNCE_S)
        self.off(name)

    def _bounce(self, name: str) -> None:
        self.on(name)
        time.sleep(BOUNCE_S)
        self.off(name)
        time.sleep(BOUNCE_S)

    def drive(self, pin: int, level: int | None) -> None:
        """Put a line to ground (0), to 3.3 V (1), or let it go (None)."""
        self._ask({"do": "drive", "pin": pin, "level": level})

    def look(self) -> dict[str, Any]:
        """Every line: level, what drives it, its mode (None: not claimed)."""
        lines: dict[str, Any] = self._ask({"do": "look"})["lines"]
        return lines

    def _wire(self, name: str) -> tuple[int, int]:
        if name in self._wires:
            return self._wires[name]
        if name.isdecimal():
            return int(name), 0
        raise SystemExit(f"no sensor {name!r} with a pin; known: {', '.join(self._wires) or 'none (--home?)'}")

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as stream, stream.makefile("rb") as answers:
            stream.connect(str(self._path))
            stream.sendall(json.dumps(question).encode() + b"\n")
            answer: dict[str, Any] = json.loads(answers.readline())
        if "error" in answer:
            raise SystemExit(f"the chip refused {question}: {answer['error']}")
        return answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chip", type=Path)
    parser.add_argument("--home", type=Path)
    actions = parser.add_subparsers(dest="action", required=True)
    press = actions.add_parser("press")
    press.add_argument("name")
    press.add_argument("--for", dest="for_s", type=float, default=0.2)
    press.add_argument("--bounces", type=int, default=0)
    for action in ("on", "off"):
        actions.add_parser(action).add_argument("name")
    drive = actions.add_parser("drive")
    drive.add_argument("pin", type=int)
    drive.add_argument("level", type=int, choices=(0, 1))
    actions.add_parser("look")
    asked = parser.parse_args()
    hand = Hand(asked.chip, asked.home)
    if asked.action == "press":
        hand.press(asked.name, for_s=asked.for_s, bounces=asked.bounces)
    elif asked.action == "drive":
        hand.drive(asked.pin, asked.level)
    elif asked.action == "look":
        print(json.dumps(hand.look()))
    else:
        getattr(hand, asked.action)(asked.name)


if __name__ == "__main__":
    main()
