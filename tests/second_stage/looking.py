"""What can be reached from here: run inside a unit's own sandbox, and once outside of all of them as a control.

Prints one line, `looked: {...}`: for each attempt "open" (it worked) or what the kernel said instead. It judges
nothing. Only the standard library: in the sandbox it must not need anything that the sandbox might hide.
"""

import contextlib
import ctypes
import errno
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

DESK = ("127.0.0.1", 8443)
"""The care provider's desk, which listens in this container."""

NAME_SERVER = ("127.0.0.1", 53)
ABSTRACT = "\0second-stage"
PROXIED_BUS = "/run/wren-dbus/bus"
SYSTEM_BUS = "/run/dbus/system_bus_socket"
RESOLVED = "/run/systemd/resolve/io.systemd.Resolve"
PATIENCE_S = 3.0

FILES = {
    "home.db": "/var/lib/wren/private/home.db",
    "desk.json": "/var/lib/wren/private/desk.json",
    "outbox.db": "/var/lib/wren/outbox/outbox.db",
    "uplink.db": "/var/lib/wren-uplink/uplink.db",
    "key.pem": "/var/lib/wren-uplink/key.pem",
    "enrolment.json": "/var/lib/wren-uplink/enrolment.json",
    "home.toml": "/etc/wren/home.toml",
    "the board's serial number": "/sys/firmware/devicetree/base/serial-number",
}

OWN = ("key.pem", "enrolment.json")
"""What the uplink reads, of its own user, and is not to change."""

IO_URING_SETUP = 425
"""The number of this system call, on every machine alike (it is younger than their tables)."""

FAMILIES = {family.name: family for family in socket.AddressFamily if family.name not in {"AF_UNSPEC", "AF_DECnet"}}

_CLOCK = ("org.freedesktop.timedate1", "/org/freedesktop/timedate1")
_RESOLVED = (
    "org.freedesktop.resolve1",
    "/org/freedesktop/resolve1",
    "org.freedesktop.resolve1.Manager.ResolveHostname",
)
_SYSTEMD = ("org.freedesktop.systemd1", "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager.ListUnits")
CALLS = {
    "ask org.bluez": ("org.bluez", "/", "org.freedesktop.DBus.ObjectManager.GetManagedObjects"),
    "read the clock's state": (
        *_CLOCK, "org.freedesktop.DBus.Properties.Get", f"string:{_CLOCK[0]}", "string:NTPSynchronized",
    ),
    "set the time zone": (*_CLOCK, f"{_CLOCK[0]}.SetTimezone", "string:Etc/GMT-{zone}", "boolean:false"),
    "look up a name": (*_RESOLVED, "int32:0", "string:bus-from-{label}.example", "int32:2", "uint64:0"),
    "list systemd's units": _SYSTEMD,
}  # fmt: skip
"""D-Bus calls: destination, path, method, arguments; for dbus-send, because busctl 252 cannot speak to the proxy."""


def outcome(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except socket.gaierror:
        return "no answer"
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, type(error).__name__)
    return "open"


def _connect(family: int, address: str | tuple[str, int]) -> None:
    with socket.socket(family, socket.SOCK_STREAM) as line:
        line.settimeout(PATIENCE_S)
        line.connect(address)


def _datagram(label: str) -> None:
    question = b"\0\1\1\0\0\1\0\0\0\0\0\0" + bytes([4 + len(label)]) + f"udp-{label}".encode() + b"\0\0\1\0\1"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.settimeout(PATIENCE_S)
        line.sendto(question, NAME_SERVER)
        line.recv(512)


def families() -> list[str]:
    """Of which address families this process may have a socket at all."""
    found = []
    for name, family in FAMILIES.items():
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET, socket.SOCK_RAW):
            with contextlib.suppress(OSError), socket.socket(family, kind):
                found.append(name)
                break
    return sorted(found)


def _io_uring() -> None:
    """A queue of requests to the kernel, which no filter of system calls looks into."""
    libc = ctypes.CDLL(None, use_errno=True)
    ring = libc.syscall(IO_URING_SETUP, 1, ctypes.create_string_buffer(120))
    if ring < 0:
        raise OSError(ctypes.get_errno(), "io_uring_setup")
    os.close(ring)


def network(label: str) -> dict[str, str]:
    attempts: dict[str, Callable[[], object]] = {
        "tcp": lambda: _connect(socket.AF_INET, DESK),
        "udp": lambda: _datagram(label),
        "inet6": lambda: socket.socket(socket.AF_INET6, socket.SOCK_STREAM).close(),
        "netlink": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0).close(),
        "packet": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0).close(),
        "name": lambda: socket.getaddrinfo(f"from-{label}.example", 443),
        "abstract": lambda: _connect(socket.AF_UNIX, ABSTRACT),
        "resolved": lambda: _connect(socket.AF_UNIX, RESOLVED),
        "system bus": lambda: _connect(socket.AF_UNIX, SYSTEM_BUS),
        "proxied bus": lambda: _connect(socket.AF_UNIX, PROXIED_BUS),
        "io_uring": _io_uring,
    }
    return {name: outcome(attempt) for name, attempt in attempts.items()}


def calls(label: str, bus: str) -> dict[str, str]:
    """Which D-Bus calls are answered on the bus at the path `bus`; of the others, what was said."""
    said = {}
    for name, words in CALLS.items():
        command = ["dbus-send", f"--bus=unix:path={bus}", "--print-reply", "--reply-timeout=5000"]
        destination, *rest = (word.format(label=label, zone=len(label)) for word in words)
        done = subprocess.run(
            [*command, f"--dest={destination}", *rest], capture_output=True, text=True, timeout=20, check=False
        )
        said[name] = "open" if done.returncode == 0 else done.stderr.strip().removeprefix("Error ")
    return said


def writable() -> list[str]:
    """The folders that this process may write to; not those below one that is named."""
    found = []
    for folder, below, _ in os.walk("/"):
        if folder == "/":
            below[:] = [name for name in below if name not in {"proc", "sys"}]
        if os.access(folder, os.W_OK):
            found.append(folder)
            below.clear()
    return sorted(found)


def strangers() -> int:
    """How many processes of other users can be seen."""
    seen = 0
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            seen += entry.name.isdigit() and entry.stat().st_uid != os.geteuid()
    return seen


def bonds() -> dict[str, str]:
    """What the kernel keeps about this process: seccomp's mode, no new privileges, its capabilities."""
    return dict(_bonds())


def _bonds() -> Iterator[tuple[str, str]]:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        name, _, value = line.partition(":")
        if name in {"Seccomp", "NoNewPrivs", "CapEff", "CapBnd"}:
            yield name, value.strip()


def _read(path: str) -> None:
    with Path(path).open("rb") as file:
        file.read(16)


def _take_the_place_of(path: str) -> None:
    """Put another file where `path` is. What cannot be done is tried with a copy, so that nothing is lost if it can."""
    file, other = Path(path), Path(f"{path}.other")
    other.write_bytes(file.read_bytes())
    try:
        other.replace(file)
    finally:
        other.unlink(missing_ok=True)


def changes(path: str) -> str:
    """What the kernel says to opening the file for writing, and to putting another in its place."""
    return ", ".join([outcome(lambda: os.close(os.open(path, os.O_WRONLY))), outcome(lambda: _take_the_place_of(path))])


def main() -> None:
    label, bus = sys.argv[1:]
    looked = {
        "label": label,
        "network": network(label),
        "families": families(),
        "calls": calls(label, bus),
        "files": {name: outcome(lambda path=path: _read(path)) for name, path in FILES.items()},  # type: ignore[misc]
        # outside of every sandbox it would succeed, and the files would be root's
        "changes": {} if label == "control" else {name: changes(FILES[name]) for name in OWN},
        "in /var/lib": sorted(path.name for path in Path("/var/lib").iterdir()),
        "writable": writable(),
        "strangers": strangers(),
        "bonds": bonds(),
    }
    print("looked: " + json.dumps(looked), flush=True)


if __name__ == "__main__":
    main()
