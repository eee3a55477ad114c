"""The steps in their order: what each is called, why it is there, and how long it takes where it was measured.

Each is looked at before it is done ("is it done already?"), from the state of the Pi itself and from no list of what
was done: so the same command goes on after a cut anywhere, and a second run changes nothing.
"""

from typing import Final, NamedTuple


class Step(NamedTuple):
    """`expected_s`: of `scripts/install-stage` on 2 cores (amd64); corrected by what this Pi takes so far (left.py)."""

    name: str
    title: str
    why: str
    expected_s: float


STEPS: Final = (
    Step("bundle", "The bundle on this laptop", "only what the provider signed may reach a home", 0.5),
    Step("line", "The line to the Pi", "one log-in for everything", 0.5),
    Step("machine", "The machine", "what cannot become a gateway is refused before anything is changed", 0.5),
    Step("clock", "The clock", "certificates and the trail need the date", 0.1),
    Step("copy", "Copy the bundle", "so that the Pi needs no internet; a cut copy goes on where it ended", 0.0),
    Step("verify", "Check the bundle on the Pi", "by the Pi's own ssh-keygen, before anything of it is run", 0.2),
    Step("packages", "Debian packages", "out of the bundle alone", 0.5),
    Step("version", "This version's environment", "beside any other under /opt/wren; complete or not there", 18.0),
    Step("units", "Users, folders, services", "two users with a wall between them", 0.3),
    Step(
        "time", "Time keeping", "a Pi has no clock of its own: the last known time is kept, the router's is asked", 0.1
    ),
    Step("journal", "The system's journal", "kept over a power cut, and bounded, because cards wear", 0.1),
    Step("card", "The card", "no swap on it: it wears, and what is erased would live on there", 0.1),
    Step("upgrades", "Automatic upgrades", "by day, quietly and without a restart of the machine", 0.7),
    Step("watchdog", "The board's watchdog", "a board that hangs starts itself again", 0.3),
    Step("radio", "Bluetooth", "sensors without wires", 0.1),
    Step("logins", "Log-ins", "by key alone, if you came in by one", 0.5),
    Step(
        "authority",
        "The desk's authority",
        "by whose certificates the desk proves itself, where it is the provider's own",
        0.1,
    ),
    Step("home", "The home's configuration", "looked over before it takes the place of another", 0.2),
    Step("enrol", "Enrolment", "the desk learns this gateway's key", 0.5),
    Step("start", "Start", "and wait until it says that it is ready", 2.0),
    Step("doctor", "wren doctor", "what only this house can show", 6.0),
)
NAMES: Final = tuple(step.name for step in STEPS)
