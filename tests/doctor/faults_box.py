"""Faults of the machine around the home: power, storage, clock, versions, settings, services."""

import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from gateway.release.trial import Outcome, Phase, Result, Trial, Trials

from .box import BLUETOOTH, BUS, DAEMON, PROXY, UPLINK, VERSION, WATCHER, WIRELESS
from .home import House

Put = Callable[[House], None]
"""Puts a fault into the house."""

Row = tuple[str, str, str, str, Put] | tuple[str, str, str, str, Put, str]
"""A fault: its name, what is named first (check, cause), a part of the next step, how it is put, and its state."""

MEMORY: Final = "MemTotal: 948304 kB\nMemAvailable: {} kB\nSwapTotal: 524288 kB\nSwapFree: {} kB\n"
_MODEL: Final = Trial("0.2.0-0123456789ab", VERSION, Phase.WATCHING, 0, "", "", "", (), 0, (), "b")


def file(where: str, text: str) -> Put:
    return lambda house: house.box.set(where, text)


def gone(where: str) -> Put:
    return lambda house: house.box.take(where)


def program(name: str, text: str | None) -> Put:
    return lambda house: house.box.says(name, text)


def unit(name: str, **told: str) -> Put:
    return lambda house: house.box.unit(name, **told)


def down(name: str, **told: str) -> Put:
    return lambda house: house.box.down(name, **told)


def voltage_by_the_kernel(house: House) -> None:
    house.box.says("vcgencmd", None)
    house.box.set("sys/class/hwmon/hwmon1/name", "rpi_volt\n")
    house.box.set("sys/class/hwmon/hwmon1/in0_lcrit_alarm", "1\n")


def mounted(house: House, *options: str) -> Path:
    """A file system of its own, with the home's data on it."""
    folder = house.home / "mounted"
    folder.mkdir(exist_ok=True)
    house.is_dirty = True
    subprocess.run(["mount", "-t", "tmpfs", *options, "tmpfs", str(folder)], check=True)
    house.mounted(folder)
    return folder


def read_only(house: House) -> None:
    folder = mounted(house, "-o", "size=200m")
    house.write(data=folder / "data")
    house.walked()
    house.stop()
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    house.box.down(DAEMON, ActiveState="activating", SubState="auto-restart", Result="exit-code", ExecMainStatus="4")


def full(house: House) -> None:
    folder = mounted(house, "-o", "size=8m")
    house.write(data=folder / "data")
    (folder / "ballast").write_bytes(bytes(7 << 20))
    house.restart()


def forgetful(house: House) -> None:
    folder = mounted(house, "-o", "size=900m")
    house.box.take("proc/self/mountinfo")
    (house.box.root / "proc/self/mountinfo").symlink_to("/proc/self/mountinfo")
    house.write(data=folder / "data")
    house.walked()
    house.restart()


def writes_much(house: House) -> None:
    since = str(int((time.monotonic() - 12 * 3600) * 1e6))
    house.box.unit(DAEMON, ActiveEnterTimestampMonotonic=since)
    if time.monotonic() < 12 * 3600:  # a machine that was booted since: counted from its boot on
        house.box.unit(DAEMON, ActiveEnterTimestampMonotonic="1")
    house.box.set(f"proc/{house.daemon.process.pid}/io", f"rchar: 1\nwrite_bytes: {400 << 20}\n")


def other_link(name: str) -> Put:
    def put(house: House) -> None:
        house.box.leads_to(name)
        if name.startswith("0.3"):
            (house.box.root / "opt/wren/versions" / name).mkdir(exist_ok=True)

    return put


def on_trial(house: House) -> None:
    trials = Trials(house.box.root)
    trials.folder.mkdir(parents=True, exist_ok=True)
    house.keep(trials.folder / "trial.json", trials.folder / "outcome.json")
    trials.keep(replace(_MODEL, begun_at_s=int(time.time())))


def went_back(house: House) -> None:
    trials = Trials(house.box.root)
    trials.folder.mkdir(parents=True, exist_ok=True)
    house.keep(trials.folder / "trial.json", trials.folder / "outcome.json")
    trials.decided(Outcome(_MODEL.new, _MODEL.old, Result.WENT_BACK, "It beat no more.", int(time.time())))


def killed(house: House) -> None:
    """By no systemd: the lock on home.db is gone."""
    house.box.says("systemctl", None)
    house.kill()


def stopped(house: House) -> None:
    house.stop()
    house.box.down(DAEMON)


def run_by_hand(house: House) -> None:
    """Somebody has started `wren run` by hand: what the service's own start says of that."""
    said = house.run_by_hand()
    house.box.says(f"journalctl.{DAEMON}", said)
    house.box.down(DAEMON, ActiveState="activating", SubState="auto-restart", Result="exit-code", ExecMainStatus="4")


def stalled(house: House) -> None:
    house.kill()
    house.box.down(DAEMON, ActiveState="failed", Result="watchdog", ExecMainStatus="6", NRestarts="4")


def restarting(house: House) -> None:
    said = '{"event":"bug","level":"error","error":"KeyError","component":"daemon"}\n'
    house.box.says(f"journalctl.{DAEMON}", said)
    house.box.unit(DAEMON, NRestarts="7")


def bus_dies(house: House) -> None:
    house.is_dirty = True
    house.air.kill_bus()
    house.box.down(BUS, Result="signal")


def bluetoothd_dies(house: House) -> None:
    house.is_dirty = True
    house.air.go()
    house.box.down(BLUETOOTH)


def door_gone(house: House) -> None:
    house.box.shut_door()


def wifi(dbm: int) -> Put:
    return file("proc/net/wireless", WIRELESS.format(dbm=dbm))


ROWS: Final[list[Row]] = [
    ("too little voltage, now", "board.power", "under_voltage_now", "power supply", program("vcgencmd",
     "throttled=0x50005\n")),
    ("too little voltage, told by the kernel", "board.power", "under_voltage_now", "power supply",
     voltage_by_the_kernel),
    ("too little voltage, since the boot", "board.power", "under_voltage_seen", "power supply",
     program("vcgencmd", "throttled=0x50000\n"), "warn"),
    ("too hot", "board.heat", "throttled", "out of the sun", file("sys/class/thermal/thermal_zone0/temp", "83400\n")),
    ("nearly too hot", "board.heat", "hot", "out of the sun", file("sys/class/thermal/thermal_zone0/temp",
     "77100\n"), "warn"),
    ("memory short", "board.memory", "memory_short", "ps -eo", file("proc/meminfo", MEMORY.format(20_000, 524288))),
    ("swapping onto the card", "board.memory", "swapping", "ps -eo", file("proc/meminfo",
     MEMORY.format(300_000, 100_000)), "warn"),
    ("a process ended for memory", "board.memory", "killed_for_memory", "journalctl -k", file("proc/vmstat",
     "oom_kill 2\n"), "warn"),
    ("storage read-only", "disk.writable", "read_only", "dmesg", read_only),
    ("storage full", "disk.space", "full", "journalctl --vacuum", full),
    ("data in memory only", "disk.type", "forgets_at_restart", "disable_overlayfs", forgetful),
    ("errors of the file system", "disk.errors", "file_system_errors", "Replace the card",
     file("sys/fs/ext4/mmcblk0p2/errors_count", "3\n")),
    ("card worn out", "disk.life", "worn_out", "Replace the card", file("sys/block/mmcblk0/device/life_time",
     "0x0b 0x02\n")),
    ("card nearly worn out", "disk.life", "worn", "Plan a visit", file("sys/block/mmcblk0/device/life_time",
     "0x09 0x02\n"), "warn"),
    ("daemon writes too much", "disk.written", "writes_too_much", "wren pins", writes_much, "warn"),
    ("clock not to be set", "clock.network_time", "off", "timedatectl set-ntp true",
     lambda house: (gone("run/systemd/timesync/synchronized")(house),
                    program("timedatectl.show", "NTP=no\nNTPSynchronized=no\n")(house))[0]),
    ("clock not set since the boot", "clock.network_time", "not_synchronised", "timesync-status",
     lambda house: (gone("run/systemd/timesync/synchronized")(house),
                    program("timedatectl.show", "NTP=yes\nNTPSynchronized=no\n")(house))[0]),
    ("nothing keeps the time", "clock.keeper", "forgets_time", "fake-hwclock", gone("etc/fake-hwclock.data"), "warn"),
    ("version gone", "release.current", "broken_link", "wren update", other_link("0.2.0-0123456789ab")),
    ("version half made", "release.current", "half_made", "wren update", other_link("0.3.0-0123456789ab")),
    ("update on trial", "release.trial", "on_trial", "Wait", on_trial, "warn"),
    ("update taken back", "release.trial", "went_back", "wren update --show", went_back, "warn"),
    ("service not installed", "service.wren", "not_installed", "scripts/provision",
     down(DAEMON, LoadState="not-found")),
    ("daemon killed, no systemd", "service.wren", "not_running", "systemctl start wren", killed),
    ("daemon stopped", "service.wren", "not_running", "systemctl enable --now wren", stopped),
    ("a second daemon, by hand", "service.wren", "failing", "stop the other one", run_by_hand),
    ("daemon ended by the watchdog", "service.wren", "stalled", "iostat", stalled),
    ("daemon restarts again and again", "service.wren", "restarting", "journalctl -u wren", restarting, "warn"),
    ("daemon not enabled", "service.wren", "disabled", "systemctl enable wren",
     unit(DAEMON, UnitFileState="disabled"), "warn"),
    ("messenger stopped", "service.uplink", "not_running", "enable --now wren-uplink", down(UPLINK)),
    (
        "enrolled, and no messenger started", "service.uplink", "not_running", "restart wren-enrolled.path wren-uplink",
        down(UPLINK, ConditionResult="no"),
    ),
    ("nobody waits for an enrolment", "service.watcher", "not_running", "restart wren-enrolled.path", down(WATCHER)),
    ("D-Bus dead", "service.bus", "not_running", "restart dbus", bus_dies),
    ("bluetoothd dead", "service.bluetooth", "not_running", "restart bluetooth", bluetoothd_dies),
    ("bluez not installed", "service.bluetooth", "not_installed", "apt-get install bluez",
     down(BLUETOOTH, LoadState="not-found")),
    ("door to the bus stopped", "service.proxy", "not_running", "restart wren-dbus-proxy", down(PROXY)),
    ("door to the bus gone", "service.proxy", "no_door", "restart wren-dbus-proxy", door_gone),
    ("no way out", "network.way", "no_way_out", "nmcli", file("proc/net/route", "Iface\tDestination\n")),
    ("Wi-Fi weak", "network.wifi", "weak", "nearer to the router", wifi(-84), "warn"),
    ("journal without a limit", "upkeep.journal", "no_limit", "SystemMaxUse", file("etc/systemd/journald.conf",
     "[Journal]\n"), "warn"),
    ("logins by password", "upkeep.passwords", "logins_by_password", "PasswordAuthentication no",
     file("etc/ssh/sshd_config.d/00-wren.conf", "PasswordAuthentication yes\n"), "warn"),
]  # fmt: skip
