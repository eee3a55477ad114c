"""The clock."""

from collections.abc import Iterator
from typing import Final

from gateway.doctor.facts import Facts, Time, Way
from gateway.doctor.findings import Finding, failed, passed, skipped, warned

DIFFERS_S: Final = 120
"""An answer's date has whole seconds, and a slow line holds it up for some."""


def check(facts: Facts) -> Iterator[Finding]:
    """Whether the time is right, and stays so."""
    time = facts.time
    if isinstance(time, Time):
        yield _network_time(time)
        yield _keeper(time)
    if isinstance(facts.way, Way) and facts.way.probed is not None and facts.way.probed.ahead_s is not None:
        yield _desk(facts.way.probed.ahead_s)


def _network_time(time: Time) -> Finding:
    if time.synchronised:
        return passed("clock.network_time", "The clock has been set from the network since the boot.")
    if time.on is False:
        why = "The clock is not to be set from the network, and nothing else sets it."
        return failed("clock.network_time", "off", why, "sudo timedatectl set-ntp true")
    if time.synchronised is None:
        return skipped("clock.network_time", "This machine does not tell whether its clock was set from the network.")
    why = "The clock has not been set from the network since the boot: nothing is learnt by the time of day."
    step = (
        "timedatectl timesync-status (no server: does the router let UDP 123 out?); "
        "sudo systemctl restart systemd-timesyncd"
    )
    return failed("clock.network_time", "not_synchronised", why, step)


def _keeper(time: Time) -> Finding:
    if time.keeper is None:
        why = "Nothing keeps the time while the power is off: each boot begins in the past until the network is there."
        return warned(
            "clock.keeper", "forgets_time", why, "sudo apt-get install fake-hwclock, or add a clock with a battery"
        )
    return passed("clock.keeper", f"The time outlasts a power cut ({time.keeper}).")


def _desk(ahead_s: int) -> Finding:
    if abs(ahead_s) <= DIFFERS_S:
        return passed("clock.desk", "This clock and the desk's agree.")
    way = "ahead of" if ahead_s > 0 else "behind"
    why = f"This clock is {abs(ahead_s)} s {way} the desk's."
    step = "date -u; timedatectl (if this one is right, tell the provider that the desk's is not)"
    return failed("clock.desk", "differs", why, step)
