"""The practice home: a simulated person's days, and what a trainee makes happen in them."""

import contextlib
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Final

from gateway.rehearsal import Rehearsal
from gateway.sources.simulator.act import (
    BED,
    FRONT_DOOR,
    HALL_MOTION,
    HELP_BUTTON,
    MOMENTARY,
    STRAP,
    STRAP_BATTERY,
    Act,
)
from models.localtime import HOUR_S, MINUTE_S
from models.vocabulary import Said

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterator

    from gateway.demo.cast import Cast
    from gateway.log import Log
    from gateway.sources.simulator.life import Life

_BREATH_S: Final = 5 * MINUTE_S
_LONG_BREATH_S: Final = 20 * MINUTE_S
_LONG_S: Final = 3 * HOUR_S
"""Whoever lets a day pass does not watch its minutes; an alert has the time of its deadline either way."""
_LEARNING_BREATH_S: Final = 2 * HOUR_S
_BATTERY: Final = {True: 12.0, False: 97.0}
"""Percent: low, and after it was changed."""
_EARLY_S: Final = 5 * HOUR_S + 30 * MINUTE_S
_NOON_S: Final = 12 * HOUR_S
_OUT_S: Final = 8 * MINUTE_S


class PracticeHome:
    """What can be made to happen; each call lets simulated time pass, and tells what was said meanwhile.

    Args:
        cast: everybody on stage.
        life: the person's days, which go on beside what is made to happen.
        log: the gateway's.
        tell: awaited while time stands still, to tell what was said.
        heard, said: as of `Rehearsal`, for the gateway that starts again after a power cut.

    Attributes:
        torn: the sensors whose wires are pulled.
        is_deaf: whether the radio is gone.
        is_low: whether the strap's battery is nearly empty.
    """

    def __init__(
        self,
        cast: "Cast",
        life: "Life",
        log: "Log",
        tell: "Callable[[], Awaitable[None]]",
        heard: Callable[[str, float], None],
        said: Callable[[Said], None],
    ) -> None:
        self._cast = cast
        self._life = life
        self._config_path = cast.desk_folder.parent / "home.toml"
        self._log = log
        self._tell = tell
        self._heard, self._said = heard, said
        self._acts: Iterator[Act] = iter(life)
        self._next: Act | None = None
        self._levels: dict[str, float] = {}
        self.torn: set[str] = set()
        self.is_deaf = False
        self.is_low = False

    @property
    def now_s(self) -> float:
        """UTC seconds of the story."""
        return self._cast.home.clock.utc_s()

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Whichever gateway runs at the end of it is stopped in order."""
        try:
            yield
        finally:
            await self._cast.home.__aexit__(None, None, None)

    async def learn(self, day: int) -> None:
        """Live until the end of day `day` of the life (1: the first), fast."""
        await self._live(self._life.local.day_start_s(self._life.first_day + day), breath_s=_LEARNING_BREATH_S)

    async def wait(self, seconds: float) -> None:
        """The person's life goes on."""
        await self._live(self.now_s + seconds)

    async def until(self, second_of_day: int) -> None:
        """The same, until the clock of the home next shows that."""
        await self._live(self._next_s(second_of_day))

    async def press_help(self) -> None:
        """Somebody presses the help button."""
        self._cast.home.stage.perform(Act(self.now_s, HELP_BUTTON, 1.0))
        await self._cast.home.wait_until(self.now_s + 2, breath_s=1, pause=self._tell)

    async def leave_at_night(self) -> None:
        """At half past two she leaves the bed and the house, and comes back ten minutes later."""
        await self._live(self._next_s(2 * HOUR_S + 30 * MINUTE_S))
        out = ((0, BED, 0.0), (40, HALL_MOTION, 1.0), (60, FRONT_DOOR, 1.0), (70, FRONT_DOOR, 0.0))
        back = ((0, FRONT_DOOR, 1.0), (15, FRONT_DOOR, 0.0), (30, HALL_MOTION, 1.0), (90, BED, 1.0))
        for acts in (out, back):
            await self._perform(acts)
            await self._live(self.now_s + _OUT_S, still=True)

    async def stay_in_bed(self) -> None:
        """Nobody gets up: nothing is seen from half past five until noon, and then somebody does."""
        await self._live(self._next_s(_EARLY_S))
        await self._live(self._next_s(_NOON_S), still=True)
        await self._perform(((0, BED, 0.0), (20, HALL_MOTION, 1.0)))

    async def tear(self, sensor: str) -> bool:
        """Pull the wire of `sensor`, or plug it in again; returns whether it is pulled now.

        A torn wire looks like a contact that is open.
        """
        if sensor in self.torn:
            self.torn.remove(sensor)
            if sensor not in MOMENTARY and self._levels.get(sensor):
                await self._perform(((0, sensor, 1.0),))
            return False
        if sensor not in MOMENTARY and self._levels.get(sensor):
            await self._perform(((0, sensor, 0.0),))
            self._levels[sensor] = 1.0
        self.torn.add(sensor)
        return True

    async def change_battery(self) -> bool:
        """The strap's battery is nearly empty, or was changed; returns whether it is low now."""
        self.is_low = not self.is_low
        level = _BATTERY[self.is_low]
        # said twice: one value far from those before is not believed yet
        await self._perform(((0, STRAP_BATTERY, level), (10 * MINUTE_S, STRAP_BATTERY, level)))
        return self.is_low

    async def turn_radio(self) -> bool:
        """The Bluetooth adapter goes, or comes back; returns whether it is gone now."""
        self.is_deaf = not self.is_deaf
        self._cast.home.radio.turn(up=not self.is_deaf)
        await self._live(self.now_s + 2 * MINUTE_S)
        return self.is_deaf

    async def cut_power(self, seconds: int) -> None:
        """The gateway is off for so long, while life goes on; then it starts again with what is on its card."""
        clock, path = self._cast.home.clock, self._config_path
        await self._cast.home.__aexit__(None, None, None)
        end_s = self.now_s + seconds
        for act in self._until(end_s):
            self._levels[act.sensor] = act.value
        clock.move_s(end_s - self.now_s)
        home = Rehearsal(path, self.now_s, self._log, heard=self._heard, said=self._said, clock=clock)
        self._cast.home = await home.__aenter__()
        home.radio.turn(up=not self.is_deaf)
        on = [(0, sensor, 1.0) for sensor, value in self._levels.items()
              if value and sensor not in MOMENTARY | STRAP | self.torn]  # fmt: skip
        await self._perform(tuple(on))
        await self._live(self.now_s + 2 * MINUTE_S)

    async def _perform(self, acts: "tuple[tuple[int, str, float], ...]") -> None:
        start_s = self.now_s
        for after_s, sensor, value in acts:
            self._levels[sensor] = value
            if sensor not in self.torn:
                self._cast.home.stage.perform(Act(start_s + after_s, sensor, value))
        await self._cast.home.wait_until(self.now_s + 1, breath_s=1, pause=self._tell)

    async def _live(self, end_s: float, *, still: bool = False, breath_s: float | None = None) -> None:
        """Time passes with the person's own acts; `still`: with the strap's alone."""
        if breath_s is None:
            breath_s = _BREATH_S if end_s - self.now_s < _LONG_S else _LONG_BREATH_S
        acts = (self._as_it_is(act) for act in self._until(end_s) if self._is_seen(act, still=still))
        await self._cast.home.live(acts, breath_s=breath_s, pause=self._tell)
        await self._cast.home.wait_until(end_s, breath_s=breath_s, pause=self._tell)

    def _as_it_is(self, act: Act) -> Act:
        return act._replace(value=_BATTERY[True]) if act.sensor == STRAP_BATTERY and self.is_low else act

    def _is_seen(self, act: Act, *, still: bool) -> bool:
        if act.sensor in STRAP:
            return True
        if still:
            return False
        self._levels[act.sensor] = act.value
        return act.sensor not in self.torn

    def _until(self, end_s: float) -> "Iterator[Act]":
        """The acts before `end_s`; the others stay for later."""
        while (act := self._next or next(self._acts, None)) is not None:
            self._next = act
            if act.at_s >= end_s:
                return
            self._next = None
            yield act

    def _next_s(self, second_of_day: int) -> int:
        """When the clock of the home next shows so many seconds after midnight."""
        return self._life.local.next_clock_s(int(self.now_s), second_of_day)
