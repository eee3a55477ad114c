"""The provider's own certificate authority, where the home's configuration looks for it (`ca_file` in [uplink])."""

import stat
import tomllib
from pathlib import PurePosixPath
from typing import Final

from gateway.provision.pi.looks import ENROLMENT, Look, Say, Step, Want
from gateway.provision.pi.machine import Machine

DESK_CA: Final = "/etc/wren/desk-ca.pem"
"""Where it lies if there is no home yet: `wren setup` proposes what it finds there."""
_MODE: Final = 0o644


def named(home: str | None) -> str | None:
    """The path that a home.toml names, or None."""
    try:
        path = tomllib.loads(home or "")["uplink"]["ca_file"]
    except (tomllib.TOMLDecodeError, KeyError, TypeError):
        return None
    return str(path)


def may_lie(path: str) -> bool:
    """Whether root puts a file there because a configuration says so: only below /etc, and nowhere by a detour."""
    parts = PurePosixPath(path).parts
    return parts[:2] == ("/", "etc") and len(parts) > 2 and ".." not in parts


def found(machine: Machine, path: str) -> str:
    """What is there: "none", a "certificate", or "other", which is not to be replaced."""
    text = machine.text(path)
    if text is None:
        return "other" if machine.path(path).exists() else "none"
    return "certificate" if "-----BEGIN CERTIFICATE-----" in text and "PRIVATE KEY-----" not in text else "other"


def _look(machine: Machine, want: Want) -> Look:
    text, path = want["desk_ca"], want["ca_file"]
    if text is None or (machine.text(path) == text and _is_open_to_all(machine, path)):
        return Look([], [])
    before = f"; the one before stays as {path}.before" if machine.text(path) not in (None, text) else ""
    notes = ["The messenger goes on by the authority of its enrolment, until `sudo wren enrol`."]
    return Look([f"the authority given with --desk-ca becomes {path}{before}"],
                notes if machine.path(ENROLMENT).exists() else [])  # fmt: skip


def _is_open_to_all(machine: Machine, path: str) -> bool:
    seen = machine.path(path).stat()
    return stat.S_IMODE(seen.st_mode) == _MODE and (seen.st_uid, seen.st_gid) == (0, 0)


def _put(machine: Machine, want: Want, say: Say) -> None:
    text, path = want["desk_ca"], want["ca_file"]
    previous = machine.text(path)
    if previous not in (None, text):
        machine.write(f"{path}.before", str(previous), mode=_MODE)
    machine.write(path, text, mode=_MODE)
    say(f"It is in {path}.")


AUTHORITY: Final = Step(_look, _put)
