"""The wall, tried from inside: each unit looks about in its own sandbox, before its program starts.

`looking.py` runs as the unit's own ExecStartPre=, so it has this unit's user, groups, namespaces, mounts and filters,
not a copy of them. First it runs outside of all of them: what is open there shows that each attempt can succeed.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.stages.claims import check, note, run, title

from . import machine
from .life import change
from .looking import PROXIED_BUS, SYSTEM_BUS
from .machine import DAEMON, PROXY, UPLINK

LOOKING = "/opt/second-stage/tests/second_stage/looking.py"
BOOK = Path("/run/second-stage-names")
PYTHON = ("/usr/bin/python3", "-B")
HOME_DB = "/var/lib/wren/private/home.db"

BONDS = {"Seccomp": "2", "NoNewPrivs": "1", "CapEff": "0" * 16, "CapBnd": "0" * 16}
"""Filtered system calls, no way to more rights, no capability now or ever."""

REFUSED = ("org.freedesktop.DBus.Error.AccessDenied", "org.freedesktop.DBus.Error.ServiceUnknown")
NOBODY = "was not provided by any .service files"
NO_NETWORK = "org.freedesktop.resolve1.NetworkDown: Network is down"

OUT = ("tcp", "udp", "inet6", "netlink", "packet", "name", "abstract", "resolved", "system bus", "io_uring")
"""Everything that could carry a word out."""

MANY = {"AF_INET", "AF_INET6", "AF_NETLINK", "AF_PACKET", "AF_UNIX"}
"""Address families that this kernel has at the least, so that their absence says something."""


def control() -> None:
    title("the wall: a control, as root and outside")
    command = (*PYTHON, LOOKING, "control", SYSTEM_BUS)
    found = json.loads(run(*command).removeprefix("looked: "))
    for way in OUT:
        check(f"{way} is open", found["network"][way], want="open")
    check(f"a socket of any family can be made ({len(found['families'])} here)", {*found["families"]} >= MANY)
    for call in ("read the clock's state", "set the time zone", "list systemd's units"):
        check(f"D-Bus: {call} is answered", found["calls"][call], want="open")
    # it knows no interface but a loopback, and says so; that it is resolved which says it is what counts
    check("D-Bus: a name to look up gets to resolved", found["calls"]["look up a name"], want=NO_NETWORK)
    for file, said in found["files"].items():
        check(f"{file} can be read", said, want="open")
    check("the name server was asked", _asked("control"), want={"udp-control", "from-control.example"})
    note(f"{found['strangers']} processes of other users are seen; writable: {found['writable']}")


def _asked(label: str) -> set[str]:
    return {name for name in BOOK.read_text(encoding="ascii").splitlines() if label in name}


def _look(unit: str, label: str, bus: str) -> dict[str, Any]:
    """What `unit` sees. It is restarted for that, and once more without the drop-in."""
    mark = machine.mark()
    command = " ".join((*PYTHON, LOOKING, label, bus))
    drop_in = change(unit, f"[Service]\nExecStartPre={command}\n", "looking")
    run("systemctl", "restart", unit)
    drop_in.unlink()
    run("systemctl", "daemon-reload")
    found = machine.looked(unit, mark)
    for name, want in BONDS.items():
        check(f"{name} is {want}", found["bonds"][name], want=want)
    note(f"network: {found['network']}")
    note(f"D-Bus: {found['calls']}")
    note(f"files: {found['files']}; in /var/lib: {found['in /var/lib']}")
    return found


def _writes(found: dict[str, Any], *own: str) -> None:
    everywhere = {"/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue"}
    writable = {*found["writable"]} - everywhere
    check(
        f"of all folders but temporary ones it may write to {', '.join(own)} alone", sorted(writable), want=sorted(own)
    )


def daemon() -> None:
    title("the wall, from inside wren.service")
    found = _look(DAEMON, "daemon", PROXIED_BUS)
    for way in OUT:
        check(f"{way} is closed", found["network"][way] != "open")
    check("no socket of any family but this machine's own can be made", found["families"], want=["AF_UNIX"])
    check("no name server was asked", _asked("daemon"), want=set())
    check("the proxied bus is open", found["network"]["proxied bus"], want="open")
    for file in ("home.db", "desk.json", "outbox.db", "uplink.db", "home.toml"):
        check(f"{file} can be read", found["files"][file], want="open")
    check("key.pem, which signs what leaves, cannot", found["files"]["key.pem"], want="EACCES")
    for call, said in found["calls"].items():
        if call == "ask org.bluez":  # there is none yet, and it is the bus that says so
            check(f"D-Bus: {call} is let through", NOBODY in said)
        elif call == "read the clock's state":
            check(f"D-Bus: {call} is answered", said, want="open")
        else:
            check(f"D-Bus: {call} is refused", said.startswith(REFUSED) and NOBODY not in said)
    _writes(found, "/run/wren", "/var/lib/wren")
    check("it sees no process of another user", found["strangers"], want=0)
    _running()


def _running() -> None:
    """The process that runs now is in the same namespaces; without the filter they hold by themselves."""
    process = str(machine.pid_of(DAEMON))
    for space in ("net", "mnt", "ipc", "user"):
        check(f"the running daemon has a {space} namespace of its own", _space(process, space) != _space("1", space))
    ids = [run("id", option, "wren").strip() for option in ("-u", "-g")]
    into = ("nsenter", "-t", process, "-n", "-m", "-S", ids[0], "-G", ids[1])
    said = json.loads(run(*into, *PYTHON, LOOKING, "entered", PROXIED_BUS).removeprefix("looked: "))
    note(f"by nsenter, as wren, without the filter: {said['network']}")
    for way in ("tcp", "udp", "name", "abstract", "resolved", "system bus"):
        check(f"{way} is closed by the namespaces alone", said["network"][way] != "open")


def _space(process: str, name: str) -> str:
    return str(Path(f"/proc/{process}/ns/{name}").readlink())


def uplink() -> None:
    title("the wall, from inside wren-uplink.service")
    found = _look(UPLINK, "uplink", SYSTEM_BUS)
    check("tcp is open: the network is what it has", found["network"]["tcp"], want="open")
    families = ["AF_INET", "AF_INET6", "AF_UNIX"]
    check("of other families than the internet's no socket can be made", found["families"], want=families)
    check("io_uring is closed", found["network"]["io_uring"], want="EPERM")
    for file in ("home.db", "desk.json"):
        check(f"{file} is not there", found["files"][file], want="ENOENT")
    check("home.toml is closed", found["files"]["home.toml"], want="EACCES")
    for file in ("key.pem", "enrolment.json", "the board's serial number"):
        check(f"{file} can be read", found["files"][file], want="open")
    for file in ("key.pem", "enrolment.json"):
        check(f"{file} cannot be changed, nor taken the place of", found["changes"][file], want="EROFS, EBUSY")
    check("of /var/lib it sees the two folders that it needs", found["in /var/lib"], want=["wren", "wren-uplink"])
    check("outbox.db can be read", found["files"]["outbox.db"], want="open")
    check("the daemon's bus is closed", found["network"]["proxied bus"], want="EACCES")
    check("the time zone cannot be set", found["calls"]["set the time zone"] != "open")
    _writes(found, "/var/lib/wren-uplink")
    check("it sees no process of another user", found["strangers"], want=0)


def proxy() -> None:
    title("the wall, from inside wren-dbus-proxy.service, and through it")
    found = _look(PROXY, "proxy", SYSTEM_BUS)
    for way in ("tcp", "udp", "inet6", "netlink", "packet", "name", "abstract"):
        check(f"{way} is closed", found["network"][way] != "open")
    for file in ("home.db", "desk.json", "outbox.db", "uplink.db", "key.pem", "home.toml"):
        check(f"{file} is closed", found["files"][file], want="EACCES")
    check("no socket of any family but this machine's own can be made", found["families"], want=["AF_UNIX"])
    check("the time zone cannot be set", found["calls"]["set the time zone"] != "open")
    _writes(found, "/run/wren-dbus")


def modes_alone() -> None:
    """The uplink's user without the uplink's mounts: the folder's modes hold by themselves."""
    title("the wall: modes alone, without any namespace")
    ids = [run("id", option, "wren-uplink").strip() for option in ("-u", "-g")]
    as_uplink = ("setpriv", "--reuid", ids[0], "--regid", ids[1], "--groups", _gids("wren-uplink", "wren-outbox"))
    for claim, command in {
        "wren-uplink cannot open home.db": ("cat", HOME_DB),
        "wren-uplink cannot traverse the private folder": ("stat", HOME_DB),
        "wren-uplink cannot list /var/lib/wren": ("ls", "/var/lib/wren"),
        "wren-uplink cannot write to the outbox": ("touch", "/var/lib/wren/outbox/mine"),
        "wren-uplink cannot reach the daemon's bus": ("stat", PROXIED_BUS),
    }.items():
        done = subprocess.run([*as_uplink, *command], capture_output=True, text=True, timeout=20, check=False)
        check(claim, (done.returncode != 0, "Permission denied" in done.stderr), want=(True, True))


def _gids(*names: str) -> str:
    return ",".join(run("getent", "group", name).split(":")[2] for name in names)


def exposure() -> None:
    title("systemd-analyze security, offline, this systemd")
    for unit, most in {DAEMON: 0.8, PROXY: 0.8, UPLINK: 1.2, machine.ENROLLED: 1.2}.items():
        said = machine.exposure(unit)
        check(f"{unit}: {said}, of {most} at the most", float(said.partition(" ")[0]) <= most)
