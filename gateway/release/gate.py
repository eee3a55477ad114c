"""The gate: switches to a new version, watches it for a quarter of an hour, keeps it or goes back.

Run by wren-gate.service from the version that is known to be good, whenever `trial.json` is there. Each phase is on the
card before it is done, and may be done again; so wherever a cut falls, the gate of the next boot goes on from there:

- `begun`: nothing was switched. An alert that is open by now ends it, and so does one that opens before the restart.
- `switching`: link, units, restart; again.
- `watching`: judged anew from the start of this boot; after too many boots it goes back.
- `going back`: link, units, restart; again.

Going back is never put off for an alert: it takes seconds, and a daemon that does not work is worse. Alerts lie in the
outbox, and the home's state is taken up again from the card. Nor does it wait for a record of it: the card may be full,
and by the new version's doing.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from gateway.errors import GatewayError, StoreError, StoreUnavailable
from gateway.release import looking
from gateway.release.health import HEALTHY_FOR_S, Facts, Judge, Verdict
from gateway.release.services import DAEMON, PROXY, UPLINK, Services, Systemd, Unit
from gateway.release.trial import Outcome, Phase, Result, Trial, Trials, moved_on
from gateway.release.versions import Versions

LOOK_EVERY_S: Final = 10.0

MOST_BOOTS: Final = 3
"""More starts of the machine within one trial are taken for the new version's doing: mains that bad are rare."""

Say = Callable[[str], None]


class Gate:
    """Decides one trial.

    Args:
        root: the gateway's root file system.
        services: its systemd.
        clock: seconds that only go forward.
        sleep: waits for so many seconds.
        now_s: UTC seconds, for the record alone.
        say: told what happens, a sentence each, without a datum of the home.
        healthy_for_s: how long a version has to be well.
    """

    def __init__(
        self,
        root: Path,
        services: Services,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        now_s: Callable[[], float] = time.time,
        say: Say = lambda _: None,
        healthy_for_s: float = HEALTHY_FOR_S,
    ) -> None:
        self._trials = Trials(root)
        self._versions = Versions(root)
        self._services = services
        self._clock = clock
        self._sleep = sleep
        self._now_s = now_s
        self._say = say
        self._healthy_for_s = healthy_for_s

    def run(self) -> Outcome | None:
        """Decide the trial that is under way; None if none is. Raises GatewayError, OSError: systemd tries again."""
        with self._trials.alone(wait=True):
            try:
                trial = self._trials.trial()
            except StoreError:
                return self._unreadable()
            if trial is None:
                return None
            trial = self._booted(trial)
            begins = trial.phase is Phase.BEGUN
            if begins:
                if stops := self._not_now(trial):
                    return self._decided(trial, Result.NOT_BEGUN, stops)
                trial = moved_on(trial, Phase.SWITCHING)
                if not self._kept(trial):  # nobody would know after a cut that it has to be judged
                    return self._decided(trial, Result.NOT_BEGUN, "The card cannot be written to.")
            if trial.phase is Phase.SWITCHING:
                trial = self._switch_to(trial, begins=begins)
                if trial.phase is Phase.BEGUN:
                    return self._decided(trial, Result.NOT_BEGUN, trial.why)
            if trial.phase is Phase.WATCHING:
                verdict, why = self._watch(trial)
                if verdict is Verdict.KEEP:
                    self._versions.trust(trial.new)
                    return self._decided(trial, Result.KEPT, why)
                trial = self._keep(moved_on(trial, Phase.GOING_BACK, why=why))
            return self._go_back(trial)

    def _unreadable(self) -> Outcome | None:
        """A record that cannot be read: back to what is known to be good, if another version is current."""
        current, steady = self._versions.current(), self._versions.steady()
        if current is None or steady is None:
            self._trials.forget()
            return None
        why, now_s = "The record of the trial could not be read.", int(self._now_s())
        running = (PROXY, DAEMON, UPLINK)
        trial = Trial(current, steady, Phase.GOING_BACK, now_s, "", "", "", running, 0, (), "", why=why)
        if current == steady:
            return self._decided(trial, Result.NOT_BEGUN, why)
        return self._go_back(self._keep(trial))

    def _booted(self, trial: Trial) -> Trial:
        boot = self._services.boot()
        if boot == trial.boot:
            return trial
        trial = replace(trial, boot=boot, boots=trial.boots + 1)
        if trial.boots > MOST_BOOTS and trial.phase in (Phase.SWITCHING, Phase.WATCHING):
            why = f"The machine was started {trial.boots} times during the trial."
            trial = moved_on(trial, Phase.GOING_BACK, why=why)
        return self._keep(trial)

    def _not_now(self, trial: Trial) -> str:
        """Why the switch is not made; empty: nothing is in the way."""
        if self._trials.asked_back():
            return "It was called off."
        try:
            alerts = looking.open_alerts(Path(trial.outbox))
        except StoreUnavailable as error:
            return error.problem
        return f"An alert is open: {alerts[0].kind}, {alerts[0].resident}." if alerts else ""

    def _switch_to(self, trial: Trial, *, begins: bool) -> Trial:
        """`trial` in its next phase; in its first, all as before, if it `begins` and an alert has opened meanwhile."""
        try:
            self._versions.switch(trial.new)
            self._services.install_units()
            if begins and (stops := self._not_now(trial)):  # units take seconds on a Pi; nothing was restarted yet
                self._versions.switch(trial.old)
                self._services.install_units()
                return moved_on(trial, Phase.BEGUN, why=stops)
            self._services.restart(trial.running)
        except GatewayError as error:
            return self._keep(moved_on(trial, Phase.GOING_BACK, why=error.problem))
        self._say(f"Switched to {trial.new}; {trial.old} is there to go back to.")
        return self._keep(moved_on(trial, Phase.WATCHING))

    def _watch(self, trial: Trial) -> tuple[Verdict, str]:
        judged = tuple(unit for unit in trial.running if unit != PROXY)
        if not judged:
            return Verdict.KEEP, "No service of Wren's ran before, so there was nothing to judge."
        try:
            version = self._versions.manifest(trial.new).version
        except GatewayError as error:  # a version of which that much is damaged is not well
            return Verdict.GO_BACK, error.problem
        judge = Judge(version, trial.beat, frozenset(trial.aside), self._healthy_for_s, delivers=trial.delivers)
        since_s, said = self._clock(), ""
        while True:
            if self._trials.asked_back():
                return Verdict.GO_BACK, "Somebody asked for it."
            verdict = judge.look(self._facts(trial, judged), self._clock() - since_s)
            if judge.why != said:
                said = judge.why
                self._say(said)
            if verdict is not Verdict.WAIT:
                return verdict, judge.why
            self._sleep(LOOK_EVERY_S)

    def _facts(self, trial: Trial, judged: tuple[str, ...]) -> Facts:
        units = {}
        for name in judged:
            try:
                units[name] = self._services.look(name)
            except GatewayError:  # systemd is busy; if it stays so, that counts as not running
                units[name] = Unit("unknown")
        try:
            beat = looking.beat(Path(trial.outbox))
        except StoreUnavailable:
            beat = None
        outbox, uplink = Path(trial.outbox), Path(trial.uplink)
        aside = looking.aside(outbox.parent, Path(trial.private), uplink)
        return Facts(units, beat, aside, looking.confirmed(outbox, uplink) if trial.delivers else 0)

    def _go_back(self, trial: Trial) -> Outcome:
        old = trial.old if self._versions.is_complete(trial.old) else self._versions.steady()
        if old is None:
            raise StoreError("There is no version to go back to.", advice="Install a bundle with `wren update`.")
        self._versions.switch(old)
        try:
            self._services.install_units()
        except GatewayError as error:  # the units of the new version start the old one as well
            self._say(error.problem)
        # what crashes is "activating" or "failed"; what is "inactive" a person has stopped, or this boot starts yet
        stopped = [unit for unit in trial.running if self._services.look(unit).state == "inactive"]
        self._services.restart([unit for unit in trial.running if unit not in stopped])
        return self._decided(replace(trial, old=old), Result.WENT_BACK, trial.why)

    def _keep(self, trial: Trial) -> Trial:
        """`trial`, on the card if that takes anything: if not, the phase before is done again after a cut."""
        self._kept(trial)
        return trial

    def _kept(self, trial: Trial) -> bool:
        try:
            self._trials.keep(trial)
        except OSError as error:
            self._say(f"It cannot be written down that the trial is {trial.phase}: {error.strerror}.")
            return False
        return True

    def _decided(self, trial: Trial, result: Result, why: str) -> Outcome:
        outcome = Outcome(trial.new, trial.old, result, why, int(self._now_s()))
        try:
            self._trials.decided(outcome)
        except OSError as error:  # of more use than its record is that it is over
            self._say(f"What became of it cannot be written down: {error.strerror}.")
            self._trials.forget()
        self._say(f"{trial.new}: {result}. {why}")
        return outcome


def main(words: list[str]) -> int:
    """Decide the trial of this machine, `--minutes N` instead of a quarter of an hour. Returns an exit code."""
    minutes = float(words[1]) if words[:1] == ["--minutes"] else HEALTHY_FOR_S / 60

    def say(sentence: str) -> None:
        sys.stdout.write(f"{sentence}\n")
        sys.stdout.flush()

    try:
        Gate(Path("/"), Systemd(), say=say, healthy_for_s=minutes * 60).run()
    except GatewayError as error:
        say(f"{error.problem} {error.advice}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
