"""The databases, and what they say of the daemon's starts."""

from collections.abc import Iterator
from typing import Final

from gateway.condition import of_daemon
from gateway.doctor.facts import Facts, Records
from gateway.doctor.findings import Finding, failed, passed, skipped, warned
from gateway.errors import StoreUnavailable
from models.localtime import DAY_S, utc_seconds

_OFTEN: Final = 3
"""Two in a week are a thunderstorm, or somebody who vacuums."""

_MOVED_S: Final = 14 * DAY_S

_HEARD: Final = {"yet": "never", "future": "clock_set_back", "clock": ""}


def check(facts: Facts, records: Records) -> Iterator[Finding]:
    """Whether they are sound, and whether the daemon is heard."""
    yield _home_db(records)
    if isinstance(records.error, StoreUnavailable):
        yield skipped("database.outbox", records.error.problem, records.error.advice)
        yield _heard(facts, records)
        return
    if records.error is not None:
        problem, step = records.error.problem, f"{records.error.advice} sudo systemctl restart wren"
        cause = "damaged" if "damaged" in problem else "unusable"
        yield failed("database.outbox", cause, problem, step)
        return
    yield passed("database.outbox", "outbox.db and uplink.db can be read.")
    yield _stops(records)
    yield _moved(facts, records)
    yield _trail(records)
    yield _heard(facts, records)


def _home_db(records: Records) -> Finding:
    if records.home_db:
        why = f"home.db is damaged ({records.home_db}): the daemon keeps what can be read, and begins a new one."
        step = "sudo systemctl restart wren; then look for why: dmesg | grep -iE 'mmc|ext4|i/o error'"
        return failed("database.home", "damaged", why, step)
    return passed("database.home", "home.db is sound, as far as may be looked while the daemon has it.")


def _stops(records: Records) -> Finding:
    if records.stops >= _OFTEN:
        why = f"In the last 7 days the daemon ended {records.stops} times without saying so: power cuts, or a crash."
        step = "last -x reboot | head; put the box on a socket that nobody switches; journalctl -u wren -p err"
        return warned("database.stops", "often_cut", why, step)
    return passed("database.stops", "The daemon ends in order.")


def _moved(facts: Facts, records: Records) -> Finding:
    if records.moved_aside_s is not None and facts.at_s - records.moved_aside_s < _MOVED_S:
        why = "A damaged database was moved aside lately, and a new one begun with what could be read."
        step = "dmesg | grep -iE 'mmc|ext4|i/o error'; if it happens again, replace the card"
        return warned("database.moved", "moved_aside", why, step)
    return passed("database.moved", "No database had to be replaced lately.")


def _trail(records: Records) -> Finding:
    if records.broken:
        why = f"The record of what left this home is not whole ({records.broken})."
        return failed("database.trail", "not_whole", why, "wren audit verify (and tell the provider what it says)")
    return passed("database.trail", f"The record of what left is whole ({records.entries} entries).")


def _heard(facts: Facts, records: Records) -> Finding:
    """As `wren status` judges it; what it says of the clock and the sensors is told by their own checks."""
    beat = None if records.transcript is None else records.transcript.heartbeat()
    heard_s = None if beat is None else utc_seconds(beat.raised_at)
    told = [one for one in of_daemon(beat, heard_s, facts.at_s) if not _is_told_elsewhere(one.problem)]
    if not told:
        return passed("daemon.heard", "The daemon has been heard in the last 20 minutes.")
    problem = told[0]
    cause = "never" if beat is None else "clock_set_back" if (heard_s or 0) > facts.at_s else "silent"
    return failed("daemon.heard", cause, problem.problem, problem.advice)


def _is_told_elsewhere(problem: str) -> bool:
    return problem.startswith(("The clock has not", "None of"))
