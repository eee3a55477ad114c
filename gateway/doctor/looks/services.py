"""systemd's own account of our services, and the last thing that each of them said before it ended."""

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import msgspec

from gateway.doctor.facts import LogLine, Unit, Unseen
from gateway.doctor.machine import Machine

DAEMON: Final = "wren.service"
UPLINK: Final = "wren-uplink.service"
PROXY: Final = "wren-dbus-proxy.service"
WATCHER: Final = "wren-enrolled.path"
BUS: Final = "dbus.service"
BLUETOOTH: Final = "bluetooth.service"
UNITS: Final = (DAEMON, UPLINK, PROXY, WATCHER, BUS, BLUETOOTH)

_PROPERTIES: Final = (
    "LoadState", "ActiveState", "SubState", "Result", "UnitFileState", "NRestarts", "ExecMainStatus", "MainPID",
    "ActiveEnterTimestampMonotonic", "ConditionResult",
)  # fmt: skip
_LINES: Final = "60"


def look(machine: Machine) -> Mapping[str, Unit] | Unseen:
    """Every unit of `UNITS` that systemd knows or misses."""
    ran = machine.run("systemctl", "show", "--no-pager", f"--property={','.join(_PROPERTIES)}", *UNITS)
    if ran is None or "LoadState=" not in ran.out:
        return Unseen("systemd does not run here, or does not answer.", "systemctl status")
    blocks = [dict(line.partition("=")[::2] for line in one.splitlines()) for one in ran.out.strip().split("\n\n")]
    # in the order that was asked for: an alias, such as dbus.service may be one, answers by another name
    return {name: _unit(machine, name, block) for name, block in zip(UNITS, blocks, strict=False)}


def _unit(machine: Machine, name: str, told: Mapping[str, str]) -> Unit:
    unit = Unit(
        load=told.get("LoadState", ""),
        active=told.get("ActiveState", ""),
        sub=told.get("SubState", ""),
        result=told.get("Result", "success"),
        enabled=told.get("UnitFileState", ""),
        restarts=_whole(told.get("NRestarts")),
        exit_status=_whole(told.get("ExecMainStatus")),
        pid=_whole(told.get("MainPID")),
        up_s=_up_s(told),
        condition_met=told.get("ConditionResult") != "no",
    )
    is_unwell = unit.active != "active" or unit.restarts > 0 or unit.result != "success"
    if name in (DAEMON, UPLINK) and unit.load == "loaded" and is_unwell:
        return replace(unit, last=last_said(machine, name))
    return unit


def last_said(machine: Machine, name: str) -> LogLine | None:
    """The last error that the service `name` logged, or that ended its command; None if there is none to be read."""
    ran = machine.run("journalctl", "--unit", name, "--output=cat", "--lines", _LINES, "--no-pager", "--quiet")
    lines = ran.out.splitlines() if ran else []
    for place in range(len(lines) - 1, -1, -1):
        line = lines[place]
        if line.startswith("wren: "):  # a GatewayError that ended the command (gateway.__main__)
            advice = lines[place + 1].strip() if place + 1 < len(lines) else ""
            return LogLine("ended", line.removeprefix("wren: "), advice)
        if line.startswith("{") and (said := _logged(line)) is not None:
            return said
    return None


def _logged(line: str) -> LogLine | None:
    try:
        told: Any = msgspec.json.decode(line)
    except msgspec.DecodeError:
        return None
    if not isinstance(told, dict) or told.get("level") != "error":
        return None
    return LogLine(*(str(told.get(key, "")) for key in ("event", "problem", "advice")))


def _up_s(told: Mapping[str, str]) -> float | None:
    entered = _whole(told.get("ActiveEnterTimestampMonotonic"))
    return time.monotonic() - entered / 1e6 if entered and told.get("ActiveState") == "active" else None


def _whole(text: str | None) -> int:
    try:
        return int(text or 0)
    except ValueError:
        return 0
