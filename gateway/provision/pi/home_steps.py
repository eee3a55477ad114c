"""The home: its configuration, its enrolment, the services, and what `wren doctor` finds."""

import grp
import json
from contextlib import suppress
from typing import Final

from gateway.errors import GatewayError
from gateway.provision.errors import DeskFailed, StepFailed
from gateway.provision.pi.looks import ENROLMENT, HOME_TOML, INCOMING, WREN, Look, Say, Step, Want, applied, is_applied
from gateway.provision.pi.machine import Machine

_OFFERED: Final = f"{INCOMING}/home.toml"
_BEFORE: Final = "/etc/wren/home.toml.before"
_PUT: Final = "home-put"
"""The mark of the file of --home that was put there last: the same once more is no newer than what the Pi has."""
_SETUP: Final = "next: ssh -t the Pi and run `sudo wren setup`: it writes the home's configuration"
_DAEMON: Final = ("wren-dbus-proxy.service", "wren.service", "wren-enrolled.path")
_UPLINK: Final = "wren-uplink.service"
_READY_S: Final = 240.0


# ---- configuration


def _look_home(machine: Machine, want: Want) -> Look:
    if want["home"] is None:
        return Look([], [] if machine.path(HOME_TOML).exists() else [_SETUP])
    present, noted = machine.text(HOME_TOML), is_applied(machine, _PUT, want["home"])
    if present == want["home"]:
        return Look([] if noted else [f"it is noted that {HOME_TOML} is this one"], [])
    if present is not None and noted:  # `wren setup` or `wren replace`: hours of somebody's answers
        return Look([], [f"{HOME_TOML} was changed on the Pi since it was put there; the one on the Pi is kept"])
    before = f"; the one before stays as {_BEFORE}" if machine.path(HOME_TOML).exists() else ""
    return Look([f"`wren check` reads it, then it becomes {HOME_TOML}{before}"], [])


def _put_home(machine: Machine, want: Want, say: Say) -> None:
    machine.write(_OFFERED, want["home"], mode=0o600)
    try:
        done = machine.run(WREN, "check", "--config", str(machine.path(_OFFERED)), within_s=120.0)
        if done.returncode != 0:
            raise StepFailed(
                "The home's configuration is refused; none was replaced.",
                advice="Mend the file of --home (docs/configuration.md), and run the same command again.",
                detail=done.stdout.strip()[-2000:],
            )
        group = grp.getgrnam("wren").gr_gid
        previous = machine.text(HOME_TOML)
        if previous is not None and previous != want["home"]:
            machine.write(_BEFORE, previous, mode=0o640, group=group)
        machine.write(HOME_TOML, want["home"], mode=0o640, group=group)
        applied(machine, _PUT, want["home"])
    finally:
        machine.remove(_OFFERED)
    say("The configuration is in place.")


# ---- enrolment


def _look_enrol(machine: Machine, want: Want) -> Look:
    if machine.path(ENROLMENT).exists():
        return Look([], ["The desk knows this gateway already; no token is used."] if want["token"] else [])
    if not want["token"]:
        return Look([], ["next: `wren desk token HOME` at the desk, then `sudo wren enrol` on the Pi"])
    return Look(["this gateway's key is made on the Pi, and the desk learns it"], [])


def _enrol(machine: Machine, want: Want, say: Say) -> None:
    """The token goes in by standard input, and is in no argument and in no file."""
    command = (WREN, "enrol", "--json", "--desk-fingerprint", want["fingerprint"])
    done = machine.run(*command, stdin=want["token"].encode() + b"\n", within_s=180.0)
    if done.returncode != 0:
        raise DeskFailed(
            "The desk did not take this gateway.",
            advice="What it says is above. A token is good once and for 15 minutes: have another made, and run again.",
            detail=done.stdout.strip()[-2000:],
        )
    with suppress(ValueError, KeyError, TypeError):
        say(f"This gateway's fingerprint is {json.loads(done.stdout)['fingerprint']}; the desk must show the same.")


# ---- start


def _needed(machine: Machine) -> list[str]:
    return [*_DAEMON, *([_UPLINK] if machine.path(ENROLMENT).exists() else [])]


def _look_start(machine: Machine, want: Want) -> Look:
    text = machine.text(HOME_TOML)
    if text is None and want["home"] is None:
        return Look([], ["Nothing is started: there is no home yet."])
    if text is None:
        return Look(["the services are started, once there is a home"], [])
    if not machine.booted():
        return Look([], ["systemd does not run this machine: the services start with its next boot."])
    found = Look([], [])
    for unit in _needed(machine):
        if machine.unit("is-active", unit) != "active":
            found.todo.append(f"{unit} is started")
    if not found.todo and not is_applied(machine, "home", text):
        found.todo.append("wren.service is restarted with the new configuration")
    return found


def _start(machine: Machine, _want: Want, say: Say) -> None:
    text = machine.text(HOME_TOML) or ""
    machine.run("systemctl", "reset-failed", *_needed(machine))
    for unit in _needed(machine):
        stale = unit == "wren.service" and not is_applied(machine, "home", text)
        verb = "restart" if stale else "start"  # Type=notify: comes back when the unit has said that it is ready
        done = machine.run("systemctl", verb, unit, within_s=_READY_S)
        if done.returncode != 0 or machine.unit("is-active", unit) != "active":
            said = machine.run("journalctl", "-b", "-u", unit, "-n", "12", "-o", "cat", "--no-pager").stdout
            raise StepFailed(
                f"{unit} does not become ready.",
                advice=f"`journalctl -u {unit} -n 50` on the Pi says why; then run the same command again.",
                detail=said.strip()[-2000:],
            )
        say(f"{unit} is ready.")
    applied(machine, "home", text)


# ---- doctor


def doctor(machine: Machine) -> tuple[int, str]:
    """What it ends with, and what it says. Raises GatewayError: it is no command of this version."""
    done = machine.run(WREN, "doctor", within_s=180.0)
    if done.returncode == 2 and "No such command" in done.stdout:
        raise GatewayError(
            "This version of Wren has no `wren doctor`.", advice="Take a bundle of a version that has it."
        )
    return done.returncode, done.stdout.rstrip()


HOME = Step(_look_home, _put_home)
ENROL = Step(_look_enrol, _enrol)
START = Step(_look_start, _start)
