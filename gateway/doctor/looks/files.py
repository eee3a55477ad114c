"""Whose the files are, and who may read them, held against what systemd-tmpfiles and `wren enrol` make."""

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from gateway.config.places import Places
from gateway.doctor.facts import Files, Unseen, WrongFile
from gateway.doctor.machine import Machine

DAEMON_USER: Final = "wren"
UPLINK_USER: Final = "wren-uplink"
_OUTBOX_GROUP: Final = "wren-outbox"
_ASKING: Final = frozenset({"pins.ask", "pins.json"})
"""Questions to the daemon and its answers, for a moment (gateway.pin_levels): root asks, too."""

_UNIT_FOLDERS: Final = ("/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system")


class Wanted(NamedTuple):
    """A file as it must be, if it is there. `group`, `mode` None: any."""

    path: Path
    owner: str
    group: str | None
    mode: int | None


def look(machine: Machine, config_path: Path, places: Places | None) -> Files | Unseen:
    """Every file of ours whose owner or mode is not as it must be. Where no service is installed nothing is wanted."""
    users, groups = ids(machine, "/etc/passwd"), ids(machine, "/etc/group")
    is_installed = any(machine.path(f"{folder}/wren.service").exists() for folder in _UNIT_FOLDERS)
    if not is_installed:
        return Unseen("Wren's services are not installed here, so its files may be anybody's.")
    missing = [name for name in (DAEMON_USER, UPLINK_USER) if name not in users]
    missing += [name for name in (_OUTBOX_GROUP,) if name not in groups]
    if missing or places is None:
        return Files(missing_users=tuple(missing))
    try:
        wrong = tuple(one for wanted in _wanted(config_path, places) if (one := _wrong(wanted, users, groups)))
    except PermissionError:
        return Unseen("This user may not look into the folders of the services.", "sudo wren doctor")
    return Files(wrong)


def _wanted(config_path: Path, places: Places) -> Iterator[Wanted]:
    yield Wanted(config_path, "root", DAEMON_USER, 0o640)
    yield Wanted(places.private, DAEMON_USER, None, 0o700)
    yield Wanted(places.outbox, DAEMON_USER, _OUTBOX_GROUP, 0o2750)
    yield Wanted(places.uplink, UPLINK_USER, UPLINK_USER, 0o750)
    yield Wanted(places.key, UPLINK_USER, None, 0o600)
    yield Wanted(places.enrolment, UPLINK_USER, None, 0o600)
    for folder, owner, group in (
        (places.private, DAEMON_USER, None),
        (places.outbox, DAEMON_USER, _OUTBOX_GROUP),
        (places.uplink, UPLINK_USER, None),
    ):
        special = {places.key, places.enrolment}
        for one in sorted(folder.iterdir()) if folder.is_dir() else ():
            if one not in special and one.name not in _ASKING and not one.name.startswith("."):
                yield Wanted(one, owner, group, None)


def _wrong(wanted: Wanted, users: dict[str, int], groups: dict[str, int]) -> WrongFile | None:
    try:
        found = wanted.path.lstat()
    except FileNotFoundError:
        return None
    mode = stat.S_IMODE(found.st_mode)
    uid, gid = users.get(wanted.owner, 0), groups.get(wanted.group or "", found.st_gid)
    is_owner_wrong = found.st_uid != uid or (wanted.group is not None and found.st_gid != gid)
    if not is_owner_wrong and (wanted.mode is None or mode == wanted.mode):
        return None
    owner, group = _name(users, found.st_uid), _name(groups, found.st_gid)
    wants = f"{wanted.owner}:{wanted.group or group}" + ("" if wanted.mode is None else f" {wanted.mode:04o}")
    return WrongFile(str(wanted.path), f"{owner}:{group} {mode:04o}", wants, is_owner_wrong)


def ids(machine: Machine, where: str) -> dict[str, int]:
    """Names and numbers of a passwd(5) or group(5): by name, the third field."""
    lines = [line.split(":") for line in (machine.text(where) or "").splitlines()]
    return {line[0]: int(line[2]) for line in lines if len(line) > 2 and line[2].isdigit()}


def _name(known: dict[str, int], number: int) -> str:
    return next((name for name, one in known.items() if one == number), str(number))
