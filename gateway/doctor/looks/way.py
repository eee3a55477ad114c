"""The way to the desk, from here: a route, the Wi-Fi, and what the uplink's own user finds when it asks."""

import re
from pathlib import Path

from gateway.config.tables import Config
from gateway.doctor.facts import Way
from gateway.doctor.looks.files import UPLINK_USER, ids
from gateway.doctor.machine import Machine
from gateway.uplink.enrolment import Enrolment
from gateway.uplink.probe import Asked, asked_as


def look(machine: Machine, config: Config | None, known: Enrolment | None) -> Way:
    """Ask the desk that this home is enrolled with, or else the one that home.toml names."""
    asked = _asked(config, known)
    return Way(
        has_route=_has_route(machine),
        wifi_dbm=_wifi_dbm(machine),
        probed=None if asked is None else asked_as(asked, _uplink_user(machine), machine.environ),
    )


def _asked(config: Config | None, known: Enrolment | None) -> Asked | None:
    if known is not None:
        return Asked(known.url, known.ca_pem)
    if config is None or config.uplink is None:
        return None
    try:
        ca_file = config.uplink.ca_file
        return Asked(config.uplink.url, None if ca_file is None else Path(ca_file).read_text(encoding="ascii"))
    except (OSError, UnicodeDecodeError):  # told by the check of the configuration
        return None


def _uplink_user(machine: Machine) -> tuple[int, int] | None:
    """The uplink's user and group, where there is one and this user may become it."""
    users, groups = ids(machine, "/etc/passwd"), ids(machine, "/etc/group")
    if not machine.is_root or UPLINK_USER not in users:
        return None
    return users[UPLINK_USER], groups.get(UPLINK_USER, users[UPLINK_USER])


def _has_route(machine: Machine) -> bool | None:
    """Whether there is a default route by IPv4 or IPv6 (proc(5)); None where the kernel does not tell."""
    four, six = machine.text("/proc/net/route"), machine.text("/proc/net/ipv6_route")
    if four is None and six is None:
        return None
    rows = [line.split() for line in (four or "").splitlines()[1:]]
    if any(len(row) > 7 and row[1] == row[7] == "00000000" for row in rows):
        return True
    rows = [line.split() for line in (six or "").splitlines()]
    return any(len(row) > 9 and row[0] == "0" * 32 and row[1] == "00" and row[9] != "lo" for row in rows)


def _wifi_dbm(machine: Machine) -> int | None:
    """The signal of the first wireless interface; None without one."""
    for line in (machine.text("/proc/net/wireless") or "").splitlines()[2:]:
        found = re.match(r"\s*\w+:\s+\w+\s+[\d.]+\s+(-\d+)", line)
        if found:
            return int(found[1])
    return None
