"""The clock, by the laptop's; and log-ins by key alone, but only for who came in by one."""

import time
from contextlib import suppress
from typing import Final

from gateway.provision.errors import StepFailed
from gateway.provision.pi.looks import Look, Say, Step, Want, applied, is_applied
from gateway.provision.pi.machine import Machine

FAR_S: Final = 60.0
"""Two clocks that are nearer than that are one: certificates and tokens are good for longer."""

LOGINS: Final = "/etc/ssh/sshd_config.d/00-wren.conf"
_TEXT: Final = (
    "# Written by Wren's scripts/provision, because the technician came in by key. To undo: remove this file, and\n"
    "# `systemctl reload ssh` (docs/provisioning.md). 00: sshd takes the first of two answers.\n"
    "PasswordAuthentication no\nKbdInteractiveAuthentication no\n"
)
_FAKE: Final = "fake-hwclock"


def _look_clock(_machine: Machine, want: Want) -> Look:
    """`off_s`: how far this clock is behind the laptop's, as the laptop found it when it asked for the facts."""
    if want["clock_set"] or abs(want["off_s"]) <= FAR_S:
        return Look([], [])
    days = abs(want["off_s"]) / 86_400
    far = f"{days:.0f} days" if days >= 2 else f"{abs(want['off_s']) / 60:.0f} minutes"
    return Look(
        [f"set by this laptop's: it is {far} {'behind' if want['off_s'] > 0 else 'ahead'}, and no network set it"], []
    )


def _set_clock(machine: Machine, want: Want, say: Say) -> None:
    try:
        time.clock_settime(time.CLOCK_REALTIME, time.time() + want["off_s"])
    except OSError as error:
        raise StepFailed(
            f"The Pi's clock cannot be set: {error.strerror}.",
            advice="Connect the Pi to the internet for a minute (`timedatectl`), then run the same command again.",
        ) from error
    if machine.has(_FAKE):
        machine.run(_FAKE, "save", "force")
    want["off_s"] = 0.0
    say("The clock is set.")


def _look_logins(machine: Machine, want: Want) -> Look:
    if machine.text(LOGINS) == _TEXT and is_applied(machine, "logins", _TEXT):
        return Look([], [])
    if machine.path(LOGINS).exists() and machine.text(LOGINS) != _TEXT:
        return Look([], [f"{LOGINS} was written by somebody else, and is left as it is."])
    if not want["by_key"]:
        return Look(
            [],
            ["Passwords still open this Pi: no key of yours did, unasked. `ssh-copy-id` or `ssh-add`, and again."],
        )
    if not machine.path("/etc/ssh/sshd_config").exists():
        return Look([], ["There is no sshd configuration here."])
    return Look([f"passwords no longer open this Pi ({LOGINS})"], [])


def _close_logins(machine: Machine, _want: Want, say: Say) -> None:
    """Written, tried by sshd, read by it. Lines that are open stay so, and the laptop tries its key once more."""
    machine.write(LOGINS, _TEXT)
    if machine.booted():
        tried = machine.run("sshd", "-t")
        if tried.returncode != 0:
            open_logins(machine)
            raise StepFailed(
                "sshd does not take the setting; it was taken back.",
                advice="`sudo sshd -t` on the Pi says why; then run the same command again.",
                detail=tried.stdout.strip()[-500:],
            )
        _reload(machine)
    applied(machine, "logins", _TEXT)
    say("Passwords no longer open this Pi.")


def open_logins(machine: Machine) -> None:
    """Take it back: the laptop's key does not open the Pi any more."""
    machine.remove(LOGINS)
    with suppress(OSError):
        machine.remove("/var/lib/wren-release/applied/logins")
    if machine.booted():
        _reload(machine)


def _reload(machine: Machine) -> None:
    machine.must(
        "systemctl", "try-reload-or-restart", "ssh.service", advice="`systemctl status ssh` on the Pi says why."
    )


CLOCK = Step(_look_clock, _set_clock)
ACCESS = Step(_look_logins, _close_logins)
