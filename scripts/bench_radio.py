"""What the radio costs: 100 adverts/s, four wearables that notify each second and ten edges/s through the real daemon.

Usage: .venv/bin/python -m scripts.bench_radio [--seconds 60] [--profile]

The stand-in for bluetoothd runs in a process of its own, and so does each of the rows; printed is the CPU time of that
row's process alone, in per cent of one core, after it has settled. "bleak" and "dbus-fast" are the libraries by
themselves with the same traffic and callbacks that do nothing: what cannot be saved while they are used.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from itertools import count
from pathlib import Path
from typing import Any, Final

from dbus_fast import Variant

from tests.bluez.bus import PrivateBus
from tests.bluez.standin import DEVICE, Bluez, strap, uuid

STRAPS: Final = tuple(strap(f"C0:FF:EE:00:00:{n:02}") for n in range(1, 5))
THERMOMETERS: Final = tuple(f"C0:FF:EE:00:01:{n:02}" for n in range(1, 6))
STRANGERS: Final = tuple(f"C0:FF:EE:00:02:{n:02}" for n in range(1, 41))
OURS_EACH: Final = 20
"""Every so manieth advert is of a device of the home: five a second."""

SETTLE_S: Final = 12.0
BTHOME: Final = uuid("fcd2")
EDGES_PER_S: Final = 10


class Street(Bluez):
    """BlueZ with `DuplicateData`: every advert is told of, with what is in it."""

    def shout(self, address: str, number: int) -> None:
        """One advert, unlike the one before it."""
        if address in THERMOMETERS:
            data = bytes([0x40, 0x00, number % 256, 0x02, number % 100, 0x08])
            heard = {"ServiceData": Variant("a{sv}", {BTHOME: Variant("ay", data)})}
        else:
            data = bytes([0x02, 0x15, number % 256]) + bytes(range(20))
            heard = {"ManufacturerData": Variant("a{qv}", {76: Variant("ay", data)})}
        heard["RSSI"] = Variant("n", -60 - number % 20)
        path = self._path(address)
        if path in self._objects:
            self._change(path, DEVICE, **heard)
            return
        flags = ("Paired", "Trusted", "Blocked", "Connected", "ServicesResolved")
        self._appear(
            path,
            {
                DEVICE: {
                    "Address": Variant("s", address),
                    "AddressType": Variant("s", "random"),
                    "Alias": Variant("s", address.replace(":", "-")),
                    "Adapter": Variant("o", self._adapter),
                    "UUIDs": Variant("as", []),
                    **{flag: Variant("b", False) for flag in flags},
                    **heard,
                }
            },
        )


async def world(bus: str, adverts_per_s: int, *, notifies: bool) -> None:
    """Play bluetoothd and the street until killed."""
    async with Street(bus) as bluez:
        begun_s = time.monotonic()
        for number in count():
            await asyncio.sleep(max(0.0, begun_s + number * 0.01 - time.monotonic()))
            if number * adverts_per_s // 100 != (number - 1) * adverts_per_s // 100:
                ours = number % OURS_EACH == 0
                several = THERMOMETERS if ours else STRANGERS
                bluez.shout(several[number // (OURS_EACH if ours else 1) % len(several)], number)
            if number % 25 == 0:
                one = STRAPS[number // 25 % 4]
                if bluez.listening(one, "2a37"):
                    if notifies:
                        bluez.notify(one, "2a37", bytes([0x16, 60 + number % 9, 0x40, 0x03]))
                elif bluez.scanning and not bluez.connected(one):
                    bluez.advertise(one, rssi=-50 - number // 100 % 2 * 10)


def toml(folder: Path) -> str:
    """Four straps, five thermometers and two wires."""
    worn = "".join(
        f'[[sensors]]\nid = "{kind.replace("_", "-")}-{n}"\nkind = "{kind}"\nplace = "worn"\nresident = "r{n}"\n'
        f'ble = {{ address = "{one.address}", profile = "heart_rate" }}\n'
        for n, one in enumerate(STRAPS, 1)
        for kind in ("heart_rate", "battery")
    )
    warm = "".join(
        f'[[sensors]]\nid = "warm-{n}"\nkind = "temperature"\nplace = "lounge"\n'
        f'ble = {{ address = "{address}", profile = "bthome" }}\n'
        for n, address in enumerate(THERMOMETERS, 1)
    )
    wired = "".join(
        f'[[sensors]]\nid = "{kind}"\nkind = "{kind}"\nplace = "hallway"\ngpio = {{ pin = {pin} }}\n'
        for kind, pin in (("door", 17), ("tap", 27))
    )
    residents = "".join(f'[[residents]]\nid = "r{n}"\n' for n in range(1, 5))
    return f"""
[home]
id = "h-bench"
timezone = "Europe/London"
[gateway]
pin_factory = "mock"
data_dir = "{folder}"
{residents}[[recipients]]
id = "team"
hours = "24h"
{wired}{worn}{warm}[alerts.inactivity]
reason = "lives alone"
owner = "team"
"""


async def daemon(folder: Path, seconds: float, edges_per_s: int) -> dict[str, Any]:
    """The daemon as it is, with mock pins."""
    from gpiozero.pins.mock import MockFactory

    from gateway.clock import SystemClock
    from gateway.config.reading import parse
    from gateway.daemon import Daemon
    from gateway.devices import sources_of
    from gateway.log import open_log
    from gateway.systemd import Notifier

    config, clock, factory = parse(toml(folder)), SystemClock(), MockFactory()
    log = open_log(sys.stderr, utc_s=clock.utc_s)
    pins = [factory.pin(pin) for pin in (17, 27)]
    sources = sources_of(config, clock, log, factory)
    running = Daemon(config, clock, log, Notifier({}, pid=0), sources)
    stop, ready = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(running.run(stop, ready.set))
    await ready.wait()

    async def move() -> None:
        for number in count():
            pin = pins[number % 2]
            (pin.drive_low if number // 2 % 2 else pin.drive_high)()
            await asyncio.sleep(1 / edges_per_s)

    moving = asyncio.create_task(move() if edges_per_s else asyncio.sleep(0))
    await asyncio.sleep(SETTLE_S)
    ble = next(source for source in sources if source.name == "ble")
    assert running.pipeline is not None
    before = {name: getattr(ble.counts, name) for name in ("adverts", "adverts_ignored", "notifications")}
    accepted = running.pipeline.accepted
    percent = await measured(seconds)
    heard = {name: round((getattr(ble.counts, name) - was) / seconds, 1) for name, was in before.items()}
    heard |= {"connected": ble.counts.connections - ble.counts.losses}
    heard |= {"inputs": round((running.pipeline.accepted - accepted) / seconds, 1)}
    moving.cancel()
    stop.set()
    await task
    return {"percent": percent, "per_s": heard}


async def bleak(seconds: float) -> dict[str, Any]:
    """bleak by itself: one scan and four connections."""
    from bleak import BleakClient, BleakScanner
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import AdvertisementData

    adverts, payloads = count(), count()
    found: dict[str, BLEDevice] = {}
    all_found = asyncio.Event()

    def heard(device: BLEDevice, _advert: AdvertisementData) -> None:
        next(adverts)
        found[device.address] = device
        if all(one.address in found for one in STRAPS):
            all_found.set()

    scanner = BleakScanner(heard, bluez={"adapter": "hci0", "filters": {"DuplicateData": True}})
    await scanner.start()
    await asyncio.wait_for(all_found.wait(), 30)
    for one in STRAPS:
        client = BleakClient(found[one.address])
        await client.connect()
        await client.start_notify(uuid("2a37"), lambda *_: next(payloads))
    await asyncio.sleep(SETTLE_S / 4)
    before = next(adverts), next(payloads)
    percent = await measured(seconds)
    after = next(adverts), next(payloads)
    rates = [round((late - early - 1) / seconds, 1) for early, late in zip(before, after, strict=True)]
    return {"percent": percent, "per_s": {"adverts": rates[0], "notifications": rates[1]}}


async def dbus_fast(seconds: float) -> dict[str, Any]:
    """dbus-fast by itself: the same signals, read and dropped."""
    from dbus_fast import Message
    from dbus_fast.aio import MessageBus

    bus = await MessageBus(bus_address=os.environ["DBUS_SYSTEM_BUS_ADDRESS"]).connect()
    service = "org.freedesktop.DBus"
    rule = "type='signal',member='PropertiesChanged',path_namespace='/org/bluez'"
    await bus.call(Message(service, f"/{service.replace('.', '/')}", service, "AddMatch", signature="s", body=[rule]))
    signals = count()
    bus.add_message_handler(lambda _: next(signals) and None)
    await asyncio.sleep(SETTLE_S / 4)
    before = next(signals)
    percent = await measured(seconds)
    return {"percent": percent, "per_s": {"signals": round((next(signals) - before - 1) / seconds, 1)}}


def stranger_us() -> float:
    """What Wren itself does for an advert that is not ours, microseconds each: the whole of the scanner's callback."""
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import AdvertisementData

    from gateway.clock import SystemClock
    from gateway.config.radio import devices_of
    from gateway.config.reading import parse
    from gateway.sources.ble.hearing import Hearing
    from gateway.sources.ble.memory import Memory
    from gateway.sources.ble.roster import Roster
    from gateway.sources.ble.scanner import Scanner
    from gateway.sources.ble.stream import Counts

    clock, counts, ear = SystemClock(), Counts(), Hearing()
    roster = Roster(devices_of(parse(toml(Path("/none")))), lambda _: None, counts, Memory(None), clock, None)
    scanner = Scanner(
        "hci0",
        clock,
        counts,
        whose=roster.heard,
        always=True,
        hearing=ear,
        heard=lambda: ear.heard(clock.monotonic_s()),
        power_cycle=asyncio.Event().wait,
        deaf=lambda: None,
    )
    advert = AdvertisementData(None, {76: bytes(23)}, {}, [], None, -60, ())
    device = BLEDevice(STRANGERS[0], None, {})
    adverts = 50_000
    begun_s = time.process_time()
    for _ in range(adverts):
        scanner._heard(device, advert)  # noqa: SLF001 - what bleak calls
    return round(1e6 * (time.process_time() - begun_s) / adverts, 2)


async def measured(seconds: float) -> float:
    """CPU time of this process over the next `seconds`, per cent of one core."""
    cpu_s, begun_s = time.process_time(), time.monotonic()
    await asyncio.sleep(seconds)
    return round(100 * (time.process_time() - cpu_s) / (time.monotonic() - begun_s), 2)


ROWS: Final = (
    ("daemon: 100 adverts/s, 4 wearables, 10 edges/s", "daemon", 100, True, EDGES_PER_S),
    ("daemon: the same without adverts", "daemon", 0, True, EDGES_PER_S),
    ("daemon: nothing happens", "daemon", 0, False, 0),
    ("bleak: 100 adverts/s, 4 wearables", "bleak", 100, True, 0),
    ("dbus-fast: 100 adverts/s", "dbus", 100, False, 0),
)


def row(kind: str, adverts: int, notifies: bool, edges: int, seconds: float) -> dict[str, Any]:
    """One row, in processes of its own."""
    with tempfile.TemporaryDirectory() as name:
        bus = PrivateBus(Path(name))
        bus.start()
        environment = os.environ | {"DBUS_SYSTEM_BUS_ADDRESS": bus.address}
        me = [sys.executable, "-m", "scripts.bench_radio"]
        playing = subprocess.Popen([*me, "--role", "world", str(adverts), str(int(notifies))], env=environment)
        try:
            command = [*me, "--role", kind, name, str(seconds), str(edges)]
            done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
        finally:
            playing.kill()
            playing.wait()
            bus.stop()
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Measure each row, or be one of its processes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--profile", action="store_true", help="also show where the daemon's time goes")
    parser.add_argument("--role", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    match options.role:
        case ["world", adverts, notifies]:
            asyncio.run(world(os.environ["DBUS_SYSTEM_BUS_ADDRESS"], int(adverts), notifies=notifies == "1"))
        case ["daemon", folder, seconds, edges]:
            print(json.dumps(asyncio.run(daemon(Path(folder) / "data", float(seconds), int(edges)))))
        case ["profile", folder, seconds, edges]:
            import cProfile
            import pstats

            with cProfile.Profile(time.process_time) as profile:
                asyncio.run(daemon(Path(folder) / "data", float(seconds), int(edges)))
            pstats.Stats(profile, stream=sys.stderr).sort_stats("tottime").print_stats(30)
            print("{}")
        case ["bleak", _, seconds, _]:
            print(json.dumps(asyncio.run(bleak(float(seconds)))))
        case ["dbus", _, seconds, _]:
            print(json.dumps(asyncio.run(dbus_fast(float(seconds)))))
        case _ if options.profile:
            row("profile", 100, notifies=True, edges=EDGES_PER_S, seconds=options.seconds)
        case _:
            for name, kind, adverts, notifies, edges in ROWS:
                found = row(kind, adverts, notifies, edges, options.seconds)
                rates = ", ".join(f"{value:g} {what}" for what, value in found["per_s"].items())
                print(f"{name:<48} {found['percent']:6.2f} %   ({rates})", flush=True)
            print(f"{'Wren alone: one advert of a stranger':<48} {stranger_us():6.2f} µs")


if __name__ == "__main__":
    main()
