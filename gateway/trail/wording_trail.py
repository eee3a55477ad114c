"""Sentences of the trail: what left, what was done, and what a verification found; plain English for the resident.

What is written into the trail can be read by whoever may read outbox.db. So these sentences name the input and its
resident, never a moment that was told, a value or a place.
"""

from typing import Final

from models.told import Outcome, Telling, Told
from models.vocabulary import HOUSEHOLD

_OUTCOMES: Final = {
    Outcome.USEFUL: "useful",
    Outcome.KNOWN_REASON: "right, for a known reason",
    Outcome.NOT_USEFUL: "not useful",
    Outcome.SENSOR_FAULT: "the fault of a sensor",
}


def told(said: Told, value: float) -> str:
    """What somebody told the home, without the moment that was told.

    >>> told(Told(Telling.AWAY, "r1"), 1795183320.0), told(Told(Telling.PAUSE, "r1"), 0.0)
    ('Told: r1 is away.', 'Told: the pause of r1 is over.')
    >>> from models.kinds import AlertKind
    >>> told(Told(Telling.OUTCOME, "r1", AlertKind.LATE_START), 3.0)
    'Told: an alert of r1 (late start) was not useful.'
    """
    who = "the household" if said.resident == HOUSEHOLD else said.resident
    kind = "" if said.kind is None else said.kind.replace("_", " ")
    begun, over = {
        Telling.AWAY: (f"{who} is away", f"{who} is back"),
        Telling.HOSPITAL: (f"{who} is in hospital", f"{who} is home from hospital"),
        Telling.ALONE: (f"{who} is alone at home", f"{who} is no longer alone at home"),
        Telling.OUTCOME: (f"an alert of {who} ({kind}) was {_outcome(value)}",) * 2,
        Telling.NEW_NORMAL: (f"what an alert of {who} ({kind}) told of is how it is from now on",) * 2,
        Telling.OK: (f'the button "I\'m OK" of {who} was pressed',) * 2,
        Telling.PAUSE: (f"{who} pauses", f"the pause of {who} is over"),
        Telling.ACK: (f"somebody sees to an alert of {who} ({kind})",) * 2,
        Telling.SNOOZE: (f"{kind} of {who} waits for the summary", f"{kind} of {who} no longer waits for the summary"),
        Telling.BUDGET: ("how many alerts a week are wanted was set anew",) * 2,
        Telling.PANEL: (f"the panel of {who} works", f"the panel of {who} does not work"),
    }[said.what]
    return f"Told: {begun if value else over}."


def _outcome(value: float) -> str:
    return _OUTCOMES[Outcome(int(value))] if value in list(map(int, Outcome)) else "answered"


def answer_taken(number: int, what: str) -> str:
    """What a person at the desk answered, and the home took; `what` as `told` would say it, or empty.

    >>> answer_taken(17, "Told: r1 is away.")
    'Answer 17 of the desk was taken. Told: r1 is away.'
    """
    return f"Answer {number} of the desk was taken.{' ' if what else ''}{what}"


def answer_refused(number: int, reason: str) -> str:
    """What came back and was not accepted; `reason` is a half sentence, such as "its seal is not the desk's".

    >>> answer_refused(18, "its seal is not the desk's")
    "Answer 18 of the desk was refused: its seal is not the desk's."
    """
    return f"Answer {number} of the desk was refused: {reason}."


def delivered(sha256: str) -> str:
    """The desk has confirmed a message, of these bytes.

    >>> delivered("6b86b273ff34fce1")
    'The desk confirmed that it holds the message with the SHA-256 6b86b273ff34fce1.'
    """
    return f"The desk confirmed that it holds the message with the SHA-256 {sha256}."


def refused(http_status: int) -> str:
    """The desk has refused a message for good.

    >>> refused(422)
    'The desk refused a message (422). It is kept here and not sent again.'
    """
    return f"The desk refused a message ({http_status}). It is kept here and not sent again."


def looked(command: str) -> str:
    """Somebody used a command that shows what is not sent.

    >>> looked("routine")
    'Somebody on this gateway looked with `wren routine`.'
    """
    return f"Somebody on this gateway looked with `wren {command}`."


def recordings_opened() -> str:
    """home.db was opened, and not by the daemon."""
    return "The recordings were opened by something other than Wren's daemon."


def unwatched() -> str:
    """There is no inotify here, or no more of it."""
    return "This machine cannot say when the recordings are opened: nobody is told if they are."


def configuration(*, first: bool) -> str:
    """home.toml is another than at the last start."""
    return "The configuration that is used from here on is noted." if first else "The configuration was changed."


def fitted(sensor: str) -> str:
    """`wren replace`.

    >>> fitted("front-door")
    'Another device is in the place of the sensor front-door.'
    """
    return f"Another device is in the place of the sensor {sensor}."


def key(*, first: bool) -> str:
    """desk.json is another than at the last look."""
    return "This gateway was enrolled." if first else "This gateway was enrolled again, or its key was changed."


def started(version: str) -> str:
    """The daemon watches.

    >>> started("0.1.0")
    'Wren 0.1.0 began to watch.'
    """
    return f"Wren {version} began to watch."


def unclean_stop() -> str:
    """The stop before this start was none in order."""
    return "Wren had ended without a word before this: the power went, or it was stopped by force."


def stopped() -> str:
    """The daemon ends in order."""
    return "Wren was stopped in order."


def moved_aside(rows: int) -> str:
    """A damaged database."""
    return f"A damaged database was moved aside; {rows} rows of it could be read and were kept."


def erased(resident: str) -> str:
    """`wren erase`."""
    return f"Everything about {resident} was erased here."
