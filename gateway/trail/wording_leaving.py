"""Sentences about what left this home on a day, for the person whose home it is: `wren outbox --plain`."""

from typing import Final

from gateway.uplink import wire
from models.kinds import Severity
from models.vocabulary import HOUSEHOLD, Change, Period

NEWS: Final = {
    Change.RESOLVED: "that it is over",
    Change.REPEATED: "that it is so again",
    Change.ANSWERED: 'that the button "I\'m OK" was pressed',
    Change.UNANSWERED: "that nobody has answered it",
}

NOT_LEFT: Final = (
    "What the sensors said did not leave: no reading, no time of a visit, no table of habits. It stays in home.db, and "
    "`wren export` hands all of it to you."
)

HERE: Final = "Done here, and not sent:"
NOTHING: Final = "Nothing has left this home."
NOTHING_SINCE: Final = "Nothing left this home from that day on."


def message(said: wire.Message) -> str:
    """What a message is, and what it says, as a sentence or two that begin after "At 07:00 "."""
    if isinstance(said, wire.Status):
        return "a sign of life left."
    who = "the household" if said.resident == HOUSEHOLD else said.resident
    if isinstance(said, wire.Alert):
        urgent = "an urgent alert" if said.severity is Severity.URGENT else "an alert"
        to = f" to {said.to}" if said.to else ""
        return f"{urgent} left{to} about {who} ({_plain(said.kind)}). It says: {said.observed}"
    if isinstance(said, wire.AlertUpdate):
        news = NEWS.get(said.change, "of it")
        return f"news of an alert about {who} ({_plain(said.kind)}) left: {news}. It says: {said.observed}"
    if isinstance(said, wire.Erasure):
        return f"a word left that everything about {who} was erased here, and is to be erased at the desk."
    what = "the line of the day" if said.period is Period.DAY else "the summary of the week"
    return f"{what} about {who} left. It says: {said.headline} {said.coverage}{_more(said)}"


def _more(said: wire.Summary) -> str:
    parts = [counted(len(said.lines), "line")] * bool(said.lines)
    parts += [f"the mean of {counted(len(said.habits), 'habit')}"] * bool(said.habits)
    return f" Besides: {' and '.join(parts)} (`wren outbox --json` has them)." if parts else ""


def unreadable(size: int) -> str:
    """A message of another version."""
    return f"a message of {size} bytes left that another version of Wren wrote."


def gone() -> str:
    """A message whose text is not kept any more."""
    return "a message left whose text is older than is kept."


def gone_here() -> str:
    """Something that was done here, whose text is not kept any more."""
    return "Something was done here whose text is no longer kept."


def became(state: str, at: str) -> str:
    """What became of a message; `at` is when, or empty.

    >>> became("delivered", "07:01"), became("waiting", "")
    ('The desk confirmed it at 07:01.', 'The desk has not confirmed it yet.')
    """
    return {
        "delivered": f"The desk confirmed it at {at}.",
        "refused": f"The desk refused it at {at}: it is kept here and not sent again.",
    }.get(state, "The desk has not confirmed it yet.")


def beats(count: int, least: int, most: int, *, alone: bool) -> str:
    """The heartbeats of a day, and that nothing else left.

    >>> beats(96, 412, 412, alone=False)
    'Nothing else left but 96 signs of life of 412 bytes each.'
    >>> beats(1, 398, 398, alone=True)
    'Nothing left but 1 sign of life of 398 bytes.'
    """
    else_ = "Nothing" if alone else "Nothing else"
    if not count:
        return f"{else_} left."
    size = f"{least} bytes" if least == most else f"{least} to {most} bytes"
    each = " each" if count > 1 else ""
    return f"{else_} left but {counted(count, 'sign')} of life of {size}{each}."


def beats_say() -> str:
    """What a heartbeat holds."""
    return (
        "A sign of life says how many sensors there are and were heard in a day, whether the first days of learning, a "
        "pause or a wrong clock go on, how much waits, and how long this record is."
    )


def beats_confirmed(confirmed: int, count: int) -> str:
    """How many of them arrived; a newer one takes the place of one that has not left yet.

    >>> beats_confirmed(90, 96)
    'The desk confirmed 90 of them; of the other 6 some may never have left, for only the newest is sent.'
    >>> beats_confirmed(1, 2)
    'The desk confirmed 1 of them; the other one may never have left, for only the newest is sent.'
    """
    if confirmed >= count:
        return "The desk confirmed all of them." if count > 1 else "The desk confirmed it."
    left = count - confirmed
    which = "the other one may" if left == 1 else f"of the other {left} some may"
    if count == 1:
        return "The desk has not confirmed it: it may never have left, for only the newest is sent."
    return f"The desk confirmed {confirmed} of them; {which} never have left, for only the newest is sent."


def counted(number: int, word: str, one: str = "", more: str = "s") -> str:
    """A number and what it counts.

    >>> counted(1, "entr", "y", "ies"), counted(2, "entr", "y", "ies")
    ('1 entry', '2 entries')
    """
    return f"{number} {word}{one if number == 1 else more}"


def _plain(kind: str) -> str:
    return kind.replace("_", " ")
