"""The 40-pin header of a Raspberry Pi with what hangs on it, in a terminal or as a picture."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from rich.console import Console
from rich.text import Text

HEADER: Final = (
    "3V3", "5V", "GPIO2", "5V", "GPIO3", "GND", "GPIO4", "GPIO14", "GND", "GPIO15",
    "GPIO17", "GPIO18", "GPIO27", "GND", "GPIO22", "GPIO23", "3V3", "GPIO24", "GPIO10", "GND",
    "GPIO9", "GPIO25", "GPIO11", "GPIO8", "GND", "GPIO7", "GPIO0", "GPIO1", "GPIO5", "GND",
    "GPIO6", "GPIO12", "GPIO13", "GND", "GPIO19", "GPIO16", "GPIO26", "GPIO20", "GND", "GPIO21",
)  # fmt: skip
"""Physical pins 1 to 40, the same on every Pi since the B+. A test holds it to gpiozero's own board data."""

_I2C: Final = "I2C, pulled up with 1.8 kilohms on the board: contacts to ground only, and I2C must stay off"
_SPI: Final = "SPI: free as long as SPI is off (dtparam=spi)"
_UART: Final = "serial console: take it off first (raspi-config, Interface Options, Serial Port)"
_EEPROM: Final = "reserved for the ID EEPROM of HATs, which is read at every boot: take another pin"
NOTES: Final[Mapping[int, str]] = {
    0: _EEPROM, 1: _EEPROM, 2: _I2C, 3: _I2C, 7: _SPI, 8: _SPI, 9: _SPI, 10: _SPI, 11: _SPI, 14: _UART, 15: _UART,
}  # fmt: skip
"""What else a pin (BCM) is for. Source: Raspberry Pi documentation, "GPIO and the 40-pin header"."""

_ROOM: Final = 25
"""Columns at either side; the whole fits a terminal of 80 columns."""

_POWER: Final = {"3V3": "yellow", "5V": "red", "GND": "bright_black"}
_SVG_WIDTH: Final = 110


class Wired(NamedTuple):
    """A pin in use.

    Attributes:
        pin: BCM number.
        name: what hangs on it, the sensors' ids.
        state: its level in a word or two.
        is_on: whether that means "on"; None where the level is not known.
        is_lost: whether the pin cannot be read.
        rest: the cells beside pin and name in the list: kind, wiring, level, remarks.
    """

    pin: int
    name: str
    state: str
    is_on: bool | None
    is_lost: bool
    rest: tuple[str, ...]


def physical(pin: int) -> int:
    """The number on the header of a BCM pin.

    >>> physical(17), physical(2)
    (11, 3)
    """
    return HEADER.index(f"GPIO{pin}") + 1


def named(pin: int) -> str:
    """A BCM pin so that nobody takes its number for that of the header.

    >>> named(4)
    'GPIO4 (pin 7 of the header)'
    """
    return f"GPIO{pin} (pin {physical(pin)} of the header)"


def drawn(wired: Sequence[Wired]) -> Iterator[Text]:
    """The header as one looks at it, pin 1 at the upper left, USB ports below; then a list of what is connected."""
    of = {f"GPIO{one.pin}": one for one in wired}
    for row in range(0, len(HEADER), 2):
        left, right = HEADER[row], HEADER[row + 1]
        text = Text.assemble(
            _label(of.get(left), left_side=True),
            _name(left, of.get(left), f" {left:>6} "),
            (f"{row + 1:>2} ", "dim"),
            _hole(left, of.get(left)),
            " ",
            _hole(right, of.get(right)),
            (f" {row + 2:<2}", "dim"),
            _name(right, of.get(right), f" {right:<6} "),
            _label(of.get(right), left_side=False),
        )
        text.rstrip()
        yield text
    yield Text()
    yield from _list(wired)


def _label(wired: Wired | None, *, left_side: bool) -> Text:
    if wired is None:
        return Text(" " * _ROOM if left_side else "")
    room = _ROOM - len(wired.state) - 1
    short = wired.name if len(wired.name) <= room else f"{wired.name[: room - 1]}…"
    parts = [(short, ""), (" ", ""), (wired.state, _style(wired))]
    text = Text.assemble(*(parts if left_side else [parts[2], parts[1], parts[0]]))
    return Text(" " * (_ROOM - len(text))) + text if left_side else text


def _name(name: str, wired: Wired | None, text: str) -> tuple[str, str]:
    return text, "bold" if wired else _POWER.get(name, "dim")


def _hole(name: str, wired: Wired | None) -> tuple[str, str]:
    if wired is not None:
        return "●", _style(wired)
    return ("+" if name in ("3V3", "5V") else "-" if name == "GND" else "○"), _POWER.get(name, "dim")


def _style(wired: Wired) -> str:
    if wired.is_lost:
        return "bold red"
    return {True: "bold green", False: "cyan", None: "yellow"}[wired.is_on]


def _list(wired: Sequence[Wired]) -> Iterator[Text]:
    rows = [(f"{physical(one.pin):>2}", f"GPIO{one.pin}", one.name, *one.rest) for one in wired]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for one, row in zip(wired, rows, strict=True):
        cells = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        yield Text(f"  {cells}", style="red" if one.is_lost else "")
    for one in wired:
        if one.pin in NOTES:
            yield Text(f"  GPIO{one.pin}: {NOTES[one.pin]}.", style="yellow")


def svg(lines: Sequence[Text], title: str) -> str:
    """The same as a picture that stands by itself: it asks nobody for a font."""
    import io

    from rich._export_format import CONSOLE_SVG_FORMAT

    console = Console(record=True, file=io.StringIO(), width=_SVG_WIDTH, force_terminal=True, color_system="truecolor")
    for line in lines:
        console.print(line, soft_wrap=True, highlight=False)
    alone = re.sub(r"@font-face \{\{.*?\n    \}\}\n", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    return console.export_svg(title=title, code_format=alone, unique_id="wren-pins")
