"""System settings: small files named wren that systemd reads beside its own. Removing one undoes it."""

from collections.abc import Callable
from typing import Final, NamedTuple

from gateway.provision.pi.looks import Look, Say, Step, Want, applied, is_applied
from gateway.provision.pi.machine import Machine

_HEAD: Final = "{} Written by Wren's scripts/provision. To undo: remove this file and restart (docs/provisioning.md).\n"


def _always(_machine: Machine) -> str | None:
    return None


class DropIn(NamedTuple):
    """A file, and what makes the running system read it.

    Attributes:
        path, lines: the file.
        does: what it does, in a few words.
        reload: commands, if systemd runs this machine.
        unless: why it is not for this machine, or None.
    """

    path: str
    lines: str
    does: str
    reload: tuple[tuple[str, ...], ...] = ()
    unless: Callable[[Machine], str | None] = _always

    @property
    def text(self) -> str:
        """What is in the file."""
        return _HEAD.format("//" if self.path.startswith("/etc/apt/") else "#") + self.lines

    @property
    def name(self) -> str:
        """By which it is known among what was put to use."""
        return self.path.strip("/").replace("/", ".")

    def is_there(self, machine: Machine) -> bool:
        """Whether it is written and put to use."""
        return machine.text(self.path) == self.text and is_applied(machine, self.name, self.text)

    def put(self, machine: Machine) -> None:
        """Write it and put it to use."""
        machine.write(self.path, self.text)
        if machine.booted():
            for command in self.reload:
                machine.must(*command, advice="Run the same command again; `journalctl -b -p warning` says more.")
        applied(machine, self.name, self.text)


def step(*files: DropIn) -> Step:
    """The step that puts these files."""

    def look(machine: Machine, _want: Want) -> Look:
        found = Look([], [])
        for file in files:
            reason = file.unless(machine)
            if reason is not None:
                found.notes.append(reason)
            elif not file.is_there(machine):
                found.todo.append(f"{file.does} ({file.path})")
        return found

    def deed(machine: Machine, _want: Want, say: Say) -> None:
        for file in files:
            if file.unless(machine) is None and not file.is_there(machine):
                file.put(machine)
                say(f"{file.does} ({file.path})")

    return Step(look, deed)


def _no_watchdog(machine: Machine) -> str | None:
    there = machine.path("/dev/watchdog0").exists() or machine.path("/dev/watchdog").exists()
    return None if there else "This machine has no watchdog: if it hangs, somebody must pull its plug."


JOURNAL: Final = step(
    DropIn(
        "/etc/systemd/journald.conf.d/wren.conf",
        # 64 MB hold months of what Wren and a quiet system write. SyncIntervalSec: what is only noted is flushed four
        # times an hour; what is critical at once, as always.
        "[Journal]\nStorage=persistent\nSystemMaxUse=64M\nSystemMaxFileSize=8M\nRuntimeMaxUse=16M\n"
        "MaxRetentionSec=3month\nSyncIntervalSec=15min\n",
        "kept on the card, 64 MB at most, flushed every 15 minutes",
        (("systemctl", "restart", "systemd-journald.service"), ("journalctl", "--flush")),
    )
)

_RELOAD: Final = (("systemctl", "daemon-reload"),)
_BY_DAY: Final = "[Timer]\nOnCalendar=\nOnCalendar=*-*-* {}\nRandomizedDelaySec=45min\nPersistent=false\n"

UPGRADES: Final = step(
    DropIn(
        "/etc/systemd/system/apt-daily.timer.d/wren.conf",
        _BY_DAY.format("10:00"),
        "package lists are fetched from 10 o'clock on, when somebody can be rung",
        _RELOAD,
    ),
    DropIn(
        "/etc/systemd/system/apt-daily-upgrade.timer.d/wren.conf",
        _BY_DAY.format("11:00"),
        "where automatic upgrades are installed, they run from 11 o'clock on, never at night",
        _RELOAD,
    ),
    DropIn(
        "/etc/systemd/system/apt-daily-upgrade.service.d/wren.conf",
        "[Service]\nNice=19\nIOSchedulingClass=idle\n",
        "they give way to the daemon",
        _RELOAD,
    ),
    DropIn(
        "/etc/apt/apt.conf.d/60wren",
        'Unattended-Upgrade::Automatic-Reboot "false";\n',
        "and never restart the machine by themselves",
    ),
)

WATCHDOG: Final = step(
    DropIn(
        "/etc/systemd/system.conf.d/wren.conf",
        "[Manager]\nRuntimeWatchdogSec=60s\nRebootWatchdogSec=2min\n",
        "a system that stands still for a minute is restarted by the board",
        (("systemctl", "daemon-reexec"),),
        _no_watchdog,
    )
)

TIMESYNC: Final = DropIn(
    "/etc/systemd/timesyncd.conf.d/wren.conf",
    # By itself it writes the known time to the card every minute. Servers stay those that the router or the
    # distribution names.
    "[Time]\nSaveIntervalSec=10min\n",
    "the last known time is kept every 10 minutes instead of every minute",
    (("systemctl", "try-restart", "systemd-timesyncd.service"),),
)

ZRAM: Final = DropIn(
    "/etc/rpi/swap.conf.d/wren.conf",
    "[Main]\nMechanism=zram\n",
    "swap in compressed memory only, from the next restart on",
)
"""Raspberry Pi OS Trixie (rpi-swap): by itself it would also write idle pages to the card."""
