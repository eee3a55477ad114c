"""What a support file has beside the findings: what the box is, and how often our services logged what."""

import platform
import re
from collections import Counter
from typing import Any

import msgspec

from gateway.doctor import support_forms as forms
from gateway.doctor.log_events import EVENTS, OTHER
from gateway.doctor.looks.services import DAEMON, UPLINK
from gateway.doctor.machine import Machine

_LINES = "500"
_LEVELS = ("info", "warning", "error")


def machine_of(machine: Machine) -> forms.Machine:
    """The board, its system and its versions, each as a word of a closed list or as numbers."""
    model = re.match(r"Raspberry Pi ([A-Za-z0-9 ]+?)(?: Rev [\d.]+)?$", machine.text("/proc/device-tree/model") or "")
    suite = re.search(r"^VERSION_CODENAME=(\w+)$", machine.text("/etc/os-release") or "", re.MULTILINE)
    kernel = re.match(r"\d{1,3}\.\d{1,3}(\.\d{1,3})?", platform.release())
    return forms.Machine(
        model=_one_of(model[1] if model else "", forms.Model),
        suite=_one_of(suite[1] if suite else "", forms.Suite),
        arch=_one_of(platform.machine(), forms.Arch),
        python=".".join(platform.python_version_tuple()[:2]),
        kernel=kernel[0] if kernel else "",
    )


def logged(machine: Machine) -> tuple[forms.Logged, ...]:
    """How often each service logged each event, among its last lines."""
    found: Counter[tuple[str, str, str]] = Counter()
    for unit in (DAEMON, UPLINK):
        ran = machine.run("journalctl", "--unit", unit, "--output=cat", "--lines", _LINES, "--no-pager", "--quiet")
        for line in ran.out.splitlines() if ran else ():
            event, level = _event(line)
            if level:
                found[unit, event, level] += 1
    return tuple(
        msgspec.convert({"unit": unit, "event": event, "level": level, "times": times}, forms.Logged)
        for (unit, event, level), times in sorted(found.items())
    )


def _event(line: str) -> tuple[str, str]:
    """The event and the level of a line of `gateway.log`; what is no such line, or no known event, is `OTHER`."""
    try:
        told: Any = msgspec.json.decode(line)
    except msgspec.DecodeError:
        return OTHER, "info" if line.strip() else ""
    if not isinstance(told, dict):
        return OTHER, "info"
    event, level = told.get("event"), told.get("level")
    return (
        event if isinstance(event, str) and event in EVENTS else OTHER,
        level if isinstance(level, str) and level in _LEVELS else "info",
    )


def _one_of(word: str, words: Any) -> Any:  # noqa: ANN401 - a Literal, and one of it
    return word if word in words.__args__ else "other"
