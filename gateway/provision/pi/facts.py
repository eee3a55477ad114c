"""What this machine is: looked at only, nothing is written."""

import os
import platform
import subprocess
import sys
import time
import tomllib
from contextlib import suppress
from typing import Any, Final

from gateway.provision.pi.authority import DESK_CA, found, named
from gateway.provision.pi.lock import is_taken
from gateway.provision.pi.looks import CURRENT, ENROLMENT, HOME_TOML
from gateway.provision.pi.machine import Machine

_KIB: Final = 1024
_UNDER_VOLTAGE_NOW: Final = 1 << 0
_THROTTLED: Final = "/sys/devices/platform/soc/soc:firmware/get_throttled"


def facts(machine: Machine, home: str | None = None) -> dict[str, Any]:
    """Facts by name, as JSON; None where this machine does not say. `home`: a home.toml that is to be put there."""
    release = _release(machine)
    ca_file = named(machine.text(HOME_TOML) if home is None else home)
    return {
        "os": release.get("PRETTY_NAME", "an unknown system"),
        "suite": release.get("VERSION_CODENAME", ""),
        "arch": _first(machine, "dpkg", "--print-architecture") or platform.machine(),
        "python": "{}.{}".format(*sys.version_info),
        "venv": _has_venv(),
        "root": os.geteuid() == 0,
        "systemd": machine.has("systemctl"),
        "booted": machine.booted(),
        "ssh_keygen": machine.has("ssh-keygen"),
        "free_bytes": _free(machine),
        "read_only": _is_read_only(machine),
        "ram_bytes": _ram(machine),
        "now_s": time.time(),
        "clock_set": _first(machine, "timedatectl", "show", "-p", "NTPSynchronized", "--value") == "yes",
        "board": _model(machine).strip("\0\n") or None,
        "under_voltage": _under_voltage(machine),
        "home": _home(machine),
        "enrolled": machine.path(ENROLMENT).exists(),
        "ca_file": ca_file,
        "ca": found(machine, ca_file or DESK_CA),
        "version": _current(machine),
        "trial": machine.path("/var/lib/wren-release/trial.json").exists(),
        "busy": is_taken(machine),
    }


def _first(machine: Machine, *argv: str) -> str | None:
    if not machine.has(argv[0]):
        return None
    done = machine.run(*argv, within_s=30.0)
    return (done.stdout.strip().splitlines() or [""])[0] if done.returncode == 0 else None


def _model(machine: Machine) -> str:
    places = ("/proc/device-tree/model", "/sys/firmware/devicetree/base/model")
    return next((text for place in places if (text := machine.text(place))), "")


def _release(machine: Machine) -> dict[str, str]:
    lines = (machine.text("/etc/os-release") or "").splitlines()
    return {key: value.strip("\"'") for key, found, value in (line.partition("=") for line in lines) if found}


def _has_venv() -> bool:
    done = subprocess.run(
        [sys.executable, "-I", "-c", "import venv"], check=False, capture_output=True, stdin=subprocess.DEVNULL
    )
    return done.returncode == 0


def _free(machine: Machine) -> int:
    """Where the versions will lie; /opt and /var/lib are one card on Raspberry Pi OS."""
    free = []
    for folder in ("/opt", "/var/lib"):
        with suppress(OSError):
            seen = os.statvfs(machine.path(folder))
            free.append(seen.f_bavail * seen.f_frsize)
    return min(free, default=0)


def _is_read_only(machine: Machine) -> bool:
    return any(
        os.statvfs(machine.path(folder)).f_flag & os.ST_RDONLY
        for folder in ("/", "/etc", "/opt", "/var/lib")
        if machine.path(folder).exists()
    )


def _ram(machine: Machine) -> int | None:
    for line in (machine.text("/proc/meminfo") or "").splitlines():
        if line.startswith("MemTotal:"):
            return int(line.split()[1]) * _KIB
    return None


def _under_voltage(machine: Machine) -> bool | None:
    """The firmware's own word, on a Pi; None where there is none to ask."""
    said = machine.text(_THROTTLED)
    if said is None:
        said = (_first(machine, "vcgencmd", "get_throttled") or "").partition("=")[2]
    with suppress(ValueError):
        return bool(int(said.strip(), 16) & _UNDER_VOLTAGE_NOW)
    return None


def _home(machine: Machine) -> str | None:
    """The id of the home whose Wren is here; "?" if its configuration cannot be read."""
    text = machine.text(HOME_TOML)
    if text is None:
        return "?" if machine.path(HOME_TOML).exists() else None
    try:
        return str(tomllib.loads(text)["home"]["id"])
    except (tomllib.TOMLDecodeError, KeyError, TypeError):
        return "?"


def _current(machine: Machine) -> str | None:
    """The name of the version that is switched on."""
    try:
        return machine.path(CURRENT).readlink().name
    except OSError:
        return None
