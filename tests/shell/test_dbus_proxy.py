"""The daemon's door to the system bus, with the unit's own arguments: a real bus, a real proxy."""

import asyncio
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus

from .test_systemd_units import settings

pytestmark = pytest.mark.skipif(
    not (shutil.which("dbus-daemon") and shutil.which("xdg-dbus-proxy")),
    reason="dbus-daemon or xdg-dbus-proxy is not installed",
)

BUS_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><listen>unix:path={path}</listen><policy context="default">
<allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/></policy></busconfig>"""

NEIGHBOURS = (
    "org.bluez",
    "org.freedesktop.timedate1",
    "org.freedesktop.resolve1",
    "org.freedesktop.network1",
    "org.freedesktop.systemd1",
    "org.freedesktop.Avahi",
)
PROPERTIES = "org.freedesktop.DBus.Properties"


@pytest.fixture
def buses(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The addresses of a bus, and of the proxy in front of it."""
    bus, proxied, config = tmp_path / "bus", tmp_path / "proxied", tmp_path / "bus.conf"
    config.write_text(BUS_CONFIG.format(path=bus), encoding="utf-8")
    exec_start = settings("wren-dbus-proxy.service")["ExecStart"][0]
    proxy = exec_start.replace("/run/dbus/system_bus_socket", str(bus)).replace("/run/wren-dbus/bus", str(proxied))
    started = []
    for command, socket in ((f"dbus-daemon --config-file={config} --nofork --nopidfile", bus), (proxy, proxied)):
        started.append(subprocess.Popen(command.split()))
        while not socket.exists():
            assert started[-1].poll() is None
            time.sleep(0.005)
    yield f"unix:path={bus}", f"unix:path={proxied}"
    for process in reversed(started):
        process.terminate()
        process.wait(10)


@pytest.fixture
async def door(buses: tuple[str, str]) -> AsyncIterator[MessageBus]:
    """A client behind the proxy; in front of it a bus on which every neighbour answers everything."""
    neighbour = await MessageBus(bus_address=buses[0]).connect()
    neighbour.add_message_handler(
        lambda call: Message.new_method_return(call) if call.message_type is MessageType.METHOD_CALL else None
    )
    for name in NEIGHBOURS:
        await neighbour.request_name(name)
    client = await MessageBus(bus_address=buses[1]).connect()
    yield client
    for line in (client, neighbour):
        line.disconnect()


async def answered(door: MessageBus, name: str, path: str, method: str) -> bool:
    interface, _, member = method.rpartition(".")
    call = Message(destination=name, path=path, interface=interface, member=member)
    reply = await asyncio.wait_for(door.call(call), 5)
    assert reply is not None
    return reply.message_type is MessageType.METHOD_RETURN


async def test_bluetooth_and_the_state_of_the_clock_can_be_asked(door: MessageBus) -> None:
    clock = ("org.freedesktop.timedate1", "/org/freedesktop/timedate1")
    assert await answered(door, "org.bluez", "/", "org.freedesktop.DBus.ObjectManager.GetManagedObjects")
    assert await answered(door, "org.bluez", "/org/bluez/hci0", "org.bluez.Adapter1.StartDiscovery")
    assert await answered(door, "org.bluez", "/org/bluez/hci0", f"{PROPERTIES}.Set")  # Powered, of a deaf adapter
    assert await answered(door, *clock, f"{PROPERTIES}.Get")
    assert await answered(door, *clock, f"{PROPERTIES}.GetAll")


async def test_the_clock_cannot_be_set(door: MessageBus) -> None:
    clock = ("org.freedesktop.timedate1", "/org/freedesktop/timedate1")
    assert not await answered(door, *clock, "org.freedesktop.timedate1.SetTime")
    assert not await answered(door, *clock, "org.freedesktop.timedate1.SetNTP")
    assert not await answered(door, *clock, f"{PROPERTIES}.Set")


@pytest.mark.parametrize("name", NEIGHBOURS[2:])
async def test_nobody_who_could_carry_a_word_out_is_there(door: MessageBus, name: str) -> None:
    path = "/" + name.replace(".", "/")
    assert not await answered(door, name, path, f"{name}.Manager.ResolveHostname")
    assert not await answered(door, name, path, "org.freedesktop.DBus.Peer.Ping")
