"""The change itself: to the new network, and back by itself if the desk is not reached over it in time.

It runs apart from the terminal that asked for it, which may hang on the very Wi-Fi that changes. What came of it
is kept in a file, to be read at the next login. As a program it takes the folder of that file; it
has been given the lock.
"""

import fcntl
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal

import msgspec

from gateway import small_files
from gateway.errors import GatewayError, StoreError
from gateway.uplink.probe import Asked, Probed, asked_as
from gateway.wifi import networks, profiles
from gateway.wifi.nmcli import nmcli

FOLDER: Final = Path("/var/lib/wren-wifi")
NAME: Final = "change.json"
_MOST_BYTES: Final = 64 * 1024

UP_WITHIN_S: Final = 60.0
"""Joining and an address: ten seconds as a rule, and a router that has just been switched on takes its time."""

REACHED_WITHIN_S: Final = 90.0
"""From then on, until the desk must have been reached."""

EVERY_S: Final = 5.0
BACK_TRIES: Final = 6
"""Ways back, ten seconds apart: the old network may be slow to take a station again."""

BACK_EVERY_S: Final = 10.0

Became = Literal["trying", "kept", "went_back", "alone"]
"""`alone`: it went back, and the network before does not come up either."""


class Change(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A change, and what became of it. Times are UTC seconds.

    Attributes:
        uuid, before: the new profile, and the one that was up; "" if none was.
        ssid: the new network's name as hexadecimal digits.
        asked: the desk to be reached; None: the home has none, and a connection is proof enough.
        why: why it went back.
        cable: a device by which the desk may have been reached instead.
    """

    uuid: str
    before: str
    ssid: str
    began_s: int
    asked: Asked | None = None
    became: Became = "trying"
    ended_s: int = 0
    why: str = ""
    cable: str = ""


_WHY: Final = {
    "unknown_name": "the desk's name is not found there: no internet behind it, or no name server",
    "closed": "the desk's port is closed there",
    "silent": "the desk does not answer there",
    "expired": "the desk's certificate has expired, by this machine's clock",
    "not_yet_valid": "the desk's certificate is not valid yet, by this machine's clock",
    "other_name": "somebody else answers in the desk's place",
    "unknown_authority": "somebody else answers in the desk's place",
    "no_tls": "somebody else answers in the desk's place",
    "portal": "the network has a sign-in page, which no gateway can pass",
    "unwell": "the desk answers there, and is not well",
    "not_asked": "the desk could not be asked",
}


def write(change: Change, folder: Path = FOLDER) -> None:
    """Put it down, on the card on return. Raises StoreError."""
    small_files.keep(folder / NAME, msgspec.json.encode(change), given=False)


def read(folder: Path = FOLDER) -> Change | None:
    """The last change; None if there was none. Raises StoreError."""
    text = small_files.kept(folder / NAME, _MOST_BYTES, reader="sudo wren wifi")
    try:
        return None if text is None else msgspec.json.decode(text, type=Change)
    except msgspec.DecodeError:
        return None  # of another version; there is nothing in it that could not be said again


def hold(folder: Path = FOLDER) -> int | None:
    """A lock for as long as the descriptor is open, here or in a process that it was given to; None: somebody has it.

    Raises StoreError.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise StoreError(f"{folder} cannot be written to: {error.strerror}.", advice="Run this as root.") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


def make(
    change: Change,
    folder: Path = FOLDER,
    *,
    probe: Callable[[Asked], Probed] = lambda asked: asked_as(asked, None, os.environ),
    sleep_s: Callable[[float], None] = time.sleep,
    monotonic_s: Callable[[], float] = time.monotonic,
    utc_s: Callable[[], float] = time.time,
) -> Change:
    """Change over, and keep it or go back, by who holds the lock; returns what became of it, as it is written down."""
    try:
        nmcli("--wait", str(int(UP_WITHIN_S)), "connection", "up", "uuid", change.uuid, within_s=UP_WITHIN_S + 10)
        why = _unreached(change, probe, sleep_s, monotonic_s)
        if not why:
            cable = networks.by_cable()
            profiles.keep(change.uuid)
            return _ended(change, folder, utc_s, became="kept", cable=cable)
    except GatewayError as error:
        why = error.problem.rstrip(".")
    return go_back(change, why, folder, sleep_s=sleep_s, utc_s=utc_s)


def go_back(
    change: Change,
    why: str,
    folder: Path = FOLDER,
    *,
    sleep_s: Callable[[float], None] = time.sleep,
    utc_s: Callable[[], float] = time.time,
) -> Change:
    """To the network before; the new profile goes, with its password."""
    became: Became = "alone"
    for number in range(BACK_TRIES):
        if number:
            sleep_s(BACK_EVERY_S)
        try:
            now = networks.active()
            if change.before and (now is None or now.uuid != change.before):
                up = ("--wait", str(int(UP_WITHIN_S)), "connection", "up", "uuid", change.before)
                nmcli(*up, within_s=UP_WITHIN_S + 10)
            profiles.WrensOwn().remove(change.uuid)
        except GatewayError:
            continue
        became = "went_back"
        break
    return _ended(change, folder, utc_s, became=became, why=why)


def _unreached(
    change: Change,
    probe: Callable[[Asked], Probed],
    sleep_s: Callable[[float], None],
    monotonic_s: Callable[[], float],
) -> str:
    """Why the desk is not reached; "" if it is."""
    if change.asked is None:
        return ""
    until_s = monotonic_s() + REACHED_WITHIN_S
    while True:
        problem = probe(change.asked).problem
        if not problem:
            return ""
        if monotonic_s() >= until_s:
            return _WHY.get(problem, problem)
        sleep_s(EVERY_S)


def _ended(
    change: Change, folder: Path, utc_s: Callable[[], float], *, became: Became, why: str = "", cable: str = ""
) -> Change:
    change = msgspec.structs.replace(change, became=became, why=why, cable=cable, ended_s=int(utc_s()))
    write(change, folder)
    return change


def _main() -> None:
    folder = Path(sys.argv[1])
    change = read(folder)
    if change is not None and change.became == "trying":
        make(change, folder)


if __name__ == "__main__":
    _main()
