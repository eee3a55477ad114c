"""Carries acts to the real source code: levels on mock pins, notification bytes to the Bluetooth source."""

import heapq
from collections.abc import Callable
from typing import Final, Protocol

from gateway.clock import ManualClock
from gateway.config.tables import Config, Gpio
from gateway.sources.simulator.act import MOMENTARY, PULSE, Act
from gateway.sources.simulator.chance import stream
from gateway.sources.simulator.strap import battery_level, heart_rate_measurement
from models.kinds import SensorKind

PULSE_S: Final = {SensorKind.MOTION: 2.5, SensorKind.TOILET: 0.8, SensorKind.BUTTON: 0.4}
"""How long the line of a sensor that only fires stays on."""

_BOUNCE_CHANCE: Final = 0.2
"""Share of the edges of contacts that bounce."""
_BOUNCES: Final = 4
_BOUNCE_S: Final = (0.0005, 0.004)
"""Reed contacts and pads bounce for a few milliseconds; at most 32 ms here, within the 50 ms of `models.signals`."""


class Pin(Protocol):
    """What is asked of a gpiozero `MockPin`."""

    def drive_high(self) -> None:
        """Take the line to 3.3 V."""

    def drive_low(self) -> None:
        """Take the line to 0 V."""


class Stage:
    """The simulated home's wiring. Acts go in, driver callbacks come out, at the clock's time.

    Args:
        config: the home; acts of its `gpio` sensors go to pins, of its `ble` sensors to `notify`.
        clock: moved to the moment of each act before the act takes place, so that drivers stamp that moment.
        pin: the mock pin of a BCM number: `MockFactory.pin`, of the very factory that the GPIO source uses.
        notify: takes (sensor id, notification bytes), as the Bluetooth source would from its peripheral.
        seed: of the bounce and the RR intervals.

    Attributes:
        edges: how often a pin was driven, bounce included.
        bounces: how many of these were bounce.
    """

    def __init__(
        self,
        config: Config,
        clock: ManualClock,
        *,
        pin: Callable[[int], Pin],
        notify: Callable[[str, bytes], None],
        seed: int = 0,
    ) -> None:
        self._clock = clock
        self._pin = pin
        self._notify = notify
        self._rng = stream(seed, "stage")
        self._wires = {s.id: (s.gpio, s.kind) for s in config.sensors if s.gpio}
        self._worn = frozenset(s.id for s in config.sensors if s.ble)
        self._releases: list[tuple[float, str]] = []
        self.edges = 0
        self.bounces = 0

    def perform(self, act: Act) -> None:
        """Let time pass until `act`, then let it happen. An act of the past happens now."""
        self.wait_until(act.at_s)
        if act.sensor in self._worn:
            payload = heart_rate_measurement(act.value, self._rng) if act.sensor == PULSE else battery_level(act.value)
            self._notify(act.sensor, payload)
            return
        gpio, kind = self._wires[act.sensor]
        self._drive(gpio, on=bool(act.value), bounces=kind is not SensorKind.MOTION)
        if act.sensor in MOMENTARY:
            heapq.heappush(self._releases, (act.at_s + PULSE_S[kind], act.sensor))

    def wait_until(self, utc_s: float) -> None:
        """Let time pass until `utc_s`; lines of sensors that only fire fall back meanwhile."""
        while self._releases and self._releases[0][0] <= utc_s:
            at_s, sensor = heapq.heappop(self._releases)
            self._reach(at_s)
            gpio, kind = self._wires[sensor]
            self._drive(gpio, on=False, bounces=kind is not SensorKind.MOTION)
        self._reach(utc_s)

    def _reach(self, utc_s: float) -> None:
        self._clock.move_s(max(utc_s - self._clock.utc_s(), 0.0))

    def _drive(self, gpio: Gpio, *, on: bool, bounces: bool) -> None:
        pin = self._pin(gpio.pin)
        self._set(pin, high=on == (gpio.active == "high"))
        if bounces and self._rng.random() < _BOUNCE_CHANCE:
            for _ in range(self._rng.randint(1, _BOUNCES)):
                for level in (not on, on):
                    self._clock.move_s(self._rng.uniform(*_BOUNCE_S))
                    self._set(pin, high=level == (gpio.active == "high"))
                    self.bounces += 1

    def _set(self, pin: Pin, *, high: bool) -> None:
        self.edges += 1
        if high:
            pin.drive_high()
        else:
            pin.drive_low()
