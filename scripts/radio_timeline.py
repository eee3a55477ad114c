"""What happens when the radio goes: a bluetoothd restart and an adapter that vanishes and returns, as a timeline.

Usage: .venv/bin/python -m scripts.radio_timeline [--speed 10]

The whole daemon with real gpiozero on mock pins and real bleak on a private D-Bus, where a stand-in plays bluetoothd
and the radio. Its clock runs `--speed` times as fast as ours; 1 takes thirteen minutes.
"""

import argparse
import asyncio
import contextlib
import os
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from gateway.clock import SystemClock
from gateway.log import Value
from models.kinds import AlertKind, Audience
from models.vocabulary import Finding, Said, Update
from tests.bluez.bus import PrivateBus
from tests.bluez.house import WIRES, WORN, House, on_air
from tests.bluez.standin import Bluez, strap

NEIGHBOUR: Final = strap("C0:FF:EE:00:00:99")


class FastClock(SystemClock):
    """Time that runs `speed` times as fast, from zero."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._begun_s = time.monotonic()
        self._utc_s = time.time()

    def monotonic_s(self) -> float:
        return (time.monotonic() - self._begun_s) * self._speed

    def utc_s(self) -> float:
        return self._utc_s + self.monotonic_s()

    def synchronised(self) -> bool:
        return True

    async def sleep_s(self, seconds: float) -> None:
        await asyncio.sleep(max(seconds, 0.0) / self._speed)


class Timeline:
    """Prints each thing as it happens. It is the daemon's log, too."""

    def __init__(self, clock: FastClock) -> None:
        self._clock = clock
        self._whose: dict[AlertKind, str] = {}
        self.told: Counter[str] = Counter()

    def add(self, who: str, what: str) -> None:
        print(f"{self._clock.monotonic_s():6.1f} s  {who:<11} {what}", flush=True)

    def _log(self, event: str, /, **fields: Value | BaseException) -> None:
        fault = fields.pop("fault", None)
        shown = f": {fault}" if fault is not None else ""
        if event not in ("ready", "stopped"):
            self.add("wren log", f"{event}{shown}")

    info = warning = error = _log

    def said(self, one: Said) -> None:
        if isinstance(one, Finding):
            who = self._whose[one.kind] = str(one.audience)
            self.told[who] += 1
            self.add(who, f"is told {one.kind} ({one.severity}): {one.evidence.observed}")
            for line in (one.evidence.coverage, one.evidence.cannot_tell, one.evidence.to_do):
                print(f"{'':22}{line}")
        elif isinstance(one, Update):
            who = self._whose[one.kind]
            self.told[who] += 1
            self.add(who, f"is told {one.kind} {one.change}: {one.observed}")


class Story:
    """The world, and what Wren noticed of it."""

    def __init__(self, clock: FastClock, house: House, bus: PrivateBus, bluez: Bluez, timeline: Timeline) -> None:
        self._clock = clock
        self._house = house
        self._bus = bus
        self._timeline = timeline
        self.bluez = bluez
        self.moved = 0
        self._shown = 0
        self._said = 0
        self._calls: Counter[str] = Counter()

    async def go_on(self) -> None:
        """Somebody goes in and out, wears a strap, and lives beside a neighbour, for ever."""
        while True:
            self.moved += 1
            for wire in WIRES:
                self._house.move(wire, active=bool(self.moved % 2))
            self.bluez.advertise(NEIGHBOUR, rssi=-50 - self.moved % 2 * 10)
            on_air(self.bluez, bpm=60 + self.moved % 7)
            self._show()
            await self._clock.sleep_s(1.0)

    def _show(self) -> None:
        radio = self._house.radio()
        for at_s, up in radio[self._shown :]:
            what = "something is heard by radio" if up else "the radio is down"
            self._timeline.add("wren", f"{what} (input @radio {int(up)}, stamped {at_s:.1f} s)")
        self._shown = len(radio)
        for method, what in (("StartDiscovery", "begins a scan"), ("Set", "switches the adapter off or on")):
            for _ in range(self.bluez.calls[method] - self._calls[method]):
                self._timeline.add("wren", what)
            self._calls[method] = self.bluez.calls[method]
        said = self._house.said
        for one in said[self._said :]:
            self._timeline.said(one)
        self._said = len(said)

    async def happen(self, what: str, deed: Callable[[], Awaitable[None] | None]) -> None:
        self._timeline.add("world", what)
        done = deed()
        if done is not None:
            await done

    async def restart(self) -> None:
        with contextlib.suppress(OSError, EOFError):
            await self.bluez.__aexit__()
        self.bluez = await Bluez(self._bus.address).__aenter__()
        self._calls.clear()

    async def stop(self) -> None:
        with contextlib.suppress(OSError, EOFError):
            await self.bluez.__aexit__()

    async def start(self) -> None:
        self.bluez = await Bluez(self._bus.address).__aenter__()
        self._calls.clear()

    def go_deaf(self) -> None:
        self.bluez.deaf_until = "Set"
        self.bluez.lose(WORN)

    async def tell(self) -> None:
        live = self._clock.sleep_s
        await live(30)
        await self.happen("bluetoothd is restarted (as by an update)", self.restart)
        await live(60)
        await self.happen("bluetoothd crashes and stays away", self.stop)
        await live(120)
        await self.happen("bluetoothd is there again", self.start)
        await live(60)
        await self.happen("the adapter is pulled out", self.bluez.pull_out)
        await live(120)
        await self.happen("the adapter is plugged in again", self.bluez.plug_in)
        await live(60)
        await self.happen("somebody switches the adapter off", lambda: self.bluez.power(on=False))
        await live(60)
        await self.happen("the controller stops hearing, and BlueZ says nothing of it", self.go_deaf)
        await live(240)
        self.wires()
        for audience in Audience:
            self._timeline.add(audience, f"was told {self._timeline.told[audience] or 'nothing'} in all")

    def wires(self) -> None:
        for wire in WIRES:
            handed_over = len(self._house.values(wire))
            self._timeline.add("wires", f"{wire}: {self.moved} moves of the contact, {handed_over} edges handed over")


async def main() -> None:
    """Tell the story in a folder of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--speed", type=float, default=10.0)
    clock = FastClock(parser.parse_args().speed)
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as closing:
        folder = Path(name)
        bus = PrivateBus(folder)
        bus.start()
        closing.callback(bus.stop)
        os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = bus.address
        timeline = Timeline(clock)
        bluez = await Bluez(bus.address).__aenter__()
        async with House(folder / "data", clock, timeline) as house:
            story = Story(clock, house, bus, bluez, timeline)
            going_on = asyncio.create_task(story.go_on())
            await story.tell()
            going_on.cancel()
        await story.stop()


if __name__ == "__main__":
    asyncio.run(main())
