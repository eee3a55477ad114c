"""The steps of the install stage, in order, on the technician's laptop; its exit code is the stage's.

Usage: laptop NAME SCRATCH BUNDLES SUITE CUTS... (provisioning.CUTS), in a network that is one loopback (see `boot`).
"""

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.install_stage import pi, provisioning, updating, walking
from tests.install_stage.desk import Desk
from tests.install_stage.gateways import Gateway
from tests.install_stage.provisioning import CUTS, Cuts, Technician
from tests.stages.claims import note, verdict

JOURNALS = ("wren.service", "wren-uplink.service", "wren-dbus-proxy.service", "stage-pins.service", "bluetooth.service")


def whole(name: str, scratch: Path, bundles: Path, suite: str, desk: Desk) -> tuple[dict[str, float], dict[str, Any]]:
    """A technician who is not disturbed. Returns what each step took, and what is there after it."""
    with Gateway(scratch / "whole", name).on() as gateway, journals():
        technician = Technician(bundles, desk, scratch / "laptop/provision.log")
        run = provisioning.is_one_command(technician)
        left = provisioning.tree()
        provisioning.is_sound()
        provisioning.a_second_run_changes_nothing(technician)
        updating.goes_its_ways(bundles, suite, gateway, desk)
        walking.is_passed()
        updating.is_refused_during_a_call("/home/tech/first.tar")
    return run.took(), left


def cut_off(
    name: str, folder: Path, bundles: Path, desk: Desk, whole: tuple[dict[str, float], dict[str, Any]], cuts: Cuts
) -> None:
    """A technician whose line, laptop or gateway fails in each step."""
    took, left = whole
    with Gateway(folder, name).on(), journals():
        technician = Technician(bundles, desk, folder / "provision.log")
        provisioning.is_cut_at_each_step(technician, took, cuts)
        provisioning.ends_as(technician, left)


@contextmanager
def journals() -> Iterator[None]:
    """Print what the gateway wrote down if a step cannot be ended."""
    try:
        yield
    except Exception:
        for unit in JOURNALS:
            note(f"the journal of {unit}:\n{pi.journal(unit)}")
        raise


def main() -> int:
    name, scratch, bundles, suite = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]
    desk = Desk(scratch / "laptop/desk")
    with desk.runs():
        done = whole(name, scratch, bundles, suite, desk)
        for folder in sys.argv[5:]:
            cut_off(name, scratch / folder, bundles, desk, done, CUTS[folder])
    return verdict()


if __name__ == "__main__":
    try:
        code = main()
    except Exception:  # noqa: BLE001 - whatever it was, it is printed where the log is read
        traceback.print_exc(file=sys.stdout)
        code = 1
    sys.exit(code)
