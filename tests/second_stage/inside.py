"""The steps of the second stage, in order, as root in the container; its exit code is the container's.

Python's standard library alone, but for the stand-in of bluetoothd: what is tried is what was installed.
"""

import sys
import traceback

from tests.stages.claims import note, run, title, verdict

from . import answers, bluetooth, identity, life, machine, records, walls


def main() -> int:
    title("the machine")
    note(run("systemctl", "--version").splitlines()[0])
    note(run("/opt/wren/current/bin/python", "--version").strip())
    life.boots()
    identity.is_missing()
    identity.is_made()
    identity.is_asked_for()
    life.carries()
    life.shows_itself()
    walls.control()
    walls.daemon()
    life.takes_readings()
    answers.is_given()
    bluetooth.is_missed()
    answers.is_heard()
    records.shows_who_looked()
    with life.stopped_loop():
        # the time until the watchdog bites is used
        walls.uplink()
        walls.proxy()
        identity.is_bound_to_the_board()
        identity.is_changed()
        life.uplink_is_killed()
        walls.modes_alone()
        walls.exposure()
    life.is_killed()
    bluetooth.is_told()
    bluetooth.appears()
    bluetooth.bus_restarts()
    records.is_handed_over()
    records.is_whole()
    life.stops_cleanly()
    records.is_erased()
    return verdict()


if __name__ == "__main__":
    try:
        code = main()
    except Exception:  # noqa: BLE001 - whatever it was, it is printed where the log is read
        traceback.print_exc(file=sys.stdout)
        for unit in machine.UNITS:
            title(f"the journal of {unit}")
            print("\n".join(machine.journal(unit)[-25:]))
        code = 1
    sys.exit(code)
