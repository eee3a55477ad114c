"""What is said of a gateway that leaves its home: before, and on the receipt."""

from collections.abc import Callable, Iterator
from typing import Final

from gateway.leaving.mark import How, Leaving
from models.localtime import utc_text

CARD: Final = (
    "A memory card spreads what is written and may keep old blocks where no program reaches them. Erasing is not",
    "shredding: if it matters who gets this card, destroy it (docs/privacy.md).",
)


def before(how: How, home: str, residents: list[str], url: str | None) -> Iterator[str]:
    """What will happen."""
    yield f"This gateway leaves the home {home} ({', '.join(residents)})."
    yield "Here goes: every reading, what was learnt and told, messages, the trail, key and enrolment, home.toml."
    if url is None:
        yield "There is no [uplink]: the provider has to erase what it has by itself."
    else:
        yield f"The desk at {url} is told to erase, and is waited for."
    if how == "retire":
        yield "Then Wren's services are stopped and are not started any more. Nobody is watched here from then on."
    else:
        yield "The box stays usable: version, users, units and settings stay. Nobody is watched until it is set up."
    yield "Wi-Fi profiles that `wren wifi` made go at the end, and a connection over one of them with it; others stay."
    yield "It cannot be taken back; `wren export` first keeps a copy."


def receipt(leaving: Leaving) -> Iterator[str]:
    """What was done."""
    yield f"The gateway has left {leaving.home}. Erased here at {utc_text(leaving.erased_s)}:"
    gone = (
        _counted(leaving.inputs, "reading"),
        _counted(leaving.messages, "message"),
        _counted(leaving.files, "small file"),
    )
    yield f"  {', '.join(gone)}, and all that was learnt;"
    yield f"  then key, enrolment and databases ({_counted(leaving.removed, 'file')}), and home.toml."
    yield _DESK[leaving.desk](leaving)
    yield from CARD
    yield f"The receipt is in {leaving.receipt}."


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def next_steps() -> Iterator[str]:
    """After `wren redeploy`."""
    yield "Next, in the new home:"
    yield "  sudo wren setup       asks who lives there and which sensors there are"
    yield "  sudo wren enrol       has the provider's desk know this gateway, by a new key"
    yield "  sudo wren walk-test   proves that each sensor is seen; the home is live after it"


def _revoke(leaving: Leaving) -> str:
    return f"the provider says `wren desk revoke {leaving.home}`, so that nobody waits for it"


_DESK: Final[dict[str, Callable[[Leaving], str]]] = {
    "unknown": lambda _: "What the desk has is not known.",
    "none": lambda _: "There was no [uplink]: the provider has to erase by itself what it may have.",
    "not_enrolled": lambda _: "It was enrolled with no desk: there is nothing of this home from this box.",
    "nothing_to_erase": lambda one: (
        f"Nothing was ever recorded here, so the desk was not told to erase. If it knows the home: {_revoke(one)}."
    ),
    "confirmed": lambda one: (
        f"The desk confirmed at {utc_text(one.desk_s)}, by a receipt that it signed, that it erased. "
        f"The key is gone here; {_revoke(one)}."
    ),
    "not_confirmed": lambda one: (
        f"THE DESK HAS NOT CONFIRMED THAT IT ERASED. Tell the provider: erase {one.home} by hand; {_revoke(one)}."
    ),
}
