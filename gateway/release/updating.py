"""Asking for an update: verified, installed beside the running version, and handed to the gate, which switches."""

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway.errors import GatewayError, InputError, StoreError
from gateway.release import debs, looking
from gateway.release.bundle import Bundle, Told, open_bundle, untold
from gateway.release.here import require_fits
from gateway.release.manifest import order
from gateway.release.services import DAEMON, GATE, GATE_PATH, PROXY, UPLINK, Services
from gateway.release.signature import Signers
from gateway.release.trial import Outcome, Phase, Result, Trial, Trials
from gateway.release.versions import Versions

LOOK_AGAIN_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Files:
    """Where the home's files lie: the outbox database, the daemon's folder, the messenger's."""

    outbox: Path
    private: Path
    uplink: Path


@dataclass(frozen=True, slots=True)
class Update:
    """What an update may do.

    Args:
        root: the gateway's root file system.
        services: its systemd.
        files: the home's.
        told: told how far it is.
        waits: called before each wait for the end of an alert, with what is open; None: it is refused instead.
        allow_older: whether a version may be older than the one that runs.
        tries: tries the configuration with the version of that folder before anything is switched; raises GatewayError.
        sleep: waits for so many seconds.
    """

    root: Path
    services: Services
    files: Files
    told: Told = untold
    waits: Callable[[looking.OpenAlert], None] | None = None
    allow_older: bool = False
    tries: Callable[[Path], None] = lambda _: None
    sleep: Callable[[float], None] = time.sleep

    def to_bundle(self, path: Path, versions: Versions) -> str | None:
        """Put the version in the bundle at `path` on trial; its name, or None if it is what runs already.

        Raises GatewayError, and nothing runs differently: not signed, not for this machine, older, an open alert,
        another update under way, no room, or the new version does not take the home's configuration.
        """
        trials = Trials(self.root)
        with trials.alone(wait=False):
            _require_none(trials)
            self._calm()  # before minutes of work, and again before the switch
            with open_bundle(path, Signers.of(self.root), self.told) as bundle:
                require_fits(bundle.manifest, self.root)
                current = versions.current()
                if current is None or versions.steady() is None:
                    advice = "`scripts/provision` makes a gateway of a fresh system."
                    raise InputError("No version of Wren is installed here that could be gone back to.", advice=advice)
                if bundle.name == current:
                    return None
                self._require_newer(bundle.manifest.version, versions.manifest(current).version)
                name = versions.install(bundle, self.told)
                _install_debs(bundle)
            self._begin(trials, versions, name, current)
        self.services.start(GATE)
        return name

    def back(self, versions: Versions) -> str:
        """Have the gate end the trial under way and go back, or else put the version before this one on trial.

        Returns its name. Raises GatewayError.
        """
        trials = Trials(self.root)
        if trials.trial() is not None:
            self._calm()
            if (trial := trials.trial()) is not None:  # it may have been decided while an alert was waited for
                trials.ask_back()
                self.services.start(GATE)
                return trial.old
        with trials.alone(wait=False):
            current, before = versions.current(), _before(trials.outcome(), versions)
            if current is None or before is None:
                raise InputError("There is no version before this one on the card.", advice="Update with its bundle.")
            self._begin(trials, versions, before, current)
        self.services.start(GATE)
        return before

    def _begin(self, trials: Trials, versions: Versions, name: str, current: str) -> None:
        self.tries(versions.folder(name))
        self._calm()
        running = tuple(
            unit for unit in (PROXY, DAEMON, UPLINK) if self.services.look(unit).state not in ("inactive", "unknown")
        )
        files = self.files
        beat = looking.beat(files.outbox).number
        trial = Trial(
            new=name,
            old=current,
            phase=Phase.BEGUN,
            begun_at_s=int(time.time()),
            outbox=str(files.outbox),
            private=str(files.private),
            uplink=str(files.uplink),
            running=running,
            beat=beat,
            aside=tuple(sorted(looking.aside(files.outbox.parent, files.private, files.uplink))),
            boot=self.services.boot(),
            delivers=UPLINK in running and looking.confirmed(files.outbox, files.uplink) >= max(1, beat - 1),
        )
        self.services.start(GATE_PATH)  # should this process end before it starts the gate itself
        try:
            trials.forget()  # a word of before, to go back from a trial that was over, is none for this one
            trials.keep(trial)
        except OSError as error:
            problem = f"It cannot be written down what is to be on trial: {error.strerror}."
            raise StoreError(problem, advice="Nothing was switched. Look at the card (`df -h /`, `dmesg`).") from error

    def _calm(self) -> None:
        """Return once no alert is open. Raises GatewayError at once if it is not to wait."""
        while alerts := looking.open_alerts(self.files.outbox):
            if self.waits is None:
                one = alerts[0]
                problem = (
                    f"An alert is open: {one.kind}, {one.resident}, raised at {one.raised_at}. Nothing was switched."
                )
                advice = "Nothing was switched. See to it first (`wren alerts`), or wait for its end with `--wait`."
                raise GatewayError(problem, advice=advice)
            self.waits(alerts[0])
            self.sleep(LOOK_AGAIN_S)

    def _require_newer(self, version: str, current: str) -> None:
        if not self.allow_older and order(version) < order(current):
            problem = f"The bundle has Wren {version}, and {current} runs: it is older."
            raise InputError(problem, advice="If that is meant, give --allow-older.")


def _install_debs(bundle: Bundle) -> None:
    if not bundle.paths("debs/"):
        return
    try:
        with tempfile.TemporaryDirectory(prefix="wren-debs-") as folder:
            debs.install(bundle.unpack("debs/", Path(folder)))
    except OSError as error:
        problem = f"The Debian packages of the bundle cannot be unpacked: {error.strerror}."
        raise StoreError(problem, advice="Make room in /tmp (`df -h /tmp`), and run the same command again.") from error


def _require_none(trials: Trials) -> None:
    trial = trials.trial()
    if trial is not None:
        advice = "`wren update --show` says how far it is; `wren update --rollback` ends it."
        raise GatewayError(f"The update to {trial.new} is still on trial.", advice=advice)


def _before(outcome: Outcome | None, versions: Versions) -> str | None:
    """The version that ran, and was good, before the current one; never one that was gone back from."""
    if outcome is None or outcome.result is not Result.KEPT or outcome.new != versions.current():
        return None
    return outcome.old if versions.is_complete(outcome.old) else None
