"""Power, heat, memory: what the firmware and the kernel count."""

import re
from typing import Final

from gateway.doctor.facts import Board
from gateway.doctor.machine import Machine

_HEAT: Final = "/sys/class/thermal/thermal_zone0/temp"
_HWMON: Final = "/sys/class/hwmon"
_PI_VOLTAGE: Final = "rpi_volt"
"""The kernel's own sensor of the firmware's under-voltage (drivers/hwmon/raspberrypi-hwmon.c)."""


def look(machine: Machine) -> Board:
    """Ask vcgencmd if it is there, and the kernel."""
    memory = _sizes_kb(machine.text("/proc/meminfo") or "")
    heat = machine.number(_HEAT)
    total, available = memory.get("MemTotal"), memory.get("MemAvailable")
    swapped = memory["SwapTotal"] - memory["SwapFree"] if {"SwapTotal", "SwapFree"} <= memory.keys() else None
    killed = re.search(r"^oom_kill (\d+)$", machine.text("/proc/vmstat") or "", re.MULTILINE)
    return Board(
        throttled=_throttled(machine),
        power_alarm=_power_alarm(machine),
        heat_c=None if heat is None else heat / 1000,
        memory_mb=None if total is None else total // 1024,
        available_mb=None if available is None else available // 1024,
        swapped_mb=None if swapped is None else swapped // 1024,
        killed_for_memory=int(killed[1]) if killed else None,
    )


def _throttled(machine: Machine) -> int | None:
    """The firmware's bits, such as 0x50005; None on what is no Pi."""
    ran = machine.run("vcgencmd", "get_throttled")
    found = re.search(r"throttled=(0x[0-9a-fA-F]+)", ran.out) if ran else None
    return int(found[1], 16) if found else None


def _power_alarm(machine: Machine) -> bool | None:
    folder = machine.path(_HWMON)
    for one in sorted(folder.iterdir()) if folder.is_dir() else ():
        if machine.text(f"{_HWMON}/{one.name}/name") == _PI_VOLTAGE:
            alarm = machine.number(f"{_HWMON}/{one.name}/in0_lcrit_alarm")
            return None if alarm is None else bool(alarm)
    return None


def _sizes_kb(text: str) -> dict[str, int]:
    return {name: int(size) for name, size in re.findall(r"^(\w+):\s+(\d+) kB$", text, re.MULTILINE)}
