"""The clock: set from the network, and kept while the power is off."""

from gateway.clock import SYNCHRONISED
from gateway.doctor.facts import Time
from gateway.doctor.machine import Machine


def look(machine: Machine) -> Time:
    """Ask timedatectl, and for the mark that systemd-timesyncd leaves."""
    shown = machine.run("timedatectl", "show")
    told = dict(line.partition("=")[::2] for line in shown.out.splitlines()) if shown and shown.code == 0 else {}
    synchronised = machine.path(SYNCHRONISED).exists() or _yes(told.get("NTPSynchronized"))
    server = machine.run("timedatectl", "show-timesync", "--property=ServerName", "--value")
    return Time(
        on=_yes(told.get("NTP")),
        synchronised=synchronised,
        server=bool(server.out.strip()) if server and server.code == 0 else None,
        keeper=_keeper(machine),
    )


def _yes(word: str | None) -> bool | None:
    return None if word is None else word == "yes"


def _keeper(machine: Machine) -> str | None:
    """A battery-backed clock, or a file from which the time goes on where it was."""
    if machine.path("/sys/class/rtc/rtc0").exists():
        return "rtc"
    for name, where in (
        ("fake-hwclock", "/etc/fake-hwclock.data"),
        ("timesyncd", "/var/lib/systemd/timesync/clock"),
        ("timesyncd", "/var/lib/private/systemd/timesync/clock"),
    ):
        if machine.path(where).exists():
            return name
    return None
