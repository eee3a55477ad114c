"""Sentences about the trail as a whole: `wren audit` and what its verification found."""

from typing import Final

from gateway.trail.trail_check import Broken, Fault
from gateway.trail.wording_leaving import counted

_MEANS: Final = {
    Fault.MISSING: "Entries before {n} are missing. Somebody has taken them out, or the storage has lost them.",
    Fault.CHANGED: "The record does not follow at {n}. It, or one before it, was changed, moved or put in.",
    Fault.UNKNOWN: "{n} is of no sort that this version knows. It was changed, or a newer version wrote it.",
    Fault.BODY_CHANGED: "The text that belongs to {n} is not the one that was entered. It was changed afterwards.",
    Fault.BODY_MISSING: "The text that belongs to {n} is gone, and nothing says that it was let go.",
    Fault.HEAD_DIFFERS: "The sign of life in {n} names another record. The entries before it were written anew.",
    Fault.NOT_ENTERED: "Something is kept to be sent that was not entered so. It was put in or changed: {about}.",
    Fault.ROW_CHANGED: "The number, kind, order or time of a message is not what it says itself: {about}.",
    Fault.RECEIPT_DIFFERS: "The desk confirmed what was not entered so. Something else left, or was changed: {about}.",
    Fault.CUT: "The desk knows {n}, and it is not here. The record was cut, or an older copy was put in its place.",
    Fault.FORK: "The desk knows another {n}. The record was written anew there or before, or by another gateway.",
    Fault.TOO_OLD: "{n} was let go here since. Compare one that the desk has shown later.",
}


def entered(what: str, size: int) -> str:
    """A message or a heartbeat, in the list of all entries.

    >>> entered("message", 812)
    'A message of 812 bytes was given to the messenger.'
    """
    return f"A {what} of {size} bytes was given to the messenger."


def gone() -> str:
    """An entry whose text is not kept any more."""
    return "What this was is no longer kept."


def left_out(beats: int) -> str:
    """What the list of entries does not show unless asked to.

    >>> left_out(192)
    '192 entries about signs of life are not shown; --all shows them.'
    """
    return f"{counted(beats, 'entr', 'y', 'ies')} about signs of life {_are(beats)} not shown; --all shows them."


def whole(entries: int, since: str, head: str) -> str:
    """The trail is whole.

    >>> whole(2, "07:00", "2:9f86d081")
    'Whole: 2 entries since 07:00. The last one is 2:9f86d081.'
    """
    return f"Whole: {counted(entries, 'entr', 'y', 'ies')} since {since}. The last one is {head}."


def empty() -> str:
    """There is no entry."""
    return "Nothing has been entered yet."


def let_go(bodies: int) -> str:
    """Bodies that are not kept.

    >>> let_go(1)
    '1 text is no longer kept, as the record itself says.'
    """
    return f"{counted(bodies, 'text')} {_are(bodies)} no longer kept, as the record itself says."


def begun_anew(at: str, missing: int) -> str:
    """After damage.

    >>> begun_anew("07:00", 3)
    'The record was begun anew at 07:00, after its file was damaged; 3 entries or more are lost.'
    """
    lost = f"; {counted(missing, 'entr', 'y', 'ies')} or more are lost" if missing else ""
    return f"The record was begun anew at {at}, after its file was damaged{lost}."


def compared(*, given: bool) -> str:
    """Whether a head was given, and is the same here."""
    if given:
        return "The entry that the desk knows is here, and is the same."
    return "Not compared with the desk: a cut at the end shows only against --head, which the desk's page gives."


def broken(found: Broken) -> str:
    """What does not fit, and what that means.

    >>> broken(Broken(Fault.MISSING, 12))
    'Broken: Entries before entry 12 are missing. Somebody has taken them out, or the storage has lost them.'
    """
    n = "no entry" if found.n is None else f"entry {found.n}"
    said = _MEANS[found.fault].format(n=n, about=found.about)
    return f"Broken: {said[0].upper()}{said[1:]}"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
