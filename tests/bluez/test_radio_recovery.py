"""The radio fails in every way that it can and comes back, and the wires never notice: a whole daemon each time."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count
from pathlib import Path

import pytest

from gateway.clock import ManualClock
from gateway.config.places import places_of
from gateway.sources.ble import adapter, connection, scanner
from gateway.sources.ble.adapter import ANSWER_S, CHECK_S, OFF_S, radio
from gateway.sources.ble.hearing import AGAIN_S, QUIET_S
from models.kinds import AlertKind, Audience
from models.vocabulary import Finding
from tests.bluez.bus import PrivateBus
from tests.bluez.house import WIRES, WORN, House, on_air
from tests.bluez.standin import Bluez, strap
from tests.gateway.ground import START_S, copied, eventually

Deed = Callable[["World"], Awaitable[None]]

NEIGHBOUR = strap("C0:FF:EE:00:00:99")
BACK_S = 30.0
"""RELIABILITY, row 10."""


class World:
    """A house in a street, on a clock that is moved by hand; somebody goes in and out of its door all the time."""

    def __init__(self, house: House, clock: ManualClock, bus: PrivateBus, bluez: Bluez) -> None:
        self.house = house
        self.clock = clock
        self.bus = bus
        self.bluez = bluez
        self.strap_is_on = True
        self.moved: dict[str, list[float]] = {wire: [] for wire in WIRES}
        self._turn = count()

    def now_s(self) -> float:
        return self.clock.monotonic_s()

    def _happen(self) -> None:
        turn = next(self._turn)
        for wire, moved in self.moved.items():
            moved.append(float(turn % 2))
            self.house.move(wire, active=bool(turn % 2))
        self.bluez.advertise(NEIGHBOUR, rssi=-50 - turn % 2 * 10)
        if self.strap_is_on:
            on_air(self.bluez)

    async def until(self, done: Callable[[], object], *, within_s: float = 600.0, slowly: bool = False) -> float:
        """Let the bus work, and time pass, half a second at each look. Returns after how many seconds of the clock."""
        begun_s = self.now_s()
        while not done():
            self.house.check()
            assert self.now_s() - begun_s <= within_s
            self.clock.move_s(0.5)
            self._happen()
            await asyncio.sleep(0.05 if slowly else 0.003)
        return self.now_s() - begun_s

    async def live(self, seconds: float) -> None:
        end_s = self.now_s() + seconds
        await self.until(lambda: self.now_s() >= end_s)

    def told(self) -> list[bool]:
        return [up for _, up in self.house.radio()]

    async def radio_is(self, up: bool, *, within_s: float, slowly: bool = True) -> float:
        return await self.until(lambda: self.told()[-1:] == [up], within_s=within_s, slowly=slowly)


@pytest.fixture
async def world(tmp_path: Path, bus: PrivateBus) -> AsyncIterator[World]:
    clock = ManualClock(START_S)
    async with contextlib.AsyncExitStack() as stack:
        bluez = await stack.enter_async_context(Bluez(bus.address))
        house = await stack.enter_async_context(House(tmp_path / "data", clock))
        found = World(house, clock, bus, bluez)
        await found.radio_is(True, within_s=60)
        await found.until(lambda: house.values("heart-rate-1"))
        yield found
        with contextlib.suppress(OSError, EOFError):
            await found.bluez.__aexit__()


def technician_told(world: World) -> list[Finding]:
    return [
        one
        for one in world.house.said
        if isinstance(one, Finding) and one.kind == "radio_down" and one.audience is Audience.TECHNICIAN
    ]


async def successor(world: World) -> None:
    world.bluez = await Bluez(world.bus.address).__aenter__()


async def restart_bluetoothd(world: World) -> None:
    await world.bluez.__aexit__()


async def pull_out(world: World) -> None:
    world.bluez.pull_out()


async def plug_in(world: World) -> None:
    world.bluez.plug_in()


async def kill_the_bus(world: World) -> None:
    world.bus.stop()
    with contextlib.suppress(OSError, EOFError):
        await world.bluez.__aexit__()


async def start_the_bus(world: World) -> None:
    world.bus.start()
    await successor(world)


async def block(world: World) -> None:
    world.bluez.blocked = True
    world.bluez.power(on=False)


async def hang(world: World) -> None:
    world.bluez.hangs = True


async def kill_and_start_bluetoothd(world: World) -> None:
    await world.bluez.__aexit__()
    await successor(world)


async def unblock(world: World) -> None:
    world.bluez.blocked = False


@pytest.mark.parametrize(
    ("breaks", "mends"),
    [
        (restart_bluetoothd, successor),
        (pull_out, plug_in),
        (kill_the_bus, start_the_bus),
        (block, unblock),
        (hang, kill_and_start_bluetoothd),
    ],
    ids=["bluetoothd", "adapter", "dbus", "rfkill", "hung"],
)
async def test_the_radio_goes_and_comes_back_and_no_wire_notices(
    world: World, breaks: Deed, mends: Deed, monkeypatch: pytest.MonkeyPatch
) -> None:
    # real seconds of patience with a bluetoothd that hangs, of which there is none to spare here
    if breaks is hang:
        for module, patience, real_s in (
            (adapter, "ANSWER_S", 0.2),
            (connection, "PART_S", 1),
            (scanner, "START_S", 2),
        ):
            monkeypatch.setattr(module, patience, real_s)
    await world.live(20)
    await breaks(world)
    noticed_s = await world.radio_is(False, within_s=60)
    assert noticed_s <= CHECK_S + ANSWER_S
    await world.live(90)
    assert world.told() == [True, False]  # said once, however often it is tried
    if "radio_down" in list(AlertKind):
        assert len(technician_told(world)) == 1

    await mends(world)
    readings = len(world.house.values("heart-rate-1"))
    assert await world.radio_is(True, within_s=60) <= BACK_S
    await world.until(lambda: len(world.house.values("heart-rate-1")) > readings, within_s=BACK_S, slowly=True)
    await world.live(10)
    assert world.told() == [True, False, True]
    for wire, moved in world.moved.items():
        handed_over = world.house.values(wire)
        assert handed_over[-len(moved) :] == moved
        assert len(handed_over) - len(moved) in (0, 1)  # the level at the start
    assert "source_failed" not in world.house.log.events()


async def test_what_was_told_of_the_radio_is_in_the_journal(world: World) -> None:
    world.bluez.pull_out()
    await world.radio_is(False, within_s=60)
    world.bluez.plug_in()
    await world.radio_is(True, within_s=60)
    await world.live(61)  # a batch
    with copied(places_of(world.house.config).home_db) as raw:
        rows = raw.execute("SELECT value FROM inputs JOIN sensors ON code = sensor WHERE name = '@radio' ORDER BY seq")
        assert [value for (value,) in rows] == [1, 0, 1]


async def test_a_deaf_radio_is_scanned_anew_then_power_cycled_and_never_told_if_that_mends_it(world: World) -> None:
    world.strap_is_on = False
    world.bluez.lose(WORN)
    await world.live(30)
    world.bluez.deaf_until = "Set"
    switched = world.bluez.calls["Set"]
    mended_s = await world.until(lambda: world.bluez.calls["Set"] == switched + 2)
    assert QUIET_S + AGAIN_S <= mended_s <= QUIET_S + AGAIN_S + 20
    world.strap_is_on = True
    await world.until(lambda: world.bluez.listening(WORN, "2a37"), within_s=BACK_S, slowly=True)
    assert world.told() == [True]


async def test_a_radio_that_stays_deaf_is_told_and_up_again_only_when_it_hears(world: World) -> None:
    world.strap_is_on = False
    world.bluez.lose(WORN)
    await world.live(30)
    world.bluez.deaf_until = "nothing"
    told_s = await world.radio_is(False, within_s=300, slowly=False)
    assert QUIET_S + 2 * AGAIN_S <= told_s <= QUIET_S + 2 * AGAIN_S + 20
    await world.live(600)
    assert world.told() == [True, False]
    assert "source_unavailable" not in world.house.log.events()  # it never stopped listening
    if "radio_down" in list(AlertKind):
        assert len(technician_told(world)) == 1
    world.bluez.deaf_until = None
    world.strap_is_on = True
    assert await world.radio_is(True, within_s=60) <= BACK_S
    for wire, moved in world.moved.items():
        assert world.house.values(wire)[-len(moved) :] == moved


async def test_an_adapter_that_somebody_switched_off_is_switched_on_again(world: World) -> None:
    world.bluez.power(on=False)
    await world.radio_is(False, within_s=CHECK_S + ANSWER_S)
    assert await world.radio_is(True, within_s=60) <= BACK_S
    assert not technician_told(world)


async def test_an_adapter_that_we_switch_off_is_not_taken_for_one_that_somebody_did(bluez: Bluez) -> None:
    clock = ManualClock()
    async with radio("hci0", clock) as found, asyncio.TaskGroup() as tasks:
        cycling = tasks.create_task(found.power_cycle())
        await eventually(lambda: bluez.calls["Set"])
        checking = tasks.create_task(found.check())
        await asyncio.sleep(0.02)
        while not checking.done():
            clock.move_s(OFF_S)
            await asyncio.sleep(0.001)
        assert cycling.done()
    assert bluez.calls["Set"] == 2


async def test_an_adapter_that_is_off_at_the_start_is_switched_on(tmp_path: Path, bus: PrivateBus) -> None:
    clock = ManualClock(START_S)
    async with Bluez(bus.address, powered=False) as bluez, House(tmp_path / "data", clock) as house:
        world = World(house, clock, bus, bluez)
        await world.radio_is(True, within_s=60)
        assert world.told() == [True]


async def test_a_radio_that_never_came_up_is_down(tmp_path: Path, bus: PrivateBus) -> None:
    clock = ManualClock(START_S)
    async with Bluez(bus.address, adapter="hci7") as bluez, House(tmp_path / "data", clock) as house:
        world = World(house, clock, bus, bluez)
        await world.radio_is(False, within_s=60)
        await world.live(30)
        assert world.told() == [False]
