"""Twenty wires at ten edges a second for a minute, through gpiozero's pins, the source, the inbox and real SQLite."""

import asyncio
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

from gpiozero.pins.mock import MockFactory

from gateway.clock import ManualClock
from gateway.config.places import places_of
from gateway.daemon import Daemon
from gateway.devices import sources_of
from gateway.inbox import CAPACITY, Edge, Inbox
from gateway.sources.edge_bound import MOST
from gateway.systemd import Notifier
from models.vocabulary import Reading
from tests.gateway.ground import START_S, Gateway, copied

LINES = 20
EDGES_A_S = 10
SECONDS = 60
PINS = [pin for pin in range(2, 28) if pin not in (2, 3, 14, 15)][:LINES]
BUTTON = PINS[-1]


def home_toml(folder: Path) -> str:
    sensors = "".join(
        f'[[sensors]]\nid = "w{pin}"\nkind = "{"button" if pin == BUTTON else "seat"}"\nplace = "room-{pin}"\n'
        f'resident = "r1"\ngpio = {{ pin = {pin} }}\n'
        for pin in PINS
    )
    return (
        f'[home]\nid = "h-wires"\ntimezone = "UTC"\n[gateway]\npin_factory = "mock"\ndata_dir = "{folder}"\n'
        f'[[residents]]\nid = "r1"\n{sensors}'
    )


class WiredGateway(Gateway):
    """The daemon with its own wires instead of a hand."""

    def __init__(self, folder: Path) -> None:
        clock = ManualClock(START_S)
        super().__init__(folder, clock, toml=home_toml(folder))
        self.factory = MockFactory()
        sources = sources_of(self.config, clock, self.log, self.factory)
        self.daemon = Daemon(self.config, clock, self.log, Notifier({}, pid=0), sources)

    def journal(self) -> dict[str, list[Reading]]:
        """What a power cut now would leave, by sensor."""
        found: dict[str, list[Reading]] = defaultdict(list)
        with copied(places_of(self.config).home_db) as raw:
            for row in raw.execute("SELECT at_ms, name, value FROM inputs JOIN sensors ON code = sensor ORDER BY seq"):
                found[row[1]].append(Reading(*row))
        return found


async def test_twenty_lines_at_ten_edges_a_second_for_a_minute_without_loss(tmp_path: Path) -> None:
    gateway = WiredGateway(tmp_path)
    pins = [gateway.factory.pin(pin) for pin in PINS]
    async with gateway:

        def drive(tick: int) -> None:  # in a driver's thread
            for pin in pins:
                if tick % 2:
                    pin.drive_high()
                else:
                    pin.drive_low()

        for tick in range(SECONDS * EDGES_A_S):
            gateway.clock.move_s(1 / EDGES_A_S)
            await asyncio.to_thread(drive, tick)
            if tick % EDGES_A_S == 0:
                await gateway.settle()
        await gateway.wait(61)
    journal = gateway.journal()
    for pin in PINS:
        rests = [] if pin == BUTTON else [0.0]
        readings = journal[f"w{pin}"]
        assert [one.value for one in readings] == [*rests, *([1.0, 0.0] * (SECONDS * EDGES_A_S // 2))]
        edges_ms = [one.at_ms for one in readings[len(rests) :]]
        assert all(99 <= later - earlier <= 101 for earlier, later in pairwise(edges_ms))
    assert gateway.log.lines[-1][1]["dropped"] == 0


async def test_a_line_that_chatters_starves_no_other_and_no_press_is_lost(tmp_path: Path) -> None:
    gateway = WiredGateway(tmp_path)
    bad, good, button = (gateway.factory.pin(pin) for pin in (PINS[0], PINS[1], BUTTON))
    seconds = 5
    async with gateway:

        def chatter(second: int) -> None:
            for edge in range(1000):
                gateway.clock._now_s += 0.001  # the loop wakes at the next move
                if edge % 2:
                    bad.drive_high()
                else:
                    bad.drive_low()
                if edge == 500:
                    good.drive_low()
                    button.drive_low()
                if edge == 800:
                    good.drive_high()
                    button.drive_high()

        for second in range(seconds):
            await asyncio.to_thread(chatter, second)
            gateway.clock.move_s(0)
            await gateway.settle()
        await gateway.wait(61)
    journal = gateway.journal()
    assert [one.value for one in journal[f"w{PINS[1]}"]] == [0.0] + [1.0, 0.0] * seconds
    assert [one.value for one in journal[f"w{BUTTON}"]] == [1.0, 0.0] * seconds
    told = len(journal[f"w{PINS[0]}"])
    assert 20 * seconds < told <= (MOST + 1) * (seconds + 1)  # seen to chatter, and no more than that


async def test_the_inbox_of_a_stalled_pipeline_drops_no_press_for_a_line_that_chatters() -> None:
    inbox = Inbox(asyncio.get_running_loop(), never_drop=frozenset({"help"}))
    inbox.take_in(Edge(0.0, "help", 1.0))
    for number in range(CAPACITY + 100):
        inbox.take_in(Edge(number / MOST, "chattering", float(number % 2)))
    edges = inbox.drain()
    assert len(edges) == CAPACITY
    assert edges[0].sensor == "help"
    assert inbox.dropped == 101
