"""Which version is installed, and whether an update is on trial (docs/decisions/0038)."""

from typing import Final

from gateway.doctor.facts import Release, Unseen
from gateway.doctor.machine import Machine
from gateway.errors import StoreError
from gateway.release.trial import FOLDER, Result, Trials
from gateway.release.versions import CURRENT, HOME, Versions
from models.localtime import DAY_S

_SAID_FOR_S: Final = 14 * DAY_S
"""An update that did not hold is said for two weeks: by then somebody has looked, or another one came."""


def look(machine: Machine) -> Release | Unseen:
    """Follow `current`, and read the trial if there is one; only root may know of it."""
    if not machine.path(HOME / CURRENT).is_symlink():
        return Unseen(f"Wren is not installed in /{HOME} here.")
    versions = Versions(machine.root)
    version = versions.current() or machine.path(HOME / CURRENT).readlink().name
    is_there = versions.folder(version).is_dir()
    link = "" if versions.is_complete(version) else "half_made" if is_there else "broken_link"
    return Release(version, link, _trial(machine))


def _trial(machine: Machine) -> str:
    trials = Trials(machine.root)
    try:
        if not machine.path(FOLDER).is_dir():
            return ""
        if trials.trial() is not None:
            return "on_trial"
        outcome = trials.outcome()
    except StoreError:
        return "unreadable"
    except PermissionError:
        return ""
    is_told = outcome is not None and 0 <= machine.utc_s() - outcome.at_s < _SAID_FOR_S
    return "went_back" if outcome is not None and outcome.result is Result.WENT_BACK and is_told else ""
