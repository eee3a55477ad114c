"""What cannot become a gateway, said before anything is changed: from facts alone, so that each can be tried."""

from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from gateway.provision.errors import Refused
from gateway.provision.pi.access import FAR_S
from gateway.provision.pi.authority import DESK_CA, may_lie
from gateway.release.manifest import ARCHES, SUITES, Target

MIB: Final = 1024 * 1024
LEAST_RAM: Final = 400 * MIB
"""A Zero 2 W with 512 MB says 416 or so: the rest is the graphics' share."""
ROOM: Final = 6
"""A bundle, and the version that is made of it (`gateway.release.versions` needs five times its size)."""
ROOM_LEFT: Final = 300 * MIB
"""For what a home writes before a technician comes again."""
BEFORE_WREN_S: Final = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
_CLOCK_OFF_S: Final = 300.0


class Asked(NamedTuple):
    """What is to be put there: a bundle (its size in bytes), perhaps a home (its id), a token, an authority."""

    target: Target
    name: str
    size: int
    home: str | None
    now_s: float
    token: bool = False
    dry_run: bool = False
    desk_ca: bool = False


def refuse(facts: dict[str, Any], asked: Asked) -> None:
    """Raise Refused at the first of these facts with which it cannot go on."""
    _system(facts, asked.target)
    _means(facts, asked)
    _clock(facts, asked.now_s)
    _others(facts, asked)
    _authority(facts, asked)


def notes(facts: dict[str, Any]) -> list[str]:
    """What is no reason to stop."""
    found = []
    if facts["under_voltage"]:
        found.append("UNDER-VOLTAGE now: this power supply is too weak. Change it before you leave: cards die of it.")
    if facts["board"] is None or "Raspberry Pi" not in facts["board"]:
        found.append("This is no Raspberry Pi: there are no pins here that Wren knows.")
    if not facts["booted"]:
        found.append("systemd does not run this machine: services start with its next boot.")
    return found


def _system(facts: dict[str, Any], target: Target) -> None:
    if facts["suite"] != target.suite or facts["arch"] != target.arch:
        word = facts["suite"] or "an unknown release"
        is_made = facts["suite"] in SUITES and facts["arch"] in ARCHES
        take = f"Take the bundle whose name ends with -{word}-{facts['arch']}.tar, or put" if is_made else "Put"
        raise Refused(
            f"This bundle is for {target.suite} on {target.arch}; this machine has {word} on {facts['arch']}.",
            advice=f"{take} a card with Raspberry Pi OS ({target.suite.capitalize()}, 64-bit) in.",
        )
    if facts["python"] != target.python:
        raise Refused(
            f"The Pi's python3 is {facts['python']}, and that of {target.suite} is {target.python}: it was replaced.",
            advice="Start from a fresh card (Raspberry Pi Imager), and run this again.",
        )
    if not facts["root"]:
        raise Refused("The agent is not root on the Pi.", advice="Use a user who may use sudo.")
    for program, what in (("systemd", "systemd"), ("ssh_keygen", "ssh-keygen"), ("venv", "Python's venv module")):
        if not facts[program]:
            raise Refused(f"{what} is not on this machine.", advice="Start from a fresh Raspberry Pi OS, 64-bit.")


def _means(facts: dict[str, Any], asked: Asked) -> None:
    if facts["read_only"]:
        raise Refused(
            "The Pi's card is mounted read-only: nothing can be put on it.",
            advice="Restart the Pi once. If that does not help, replace the card (or end the overlay: raspi-config).",
        )
    needed = ROOM_LEFT + (0 if facts["version"] == asked.name else ROOM * asked.size)
    if facts["free_bytes"] < needed:
        raise Refused(
            f"{facts['free_bytes'] // MIB} MB are free on the Pi's card, and {needed // MIB} MB are needed.",
            advice="Make room (`sudo apt clean`, `sudo journalctl --vacuum-size=50M`), or use a card of 16 GB or more.",
        )
    if facts["ram_bytes"] is not None and facts["ram_bytes"] < LEAST_RAM:
        raise Refused(
            f"The Pi has {facts['ram_bytes'] // MIB} MB of memory; Wren needs {LEAST_RAM // MIB}.",
            advice="Use a Raspberry Pi Zero 2 W or a larger one.",
        )


def _clock(facts: dict[str, Any], now_s: float) -> None:
    off_s = now_s - facts["now_s"]
    if abs(off_s) <= FAR_S:
        return
    if now_s < BEFORE_WREN_S:
        raise Refused(
            f"This laptop's clock says {_day(now_s)}, before Wren was made.",
            advice="Set the laptop's clock, and run this again.",
        )
    if facts["clock_set"] and abs(off_s) > _CLOCK_OFF_S:
        raise Refused(
            f"The Pi's clock was set by the network and says {_day(facts['now_s'])}; this laptop says {_day(now_s)}.",
            advice="Set the laptop's clock, and run this again.",
        )


def _others(facts: dict[str, Any], asked: Asked) -> None:
    if facts["home"] == "?":
        raise Refused(
            "There is a home's configuration on this Pi that cannot be read.",
            advice="Look at it on the Pi (`sudo wren check`), or move /etc/wren/home.toml away; then run this again.",
        )
    if facts["home"] is not None and asked.home is not None and facts["home"] != asked.home:
        raise Refused(
            "Another home's Wren is on this Pi already.",
            advice="Is it the right Pi? If it changes homes, `sudo wren retire` on it first: that ends what was there.",
        )
    if facts["enrolled"] and facts["home"] is None:
        raise Refused(
            "This Pi is enrolled at a desk, and the configuration of its home is gone.",
            advice="Put that home's /etc/wren/home.toml back, or `sudo wren retire` on it first; then run this again.",
        )
    if asked.token and asked.home is None and facts["home"] is None:
        raise Refused("A gateway without a home cannot be enrolled.", advice="Give --home FILE, too.")
    if facts["busy"] and asked.dry_run:
        raise Refused("Another provisioning is at work on this Pi.", advice="Wait until it has ended.")


def _authority(facts: dict[str, Any], asked: Asked) -> None:
    path, has_home = facts["ca_file"], asked.home is not None or facts["home"] is not None
    if not asked.desk_ca:
        if path is not None and facts["ca"] == "none":
            raise Refused(
                f"The home's configuration trusts {path}, and there is no such file on the Pi.",
                advice="Give the provider's certificate authority, too: --desk-ca FILE.",
            )
        return
    if has_home and path is None:
        raise Refused(
            "--desk-ca is given, and the home's configuration names no authority: it trusts the public ones.",
            advice=f'Put `ca_file = "{DESK_CA}"` into its [uplink], or leave --desk-ca out.',
        )
    if not may_lie(path or DESK_CA):
        raise Refused(
            f"The home's configuration has its authority in {path}: no place below /etc.",
            advice=f'Put `ca_file = "{DESK_CA}"` into its [uplink], and run this again.',
        )
    if facts["ca"] == "other":
        raise Refused(
            f"{path or DESK_CA} on the Pi is no certificate, and is left as it is.",
            advice="Look at it on the Pi; move it away, or name another `ca_file` in [uplink]; then run this again.",
        )


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()
