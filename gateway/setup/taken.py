"""Pins that are left alone because something else of this machine uses them, by what the kernel shows of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

_EEPROM: Final = (0, 1)
_I2C: Final = (2, 3)
_SPI: Final = {"spidev0.": (7, 8, 9, 10, 11), "spidev1.": (16, 17, 18, 19, 20, 21)}
_SERIAL: Final = (14, 15)
_ONE_WIRE: Final = (4,)


def taken(root: Path = Path("/")) -> dict[int, str]:
    """Each pin (BCM) that is in use by the machine below `root`, and by what. Claiming one would cut that off.

    Source: Raspberry Pi documentation, "GPIO and the 40-pin header" and the overlays' README. A device node is there
    exactly while its interface is switched on; the pins of one that is off are free.
    """
    return dict(_found(root))


def _found(root: Path) -> Iterator[tuple[int, str]]:
    yield from ((pin, "add-on boards") for pin in _EEPROM)
    if (root / "dev/i2c-1").exists():
        yield from ((pin, "I2C, which is switched on") for pin in _I2C)
    for name, pins in _SPI.items():
        if any((root / "dev").glob(f"{name}*")):
            yield from ((pin, "SPI, which is switched on") for pin in pins)
    if (root / "dev/serial0").exists() or _has_console(root):
        yield from ((pin, "the serial port, which is switched on") for pin in _SERIAL)
    if (root / "sys/bus/w1/devices/w1_bus_master1").exists():
        yield from ((pin, "1-Wire, which is switched on") for pin in _ONE_WIRE)


def _has_console(root: Path) -> bool:
    try:
        line = (root / "proc/cmdline").read_text(encoding="utf-8")
    except OSError:
        return False
    return any(f"console={port}" in line for port in ("serial0", "ttyAMA0", "ttyS0", "ttyAMA10"))
