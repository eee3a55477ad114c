"""The faults that are put into a sound home, and what `wren doctor` must name first: the check, the cause, the step.

Each is really there: a file in the box's root, a daemon that is killed or stopped, a damaged database, a certificate of
a real server, a bus without its bluetoothd. Programs that only a Pi has, or that only a booted system answers, are
stood in for (`box`): vcgencmd, systemctl, timedatectl, journalctl.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from . import faults_box, faults_home, faults_way
from .home import House


class Fault(NamedTuple):
    """A fault.

    Attributes:
        name: as in the table of docs/doctor.md.
        check, cause: what is named first.
        step: what the next step must say.
        put: puts it into the house.
        state: "fail" or "warn".
    """

    name: str
    check: str
    cause: str
    step: str
    put: Callable[[House], None]
    state: str = "fail"


FAULTS: Final = [Fault(*row) for table in (faults_box.ROWS, faults_home.ROWS, faults_way.ROWS) for row in table]


def named(name: str) -> Fault:
    """The fault of that name."""
    return next(one for one in FAULTS if one.name == name)
