"""A sound home: a real daemon with pins, a radio, an enrolment, a walk-test and a desk; and doctor run upon it."""

import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from typing import Any, Final

from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.cli.doctor import doctor
from gateway.config.places import Places, places_of
from gateway.config.reading import load
from gateway.doctor.machine import Machine
from gateway.pin_levels import ask
from gateway.transcript import read
from gateway.uplink import key_file
from gateway.uplink.board import Bond
from gateway.uplink.keys import text_of
from gateway.walktest.forms import CallProof, Proof
from gateway.walktest.issue import issue
from gateway.walktest.scope import items_of
from models.localtime import utc_text
from tests.cli.process import Running, running
from tests.enrolled import DESK, enrolled
from tests.pins.board import Board, driver
from tests.uplink.provider import Line, Request, Server, serving
from tests.uplink.tls import Authority, authority

from .air import Air
from .box import Box

TOML: Final = """
[home]
id = "h-0001"
timezone = "Europe/London"

[[residents]]
id = "r1"

[[sensors]]
id = "front-door"
kind = "door"
place = "outside-door"
resident = "r1"
gpio = { pin = 17 }

[[sensors]]
id = "hall"
kind = "motion"
place = "hallway"
resident = "r1"
gpio = { pin = 27, active = "high", warm_up_s = 0 }

[[sensors]]
id = "kitchen"
kind = "motion"
place = "kitchen"
resident = "r1"
gpio = { pin = 22, active = "high", warm_up_s = 0 }

[[sensors]]
id = "help"
kind = "button"
place = "lounge"
resident = "r1"
gpio = { pin = 5 }

[[sensors]]
id = "lounge-warmth"
kind = "temperature"
place = "lounge"
ble = { address = "C0:FF:EE:00:00:02", profile = "bthome" }

[[recipients]]
id = "team"
hours = "24h"

[[recipients]]
id = "second"
hours = "24h"

[[recipients]]
id = "technician"
hours = "24h"

[alerts.help_button]
reason = "lives alone"
owner = "team"
second = "second"

[alerts.inactivity]
reason = "lives alone"
owner = "team"
second = "second"

[alerts.sensor_silent]
reason = "to be seen to"
owner = "technician"

[purpose]
why = "Lives alone and wants to stay."
basis = "consent"
decided_by = "resident"
review = 2099-05-01
"""

PINS: Final = (17, 27, 22, 5)
KEY: Final = Ed25519PrivateKey.from_private_bytes(b"k" * 32)


def board() -> list[Bond]:
    """This board's name, without the time that stretching it takes."""
    return [Bond("serial number", b"this board")]


@dataclass
class Told:
    """What doctor said."""

    code: int
    document: dict[str, Any]
    text: str

    @property
    def wrong(self) -> list[tuple[str, str]]:
        """Check and cause of everything that fails or warns, in the order of showing."""
        return [(one["check"], one["cause"]) for one in self.document["findings"] if one["state"] in ("fail", "warn")]

    @property
    def first(self) -> dict[str, Any]:
        """The first thing that is shown to be wrong."""
        found: dict[str, Any] = self.document["findings"][0]
        return found


class House:
    """Everything is up after `sound()`, which mends what a fault has changed: a whole new start where it must be.

    Attributes:
        is_dirty: whether daemon, bus or databases were touched.
    """

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="dr"))  # short: paths of sockets
        self.is_dirty = True
        self._kept: dict[Path, tuple[bytes, int, int, int] | None] = {}
        self._stack = ExitStack()
        self._ca = authority(self._made("ca"), days=365)
        self._good = self._ca.sign("good", days=90)

    def _made(self, name: str) -> Path:
        path = self.folder / name
        path.mkdir(exist_ok=True)
        return path

    @property
    def ca(self) -> Authority:
        return self._ca

    @property
    def config_path(self) -> Path:
        return self.home / "home.toml"

    @property
    def places(self) -> Places:
        return places_of(load(self.config_path))

    def sound(self) -> "House":
        """Mended."""
        if self.is_dirty:
            self._kept.clear()
            self._tear_down()
            self._set_up()
            self.is_dirty = False
        self._put_back()
        self.box.mend()
        self.box.services(self.daemon.process.pid)
        self.server.manner, self.server.door = self.answers, None
        self.utc_ahead_s = 0
        self.air.rssi = -60
        self.board_names = board
        return self

    def keep(self, *paths: Path) -> None:
        """These files are put back as they are now."""
        for path in paths:
            found = path.stat() if path.exists() else None
            self._kept.setdefault(
                path, None if found is None else (path.read_bytes(), found.st_mode & 0o7777, found.st_uid, found.st_gid)
            )

    def _put_back(self) -> None:
        for path, kept in self._kept.items():
            path.unlink(missing_ok=True)
            if kept is not None:
                path.write_bytes(kept[0])
                path.chmod(kept[1])
                os.chown(path, *kept[2:])
        self._kept.clear()

    def close(self) -> None:
        self._tear_down()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _tear_down(self) -> None:
        self._stack.close()
        if hasattr(self, "box"):
            self.box.shut_door()
        for name in ("home", "box", "bus"):
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def _set_up(self) -> None:
        self.home = self._made("home")
        self.box = Box(self._made("box"))
        self.box.build(self.home)
        self.server: Server = self._stack.enter_context(serving(self._good))
        self.air = Air(self._made("bus"))
        self.air.start()
        self._stack.callback(self.air.stop)
        self.chip = self._stack.enter_context(Board(self.home / "chip"))
        self.chip.drive(27, 0)
        self.chip.drive(22, 0)
        self.write()
        self.walked()
        self._processes = self._stack.enter_context(ExitStack())
        self.start()

    def write(self, toml: str = TOML, *, url: str | None = None, data: Path | None = None, enrol: bool = True) -> None:
        """home.toml, and its enrolment. What is there already is put back at the next `sound`."""
        text = f'{toml}\n[gateway]\ndata_dir = "{data or self.home / "data"}"\n[uplink]\n'
        text += f'url = "{url or self.server.url}"\n'
        text += f'data_dir = "{self.home / "uplink"}"\nca_file = "{self._ca.ca_file}"\n'
        if self.config_path.exists():
            places = self.places
            self.keep(self.config_path, places.enrolment, places.key, places.desk)
        self.config_path.write_text(text)
        self.config_path.chmod(0o640)
        if not enrol:
            return
        enrolled(self.config_path, key=KEY)
        key_file.write(self.places.key, KEY, board)
        self.places.outbox.mkdir(exist_ok=True)
        self.places.outbox.chmod(0o2750)

    def mounted(self, folder: Path) -> None:
        """It is unmounted in the end."""
        umount = ["umount", "-l", str(folder)]
        self._stack.callback(lambda: subprocess.run(umount, check=True))

    def hold(self, listener: socket.socket) -> None:
        """It is closed in the end."""
        self._stack.callback(listener.close)

    def steal(self, pin: int) -> None:
        """Somebody else has this line."""
        assert self.chip.until(lambda: self.chip.line(pin)["mode"] is None)  # the daemon that ended has let go of it
        thief = socket.socket(socket.AF_UNIX)
        self.hold(thief)
        thief.connect(str(self.chip.path))
        thief.sendall(json.dumps({"id": 1, "do": "claim", "pin": pin, "mode": "alert", "flags": 0}).encode() + b"\n")
        thief.recv(1000)

    def walked(self) -> None:
        """A walk-test has passed."""
        config, now_s = load(self.config_path), int(time.time())
        items = items_of(config)
        proofs = [
            Proof(
                item=item.id, kind=item.kind, place=item.place, device=item.device, outcome="proven",
                at=utc_text(now_s), by="t1", seen="one",
                call=CallProof(alert_id="0" * 32, at_the_desk_s=2, acknowledged_s=9) if item.calls else None,
            )
            for item in items
        ]  # fmt: skip
        text = self.config_path.read_bytes()
        issue(config, text, items, proofs, key=KEY, by="t1", beat_s=now_s, utc_s=now_s)

    def start(self, before: str = "") -> Running:
        """The daemon, watching."""
        own = "run", "--config", self.config_path
        self.daemon = self._processes.enter_context(running(*own, before=before, **self._around))
        self.daemon.until('"ready"')
        until_s = time.monotonic() + 20
        while not self._is_up():
            assert time.monotonic() < until_s, self.daemon.out
            time.sleep(0.02)
        self.box.services(self.daemon.process.pid)
        return self.daemon

    def _is_up(self) -> bool:
        try:
            beat = read(self.places).heartbeat()
        except Exception:  # noqa: BLE001 - the daemon writes just now
            return False
        levels = ask(self.places.private)
        bluez = self.air.bluez
        return beat is not None and levels is not None and bluez is not None and bluez.scanning and bool(bluez._told)

    def run_by_hand(self) -> str:
        """A second `wren run` beside the first one; returns what it said before it ended."""
        command = [sys.executable, "-m", "gateway", "run", "--config", str(self.config_path)]
        environ = {**os.environ, **self._around}
        return subprocess.run(command, capture_output=True, text=True, check=False, env=environ, timeout=60).stderr

    @property
    def _around(self) -> dict[str, str]:
        """What a process of this home finds around it."""
        environ = {**driver(self.chip.path), "DBUS_SYSTEM_BUS_ADDRESS": self.air.address}
        return {**environ, "PYTHONPATH": f"{environ['PYTHONPATH']}{os.pathsep}{Path(__file__).parents[2]}"}

    def stop(self) -> int:
        """The daemon ends in order."""
        self.is_dirty = True
        return self.daemon.stop()

    def kill(self) -> None:
        """The daemon ends without a word."""
        self.is_dirty = True
        self.daemon.process.kill()
        self.daemon.process.wait(20)

    def restart(self, before: str = "") -> None:
        """In order."""
        self.stop()
        self.start(before)

    def answers(self, line: Line, _: Request) -> None:
        """As the desk answers who asks for its key."""
        body = json.dumps({"type": "desk", "key": text_of(DESK.public_key())}).encode()
        line.answer(200, body, Content_Type="application/json", Date=formatdate(time.time(), usegmt=True))

    def shows(self, certificate: tuple[Path, Path]) -> None:
        """The desk has another certificate from now on."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        self.server.door = lambda raw, _: context.wrap_socket(raw, server_side=True)

    @property
    def machine(self) -> Machine:
        """The box, as doctor asks it."""
        environ = {**os.environ, "PATH": f"{self.box.bin}:/usr/bin:/bin", "DBUS_SYSTEM_BUS_ADDRESS": self.air.address}
        return Machine(self.box.root, environ, utc_s=lambda: time.time() + self.utc_ahead_s, board=self.board_names)

    def told(self, *options: str) -> Told:
        """What `wren doctor` says."""
        own = ["--config", str(self.config_path), *options]
        done = CliRunner().invoke(doctor, [*own, "--json"], obj=self.machine)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return Told(done.exit_code, json.loads(done.stdout), done.stdout)
