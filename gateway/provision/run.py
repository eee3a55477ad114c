"""One provisioning from the first step to the last: look, say, do, look again."""

import time
import tomllib
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from gateway.provision.bundle_here import Here
from gateway.provision.copying import copy
from gateway.provision.errors import Refused, StepFailed
from gateway.provision.left import A_PI, Left
from gateway.provision.line import Line
from gateway.provision.pi.authority import DESK_CA
from gateway.provision.record import Record
from gateway.provision.refusals import Asked, notes, refuse
from gateway.provision.show import Show
from gateway.provision.steps import STEPS, Step

DOCTOR_FOUND = 7
T = TypeVar("T")
_BY_NAME = {step.name: step for step in STEPS}


class Given(NamedTuple):
    """What the technician gave: the home, the token, the desk's fingerprint and authority as texts; None where not."""

    home: str | None
    token: str | None
    fingerprint: str | None
    dry_run: bool
    desk_ca: str | None = None


class Provisioning:
    """Goes through the steps on one line.

    Args:
        here: makes the verified bundle; it is the first step.
        line: makes the line; it is the second.
        now: seconds of UTC on this laptop.
    """

    def __init__(
        self,
        here: Callable[[], Here],
        line: Callable[[], Line],
        given: Given,
        show: Show,
        record: Record,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._make_here, self._make_line = here, line
        self._given, self._show, self._record, self._now = given, show, record, now
        self._left = Left({}, 0)
        self._says: list[str] = []
        self._began = 0.0
        self._present: Step | None = None
        self._line: Line | None = None
        self._has_home = given.home is not None

    # ---- the whole

    def run(self) -> int:
        """All steps; returns what to end with. Raises GatewayError."""
        here = self._local("bundle", self._bundle)
        try:
            line, root = self._local("line", self._log_in)
            line.start(root)
            want = self._local("machine", lambda: self._machine(line, here))
            for step in STEPS[STEPS.index(_BY_NAME["clock"]) : STEPS.index(_BY_NAME["doctor"])]:
                if step.name == "copy":
                    self._copy(line, here, want)
                else:
                    self._remote(line, step, want)
            if not self._given.dry_run:
                line.ask("drop", want=want)
            return self._doctor(line)
        finally:
            if self._line is not None:
                self._line.close()

    def failed(self, error: BaseException) -> None:
        """The present step came to nothing."""
        if self._present is not None:
            seconds = round(time.monotonic() - self._began, 1)
            problem = getattr(error, "problem", "stopped by Ctrl-C")
            self._record.line(
                self._present.name,
                state="failed",
                seconds=seconds,
                says=[*self._says, problem, getattr(error, "advice", "")],
            )

    @property
    def present(self) -> str:
        """The title of the step that runs."""
        return self._present.title if self._present is not None else ""

    # ---- steps on this side

    def _bundle(self) -> Here:
        here = self._make_here()
        self._say(f"{here.name} for {here.target}, {here.size >> 20} MB, signed by {here.signer}.")
        return here

    def _log_in(self) -> tuple[Line, str]:
        self._line = line = self._make_line()
        _python, root = line.log_in()
        self._say(
            "Logged in" + {"root": " as root.", "free": "; sudo asks nothing.", "asks": "; sudo asks."}.get(root, ".")
        )
        return line, root

    def _machine(self, line: Line, here: Here) -> dict[str, Any]:
        facts, off_s = self._facts(line, here)
        self._say(
            f"{facts['board'] or 'A machine'}: {facts['os']}, {facts['arch']}, Python {facts['python']}, "
            f"{(facts['ram_bytes'] or 0) >> 20} MB of memory, {facts['free_bytes'] >> 30} GB free."
        )
        for note in notes(facts):
            self._note(note)
        if not self._given.dry_run:
            line.ask("lock", self._say)
            facts, off_s = self._facts(line, here)  # a run that was waited for may have changed them
        self._has_home = self._given.home is not None or facts["home"] is not None
        want = {
            "name": here.name, "size": here.size, "sha256": here.sha256, "debs": here.debs, "signers": here.signers,
            "home": self._given.home, "token": bool(self._given.token), "fingerprint": self._given.fingerprint,
            "off_s": off_s, "clock_set": facts["clock_set"], "by_key": True,
            "desk_ca": self._given.desk_ca, "ca_file": facts["ca_file"] or DESK_CA,
        }  # fmt: skip
        self._estimate(line, here, want)
        return want

    def _facts(self, line: Line, here: Here) -> tuple[dict[str, Any], float]:
        """What the Pi is, and how many seconds its clock is behind. Raises Refused: it cannot become this gateway."""
        asked_s = self._now()
        facts = line.ask("facts", home=self._given.home)
        now_s = (asked_s + self._now()) / 2
        given = self._given
        refuse(
            facts,
            Asked(
                here.target,
                here.name,
                here.size,
                _home_id(given.home),
                now_s,
                bool(given.token),
                given.dry_run,
                given.desk_ca is not None,
            ),
        )
        return facts, now_s - facts["now_s"]

    def _estimate(self, line: Line, here: Here, want: dict[str, Any]) -> None:
        """Look at every step once, so that what is left is right from the beginning."""
        expected = {}
        for step in STEPS:
            if step.name in {"bundle", "line", "machine", "copy", "doctor"}:
                continue
            try:
                todo = line.ask("look", step=step.name, want=want)["todo"]
            except Refused:
                todo = [""]  # is said when it is that step's turn
            if todo:
                expected[step.name] = step.expected_s
        expected["doctor"] = _BY_NAME["doctor"].expected_s
        needed = line.ask("needs", want=want)["needed"]
        self._left = Left(expected, here.size if needed else 0, A_PI if here.target.arch == "arm64" else 1.0)

    def _copy(self, line: Line, here: Here, want: dict[str, Any]) -> None:
        step = _BY_NAME["copy"]
        self._begins(step)
        found = line.ask("needs", want=want)
        if not found["needed"]:
            self._ends("already")
        elif self._given.dry_run:
            self._say(f"would be done: {here.size >> 20} MB to /var/lib/wren-release/incoming")
            self._ends("would")
        else:

            def told(at: int, rate: float) -> None:
                self._left.copied(here.size - at, rate)
                self._show.copies(at, here.size, self._left.seconds())

            self._say(copy(line, here, want, told))
            self._ends("done")

    # ---- steps on the Pi

    def _remote(self, line: Line, step: Step, want: dict[str, Any]) -> None:
        self._begins(step)
        if step.name == "logins":
            want = want | {"by_key": line.opens_by_key()}
        found = line.ask("look", step=step.name, want=want)
        for note in found["notes"]:
            self._note(note)
        if not found["todo"]:
            self._ends("skipped" if self._is_unasked(step) else "already")
        elif self._given.dry_run:
            for each in found["todo"]:
                self._say(f"would be done: {each}")
            self._ends("would")
        else:
            if step.name == "enrol":
                want = want | {"token": self._given.token}
            line.ask("step", self._say, step=step.name, want=want)
            if step.name == "logins" and not line.opens_by_key():
                line.ask("open-logins")
                raise StepFailed(
                    "Your key no longer opened the Pi; passwords open it again.",
                    advice="Look at `journalctl -u ssh` on the Pi, then run the same command again.",
                )
            self._ends("done")

    def _is_unasked(self, step: Step) -> bool:
        given = {"authority": self._given.desk_ca, "home": self._given.home, "enrol": self._given.token}
        return step.name in given and given[step.name] is None

    def _doctor(self, line: Line) -> int:
        self._begins(_BY_NAME["doctor"])
        if self._given.dry_run:
            self._say("would be done: every check of this machine and this home, with what to do next")
            self._ends("would")
            return 0
        found = line.ask("doctor")
        self._show.block(found["said"])
        self._says.append(f"wren doctor ended with {found['code']}")
        self._ends("done")
        return DOCTOR_FOUND if found["code"] != 0 and self._has_home else 0  # without one, that is what it finds

    # ---- what is said

    def _local(self, name: str, deed: Callable[[], T]) -> T:
        self._begins(_BY_NAME[name])
        result = deed()
        self._ends("done")
        return result

    def _begins(self, step: Step) -> None:
        self._present, self._says, self._began = step, [], time.monotonic()
        known = step.name not in {"bundle", "line", "machine"}
        left_s = self._left.seconds() if known else None
        self._show.begins(step, left_s)
        more = {} if left_s is None else {"left_s": round(left_s)}
        self._record.line(step.name, state="begun", **more)

    def _say(self, text: str) -> None:
        self._says.append(text)
        self._show.says(text)

    def _note(self, text: str) -> None:
        self._says.append(text)
        self._show.note(text)

    def _ends(self, state: str) -> None:
        assert self._present is not None
        seconds = time.monotonic() - self._began
        if state == "done":
            self._left.took(self._present.name, seconds)
        else:
            self._left.skipped([self._present.name])
        self._show.ends(state, seconds, noted=bool(self._says))
        self._record.line(self._present.name, state=state, seconds=round(seconds, 1), says=self._says)
        self._present = None


def _home_id(text: str | None) -> str | None:
    """The id in a home.toml. Raises Refused: it is none; the rest of it is looked over on the Pi."""
    if text is None:
        return None
    try:
        return str(tomllib.loads(text)["home"]["id"])
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise Refused(
            f"The file given with --home is no home's configuration: {error}.",
            advice="`wren check --config FILE` says what is wrong with it.",
        ) from error
