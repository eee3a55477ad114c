"""From the configuration's tables to the wires that the GPIO source listens to, with the default of each kind."""

from typing import TYPE_CHECKING, Final

from gateway.config.tables import Config, Gpio, SensorTable
from gateway.sources.gpio_line import WARM_UP_S, Line, Meter
from gateway.sources.pulses import LEAST, QUIET_S
from models.kinds import SensorKind

if TYPE_CHECKING:
    from collections.abc import Iterable

_FIRES_ONLY: Final = frozenset({SensorKind.BUTTON, SensorKind.MOTION, SensorKind.TOILET})


def lines_of(config: Config) -> list[Line]:
    """The wires that `config` names, in its order; a tap and its water on one pin are one wire."""
    wired = [(sensor, sensor.gpio) for sensor in config.sensors if sensor.gpio]
    shared: dict[int, list[SensorTable]] = {}
    for sensor, gpio in wired:
        shared.setdefault(gpio.pin, []).append(sensor)
    first = {gpio.pin: gpio for _, gpio in reversed(wired)}
    return [_line(first[pin], sensors) for pin, sensors in shared.items()]


def _line(gpio: Gpio, sensors: list[SensorTable]) -> Line:
    kind = sensors[0].kind
    meter = _meter(sensors) if gpio.sense == "pulses" else None
    warm_up_s = gpio.warm_up_s if gpio.warm_up_s is not None else WARM_UP_S if kind is SensorKind.MOTION else 0
    return Line(
        (meter.tap if meter else None) or sensors[0].id,
        gpio.pin,
        active_low=gpio.active == "low",
        fires_only=kind in _FIRES_ONLY,
        pull=gpio.pull,
        warm_up_s=warm_up_s,
        is_button=kind is SensorKind.BUTTON,
        meter=meter,
    )


def _meter(sensors: "Iterable[SensorTable]") -> Meter:
    named = {sensor.kind: sensor for sensor in sensors}
    tap, water = named.get(SensorKind.TAP), named.get(SensorKind.WATER)
    gpio = (water or tap or next(iter(named.values()))).gpio
    assert gpio is not None
    return Meter(
        tap=tap.id if tap else None,
        water=water.id if water else None,
        pulses_per_litre=gpio.pulses_per_litre or 1.0,
        quiet_s=QUIET_S if gpio.quiet_s is None else gpio.quiet_s,
        least_pulses=LEAST if gpio.least_pulses is None else gpio.least_pulses,
        apart_s=(gpio.debounce_ms or 0) / 1000,
    )
