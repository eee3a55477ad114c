"""What cannot be true together of one wire: settings that do nothing, pulls that the board forbids, pins used twice."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from models.kinds import SensorKind

if TYPE_CHECKING:
    from gateway.config.tables import Gpio, SensorTable

PULLED_UP: Final = frozenset({2, 3})
"""The I2C pins, which every Pi pulls up with 1.8 kilohms on the board. Source: Raspberry Pi documentation, "GPIO and
the 40-pin header"."""

Pins = dict[int, "list[SensorTable]"]
"""The sensors of each pin so far."""

Misfit = tuple[str, str]
"""What is wrong, and the next step."""

_METERED: Final = frozenset({SensorKind.TAP, SensorKind.WATER})
_CONTACTS: Final = frozenset(
    {
        SensorKind.DOOR,
        SensorKind.CUPBOARD,
        SensorKind.FRIDGE,
        SensorKind.SEAT,
        SensorKind.BED,
        SensorKind.TOILET,
        SensorKind.BUTTON,
    }
)
"""What is bare metal; a detector drives its wire both ways."""


def misfits(sensor: "SensorTable", others: "list[SensorTable]") -> Iterator[Misfit]:
    """What is wrong with the `gpio` table of `sensor`, whose pin `others` have already, the first one first."""
    assert sensor.gpio is not None
    if sensor.gpio.pin in PULLED_UP and pull_of(sensor.gpio) != "up":
        problem = f'pin {sensor.gpio.pin} is pulled up on the board; pull = "{pull_of(sensor.gpio)}" cannot be'
        yield problem, 'Use another pin, or a contact to ground with pull = "up".'
    yield from _pulses(sensor, sensor.gpio) if sensor.gpio.sense == "pulses" else _contact(sensor, sensor.gpio)
    if others and not (len(others) == 1 and _share(sensor, others[0])):
        problem = f"pin {sensor.gpio.pin} is used by `{others[0].id}` and `{sensor.id}`"
        yield problem, "Give each its own pin; only a tap and its water share one, with the same settings."


def wire_doubts(sensors: "Iterable[SensorTable]") -> Iterator[str]:
    """What is valid, and on most homes' walls is a sensor that never says anything."""
    down = [s.id for s in sensors if s.gpio and s.kind in _CONTACTS and s.gpio.active == "high" and not s.gpio.pull]
    if down:
        yield (
            f"On when high, and so pulled down: {', '.join(down)}. That is right for a contact to 3.3 V; one to ground "
            'would never be seen to change and wants pull = "up".'
        )


def pull_of(gpio: "Gpio") -> str:
    """The pull that is set: away from active where none is named."""
    return gpio.pull or ("up" if gpio.active == "low" else "down")


def _pulses(sensor: "SensorTable", gpio: "Gpio") -> Iterator[Misfit]:
    if sensor.kind not in _METERED:
        yield f"a {sensor.kind} sensor does not give pulses", "Leave `sense` out; pulses are for tap and water."
    if gpio.warm_up_s is not None:
        yield "`warm_up_s` does nothing with pulses", "Leave it out."
    if sensor.kind is SensorKind.WATER and gpio.pulses_per_litre is None:
        yield f"`{sensor.id}` cannot tell litres without `pulses_per_litre`", "The meter's maker says how many."
    if sensor.kind is SensorKind.TAP and gpio.pulses_per_litre is not None:
        problem = "`pulses_per_litre` does nothing for a tap"
        yield problem, 'Litres are told by a sensor of kind = "water" on the same pin.'


def _contact(sensor: "SensorTable", gpio: "Gpio") -> Iterator[Misfit]:
    if sensor.kind is SensorKind.WATER:
        yield "water comes by pulses only", 'Add sense = "pulses" and the meter\'s pulses_per_litre.'
    for name in ("quiet_s", "least_pulses", "pulses_per_litre"):
        if getattr(gpio, name) is not None:
            yield f"`{name}` does nothing without pulses", 'Add sense = "pulses", or leave it out.'


def _share(one: "SensorTable", other: "SensorTable") -> bool:
    """A flow meter is a tap and its litres: one pin, listened to in one way."""
    if {one.kind, other.kind} != _METERED or one.gpio is None or other.gpio is None:
        return False
    return _way(one.gpio) == _way(other.gpio)


def _way(gpio: "Gpio") -> tuple[object, ...]:
    return gpio.active, gpio.pull, gpio.sense, gpio.debounce_ms, gpio.quiet_s, gpio.least_pulses
