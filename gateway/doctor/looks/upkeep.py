"""How this machine is set up: what its journal may grow to, and who may log in how."""

import re
from collections.abc import Iterator
from typing import Final

from gateway.doctor.facts import Upkeep
from gateway.doctor.machine import Machine

_JOURNAL: Final = (
    "/etc/systemd/journald.conf", "/etc/systemd/journald.conf.d", "/run/systemd/journald.conf.d",
    "/usr/local/lib/systemd/journald.conf.d", "/usr/lib/systemd/journald.conf.d",
)  # fmt: skip
_SSHD: Final = "/etc/ssh/sshd_config"


def look(machine: Machine) -> Upkeep:
    """Read the configuration of journald and of sshd."""
    return Upkeep(_journal_is_bounded(machine), _password_logins(machine))


def _journal_is_bounded(machine: Machine) -> bool | None:
    """Whether the journal has a limit of its own, or is in memory only; None where there is no journald."""
    if not machine.path("/var/log/journal").is_dir():
        return True if machine.path(_JOURNAL[0]).exists() else None
    text = "\n".join(machine.text(where) or "" for place in _JOURNAL for where in _files(machine, place))
    return bool(re.search(r"^\s*(SystemMaxUse\s*=\s*\S|Storage\s*=\s*(volatile|none)\b)", text, re.MULTILINE))


def _files(machine: Machine, place: str) -> Iterator[str]:
    path = machine.path(place)
    if path.is_dir():
        yield from (f"{place}/{one.name}" for one in sorted(path.glob("*.conf")))
    elif path.exists():
        yield place


def _password_logins(machine: Machine) -> bool | None:
    """Whether sshd takes passwords: the first word counts, and without any it does (sshd_config(5))."""
    if not machine.path(_SSHD).exists():
        return None
    for line in _lines(machine, _SSHD):
        words = line.split()
        if words and words[0].lower() == "match":
            break  # for some only
        if len(words) > 1 and words[0].lower() == "passwordauthentication":
            return words[1].lower() != "no"
    return True


def _lines(machine: Machine, where: str) -> Iterator[str]:
    for line in (machine.text(where) or "").splitlines():
        words = line.replace("=", " ").split()
        if words and words[0].lower() == "include":
            for pattern in words[1:]:
                full = pattern if pattern.startswith("/") else f"/etc/ssh/{pattern}"
                folder, _, name = full.rpartition("/")
                for one in sorted(machine.path(folder).glob(name)):
                    yield from (machine.text(f"{folder}/{one.name}") or "").splitlines()
        elif words and not words[0].startswith("#"):
            yield " ".join(words)
