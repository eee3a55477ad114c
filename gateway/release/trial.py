"""What is known of an update on trial and of the last one: two small files in `/var/lib/wren-release`, root's alone.

`trial.json` is on the card before anything is switched and goes when it is decided; wherever a power cut falls, it says
what was going on. Nobody but the gate acts on it. `outcome.json` is what became of the last one.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypeVar

from gateway.errors import GatewayError, StoreError
from gateway.release.durable import keep_json, kept_json, remove, touch
from gateway.release.manifest import is_name

FOLDER: Final = Path("var/lib/wren-release")

T = TypeVar("T")


class Phase(StrEnum):
    """How far a trial is; each is written before what it names is done, and all of that may be done again."""

    BEGUN = "begun"
    """Asked for. Nothing was switched: the gate looks for an open alert once more."""
    SWITCHING = "switching"
    """To the new version: the link, its units, a restart of what ran."""
    WATCHING = "watching"
    """The new version runs and is judged."""
    GOING_BACK = "going back"
    """To the old version: the link, its units, a restart."""


class Result(StrEnum):
    """What became of an update."""

    KEPT = "kept"
    WENT_BACK = "went back"
    NOT_BEGUN = "not begun"


@dataclass(frozen=True, slots=True)
class Trial:
    """An update on trial.

    Attributes:
        new, old: the names of the versions.
        phase: how far it is.
        begun_at_s: when it was asked for (UTC seconds, by this machine's clock).
        outbox, private, uplink: where the home's files lie.
        running: the services that ran before, and so have to run afterwards.
        beat: the number of the daemon's last heartbeat before.
        delivers: whether the provider had confirmed that heartbeat or the one before it.
        aside: the damaged files that were aside before.
        boot: the boot in which it was last seen, by the kernel's id.
        boots: how many times the machine was started since.
        why: why it goes back, once it does.
    """

    new: str
    old: str
    phase: Phase
    begun_at_s: int
    outbox: str
    private: str
    uplink: str
    running: tuple[str, ...]
    beat: int
    aside: tuple[str, ...]
    boot: str
    boots: int = 0
    why: str = ""
    delivers: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the last update; `at_s` is UTC seconds by this machine's clock."""

    new: str
    old: str
    result: Result
    why: str
    at_s: int


class Trials:
    """The two files. `root` is the gateway's root file system."""

    def __init__(self, root: Path = Path("/")) -> None:
        self.folder = root / FOLDER
        self._trial = self.folder / "trial.json"
        self._outcome = self.folder / "outcome.json"
        self._asked = self.folder / "go-back"

    @contextmanager
    def alone(self, *, wait: bool) -> Iterator[None]:
        """While nobody else installs or judges. Raises GatewayError if somebody does, unless `wait`; StoreError."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            problem = f"{self.folder} cannot be written: {error.strerror}."
            raise StoreError(problem, advice="Run this as root.") from error
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError as error:
                advice = "`wren update --show` says how far it is; it takes a quarter of an hour."
                raise GatewayError("Another version is being installed, or is on trial.", advice=advice) from error
            yield
        finally:
            os.close(handle)

    def trial(self) -> Trial | None:
        """The one that goes on, None if none does. Raises StoreError: what is there cannot be read."""
        found = kept_json(self._trial)
        return None if found is None else _read(Trial, found, self._trial)

    def keep(self, trial: Trial) -> None:
        """Write `trial`, on the card on return. Raises OSError."""
        keep_json(self._trial, asdict(trial))

    def outcome(self) -> Outcome | None:
        """What became of the last one, None before the first. Raises StoreError."""
        found = kept_json(self._outcome)
        return None if found is None else _read(Outcome, found, self._outcome)

    def decided(self, outcome: Outcome) -> None:
        """`outcome` is what became of the trial, which is over. Raises OSError."""
        keep_json(self._outcome, asdict(outcome))
        self.forget()

    def forget(self) -> None:
        """No trial is under way. Raises OSError."""
        remove(self._asked)
        remove(self._trial)

    def ask_back(self) -> None:
        """Have the gate go back. An empty file, for which a full card has room. Raises OSError."""
        touch(self._asked)

    def asked_back(self) -> bool:
        """Whether a person asked for that."""
        return self._asked.exists()


def moved_on(trial: Trial, phase: Phase, **more: str) -> Trial:
    """`trial` in its next phase."""
    return replace(trial, phase=phase, **more)  # type: ignore[arg-type]


def _read(form: type[T], document: dict[str, Any], path: Path) -> T:
    kinds: dict[str, Any] = {"phase": Phase, "result": Result, "running": tuple, "aside": tuple}
    try:
        given = {name: kinds.get(name, lambda value: value)(value) for name, value in document.items()}
        made = form(**given)
        for each in fields(form):  # type: ignore[arg-type]
            value = getattr(made, each.name)
            if each.type in (int, str, bool) and type(value) is not each.type:
                raise TypeError(each.name)
        if not all(is_name(getattr(made, name)) for name in ("new", "old")):
            raise ValueError("no name of a version")
    except (TypeError, ValueError) as error:
        raise StoreError(f"{path} is not what Wren wrote.", advice="Move it away.") from error
    return made
