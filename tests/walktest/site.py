"""A home with simulated pins, its daemon and messenger, and a real desk: each a process of its own."""

import json
import os
import re
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.at_the_desk import enrol
from tests.cli.process import Running, running
from tests.pins.board import Board, driver
from tests.pins.hand import Hand

HOME = "h-0001"
TOML = """
[home]
id = "h-0001"
timezone = "Europe/London"

[gateway]
pin_factory = "lgpio"
data_dir = "{folder}/d"

[uplink]
url = "{url}"
ca_file = "{ca_file}"
data_dir = "{folder}/u"

[[residents]]
id = "r1"

[[sensors]]
id = "front-door"
kind = "door"
place = "outside-door"
gpio = {{ pin = 4 }}

[[sensors]]
id = "kitchen-tap"
kind = "tap"
place = "kitchen"
gpio = {{ pin = 17 }}

[[sensors]]
id = "hall"
kind = "motion"
place = "hall"
gpio = {{ pin = 22, active = "high", warm_up_s = 0 }}

[[sensors]]
id = "help"
kind = "button"
place = "lounge"
resident = "r1"
gpio = {{ pin = 27 }}

[[recipients]]
id = "team"
hours = "24h"

[alerts.help_button]
reason = "a trial"
owner = "team"
"""
ADDRESS = "C0:FF:EE:00:00:02"
SHED = f"""
[[sensors]]
id = "shed-door"
kind = "door"
place = "shed"
ble = {{ address = "{ADDRESS}", profile = "bthome", key = "00112233445566778899aabbccddeeff" }}
"""
PANEL = '\n[[panels]]\nresident = "r1"\nlight_pin = 5\nok_pin = 6\npause_pin = 13\nsound_pin = 19\n'


@dataclass
class Site:
    """All of it.

    Attributes:
        config: home.toml; `env` is what a process needs to have the pins.
    """

    config: Path
    env: dict[str, str]
    board: Board
    hand: Hand
    desk_folder: Path
    page: str
    stack: ExitStack
    daemon: Running | None = None

    def start(self, *pins: int) -> None:
        """`wren run`, on a machine whose clock is set; returns when it listens to `pins`."""
        is_set = self.config.with_name("set")
        is_set.touch()
        before = f"import gateway.clock, pathlib; gateway.clock.SYNCHRONISED = pathlib.Path({str(is_set)!r})"
        self.daemon = self.stack.enter_context(running("run", "--config", self.config, before=before, **self.env))
        self.daemon.until("ready")
        assert self.board.until_claimed(*pins)
        self.until((self.config.parent / "d" / "private" / "live.sock").exists)

    def restart(self, toml: str, *pins: int) -> None:
        """With another configuration."""
        assert self.daemon is not None
        assert self.daemon.stop() == 0
        self.config.write_text(toml, encoding="utf-8")
        self.hand = Hand(self.board.path, self.config)
        self.start(*pins)

    def enrol(self) -> None:
        enrol(self.desk_folder, self.config, HOME)

    def state(self) -> dict[str, Any]:
        """What the desk's page shows, as JSON."""
        found: dict[str, Any] = json.loads(self.get("/api/state"))
        return found

    def get(self, path: str) -> str:
        with urllib.request.urlopen(self.page + path, timeout=10) as reply:
            text: str = reply.read().decode()
        return text

    def until(self, true: Any) -> Any:
        """Ask until it is so; the desk and the messenger are processes of their own, and move no pin."""
        end_s = time.monotonic() + 60.0
        while not self.board.until(lambda: bool(true()), within_s=0.1):
            assert time.monotonic() < end_s, "never"
        return true()

    def acknowledge(self) -> None:
        """A care worker answers the call."""
        (alert,) = self.until(lambda: self.state()["open_care"])
        path = f"/alerts/{alert['id']}"
        found = re.search(r'name="token" value="([0-9a-f]{64})"', self.get(path))
        assert found
        form = urllib.parse.urlencode({"token": found[1], "person": "JM", "say": "acknowledged"}).encode()
        urllib.request.urlopen(self.page + path, data=form, timeout=10).close()

    def move(self, sensor: str, *, bounces: int = 0) -> None:
        """Somebody sets it off: on, and back."""
        self.hand.press(sensor, bounces=bounces)


@contextmanager
def site(folder: Path, *, more: str = "", enrolled: bool = True, air: dict[str, str] | None = None) -> Iterator[Site]:
    """A home in `folder`, which must be short (a socket is in it), with its daemon and messenger running."""
    with ExitStack() as stack:
        desk_folder = folder / "k"
        desk = stack.enter_context(running("desk", "--data", desk_folder, "--port", "0", "--people-port", "0"))
        url = desk.until("For gateways:").split()[-1]
        page = desk.until("For people:").split()[-1].rstrip("/")
        config = folder / "home.toml"
        config.write_text(TOML.format(folder=folder, url=url, ca_file=desk_folder / "ca.pem") + more, encoding="utf-8")
        board = stack.enter_context(Board(folder / "chip"))
        env = dict(driver(board.path))
        env["PYTHONPATH"] = env["PYTHONPATH"] + os.pathsep + str(Path(__file__).parents[2])
        env |= air or {}
        home = Site(config, env, board, Hand(board.path, config), desk_folder, page, stack)
        if enrolled:
            home.enrol()
            stack.enter_context(running("uplink", "--config", config))
        home.start(4, 17, 22, 27)
        yield home
