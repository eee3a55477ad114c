"""Wires."""

from collections.abc import Iterator
from typing import Final

from gateway.config.tables import Config
from gateway.doctor.facts import Pins
from gateway.doctor.findings import Finding, failed, passed, skipped, warned
from gateway.pin_levels import PinLevel
from gateway.sources.gpio_line import Line
from gateway.wiring import lines_of

_MANY_LEFT_OUT: Final = 100
"""A warm-up of a detector leaves out a handful; a line that chatters leaves out twenty a second."""

_OURS: Final = frozenset({"lg", "python3", "wren", "gpiozero"})
"""By what the kernel lists a line that lgpio has claimed."""

_BUSES: Final = {"i2c": "I2C", "spi": "SPI", "w1": "1-Wire", "serial": "the serial port", "uart": "the serial port"}


def check(config: Config, pins: Pins) -> Iterator[Finding]:
    """The chip, the daemon's word on each pin, and levels that cannot be right."""
    lines = lines_of(config)
    if config.gateway.pin_factory != "mock":
        yield _chip(pins)
    if not lines:
        return
    if pins.levels is None:
        if not pins.may_ask:
            yield skipped("pins.answer", "Only root and the daemon's user may ask for the levels.", "sudo wren doctor")
            return
        why = "The daemon does not say how the pins stand: it is not there, or it hangs."
        yield failed("pins.answer", "no_answer", why, "sudo systemctl restart wren; then: sudo wren pins")
        return
    yield passed("pins.answer", "The daemon says how each pin stands.")
    levels = {level.pin: level for level in pins.levels.pins}
    yield from _each("pins.claims", "Every pin can be read.", [_claim(line, levels, pins) for line in lines])
    yield from _each("pins.levels", "No level is one that cannot be right.", [_level(line, levels) for line in lines])


def _each(check: str, well: str, found: list[Finding | None]) -> Iterator[Finding]:
    wrong = [one for one in found if one is not None]
    yield from wrong or [passed(check, well)]


def _chip(pins: Pins) -> Finding:
    if not pins.has_driver:
        step = "Install this version anew, with its GPIO driver: scripts/provision USER@HOST"
        return failed("pins.chip", "no_driver", "The GPIO driver lgpio is not installed with this version.", step)
    if not pins.chips:
        why = "This machine has no pin header that the kernel knows (/dev/gpiochip*)."
        return failed("pins.chip", "no_pins", why, "ls /dev/gpiochip*; sudo apt-get full-upgrade; sudo reboot")
    if pins.may_use is False:
        why = "The daemon may not use the pins: /dev/gpiochip* is not of the group gpio."
        step = "sudo udevadm control --reload && sudo udevadm trigger --subsystem-match=gpio; ls -l /dev/gpiochip*"
        return failed("pins.chip", "no_right", why, step)
    return passed("pins.chip", f"The header is {', '.join(pins.chips)}.")


def _claim(line: Line, levels: dict[int, PinLevel], pins: Pins) -> Finding | None:
    level = levels.get(line.pin)
    named = f"Pin {line.pin} ({', '.join(line.sensors)})"
    if level is None:
        why = f"{named} is in home.toml, and the daemon does not know of it."
        return failed("pins.claims", "unreadable", why, "sudo systemctl restart wren")
    if level.is_high is not None:
        return None
    holder = pins.holders.get(line.pin)
    if holder is not None and holder not in _OURS:
        bus = next((name for word, name in _BUSES.items() if word in holder.lower()), None)
        who = bus or holder
        why = f"{named} belongs to {who}, so the daemon cannot have it."
        step = f"Use another pin (wren pins shows the header), or switch {who} off: sudo raspi-config; sudo reboot"
        return failed("pins.claims", "taken", why, step)
    problem = level.problem if level.problem.startswith("Pin ") else f"{named} cannot be read: {level.problem}."
    step = (
        f"sudo gpioinfo | grep -w {line.pin}; correct its number, pull or active level: sudoedit home.toml; wren pins"
    )
    return failed("pins.claims", "unreadable", problem, step)


def _level(line: Line, levels: dict[int, PinLevel]) -> Finding | None:
    level = levels.get(line.pin)
    if level is None or level.is_high is None:
        return None
    named = f"Pin {line.pin} ({', '.join(line.sensors)})"
    if line.meter is None and level.left_out >= _MANY_LEFT_OUT:
        why = f"{named} chatters: {level.left_out} edges were left out since the daemon started."
        floats = " It has no pull, so a loose wire floats." if line.pulled == "none" else ""
        step = 'Tighten its screws and shorten its wire; a bare contact wants pull = "up". Then: wren pins --watch'
        return warned("pins.levels", "floats" if floats else "chatters", f"{why}{floats}", step)
    if line.is_button and level.is_high is not line.active_low:
        why = f"{named} reads as pressed, now: it is held down, its wires touch, or `active` is the wrong way round."
        return warned("pins.levels", "stuck", why, "Release the button, then: wren pins --watch")
    return None


def unasked(why: str) -> Finding:
    """Where no sensor is on a pin."""
    return skipped("pins.claims", why)
