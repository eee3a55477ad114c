"""What a stage claims, and the lines that it prints: what held, what failed, and what came later than it says."""

import subprocess
import time
from collections.abc import Callable

_PATIENCE = 4.0
_LOOK_S = 0.05
_COMMAND_S = 60.0

_held: list[str] = []
_failures: list[str] = []


def title(text: str) -> None:
    print(f"== {text}", flush=True)


def note(text: str) -> None:
    print(f"    {text}", flush=True)


def check(claim: str, found: object, *, want: object = True) -> bool:
    """Print whether `found` is `want`, and remember it for `verdict` if it is not."""
    if found == want:
        print(f"ok  {claim}", flush=True)
        _held.append(claim)
        return True
    print(f"FAIL {claim}: wanted {want!r}, found {found!r}", flush=True)
    _failures.append(claim)
    return False


def verdict() -> int:
    """Print how many claims held and which failed; the exit code that follows."""
    title(f"{len(_held)} claims held, {len(_failures)} failed" + "".join(f"\n  FAIL {one}" for one in _failures))
    return 1 if _failures else 0


def run(*command: str, ok: tuple[int, ...] = (0,)) -> str:
    """What `command` prints. Raises RuntimeError, with what it said, if it ends otherwise than `ok`."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=_COMMAND_S, check=False)
    if done.returncode not in ok:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def wait_for(condition: Callable[[], object], within_s: float) -> float | None:
    """After how many seconds `condition` was true; None if it was not within `within_s`."""
    started_s = time.monotonic()
    while not condition():
        if time.monotonic() - started_s >= within_s:
            return None
        time.sleep(_LOOK_S)
    return time.monotonic() - started_s


def took(claim: str, condition: Callable[[], object], within_s: float) -> float | None:
    """Check that `condition` comes true, and print how long it took and whether that was `within_s`.

    A busy machine that runs this is no fault of Wren's: what comes late is printed as late, what never comes fails.
    """
    seconds = wait_for(condition, _PATIENCE * within_s)
    late = seconds is not None and seconds > within_s
    said = "" if seconds is None else f" ({'LATE: ' if late else ''}after {seconds:.1f} s)"
    check(f"{claim}, within {within_s:g} s{said}", seconds is not None)
    return seconds
