"""System settings that are more than a file: the time services, the swap, the radio."""

from gateway.provision.pi.dropins import TIMESYNC, ZRAM
from gateway.provision.pi.looks import Look, Say, Step, Want
from gateway.provision.pi.machine import Machine

_AGAIN = "Run the same command again; `journalctl -b -p warning` on the Pi says more."
_RPI_SWAP = "/usr/lib/systemd/system-generators/rpi-swap-generator"


def _exists(machine: Machine, unit: str) -> bool:
    return any(machine.path(f"{folder}/systemd/system/{unit}").exists() for folder in ("/etc", "/usr/lib", "/lib"))


def _enable(machine: Machine, unit: str) -> None:
    machine.must("systemctl", "--quiet", "enable", unit, advice=_AGAIN)
    if machine.booted():
        machine.must("systemctl", "start", unit, advice=_AGAIN)


# ---- time


def _other_time_service(machine: Machine) -> str | None:
    others = ("chrony.service", "ntpsec.service", "ntp.service")
    return next((unit for unit in others if _exists(machine, unit)), None)


def _look_time(machine: Machine, _want: Want) -> Look:
    found = Look([], [])
    other = _other_time_service(machine)
    if other is not None:
        found.notes.append(f"{other} keeps the time here, and is left as it is.")
    elif not _exists(machine, "systemd-timesyncd.service"):
        found.notes.append("No time service is installed: `sudo apt install systemd-timesyncd` once there is internet.")
    else:
        if not TIMESYNC.is_there(machine):
            found.todo.append(f"{TIMESYNC.does} ({TIMESYNC.path})")
        if machine.unit("is-enabled", "systemd-timesyncd.service") != "enabled":
            found.todo.append("systemd-timesyncd sets the clock by the network, at each start")
    if _exists(machine, "fake-hwclock.service") and not _is_enabled(machine, "fake-hwclock.service"):
        found.todo.append("fake-hwclock keeps the time over a restart")
    return found


def _is_enabled(machine: Machine, unit: str) -> bool:
    return machine.unit("is-enabled", unit) in {"enabled", "static", "alias"}


def _set_time(machine: Machine, _want: Want, say: Say) -> None:
    if _other_time_service(machine) is None and _exists(machine, "systemd-timesyncd.service"):
        if machine.unit("is-enabled", "systemd-timesyncd.service") != "enabled":
            _enable(machine, "systemd-timesyncd.service")
            say("systemd-timesyncd is switched on.")
        if not TIMESYNC.is_there(machine):
            TIMESYNC.put(machine)
            say(TIMESYNC.does)
    if _exists(machine, "fake-hwclock.service") and not _is_enabled(machine, "fake-hwclock.service"):
        _enable(machine, "fake-hwclock.service")
        say("fake-hwclock is switched on.")


# ---- the card


def _swap_on_card(machine: Machine) -> list[str]:
    """What is swapped to and is not compressed memory."""
    lines = (machine.text("/proc/swaps") or "").splitlines()[1:]
    return [line.split()[0] for line in lines if line.split() and not line.startswith("/dev/zram")]


def _has_swapfile_service(machine: Machine) -> bool:
    service = "dphys-swapfile.service"
    return _exists(machine, service) and machine.unit("is-enabled", service) == "enabled"


def _look_card(machine: Machine, _want: Want) -> Look:
    found = Look([], [])
    if _has_swapfile_service(machine):
        found.todo.append("no swap file on the card (dphys-swapfile is switched off)")
    elif machine.path(_RPI_SWAP).exists():
        if not ZRAM.is_there(machine):
            found.todo.append(f"{ZRAM.does} ({ZRAM.path})")
    elif on_card := _swap_on_card(machine):
        found.notes.append(f"Swap is on {', '.join(on_card)}: set up by somebody else, and left as it is.")
    options = next((line.split()[3] for line in _mounts(machine) if line.split()[1] == "/"), "")
    if options and not {"noatime", "relatime"} & set(options.split(",")):
        found.notes.append("Each look at a file is written to the card: add noatime to / in /etc/fstab.")
    return found


def _mounts(machine: Machine) -> list[str]:
    return [line for line in (machine.text("/proc/mounts") or "").splitlines() if len(line.split()) > 3]


def _set_card(machine: Machine, _want: Want, say: Say) -> None:
    if _has_swapfile_service(machine):
        if machine.booted():  # takes the pages back into memory, and fails where there is too little of it
            machine.run("systemctl", "stop", "dphys-swapfile.service")
        machine.must("systemctl", "--quiet", "disable", "dphys-swapfile.service", advice=_AGAIN)
        say("The swap file is off; it is not used again after the next restart at the latest.")
    elif machine.path(_RPI_SWAP).exists() and not ZRAM.is_there(machine):
        ZRAM.put(machine)
        say(ZRAM.does)


# ---- the radio


def _blocked(machine: Machine) -> list[str]:
    """The switches by which a Bluetooth adapter is kept off by software."""
    folder = machine.path("/sys/class/rfkill")
    if not folder.is_dir():
        return []
    return [
        f"/sys/class/rfkill/{each.name}/soft"
        for each in sorted(folder.iterdir())
        if (machine.text(f"/sys/class/rfkill/{each.name}/type") or "").strip() == "bluetooth"
        and (machine.text(f"/sys/class/rfkill/{each.name}/soft") or "").strip() == "1"
    ]


def _look_radio(machine: Machine, _want: Want) -> Look:
    found = Look([], [])
    if _blocked(machine):
        found.todo.append("Bluetooth is no longer blocked (rfkill)")
    if not _exists(machine, "bluetooth.service"):
        found.notes.append("BlueZ is not installed: sensors without wires cannot be used here.")
    elif not _is_enabled(machine, "bluetooth.service"):
        found.todo.append("bluetooth.service is started at each boot")
    adapters = machine.path("/sys/class/bluetooth")
    if not adapters.is_dir() or not any(adapters.iterdir()):
        found.notes.append("No Bluetooth adapter is seen on this machine.")
    return found


def _set_radio(machine: Machine, _want: Want, say: Say) -> None:
    for switch in _blocked(machine):
        machine.path(switch).write_text("0", encoding="ascii")  # systemd-rfkill keeps it over a restart
        say("Bluetooth was blocked (rfkill), and is not any more.")
    if _exists(machine, "bluetooth.service") and not _is_enabled(machine, "bluetooth.service"):
        _enable(machine, "bluetooth.service")
        say("bluetooth.service is switched on.")


TIME = Step(_look_time, _set_time)
CARD = Step(_look_card, _set_card)
RADIO = Step(_look_radio, _set_radio)
