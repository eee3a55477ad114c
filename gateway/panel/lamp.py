"""A resident's panel on the pins: a lamp, a buzzer, and the buttons "I'm OK" and "pause" (docs/panel.md).

A panel is supervised like a source and is none: no sensor waits for it, and what is wrong with its pins is logged, told
to the home as an input (so that no alert claims to have asked), and tried again.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from typing import TYPE_CHECKING, Final

from gateway.clock import Clock, nap
from gateway.config.tables import PanelTable
from gateway.errors import SourceError, SourceUnavailable
from gateway.inbox import Edge, Sink
from gateway.log import Log
from gateway.sources.gpio_line import Line
from gateway.sources.gpio_pin import ClaimedPin, driver_errors
from models.kinds import AlertKind
from models.localtime import LocalTime
from models.panel_light import Facts, Light, beeps, is_on, light_of
from models.pause import LONGEST_S
from models.told import Telling, Told
from models.vocabulary import HOUSEHOLD, Finding, Said, Update

if TYPE_CHECKING:
    from gpiozero import DigitalOutputDevice, Factory

HELD_S: Final = (0.05, 10.0)
"""A press is a line that was down for so long and came up again: a bounce is shorter, a stuck wire never comes up."""

APART_S: Final = 2.0
"""Presses of one button closer than this are one."""

MOST_A_MINUTE: Final = 6
"""More presses than this in a minute are a loose wire's, and answer nothing: it must not keep an alert away."""

HEARD_S: Final = 3.0
"""For so long the light says that a press was taken."""

_NAP_S: Final = 1.0

_CALLS: Final = frozenset({Light.HEARD, Light.ASKING, Light.NOT_ANSWERED})
"""What the panel really says then is for the resident; no trial takes its place."""

FactsOf = Callable[[str], Facts]
"""What the home knows that the light of a resident's panel depends on."""


class Panel:
    """One panel; a `gateway.inbox.Source` of presses.

    Args:
        table: whose it is, and its pins.
        pins: gives the driver of the pins.
        local: the home's clock, by which a sound is allowed.
        name: by which the log knows it.

    Attributes:
        shows: what its lamp says; DARK while it cannot be lit.
        facts: what the home knows; set once it is being watched.
        asked_to_show: what a walk-test asks this resident's panel to show, and whether with its sound; what calls for
            an answer goes before it.
    """

    def __init__(
        self, table: PanelTable, pins: Callable[[], "Factory"], clock: Clock, log: Log, local: LocalTime, *, name: str
    ) -> None:
        self.resident = table.resident
        self.name = name
        self.shows = Light.DARK
        self.facts: FactsOf = lambda _: Facts()
        self.asked_to_show: Callable[[str], tuple[Light, bool] | None] = lambda _: None
        self._table = table
        self._pins = pins
        self._clock = clock
        self._log = log
        self._local = local
        self._since_s = 0.0
        self._heard_until_s = float("-inf")
        self._says_works: bool | None = None
        self._wake: asyncio.Event | None = None

    async def run(self, sink: Sink) -> None:
        """Show and hear until cancelled. Raises SourceUnavailable when its pins cannot be used: it is tried again."""
        troubles: tuple[type[Exception], ...] = (SourceError, *driver_errors())
        try:
            with ExitStack() as claimed:
                lamp, buzzer = self._claim(claimed, sink)
                self._say(sink, works=True)
                await self._shine(lamp, buzzer)
        except troubles as error:
            self._say(sink, works=False)
            advice = "It is tried again; if it stays, look at its pins in home.toml and at /dev/gpiochip*."
            problem = f"A panel cannot be used: {error}"
            raise SourceUnavailable(problem, advice=advice) from error
        finally:
            self.shows = Light.DARK

    def _claim(self, claimed: ExitStack, sink: Sink) -> tuple["DigitalOutputDevice", "DigitalOutputDevice | None"]:
        from gpiozero import DigitalOutputDevice

        pins, table = self._pins(), self._table
        self._wake = asyncio.Event()
        loop = asyncio.get_running_loop()

        def output(pin: int) -> DigitalOutputDevice:
            device = claimed.enter_context(closing(DigitalOutputDevice(pin, pin_factory=pins)))
            claimed.callback(_off, device)  # before it is closed: a pin that is let go keeps its level
            return device

        lamp = output(table.light_pin)
        buzzer = None if table.sound_pin is None else output(table.sound_pin)
        for pin, press in ((table.ok_pin, self._ok), (table.pause_pin, self._pause)):
            if pin is not None:
                button = _Button(pin, pins, self._clock, self._pressed(loop, press, sink))
                claimed.enter_context(closing(button))
        return lamp, buzzer

    def _say(self, sink: Sink, *, works: bool) -> None:
        if self._says_works is not works:
            self._says_works = works
            name = Told(Telling.PANEL, self.resident).name()
            sink(Edge(self._clock.monotonic_s(), name, float(works)))

    async def _shine(self, lamp: "DigitalOutputDevice", buzzer: "DigitalOutputDevice | None") -> None:
        while True:
            now_s = self._clock.monotonic_s()
            light = light_of(self.facts(self.resident)._replace(heard=now_s < self._heard_until_s))
            sounds = False
            if light not in _CALLS and (asked := self.asked_to_show(self.resident)) is not None:
                light, sounds = asked
            if light is not self.shows:
                self.shows, self._since_s = light, now_s
            since_ms = round((now_s - self._since_s) * 1000)
            lit, left_ms = is_on(light, since_ms)
            lamp.value = lit
            if buzzer is not None:
                second = self._local.second_of_day(int(self._clock.utc_s()))
                buzzer.value = sounds or (light is Light.ASKING and beeps(self._table.sound, second, since_ms))
                left_ms = min(left_ms, 100 if light is Light.ASKING else left_ms)
            assert self._wake is not None
            await nap(self._clock, min(max(left_ms / 1000, 0.02), _NAP_S), self._wake.wait())
            self._wake.clear()

    def _pressed(
        self, loop: asyncio.AbstractEventLoop, press: Callable[[float, Sink], None], sink: Sink
    ) -> Callable[[float], None]:
        """What a button's thread calls: the press is looked at on the loop, and counts if it is a person's."""
        lately: deque[float] = deque(maxlen=MOST_A_MINUTE + 1)
        left_out = 0

        def look(stamp_s: float) -> None:
            nonlocal left_out
            before_s = lately[-1] if lately else float("-inf")
            lately.append(stamp_s)
            if len(lately) > MOST_A_MINUTE and stamp_s - lately[0] < 60.0:
                left_out += 1
                if left_out.bit_count() == 1:  # the 1st, 2nd, 4th, 8th …: a loose wire may go on for weeks
                    self._log.warning("panel_button_chatters", source=self.name, count=left_out)
            elif stamp_s - before_s >= APART_S:
                press(stamp_s, sink)
                self.heard()

        return lambda stamp_s: _on_loop(loop, lambda: look(stamp_s))

    def _ok(self, stamp_s: float, sink: Sink) -> None:
        sink(Edge(stamp_s, Told(Telling.OK, self.resident).name(), 1.0))

    def _pause(self, stamp_s: float, sink: Sink) -> None:
        until_s = 0.0 if self.facts(self.resident).paused else float(int(self._clock.utc_s()) + LONGEST_S)
        sink(Edge(stamp_s, Told(Telling.PAUSE, self.resident).name(), until_s))

    def heard(self) -> None:
        """A press was taken: the light says so at once. To be called on the loop's thread."""
        self._heard_until_s = self._clock.monotonic_s() + HEARD_S
        if self._wake is not None:
            self._wake.set()

    def hear(self, said: Said) -> None:
        """What the home says: a press of the help button that is passed on is acknowledged here at once."""
        is_call = isinstance(said, Finding | Update) and said.kind is AlertKind.HELP_BUTTON
        if is_call and said.resident in (self.resident, HOUSEHOLD):
            self.heard()


class _Button:
    """A button to ground. Its driver's thread stamps and hands over; nothing else happens there."""

    def __init__(self, pin: int, pins: "Factory", clock: Clock, pressed: Callable[[float], None]) -> None:
        self._clock = clock
        self._pressed = pressed
        self._lock = threading.Lock()
        self._down_s: float | None = None
        self._pin = ClaimedPin(Line("button", pin, active_low=True, fires_only=True), pins, self._changed)

    def _changed(self, _ticks: float, level: int) -> None:
        stamp_s = self._clock.monotonic_s()
        with self._lock:
            down_s, self._down_s = self._down_s, None if level else stamp_s
        if level and down_s is not None and HELD_S[0] <= stamp_s - down_s <= HELD_S[1]:
            self._pressed(stamp_s)

    def close(self) -> None:
        self._pin.close()


def _off(device: "DigitalOutputDevice") -> None:
    with suppress(*driver_errors()):  # one that is gone is dark
        device.off()


def _on_loop(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    with suppress(RuntimeError):  # the loop has ended, and with it whoever would hear of this
        loop.call_soon_threadsafe(call)
