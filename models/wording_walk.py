"""The sentences for the technician on what is otherwise than at the walk-test (`models.walk_drift`)."""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from models.trouble import Fault

_Sentences = tuple[str, str, str, str, str]
"""What was seen, what is usual, the rule, what is not known (after "This cannot tell"), and the next step."""


def as_walked(names: str, at: str, *, one: bool) -> str:
    """What had drifted has not any more."""
    return f"The sensor{'' if one else 's'} {names} {'is' if one else 'are'} as at the walk-test again, seen at {at}."


def until_looked_at(sign: str) -> str:
    """What this means for what can be seen."""
    if sign == "unseen":
        return "Until somebody has looked at it, nothing is known of what it should see."
    if sign == "press":
        return "It may well work: nothing but a press shows whether it does."
    return "What it says is still used; some of it may be missed."


def _unseen(fault: "Fault", name: str, short: str, since: str) -> _Sentences:
    return (
        f"The sensor {name} was not heard once in {fault.numbers[0]:.0f} days, seen at {since}.",
        "At the walk-test it was set off by hand and was heard.",
        "Not heard once in 30 days since the walk-test raises this.",
        "whether it has stopped working, was moved, or is simply not used any more",
        f"Ask whether {short} is still used; at the next visit set it off in `wren walk-test`",
    )


def _margin(fault: "Fault", name: str, short: str, since: str) -> _Sentences:
    return (
        f"The radio of {name} comes in at {fault.numbers[0]:.0f} dBm in the median of the last days, seen at {since}.",
        "At the walk-test it came in well enough to pass.",
        "A median below -80 dBm, which is 10 dB above the weakest that receivers are sure to hear, raises this.",
        "whether furniture, a moved gateway, its place or a weak battery is the cause",
        f"Look what stands between {short} and the gateway, and at its battery",
    )


def _weak(fault: "Fault", name: str, short: str, since: str) -> _Sentences:
    return (
        f"The radio of {name} comes in {fault.numbers[0]:.0f} dB weaker than at the walk-test, seen at {since}.",
        "A device that stays where it is comes in within a few dB of what it did.",
        "A median of the last days that is weaker by 10 dB or more than at the walk-test raises this.",
        "whether furniture, a moved gateway, its place or a weak battery is the cause",
        f"Look what stands between {short} and the gateway, and at its battery",
    )


def _bounce(fault: "Fault", name: str, short: str, since: str) -> _Sentences:
    return (
        f"The contact of {name} bounces for {fault.numbers[0]:.0f} ms in one change of ten, seen at {since}.",
        "At the walk-test it was at rest within its debounce time.",
        "Longer than its own debounce time in one change of ten of the last days raises this.",
        "whether the contact wears out, its magnet has moved or its plug is loose",
        f"Look at the contact and the plug of {short}, or give it a longer debounce time",
    )


def _press(fault: "Fault", name: str, short: str, since: str) -> _Sentences:
    return (
        f"The help button {name} was last pressed {fault.numbers[0]:.0f} days before {since}: a test press is due.",
        "A button that is never pressed may have failed without anybody knowing.",
        "Half a year without a press raises this.",
        "whether it works: only a press that reaches the desk shows that",
        f"At the next visit press {short} in `wren walk-test`, which tells the desk of the test before it comes",
    )


SINCE_THE_WALK: Final = {"unseen": _unseen, "margin": _margin, "weak": _weak, "bounce": _bounce, "press": _press}
"""The sentences of each sign."""
