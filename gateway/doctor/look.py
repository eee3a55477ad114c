"""Everything that can be found out at once, each part within its own time: what hangs is told, and keeps nobody."""

import hashlib
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

from gateway import VERSION
from gateway.config.doubts import doubts
from gateway.config.places import places_of
from gateway.config.reading import load
from gateway.config.tables import Config
from gateway.doctor.facts import Facts, HomeFile, Unseen
from gateway.doctor.looks import (
    board,
    clock,
    daemon,
    disk,
    files,
    key,
    pins,
    radio,
    records,
    release,
    services,
    upkeep,
    way,
)
from gateway.doctor.machine import Machine
from gateway.errors import ConfigError, StoreError
from gateway.leaving import mark

T = TypeVar("T")

PART_S: Final = 20.0
"""For each part, and all go on beside each other. The longest is the trail of a year on a slow card."""

_DATA: Final = Path("/var/lib/wren")
_UNREADABLE: Final = Unseen("home.toml says where, and cannot be read.")


class Part(threading.Thread):
    """One part of the machine, asked on a thread that nobody waits for at the end."""

    def __init__(self, what: str, ask: Callable[[], Any]) -> None:
        super().__init__(name=what, daemon=True)
        self._ask = ask
        self._found: Any = Unseen(f"No answer within {PART_S:g} s: {what}.", "dmesg | tail -30")
        self.start()

    def run(self) -> None:
        """Ask."""
        try:
            self._found = self._ask()
        except PermissionError:
            self._found = Unseen("Only root may look at this.", "sudo wren doctor")
        except OSError as error:  # a file system that fails, and not a bug of ours
            self._found = Unseen(f"It could not be looked at: {error.strerror or type(error).__name__}.")
        except Exception as error:  # noqa: BLE001 - a bug in one part must not hide what the others found
            self._found = Unseen(
                f"`wren doctor` itself stumbled here ({type(error).__name__}).", "wren doctor --bundle FILE"
            )

    def found(self, until_s: float) -> Any:  # noqa: ANN401 - whatever the part is
        """What was found by `until_s` (monotonic seconds)."""
        self.join(max(0.0, until_s - time.monotonic()))
        return self._found


def look(machine: Machine, config_path: Path) -> Facts:
    """Look at everything. Ends within twice `PART_S`: some of it needs to be known before the rest is asked."""
    home = home_file(config_path)
    config, places = home.config, None if home.config is None else places_of(home.config)
    systemd = Part("systemd", lambda: services.look(machine))
    lock = Part("home.db", lambda: None if places is None else daemon.is_there(machine, places.home_db))
    own = Part("the key", lambda: _UNREADABLE if places is None else key.look(machine, places))
    until_s = _until()
    units, is_held, known = (part.found(until_s) for part in (systemd, lock, own))
    unit = None if isinstance(units, Unseen) else units.get(services.DAEMON)

    def with_home(what: str, ask: Callable[[Config], Any]) -> Part:
        return Part(what, lambda: _UNREADABLE if config is None else ask(config))

    def recorded(found: Config) -> Any:  # noqa: ANN401
        is_running = is_held is not False or (unit is not None and unit.active == "active")
        return records.look(places_of(found), int(machine.utc_s()), is_running=is_running)

    parts = {
        "board": Part("the board", lambda: board.look(machine)),
        "disk": Part("the storage", lambda: disk.look(machine, _DATA if places is None else places.private, unit)),
        "time": Part("the clock", lambda: clock.look(machine)),
        "proxy_answers": Part("the bus", lambda: radio.proxy_answers(machine)),
        "files": Part("the files", lambda: files.look(machine, config_path, places)),
        "pins": with_home("the pins", lambda found: pins.look(machine, found, places_of(found).private)),
        "radio": with_home("the radio", lambda found: radio.look(machine, found)),
        "way": Part("the network", lambda: way.look(machine, config, getattr(known, "enrolment", None))),
        "records": with_home("the databases", recorded),
        "release": Part("the versions", lambda: release.look(machine)),
        "upkeep": Part("the settings", lambda: upkeep.look(machine)),
    }
    until_s = _until()
    return Facts(
        at_s=int(machine.utc_s()),
        is_root=machine.is_root,
        version=VERSION,
        home=home,
        services=units,
        is_held=is_held,
        key=known,
        **{name: part.found(until_s) for name, part in parts.items()},
    )


def home_file(path: Path) -> HomeFile:
    """home.toml as it stands there."""
    leaving = _leaving(path)
    try:
        config = load(path)
    except ConfigError as error:
        return HomeFile(str(path), None, error, is_missing=_is_missing(path), leaving=leaving)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return HomeFile(str(path), config, doubts=tuple(doubts(config)), sha256=sha256, leaving=leaving)


def _leaving(path: Path) -> str:
    try:
        begun = mark.read(path)
    except StoreError:
        return ""
    return "" if begun is None else begun.how


def _is_missing(path: Path) -> bool:
    try:
        return not path.exists()
    except PermissionError:
        return False


def _until() -> float:
    return time.monotonic() + PART_S
