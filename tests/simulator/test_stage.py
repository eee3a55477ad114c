"""The stage drives the real drivers: what the person did is what the home understands."""

import asyncio
import io
import struct
from collections import defaultdict
from random import Random
from typing import TYPE_CHECKING

import pytest
from gpiozero.pins.mock import MockFactory

from gateway.clock import ManualClock
from gateway.config.reading import parse
from gateway.inbox import Edge
from gateway.log import open_log
from gateway.sources.ble.profiles import PROFILES
from gateway.sources.ble.stream import Counts, Stream
from gateway.sources.gpio import GpioSource
from gateway.sources.gpio_line import Line
from gateway.sources.simulator import act as ids
from gateway.sources.simulator.act import MOMENTARY, NO_CONTACT, PULSE, STRAP, STRAP_BATTERY, Act
from gateway.sources.simulator.house import home_toml
from gateway.sources.simulator.life import Life
from gateway.sources.simulator.scenario import Scenario
from gateway.sources.simulator.stage import Stage
from gateway.sources.simulator.strap import heart_rate_measurement
from models import signals
from models.signals import Event, Phase
from models.vocabulary import Sensor

if TYPE_CHECKING:
    from gateway.config.tables import Config

STORY = Scenario(quiet_days=3, illness_days=1)


class House:
    """The simulated home with the real GPIO source in it."""

    def __init__(self, start_s: float, *, seed: int = 1) -> None:
        self.config: Config = parse(home_toml())
        self.clock = ManualClock(start_s)
        self.factory = MockFactory()
        self.edges: list[tuple[float, Edge]] = []
        self.notified: list[tuple[float, str, bytes]] = []
        self.counts = Counts()
        self.streams = {
            s.id: Stream(characteristic, {s.kind: s.id}, self._take, self.counts)
            for s in self.config.sensors
            if s.ble
            for characteristic in PROFILES[s.ble.profile].characteristics
            if s.kind in characteristic.measures
        }
        self.stage = Stage(self.config, self.clock, pin=self.factory.pin, notify=self._notify, seed=seed)
        lines = [
            Line(s.id, s.gpio.pin, s.gpio.active == "low", fires_only=s.id in MOMENTARY)
            for s in self.config.sensors
            if s.gpio
        ]
        log = open_log(io.StringIO(), utc_s=self.clock.utc_s)
        self.source = GpioSource(lines, self.factory, self.clock, log)

    def _notify(self, sensor: str, payload: bytes) -> None:
        self.notified.append((self.clock.utc_s(), sensor, payload))
        self.streams[sensor].notified(self.clock.monotonic_s(), payload)

    def _take(self, edge: Edge) -> None:
        if not edge.sensor.startswith("@"):  # that its wire can be read
            self.edges.append((self.clock.utc_s(), edge))

    async def live(self, acts: list[Act]) -> None:
        sensing = asyncio.create_task(self.source.run(self._take))
        await asyncio.sleep(0)
        turned_s = self.clock.utc_s()
        for act in acts:
            if act.at_s >= turned_s + 60:  # the loop gets a turn every simulated minute: levels are re-read
                turned_s = act.at_s
                await asyncio.sleep(0)
            self.stage.perform(act)
        self.stage.wait_until(self.clock.utc_s() + 10)
        sensing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sensing
        self.factory.close()

    def understood(self) -> dict[str, list[Event]]:
        lines = {s.id: signals.Line(Sensor(s.id, s.kind, s.place, s.resident)) for s in self.config.sensors}
        events: dict[str, list[Event]] = defaultdict(list)
        for at_s, edge in self.edges:
            event = lines[edge.sensor].take(round(at_s * 1000), edge.value)
            if event is not None:
                events[edge.sensor].append(event)
        assert sum(line.bounces for line in lines.values()) == self.stage.bounces
        assert all(line.settles_ms == signals.NEVER for line in lines.values())
        return events


async def test_what_she_did_is_what_the_home_understands() -> None:
    life = Life(4, STORY)
    acts = list(life)
    house = House(life.start_s)
    await house.live(acts)
    understood = house.understood()
    for sensor in {act.sensor for act in acts}:
        done = [act for act in acts if act.sensor == sensor and (sensor != PULSE or act.value != NO_CONTACT)]
        heard = understood[sensor]
        if sensor in MOMENTARY:
            heard = [event for event in heard if event.phase is not Phase.OFF]
            assert len(heard) == len(done)
        else:
            assert [event.value for event in heard] == [act.value for act in done]
        for act, event in zip(done, heard, strict=True):
            assert 0 <= event.at_ms / 1000 - act.at_s < 0.05
    assert house.stage.bounces > 100
    assert house.counts.malformed == 0
    assert house.counts.unmeasured == sum(act.sensor == PULSE and act.value == NO_CONTACT for act in acts) > 0


async def test_sensors_that_only_fire_fall_back_by_themselves() -> None:
    house = House(1000.0)
    await house.live([Act(1001.0, ids.HALL_MOTION, 1.0), Act(1002.0, ids.KITCHEN_MOTION, 1.0)])
    motion = [(round(at_s, 3), e.sensor, e.value) for at_s, e in house.edges if e.sensor.endswith("motion")]
    assert motion == [
        (1001.0, ids.HALL_MOTION, 1.0),
        (1002.0, ids.KITCHEN_MOTION, 1.0),
        (1003.5, ids.HALL_MOTION, 0.0),
        (1004.5, ids.KITCHEN_MOTION, 0.0),
    ]


async def test_the_strap_notifies_what_its_acts_say() -> None:
    life = Life(4, STORY)
    acts = [act for act in life if act.sensor in STRAP]
    house = House(life.start_s)
    await house.live(acts)
    assert [round(at_s, 3) for at_s, _, _ in house.notified] == [act.at_s for act in acts]
    for act, (_, sensor, payload) in zip(acts, house.notified, strict=True):
        assert sensor == act.sensor
        if sensor == STRAP_BATTERY:
            assert payload == bytes([int(act.value)])
        elif act.value != NO_CONTACT:
            assert payload[0] & 0b110 == 0b110
            wide = payload[0] & 1
            assert struct.unpack_from("<H" if wide else "<B", payload, 1)[0] == act.value
        else:
            assert payload[0] & 0b110 == 0b100
    assert any(act.value == NO_CONTACT for act in acts if act.sensor == PULSE)


def test_rr_intervals_fit_the_pulse() -> None:
    rng = Random(1)
    payloads = [heart_rate_measurement(75.0, rng) for _ in range(400)]
    with_rr = [payload for payload in payloads if payload[0] & 0x10]
    assert 100 < len(with_rr) < 300
    assert any(payload[0] & 0x01 for payload in payloads)
    for payload in with_rr:
        offset = 3 if payload[0] & 0x01 else 2
        beats = struct.unpack(f"<{(len(payload) - offset) // 2}H", payload[offset:])
        assert 1 <= len(beats) <= 2
        assert all(60 * 1024 / beat == pytest.approx(75.0, rel=0.05) for beat in beats)


async def test_the_same_seed_bounces_alike() -> None:
    life = Life(4, Scenario(quiet_days=1, illness_days=0, collapse=None))
    heard = []
    for seed in (1, 1, 2):
        house = House(life.start_s, seed=seed)
        await house.live(list(life))
        heard.append((house.edges, house.notified))
    assert heard[0] == heard[1] != heard[2]


def test_an_act_of_the_past_happens_now() -> None:
    house = House(1000.0)
    house.stage.perform(Act(990.0, ids.BED, 1.0))
    assert 1000.0 <= house.clock.utc_s() < 1000.05
    house.factory.close()
