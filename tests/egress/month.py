"""A month in a home full of sensors, lived by the real daemon and carried by the real messenger to a desk that listens.

Sensed values have many digits here, as a careless driver might hand them over: each of them is planted, and so are
their times to the millisecond, their numbers in the journal, and the addresses and keys of the radio.
"""

import asyncio
import contextlib
import io
import math
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

from click.testing import CliRunner

from gateway.__main__ import wren
from gateway.clock import ManualClock
from gateway.config.places import make, places_of
from gateway.config.reading import load
from gateway.daemon import Daemon
from gateway.inbox import Edge, Sink
from gateway.log import open_log
from gateway.sources.simulator import house
from gateway.sources.simulator.act import PULSE, STRAP, STRAP_BATTERY
from gateway.sources.simulator.life import Life
from gateway.sources.simulator.scenario import Scenario
from gateway.store.journal import Journal
from gateway.store.opening import set_meta
from gateway.store.outbox_reader import OutboxReader
from gateway.systemd import Notifier
from gateway.uplink_daemon import carry
from models.kinds import SensorKind
from models.localtime import DAY_S, HOUR_S, MINUTE_S
from tests.enrolled import enrolled
from tests.uplink.tls import authority

from .recording import recording
from .scanner import Planted

START_S: Final = int(datetime(2025, 3, 3, 4, tzinfo=UTC).timestamp())
FIRST_NUMBER: Final = 4_071_562_083_911
"""Where the journal's numbers begin: high, so that they can be searched for."""

BREATH_S: Final = 15 * MINUTE_S
"""The clock moves by so much at a time."""

OFF_S: Final = 0.5135
"""Past the full second: lines of the log carry the milliseconds of their own writing, and nothing is felt at those."""

DAYS: Final = 30
PULSES_A_DAY: Final = 2880
AIR_EVERY_S: Final = 5 * MINUTE_S
COLD_DAYS: Final = frozenset({9, 17})

ADDRESSES: Final = ("C3:5A:0E:71:9D:B2", "D8:14:6F:A0:3C:57", "E1:90:2B:C7:58:4D", "CB:07:F4:2E:96:11")
BIND_KEY: Final = "9f3bd2c6617e48a5b02d7c1e5f8a3946"

AIR: Final = (
    ("warm", SensorKind.TEMPERATURE, "lounge", ADDRESSES[1]),
    ("warm-bath", SensorKind.TEMPERATURE, "bathroom", ADDRESSES[2]),
    ("damp", SensorKind.HUMIDITY, "bathroom", ADDRESSES[3]),
)


class Felt(NamedTuple):
    """One reading."""

    at_s: float
    sensor: str
    value: float


@dataclass(frozen=True)
class Month:
    """What was planted, and everything that came out."""

    planted: Planted
    readings: int
    requests: list[bytes]
    bodies: list[bytes]
    line: bytes
    logs: bytes
    status: bytes

    def of_readings(self) -> Planted:
        """What was planted but for the journal's numbers: the daemon's log says the last of them when it stops."""
        numbers = range(FIRST_NUMBER, FIRST_NUMBER + self.readings + 1)
        return Planted(self.planted.floats, self.planted.integers - frozenset(numbers), self.planted.secrets)


def home_toml(folder: Path, url: str, ca_file: Path) -> str:
    """The simulated home, every kind of alert on, with two thermometers and a hygrometer on the radio besides."""
    text = house.home_toml(data_dir=folder, uplink_url=url, uplink_dir=folder / "uplink", ca_file=ca_file)
    text = text.replace(house.STRAP_ADDRESS, ADDRESSES[0])
    for name, kind, place, address in AIR:
        text += f'[[sensors]]\nid = "{name}"\nkind = "{kind}"\nplace = "{place}"\nresident = "r1"\n'
        text += f'ble = {{ address = "{address}", profile = "bthome", key = "{BIND_KEY}" }}\n'
    return text


def felt(seed: int) -> list[Felt]:
    """A month of readings in their order: an illness, a help call and a long stay among them, and cold evenings."""
    rng = Random(seed)
    readings = [Felt(*act) for act in Life(seed, Scenario(quiet_days=24, illness_days=6, collapse=None))]
    readings = [one for one in readings if one.sensor not in STRAP and one.at_s < START_S + DAYS * DAY_S]
    for day in range(DAYS):
        begins_s = START_S + day * DAY_S
        beats = 57.0 if day < 24 else 71.0
        for number in range(PULSES_A_DAY):
            at_s = begins_s + (number + rng.random()) * DAY_S / PULSES_A_DAY
            readings.append(Felt(at_s, PULSE, beats + 20 * rng.random()))
        for number in range(DAY_S // AIR_EVERY_S):
            at_s = begins_s + (number + rng.random()) * AIR_EVERY_S
            is_cold = day in COLD_DAYS and 12 <= number * AIR_EVERY_S / HOUR_S < 18
            readings.append(Felt(at_s, "warm", (14.0 if is_cold else 19.5) + rng.random()))
            readings.append(Felt(at_s + 1 + rng.random(), "warm-bath", (14.5 if is_cold else 20.5) + rng.random()))
            readings.append(Felt(at_s + 3 + rng.random(), "damp", 40 + 10 * rng.random()))
        readings.append(Felt(begins_s + 7 * HOUR_S + rng.random(), STRAP_BATTERY, 95 - day * 3 - rng.random()))
    return sorted(one._replace(at_s=_beside(round(one.at_s, 3))) for one in readings)


def _beside(at_s: float) -> float:
    return at_s + 0.01 if abs(at_s % 1 - OFF_S) < 0.005 else at_s


def planted_in(readings: list[Felt]) -> Planted:
    """What of `readings` must never be seen again."""
    values = frozenset(one.value for one in readings if one.value != round(one.value, 6))
    times = frozenset(round(one.at_s * 1000) for one in readings)
    numbers = frozenset(range(FIRST_NUMBER, FIRST_NUMBER + len(readings)))
    secrets = {bytes.fromhex(address.replace(":", "")) for address in ADDRESSES} | {bytes.fromhex(BIND_KEY)}
    return Planted(values, times | numbers, frozenset(secrets))


async def lived(folder: Path, readings: list[Felt], *, days: int = DAYS) -> Month:
    """Live through `readings` of `days` in `folder` and keep all that comes out."""
    readings = [one for one in readings if one.at_s < START_S + days * DAY_S]
    authority_ = authority(_made(folder / "ca"))
    with recording(authority_.sign("desk")) as desk:
        config_path = folder / "home.toml"
        config_path.write_text(home_toml(folder / "data", desk.url, authority_.ca_file), encoding="utf-8")
        config = load(config_path)
        enrolled(config_path)
        places = places_of(config)
        for place, mode in ((places.private, 0o700), (places.outbox, 0o750)):
            make(place, mode)
        journal = Journal.open(places.home_db)
        journal.close()
        with contextlib.closing(sqlite3.connect(places.home_db)) as raw, raw:
            set_meta(raw, "sequence_floor", FIRST_NUMBER)
        clock, heard = ManualClock(START_S + OFF_S - BREATH_S), _Ear()
        logs = io.StringIO()
        log = open_log(logs, utc_s=clock.utc_s)
        daemon = Daemon(config, clock, log, Notifier({}, pid=0), [heard])
        stop, up, carrying = asyncio.Event(), asyncio.Event(), asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(daemon.run(stop, up.set))
            await up.wait()
            carried = carry(places.uplink, clock, log, Notifier({}, pid=0), stop, carrying.set)
            group.create_task(carried)
            await carrying.wait()
            with OutboxReader(places.outbox_db) as outbox:
                await _live(clock, daemon, heard, readings, lambda: _is_drained(outbox, desk.ids))
            stop.set()
            clock.move_s(1.0)
        shown = CliRunner().invoke(wren, ["status", "--config", str(config_path), "--json"])
    return Month(
        planted=planted_in(readings),
        readings=len(readings),
        requests=desk.requests,
        bodies=desk.bodies,
        line=bytes(desk.line),
        logs=logs.getvalue().encode(),
        status=shown.output.encode(),
    )


async def _live(
    clock: ManualClock, daemon: Daemon, ear: "_Ear", readings: list[Felt], is_drained: Callable[[], bool]
) -> None:
    assert ear.sink is not None
    assert daemon.pipeline is not None
    number = 0
    for until_s in range(START_S + BREATH_S, math.ceil(readings[-1].at_s) + BREATH_S, BREATH_S):
        clock.move_s(max(0.0, until_s + OFF_S - clock.utc_s()))
        while number < len(readings) and readings[number].at_s < until_s:
            one = readings[number]
            ear.sink(Edge(clock.monotonic_s() - (clock.utc_s() - one.at_s), one.sensor, one.value))
            number += 1
        await daemon.pipeline.settle()
        while not is_drained():
            clock.move_s(1.0)  # the messenger looks once a second
            await asyncio.sleep(0.003)
    assert number == len(readings)


def _is_drained(outbox: OutboxReader, received: set[str]) -> bool:
    """Whether the desk has everything but heartbeats that a newer one has replaced."""
    waiting = outbox.pending(received)
    newest = outbox.statuses()[-1:]
    return all(one.type == "status" for one in waiting) and all(one.id in received for one in newest)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


class _Ear:
    """A source that senses what it is told."""

    name = "ear"

    def __init__(self) -> None:
        self.sink: Sink | None = None

    async def run(self, sink: Sink) -> None:
        self.sink = sink
        await asyncio.get_running_loop().create_future()
