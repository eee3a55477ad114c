"""The agent: answers what the laptop asks, one request after the other, until the line ends.

A step that has begun is finished even if the laptop is gone; none is begun after that.
"""

import os
import signal
import tempfile
from contextlib import suppress
from typing import Any, Final

from gateway.errors import GatewayError
from gateway.provision.errors import Refused, StepFailed
from gateway.provision.pi.access import ACCESS, CLOCK, open_logins
from gateway.provision.pi.authority import AUTHORITY
from gateway.provision.pi.dropins import JOURNAL, UPGRADES, WATCHDOG
from gateway.provision.pi.facts import facts
from gateway.provision.pi.home_steps import ENROL, HOME, START, doctor
from gateway.provision.pi.lock import Lock
from gateway.provision.pi.looks import Step
from gateway.provision.pi.machine import Machine
from gateway.provision.pi.receive import Receiver, bundle_path
from gateway.provision.pi.release_steps import PACKAGES, UNITS, VERIFY, VERSION, drop_bundle, needs_bundle
from gateway.provision.pi.settings import CARD, RADIO, TIME
from gateway.provision.pi.talk import Request, Talk, of_this_process

STEPS: Final[dict[str, Step]] = {
    "clock": CLOCK,
    "verify": VERIFY,
    "packages": PACKAGES,
    "version": VERSION,
    "units": UNITS,
    "time": TIME,
    "journal": JOURNAL,
    "card": CARD,
    "upgrades": UPGRADES,
    "watchdog": WATCHDOG,
    "radio": RADIO,
    "logins": ACCESS,
    "authority": AUTHORITY,
    "home": HOME,
    "enrol": ENROL,
    "start": START,
}


class Agent:
    """What is kept between two requests: the lock, and a bundle that is coming over."""

    def __init__(self, machine: Machine, talk: Talk) -> None:
        self._machine = machine
        self._talk = talk
        self._lock = Lock(machine)
        self._receiver: Receiver | None = None
        talk.when_gone = self._ends

    def answer(self, request: Request, piece: bytes) -> dict[str, Any]:
        """What is answered. Raises GatewayError, KeyError for what is no request."""
        machine, want = self._machine, request.get("want", {})
        match request["do"]:
            case "facts":
                return facts(machine, request.get("home"))
            case "lock":
                self._lock.take(self._say, self._talk.gone.is_set)
                refuse_read_only()
                return {}
            case "look":
                return _looked(STEPS[request["step"]], machine, want)
            case "step":
                return self._deed(STEPS[request["step"]], want)
            case "needs":
                there = bundle_path(machine, want["name"]).exists()
                return {"needed": needs_bundle(machine, want), "there": there}
            case "begin":
                self._receiver = Receiver(machine, want["name"], want["size"])
                have, sha256 = self._receiver.begin()
                return {"have": have, "sha256": sha256}
            case "restart" | "piece" | "end" as what:
                return self._received(what, request, piece)
            case "drop":
                drop_bundle(machine, want)
                return {}
            case "open-logins":
                open_logins(machine)
                return {}
            case _:
                code, said = doctor(machine)
                return {"code": code, "said": said}

    def _ends(self) -> None:
        """The laptop is gone: who waits for the lock may know that it waits for one step alone."""
        self._lock.say(cut=True)

    def _deed(self, step: Step, want: dict[str, Any]) -> dict[str, Any]:
        step.deed(self._machine, want, self._say)
        left = step.look(self._machine, want)
        if left.todo:
            raise StepFailed(
                f"It was done, and is still to be done: {left.todo[0]}.",
                advice="Look at the card (`dmesg | tail`, `df -h /`), then run the same command again.",
            )
        return {"notes": left.notes}

    def _received(self, what: str, request: Request, piece: bytes) -> dict[str, Any]:
        if self._receiver is None:
            raise StepFailed("A piece of a bundle came before its beginning.", advice="Run the same command again.")
        if what == "restart":
            self._receiver.restart()
        elif what == "piece":
            self._receiver.take(request["at"], piece)
        else:
            self._receiver.end(request["want"]["sha256"])
        return {}

    def _say(self, text: str) -> None:
        self._talk.tell(say=text)


def _looked(step: Step, machine: Machine, want: dict[str, Any]) -> dict[str, Any]:
    found = step.look(machine, want)
    return {"todo": found.todo, "notes": found.notes}


def refuse_read_only() -> None:
    """Raises Refused if the card takes nothing: some turn read-only without a word."""
    try:
        with tempfile.TemporaryFile(dir="/var/lib") as tried:
            tried.write(b"?")
            tried.flush()
            os.fsync(tried.fileno())
    except OSError as error:
        raise Refused(
            f"Nothing can be written to this Pi's card: {error.strerror}.",
            advice="Look at `dmesg | tail` and `df -h /`. A card that turned read-only must be replaced.",
        ) from error


def main() -> None:
    """Answer until nobody asks any more."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.umask(0o022)
    with suppress(PermissionError):  # it leads a session already
        os.setsid()
    talk = of_this_process()
    agent = Agent(Machine(), talk)
    for request, piece in talk.requests():
        try:
            answer = agent.answer(request, piece)
        except GatewayError as error:
            kind = getattr(error, "kind", "failed")
            said = {"kind": kind, "problem": error.problem, "advice": error.advice}
            talk.tell(error=said | {"detail": getattr(error, "detail", "")})
        except Exception as error:  # noqa: BLE001 - a bug on the Pi is shown on the laptop, where somebody is
            where = (
                f"{type(error).__name__} in {error.__traceback__.tb_frame.f_code.co_name}"
                if error.__traceback__
                else ""
            )
            advice = "Run the same command again; if it ends here again, report it with the log (--log)."
            talk.tell(
                error={
                    "kind": "failed",
                    "problem": f"A bug of Wren's: {where}.",
                    "advice": advice,
                    "detail": repr(error),
                }
            )
        else:
            talk.tell(ok=answer)
