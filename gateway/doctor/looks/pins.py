"""The header: which chips there are, who has which line, and the levels as the running daemon reads them."""

import importlib.util
import os
import re
from pathlib import Path

from gateway.config.tables import Config
from gateway.doctor.facts import Pins, Unseen
from gateway.doctor.looks.files import DAEMON_USER, ids
from gateway.doctor.machine import Machine
from gateway.pin_levels import ask
from gateway.wiring import lines_of

_HELD = re.compile(r"^\s*gpio-(\d+)\s+\(([^|)]*)\|([^)]*)\)", re.MULTILINE)
"""A line of the kernel's list: its number, its name and who has it (Documentation/driver-api/gpio/consumer.rst)."""


def look(machine: Machine, config: Config, private: Path) -> Pins | Unseen:
    """Ask the kernel for its chips, and the daemon for its levels; a home without wires is not asked."""
    if not lines_of(config) and not config.panels:
        return Unseen("No sensor of this home is on a pin.")
    folder = machine.path("/dev")
    chips = sorted(one.name for one in folder.glob("gpiochip*")) if folder.is_dir() else []
    may_ask = os.access(private, os.W_OK) or not private.exists()
    return Pins(
        has_driver=config.gateway.pin_factory == "mock" or importlib.util.find_spec("lgpio") is not None,
        chips=tuple(chips),
        may_use=_may_use(machine, chips),
        levels=ask(private) if may_ask else None,
        may_ask=may_ask,
        holders=_holders(machine),
    )


def _may_use(machine: Machine, chips: list[str]) -> bool | None:
    """Whether the daemon's group has any of the chips; None where that cannot be known."""
    groups, users = ids(machine, "/etc/group"), ids(machine, "/etc/passwd")
    if "gpio" not in groups or DAEMON_USER not in users or not chips:
        return None
    return any(machine.path(f"/dev/{chip}").stat().st_gid == groups["gpio"] for chip in chips)


def _holders(machine: Machine) -> dict[int, str]:
    """Who has a line of the header. The kernel numbers lines from the chip's base on; the name says which it is."""
    found = {}
    for _, name, holder in _HELD.findall(machine.text("/sys/kernel/debug/gpio") or ""):
        number = re.fullmatch(r"(?:GPIO|ID_SD|)(\d+)", name.strip())
        if number and holder.strip():
            found[int(number[1])] = holder.split()[0]
    return found
