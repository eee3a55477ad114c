"""What could be seen, in a terminal: a row for each sensor, three hours a mark, seven days; readable without colour."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from textwrap import shorten
from typing import Final
from zoneinfo import ZoneInfo

from rich.text import Text

from gateway.pictures import words
from gateway.portrait import Portrait, Sensor

HOURS: Final = 3
"""Of one mark; the worst of them counts."""

_A_DAY: Final = 24 // HOURS
DAYS: Final = 7
_LABEL: Final = 16
"""With seven days of eight marks and a space after each: 79 columns."""

_MARKS: Final = {"s": "─", "p": "▒", "b": "█", " ": " "}
_STYLES: Final = {"s": "#2a8090", "p": "#c8b866", "b": "#fee838"}
MEANING: Final = {"s": "seen", "p": "partly", "b": "blind"}
NO_LIFE: Final = "Blind says nothing about the person: it counts neither as quiet nor as usual."


def heat_map(portrait: Portrait, *, colour: bool) -> Iterator[Text]:
    """Lines of the picture, and what it does not say."""
    yield Text(f"What could be seen, {portrait.home}", style="bold")
    yield Text(f"until {words.moment(portrait)}; {HOURS} hours a mark, the worst hour of them counts")
    yield Text()
    if not portrait.sensors:
        yield Text("Nothing is known yet: a portrait by this version of Wren has it.")
        return
    heads = " ".join(f"{day:<{_A_DAY}}" for day in days(portrait))
    yield Text((" " * _LABEL + heads).rstrip(), style="dim", no_wrap=True)
    for one in portrait.sensors:
        line = Text(f"{shorten(one.sensor, _LABEL - 1, placeholder='…'):<{_LABEL}}", no_wrap=True)
        for number, mark in enumerate(marks(one)):
            if number and number % _A_DAY == 0:
                line.append(" ")
            line.append(_MARKS[mark], _STYLES.get(mark, "") if colour else "")
        line.rstrip()
        yield line
    yield Text("  ".join(f"{_MARKS[mark]} {meaning}" for mark, meaning in MEANING.items()), style="dim")
    yield Text()
    for sentence in sentences(portrait):
        yield Text(sentence)


def marks(one: Sensor) -> list[str]:
    """The worst of each three hours; a space where they are yet to come."""
    hours = f"{one.hours:<{DAYS * 24}}"[: DAYS * 24]
    groups = [hours[start : start + HOURS] for start in range(0, len(hours), HOURS)]
    return [next(mark for mark in "bps " if mark in group) for group in groups]


def days(portrait: Portrait) -> list[str]:
    """The seven days, by their names."""
    first = datetime.fromtimestamp(portrait.sensors[0].from_s, ZoneInfo(portrait.timezone))
    return [f"{first + timedelta(days=day):%a} {(first + timedelta(days=day)).day}" for day in range(DAYS)]


def sentences(portrait: Portrait) -> list[str]:
    """What goes with the picture."""
    told = [f"{words.whose(stream).capitalize()}: {stream.coverage}" for stream in portrait.streams]
    return [*told, NO_LIFE]
