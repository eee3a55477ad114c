"""The machine around a home: a root file system with what a sound Pi has in it, and programs where there is no Pi.

What the kernel here really tells (locks, and a mount when asked for) is read through a link to it.
"""

import os
import socket
import time
from pathlib import Path
from typing import Final

from gateway.doctor.looks.services import BLUETOOTH, BUS, DAEMON, PROXY, UNITS, UPLINK, WATCHER

VERSION: Final = "0.1.0-0123456789ab"
ROUTE: Final = (
    "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
    "wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n"
)
WIRELESS: Final = (
    "Inter-| sta-|   Quality        |   Discarded packets\n face | tus | link level noise |  nwid\n"
    " wlan0: 0000   58.  {dbm}.  -256        0      0      0      0     12        0\n"
)

_FILES: Final = {
    "proc/meminfo": "MemTotal: 948304 kB\nMemAvailable: 512000 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n",
    "proc/vmstat": "nr_free_pages 1\noom_kill 0\n",
    "proc/net/route": ROUTE,
    "proc/net/wireless": WIRELESS.format(dbm=-52),
    "proc/device-tree/model": "Raspberry Pi 4 Model B Rev 1.4\0",
    "sys/class/thermal/thermal_zone0/temp": "48312\n",
    "sys/fs/ext4/mmcblk0p2/errors_count": "0\n",
    "sys/block/mmcblk0/device/life_time": "0x02 0x01\n",
    "sys/block/mmcblk0/device/pre_eol_info": "0x01\n",
    "sys/class/rfkill/rfkill0/type": "bluetooth\n",
    "sys/class/rfkill/rfkill0/soft": "0\n",
    "sys/class/rfkill/rfkill0/hard": "0\n",
    "run/systemd/timesync/synchronized": "",
    "dev/gpiochip0": "",
    "etc/fake-hwclock.data": "2026-11-22 09:17:01\n",
    "etc/os-release": "ID=debian\nVERSION_CODENAME=bookworm\n",
    "etc/systemd/system/wren.service": "",
    "etc/systemd/journald.conf": "[Journal]\nSystemMaxUse=50M\n",
    "var/log/journal/.keep": "",
    "etc/ssh/sshd_config": "Include /etc/ssh/sshd_config.d/*.conf\nUsePAM yes\n",
    "etc/ssh/sshd_config.d/00-wren.conf": "PasswordAuthentication no\n",
    f"opt/wren/versions/{VERSION}/complete": "",
}

_PROGRAMS: Final = {
    "systemctl": 'cat "$0.out"',
    "vcgencmd": 'cat "$0.out"',
    "timedatectl": 'cat "$0.$1.out"',
    "journalctl": 'cat "$0.$2.out" 2>/dev/null',
}


class Box:
    """A root file system in `folder`. `set` and `take` change it; whatever was changed is put back by `mend`."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "root"
        self.bin = folder / "bin"
        self.units: dict[str, dict[str, str]] = {}
        self._before: dict[Path, str | None] = {}
        self._door: socket.socket | None = None

    def build(self, home: Path) -> None:
        for where, text in _FILES.items():
            self._write(self.root / where, text)
        user, group = os.getuid(), os.getgid()
        users = ("root", "wren", "wren-uplink")
        self._write(self.root / "etc/passwd", "".join(f"{name}:x:{user}:{group}::/:/bin/false\n" for name in users))
        groups = (*users, "wren-outbox", "gpio")
        self._write(self.root / "etc/group", "".join(f"{name}:x:{group}:\n" for name in groups))
        mounts = f"29 1 179:2 / {home} rw,noatime - ext4 /dev/mmcblk0p2 rw\n"
        self._write(self.root / "proc/self/mountinfo", mounts)
        (self.root / "proc/locks").symlink_to("/proc/locks")
        (self.root / "opt/wren/current").symlink_to(f"versions/{VERSION}")
        self.bin.mkdir()
        for name, body in _PROGRAMS.items():
            self._write(self.bin / name, f"#!/bin/sh\n{body}\n")
            (self.bin / name).chmod(0o755)
        self._write(self.bin / "vcgencmd.out", "throttled=0x0\n")
        self._write(self.bin / "timedatectl.show.out", "NTP=yes\nNTPSynchronized=yes\n")
        self._write(self.bin / "timedatectl.show-timesync.out", "time.example\n")
        for unit in (DAEMON, UPLINK):
            self._write(self.bin / f"journalctl.{unit}.out", "")
        self.open_door()

    def open_door(self) -> None:
        """The daemon's door to the bus."""
        path = self.root / "run/wren-dbus/bus"
        path.parent.mkdir(parents=True, exist_ok=True)
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(str(path))
        self._door.listen()

    def shut_door(self) -> None:
        if self._door is not None:
            self._door.close()
            (self.root / "run/wren-dbus/bus").unlink()
            self._door = None

    def set(self, where: str, text: str) -> None:
        """The file at `where` says `text`."""
        self._keep(self.root / where)
        self._write(self.root / where, text)

    def take(self, where: str) -> None:
        """The file at `where` is gone."""
        self._keep(self.root / where)
        (self.root / where).unlink()

    def says(self, program: str, text: str | None) -> None:
        """`program` prints `text` from now on; None: there is no such program."""
        path = self.bin / (f"{program}.out" if text is not None else program.partition(".")[0])
        self._keep(path)
        path.unlink(missing_ok=True) if text is None else self._write(path, text)

    def unit(self, name: str, **told: str) -> None:
        """systemd tells this of the unit."""
        self.units[name] = {**self.units.get(name, {}), **told}
        self._show()

    def leads_to(self, version: str) -> None:
        """`/opt/wren/current` leads there."""
        link = self.root / "opt/wren/current"
        link.unlink(missing_ok=True)
        link.symlink_to(f"versions/{version}")

    def services(self, pid: int | None) -> None:
        """Every service is well, the daemon by this number of its process."""
        since = str(int((time.monotonic() - 60) * 1e6))
        for name in UNITS:
            self.units[name] = {
                "Id": name, "LoadState": "loaded", "ActiveState": "active", "SubState": "running",
                "Result": "success", "UnitFileState": "enabled", "NRestarts": "0", "ExecMainStatus": "0",
                "MainPID": "0", "ActiveEnterTimestampMonotonic": since, "ConditionResult": "yes",
            }  # fmt: skip
        self.units[WATCHER]["SubState"] = "waiting"
        self.units[BUS]["UnitFileState"] = "static"
        self.units[DAEMON]["MainPID"] = str(pid or 0)
        self._show()

    def down(self, name: str, **told: str) -> None:
        """The unit `name` is not running."""
        self.unit(name, **{"ActiveState": "inactive", "SubState": "dead", "MainPID": "0", **told})

    def mend(self) -> None:
        """Everything is as `build` left it."""
        for path, text in self._before.items():
            path.unlink(missing_ok=True) if text is None else self._write(path, text)
            if text is not None and path.parent == self.bin and "." not in path.name:
                path.chmod(0o755)
        self._before.clear()
        self.leads_to(VERSION)
        if self._door is None:
            self.open_door()

    def _show(self) -> None:
        blocks = ["\n".join(f"{key}={value}" for key, value in told.items()) for told in self.units.values()]
        self._write(self.bin / "systemctl.out", "\n\n".join(blocks) + "\n")

    def _keep(self, path: Path) -> None:
        self._before.setdefault(path, path.read_text() if path.exists() else None)

    @staticmethod
    def _write(path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


__all__ = ["BLUETOOTH", "BUS", "DAEMON", "PROXY", "UPLINK", "WATCHER", "Box"]
