"""What each key of the practice home makes happen."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from models.localtime import HOUR_S, MINUTE_S

if TYPE_CHECKING:
    from gateway.demo.practice import Practice

MORNING_S: Final = 8 * HOUR_S
_CUT_S: Final = HOUR_S


class Act(NamedTuple):
    """What a key does, in words and in deed."""

    words: str
    do: "Callable[[Practice], Awaitable[None]]"


async def _help(practice: "Practice") -> None:
    await practice.press_help()


async def _leave(practice: "Practice") -> None:
    practice.console.print("At half past two at night she leaves the house; ten minutes later she is back.")
    await practice.home.leave_at_night()


async def _stay(practice: "Practice") -> None:
    practice.console.print("The next morning nobody gets up until noon.")
    await practice.home.stay_in_bed()


async def _tear(practice: "Practice") -> None:
    choice = await practice.choose("Which wire?")
    if choice is None:
        practice.console.print("No wire is touched.")
        return
    is_torn = await practice.home.tear(choice)
    words = "pulled: what that looks like shows in a day or two (n)" if is_torn else "plugged in again"
    practice.console.print(f"The wire of {choice} is {words}.")


async def _battery(practice: "Practice") -> None:
    is_low = await practice.home.change_battery()
    practice.console.print(f"The battery of the strap is {'nearly empty' if is_low else 'a new one'}.")


async def _radio(practice: "Practice") -> None:
    is_deaf = await practice.home.turn_radio()
    practice.console.print(f"The Bluetooth adapter is {'pulled out' if is_deaf else 'back'}.")


async def _power(practice: "Practice") -> None:
    await practice.home.cut_power(_CUT_S)
    practice.console.print("The power was away for an hour. The gateway is up again.")


async def _answer(practice: "Practice") -> None:
    await practice.answer()


async def _minutes(practice: "Practice") -> None:
    await practice.home.wait(10 * MINUTE_S)


async def _hour(practice: "Practice") -> None:
    await practice.home.wait(HOUR_S)


async def _morning(practice: "Practice") -> None:
    await practice.home.until(MORNING_S)


async def _status(practice: "Practice") -> None:
    await practice.status()


KEYS: Final[Mapping[str, Act]] = {
    "h": Act("somebody presses the help button", _help),
    "d": Act("the outside door at night (time goes on to half past two)", _leave),
    "m": Act("a quiet morning (time goes on to noon of the next day)", _stay),
    "w": Act("pull a sensor's wire, or plug it in again", _tear),
    "b": Act("a battery gets low, or is changed", _battery),
    "r": Act("the radio is gone, or back", _radio),
    "c": Act("a power cut of an hour", _power),
    "a": Act("answer the urgent alert, as at the desk (or do it on the page)", _answer),
    "t": Act("ten minutes pass", _minutes),
    "u": Act("an hour passes", _hour),
    "n": Act("on to the next morning, at eight", _morning),
    "s": Act("what the technician sees: status, and when each sensor was last heard", _status),
}
"""By key."""
