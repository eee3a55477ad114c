"""Bluetooth as BlueZ and the kernel see it: one question to the bus, no scan of our own."""

import asyncio
import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from gateway.config.radio import devices_of
from gateway.config.tables import Config
from gateway.doctor.facts import Adapter, Advertiser, Radio, Unseen
from gateway.doctor.machine import Machine

if TYPE_CHECKING:
    from dbus_fast import Message

ANSWER_S: Final = 5.0
_BLUEZ: Final = "org.bluez"
_ADDRESS: Final = "DBUS_SYSTEM_BUS_ADDRESS"


def look(machine: Machine, config: Config) -> Radio | Unseen:
    """What BlueZ knows of adapters and of this home's devices; a home without a device by radio is not asked."""
    devices = devices_of(config)
    if not devices:
        return Unseen("No sensor of this home is by radio.")
    soft, hard = _blocked(machine)
    objects: Mapping[str, Any] | None
    try:
        objects = asyncio.run(_asked(machine.environ.get(_ADDRESS)))
    except (OSError, EOFError, TimeoutError):
        return Radio(has_bus=False, has_bluez=False, soft_blocked=soft, hard_blocked=hard)
    if objects is None:
        return Radio(has_bus=True, has_bluez=False, soft_blocked=soft, hard_blocked=hard)
    adapters, found = [], {}
    known = [one["org.bluez.Device1"] for one in objects.values() if "org.bluez.Device1" in one]
    for path, interfaces in sorted(objects.items()):
        adapter = interfaces.get("org.bluez.Adapter1")
        if adapter is not None:
            name = os.path.basename(path)  # noqa: PTH119 - a path of D-Bus, no file
            adapters.append(Adapter(name, bool(_of(adapter, "Powered")), bool(_of(adapter, "Discovering"))))
    for device in devices:
        if (seen := _seen(known, device.address, device.name)) is not None:
            found[device.identity] = seen
    return Radio(
        has_bus=True, has_bluez=True, adapters=tuple(adapters), soft_blocked=soft, hard_blocked=hard, heard=found
    )


def _seen(known: Iterable[Mapping[str, Any]], address: str | None, name: str | None) -> Advertiser | None:
    for one in known:
        is_it = _of(one, "Address") == address if address is not None else _of(one, "Name") == name
        if is_it:
            rssi = _of(one, "RSSI")
            return Advertiser(
                int(rssi) if rssi is not None else None, bool(_of(one, "Connected")), bool(_of(one, "Blocked"))
            )
    return None


def _of(properties: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 - a D-Bus variant
    return properties[name].value if name in properties else None


async def _asked(address: str | None) -> Mapping[str, Any] | None:
    """BlueZ's objects; None if nobody answers by its name. Raises OSError, EOFError, TimeoutError: there is no bus."""
    from dbus_fast import Message, MessageType
    from dbus_fast.aio import MessageBus
    from dbus_fast.constants import BusType
    from dbus_fast.errors import DBusFastError

    bus = MessageBus(bus_address=address, bus_type=BusType.SYSTEM)

    async def call(**message: Any) -> "Message | None":  # noqa: ANN401
        return await bus.call(Message(**message))

    try:
        async with asyncio.timeout(ANSWER_S):
            await bus.connect()
            owned = await call(
                destination="org.freedesktop.DBus", path="/org/freedesktop/DBus", interface="org.freedesktop.DBus",
                member="NameHasOwner", signature="s", body=[_BLUEZ],
            )  # fmt: skip
            if owned is None or not owned.body or owned.body[0] is not True:
                return None
    except DBusFastError as error:
        raise OSError("the bus refuses") from error
    try:
        async with asyncio.timeout(ANSWER_S):
            told = await call(
                destination=_BLUEZ, path="/", interface="org.freedesktop.DBus.ObjectManager", member="GetManagedObjects"
            )
    except (DBusFastError, TimeoutError):
        return None  # bluetoothd has stalled: for the sensors that is as if it were not there
    finally:
        bus.disconnect()
    if told is None or told.message_type is not MessageType.METHOD_RETURN:
        return None
    objects: Mapping[str, Any] = told.body[0]
    return objects


def _blocked(machine: Machine) -> tuple[bool, bool]:
    """Whether a switch forbids Bluetooth: in software, in hardware."""
    folder = machine.path("/sys/class/rfkill")
    soft = hard = False
    for one in sorted(folder.iterdir()) if folder.is_dir() else ():
        where = f"/sys/class/rfkill/{one.name}"
        if machine.text(f"{where}/type") == "bluetooth":
            soft |= machine.number(f"{where}/soft") == 1
            hard |= machine.number(f"{where}/hard") == 1
    return soft, hard


def proxy_answers(machine: Machine) -> bool | None:
    """Whether the daemon's door to the bus is there; None where this user may not look."""
    import socket

    try:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(ANSWER_S)
            probe.connect(str(machine.path("/run/wren-dbus/bus")))
    except PermissionError:
        return None
    except OSError:
        return False
    return True
