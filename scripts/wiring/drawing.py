"""One drawing: the wires above, below them the lines of home.toml, what to do, and what must never be done."""

import textwrap
from collections.abc import Iterable
from typing import Final

from gateway.config.reading import parse
from gateway.config.tables import Config
from gateway.wiring import lines_of
from scripts.wiring.devices import Bench
from scripts.wiring.sheet import WIDTH, Sheet
from scripts.wiring.subjects import Subject

_BELOW: Final = 548
_CODE: Final = 19
_LINE: Final = 22
_HALF_CHARACTERS: Final = 54
_WHOLE_CHARACTERS: Final = 112
"""What fits on half a sheet and on a whole one, in the widest of the usual fonts."""

_HOME = '[home]\nid = "h-0001"\ntimezone = "Europe/London"\n\n[[residents]]\nid = "r1"\n\n'
_ANY_SENSOR = '[[sensors]]\nid = "any"\nkind = "motion"\nplace = "hall"\ngpio = { pin = 26, active = "high" }\n\n'
_BUTTON = '\n[[recipients]]\nid = "night-and-day"\nhours = "24h"\n\n[alerts.help_button]\nreason = "asked for"\n'
_BUTTON += 'owner = "night-and-day"\n'


def home_of(subject: Subject) -> Config:
    """The smallest home in which the drawing's lines stand, read by the product's own reader.

    Raises ConfigError if it would not accept them.
    """
    sensors = "" if "[[sensors]]" in subject.toml else _ANY_SENSOR
    button = _BUTTON if '"button"' in subject.toml else ""
    return parse(_HOME + sensors + subject.toml + button, where=subject.name)


def svg(subject: Subject) -> str:
    """The picture."""
    config = home_of(subject)
    sheet = Sheet(subject.title, subject.subtitle)
    subject.draw(Bench(sheet, config))
    code = subject.toml.rstrip("\n").split("\n")
    wires = _wires(config)
    # a long line of home.toml has the sheet's whole width, and the rest stands below it
    is_wide = max(map(len, code)) > _HALF_CHARACTERS
    good = _bullets("•", subject.good, _WHOLE_CHARACTERS if is_wide else _HALF_CHARACTERS)
    never = _bullets("✕", subject.never, _WHOLE_CHARACTERS)
    width = WIDTH - 64 if is_wide else WIDTH // 2 - 46
    code_end = _BELOW + 50 + _CODE * len(code)
    sheet.box(32, _BELOW, width, code_end - _BELOW - 4, "#f5f7fa", "#c9d1db")
    sheet.text(48, _BELOW + 26, "home.toml", "b")
    for index, line in enumerate(code):
        sheet.text(48, _BELOW + 52 + _CODE * index, line, "c")
    for index, line in enumerate(wires):
        sheet.text(40, code_end + 22 + _LINE * index, line, "p")
    wires_end = code_end + 22 + _LINE * len(wires)
    x, top = (32, wires_end) if is_wide else (WIDTH // 2 + 10, _BELOW)
    sheet.text(x, top + 26, "Do", "k")
    for index, line in enumerate(good):
        sheet.text(x, top + 52 + _LINE * index, line)
    bottom = max(wires_end, top + 50 + _LINE * len(good))
    sheet.box(32, bottom, WIDTH - 64, 42 + _LINE * len(never), "#fdecea", "#c62828")
    sheet.text(48, bottom + 27, "Never", "k")
    for index, line in enumerate(never):
        sheet.text(48, bottom + 52 + _LINE * index, line)
    foot = bottom + 42 + _LINE * len(never) + 32
    sheet.text(32, foot, "Power off before you wire. Then: wren pins --watch, and set it off by hand.", "s")
    return sheet.finish(foot + 24)


def _bullets(mark: str, lines: Iterable[str], most: int) -> list[str]:
    found = []
    for line in lines:
        first, *rest = textwrap.wrap(line, most)
        found += [f"{mark} {first}", *(f"\u2003{one}" for one in rest)]
    return found


def _wires(config: Config) -> list[str]:
    """What the product makes of these lines, in words."""
    found = []
    for line in lines_of(config):
        if line.sensor_id == "any":
            continue
        pull = "none: resistors outside" if line.pulled == "none" else f"{line.pulled} (in the Pi)"
        level = "low" if line.active_low else "high"
        found.append(f"GPIO{line.pin} ({line.sensor_id}): pull {pull}; on when {level}")
    return found or ["Lamp and buzzer: on when high. Buttons: pull up (in the Pi)."]
