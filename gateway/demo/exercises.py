"""Exercises in the practice home: something is wrong, the trainee finds it, and is told whether it was that."""

from collections.abc import Awaitable, Callable, Mapping
from random import Random
from typing import TYPE_CHECKING, Final, NamedTuple

from gateway.sources.simulator.act import BATHROOM_MOTION, HALL_MOTION, KITCHEN_TAP, TOILET
from models.coverage import duration
from models.localtime import HOUR_S, MINUTE_S

if TYPE_CHECKING:
    from gateway.demo.practice import Practice

_TRIES: Final = 3
_HIDDEN: Final = (KITCHEN_TAP, TOILET, HALL_MOTION, BATHROOM_MOTION)
"""Used every day, so that their silence stands out."""
_SILENT_DAYS: Final = 3
_CUTS_S: Final = (40 * MINUTE_S, 2 * HOUR_S, 3 * HOUR_S + 30 * MINUTE_S)


class Exercise(NamedTuple):
    """One of them."""

    title: str
    do: "Callable[[Practice], Awaitable[None]]"


def _done(practice: "Practice", *, is_solved: bool, because: str) -> None:
    word = "[bold green]Solved.[/]" if is_solved else "[bold yellow]Not solved.[/]"
    practice.console.print(f"{word} {because}\n")


async def _silent(practice: "Practice") -> None:
    """Find the sensor that is silent."""
    say = practice.console.print
    hidden = Random(f"{practice.seed}/{practice.home.now_s}").choice(_HIDDEN)  # noqa: S311 - hides it from a trainee
    say(f"A wire has come off. {_SILENT_DAYS} days pass. The messages stay closed: read the desk's page, or press s.")
    practice.show_page()
    practice.hides = True
    try:
        if hidden not in practice.home.torn:
            await practice.home.tear(hidden)
        for _ in range(_SILENT_DAYS):
            await practice.home.until(8 * HOUR_S)
        is_solved = False
        tries = 0
        while tries < _TRIES and not is_solved:
            key = await practice.ask("s: status, g: I know which one, x: give up.")
            if key == "s":
                await practice.status()
            elif key == "g":
                tries += 1
                is_solved = await practice.choose("Which one is silent?") == hidden
                if not is_solved:
                    say("Not that one: it was heard. Look at when each was last heard (s).")
            else:
                break
        _done(practice, is_solved=is_solved, because=f"It was {hidden}. Now its wire is plugged in again.")
    finally:
        practice.hides = False
        if hidden in practice.home.torn:
            await practice.home.tear(hidden)


async def _help(practice: "Practice") -> None:
    """See that a person answers in time."""
    minutes = practice.unanswered_after_min()
    say = practice.console.print
    say(
        f"See that a person answers within {minutes} minutes: on the desk's page, or with a. Any other key is a minute."
    )
    practice.show_page()
    await practice.press_help()
    if not practice.waiting():
        say("A call is open already, and answered: let the day pass (n), and begin again.\n")
        return
    for _ in range(minutes):
        key = await practice.ask("a: I am seeing to it; t: a minute passes.")
        if key is None:
            _done(practice, is_solved=False, because="You left it; somebody at the desk has to answer still.")
            return
        if key == "a":
            await practice.answer()
        else:
            await practice.minute()
        if not practice.waiting():
            _done(practice, is_solved=True, because="A person answered in time, and the house has heard it.")
            return
    _done(practice, is_solved=False, because="Nobody answered in time. It is for the second recipient now, too.")


async def _blind(practice: "Practice") -> None:
    """Say for how long the gateway could not see."""
    say = practice.console.print
    cut_s = Random(f"{practice.seed}/{practice.home.now_s}").choice(_CUTS_S)  # noqa: S311 - hides it from a trainee
    say("Before:")
    practice.show_sight()
    await practice.home.cut_power(cut_s)
    say("The power was away, and is back. What happened meanwhile nobody saw: neither good nor bad.")
    answers = {str(number): one for number, one in enumerate(_CUTS_S, 1)}
    listed = ", ".join(f"[bold]{key}[/] {duration(one)}" for key, one in answers.items())
    while True:
        key = await practice.ask(f"For how long could it not see this time? s: status; {listed}:")
        if key != "s":
            break
        await practice.status()
    because = f"It could not see for {duration(cut_s)}. Every alert of the next day says so, under 'could see'."
    _done(practice, is_solved=answers.get(key or "") == cut_s, because=because)


EXERCISES: Final[Mapping[str, Exercise]] = {
    "1": Exercise("find out which sensor is silent", _silent),
    "2": Exercise("see that a person answers a call in time", _help),
    "3": Exercise("say for how long the gateway could not see", _blind),
}
"""By the key that begins them."""
