"""A help button by radio through the whole daemon: heard, not heard twice, and its key in nothing that is written."""

import asyncio
import contextlib
import io
import itertools
from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner

from gateway.__main__ import wren
from gateway.clock import ManualClock
from gateway.config.reading import parse
from gateway.daemon import Daemon
from gateway.devices import sources_of
from gateway.log import open_log
from gateway.systemd import Notifier
from models.kinds import AlertKind
from models.vocabulary import Finding, Said
from tests.bluez.standin import Bluez, Wearable
from tests.bthome_air import KEY, LONG_PRESS, PRESS, sealed

START_S = 1_740_988_800.0
BUTTON = "C0:FF:EE:00:00:01"
HOME = """
[home]
id = "h-test"
timezone = "Europe/London"
[gateway]
data_dir = "{folder}"
[[residents]]
id = "r1"
[[recipients]]
id = "team"
hours = "24h"
[[sensors]]
id = "help"
kind = "button"
place = "worn"
resident = "r1"
ble = {{ address = "{button}", profile = "bthome", key = "{key}" }}
[alerts.help_button]
reason = "agreed with the resident"
owner = "team"
"""


async def test_a_press_by_radio_is_told_once_and_its_key_is_written_nowhere(bluez: Bluez, tmp_path: Path) -> None:
    path = tmp_path / "home.toml"
    path.write_text(HOME.format(folder=tmp_path / "data", button=BUTTON, key=KEY.hex()))
    config = parse(path.read_text())
    clock, written, said = ManualClock(START_S), io.StringIO(), list[Said]()
    log = open_log(written, utc_s=clock.utc_s)
    daemon = Daemon(config, clock, log, Notifier({}, pid=0), sources_of(config, clock, log), said=said.append)
    stop, ready = asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(daemon.run(stop, ready.set))

    on_air: list[bytes] = []

    async def until(done: Callable[[], object]) -> None:
        async with asyncio.timeout(20):
            for look in itertools.count():
                if done():
                    return
                if running.done():
                    await running
                if on_air and look % 20 == 0 and bluez.scanning:  # a button says it again: scans have gaps
                    bluez.advertise(
                        Wearable(BUTTON, service_data={"fcd2": on_air[-1]}), rssi=-60 - 10 * (look % 40 // 20)
                    )
                clock.move_s(2)
                await asyncio.sleep(0.002)

    def calls() -> list[Finding]:
        return [one for one in said if isinstance(one, Finding) and one.kind is AlertKind.HELP_BUTTON]

    def sends(data: bytes) -> None:
        on_air.append(data)

    await until(lambda: ready.is_set() and bluez.scanning)
    first = sealed(PRESS, 41, BUTTON)
    sends(first)
    await until(lambda: len(calls()) == 1)
    over_s = clock.monotonic_s() + 1200  # another press would be a new call by now
    await until(lambda: clock.monotonic_s() > over_s)
    for recorded in (first, sealed(LONG_PRESS, 40, BUTTON), sealed(PRESS, 41, BUTTON, key=bytes(16))):
        sends(recorded)
        again_s = clock.monotonic_s() + 200
        await until(lambda again_s=again_s: clock.monotonic_s() > again_s)  # type: ignore[misc]
    assert len(calls()) == 1
    sends(sealed(PRESS, 3, BUTTON))  # a new battery
    asked = asyncio.create_task(
        asyncio.to_thread(CliRunner().invoke, wren, ["forget-counter", "help", "--config", str(path)])
    )
    await until(asked.done)
    assert "Taken." in asked.result().output
    sends(sealed(PRESS, 4, BUTTON))
    await until(lambda: len(calls()) == 2)
    stop.set()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    kept = b"".join(one.read_bytes() for one in (tmp_path / "data").rglob("*") if one.is_file())
    assert b"help" in kept
    for secret in (KEY.hex(), KEY.hex().upper(), str(KEY), BUTTON):
        assert secret not in written.getvalue()
    for secret_bytes in (KEY, KEY.hex().encode()):
        assert secret_bytes not in kept
