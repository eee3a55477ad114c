"""What the technician is told of updates, in `wren status`: one on trial, and one that was gone back from."""

from pathlib import Path
from typing import Final

from gateway.errors import StoreError
from gateway.release.trial import Result, Trials

ROOT: Final = Path("/")

SAID_FOR_S: Final = 7 * 24 * 3600
"""An update that was gone back from is a problem for a week; then it is in the record only (`wren update --show`)."""


def on_trial(at_s: int, root: Path = ROOT) -> str | None:
    """What is on trial at `at_s` (UTC); None if nothing is, or this user may not know."""
    try:
        trial = Trials(root).trial()
    except StoreError:
        return None
    if trial is None:
        return None
    minutes = max(0, at_s - trial.begun_at_s) // 60
    return f"{trial.new} is on trial since {minutes} min; {trial.old} comes back if it is not well"


def gone_back(at_s: int, root: Path = ROOT) -> tuple[str, str] | None:
    """What is to be said at `at_s` (UTC) of an update that was gone back from, and the next step; None: nothing is."""
    try:
        outcome = Trials(root).outcome()
    except StoreError:
        return None
    if outcome is None or outcome.result is not Result.WENT_BACK or at_s - outcome.at_s > SAID_FOR_S:
        return None
    problem = f"The update to {outcome.new} was gone back from: {outcome.why} {outcome.old} runs."
    return problem, "`journalctl -u wren-gate -u wren` says more; send it to the provider, and wait for another bundle."
