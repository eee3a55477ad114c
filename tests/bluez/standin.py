"""The part of org.bluez that bleak talks to, with one adapter and a radio that the test owns.

What BlueZ does is taken from its D-Bus documentation (doc/org.bluez.*.rst): devices appear as objects when
they advertise, their services when they are connected, values as changed properties.
"""

import asyncio
import itertools
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

ADAPTER = "org.bluez.Adapter1"
DEVICE = "org.bluez.Device1"
SERVICE = "org.bluez.GattService1"
CHARACTERISTIC = "org.bluez.GattCharacteristic1"

Properties = dict[str, Variant]


def uuid(number: str) -> str:
    """The full form of a 16-bit UUID such as "2a37"."""
    return f"0000{number}-0000-1000-8000-00805f9b34fb"


@dataclass
class Wearable:
    """A device that may be on the air. `services` maps service to characteristic to (flags, value to be read);
    `name` and `service_data` are what it advertises beside.
    """

    address: str
    services: dict[str, dict[str, tuple[list[str], bytes]]] = field(default_factory=dict)
    name: str | None = None
    service_data: dict[str, bytes] = field(default_factory=dict)


def strap(address: str = "C0:FF:EE:00:00:01", battery: int = 80) -> Wearable:
    """A heart-rate strap with a battery level."""
    return Wearable(
        address,
        {"180d": {"2a37": (["notify"], b"")}, "180f": {"2a19": (["read", "notify"], bytes([battery]))}},
    )


class Bluez:
    """bluetoothd, as far as a client can tell. Use it as an asynchronous context manager.

    Attributes:
        calls: how often each method was called.
        refusals: method to the errors (name, text) with which its next calls are answered.
        scanning: whether discovery is on.
        tells_all: whether the client asked to be told of each advert, changed or not ("DuplicateData").
        deaf_until: while not None the radio hears nothing; the call ("StartDiscovery", "Set") that mends it.
        hangs: it is there and answers nothing.
        blocked: whether rfkill forbids switching the adapter on.
    """

    def __init__(self, bus_address: str, *, adapter: str = "hci0", powered: bool = True) -> None:
        self._bus_address = bus_address
        self._objects: dict[str, dict[str, Properties]] = {}
        self._wearables: dict[str, Wearable] = {}
        self._adapter = f"/org/bluez/{adapter}"
        self._powered = powered
        self.calls: Counter[str] = Counter()
        self.refusals: dict[str, list[tuple[str, str]]] = {}
        self.scanning = False
        self.tells_all = False
        self.deaf_until: str | None = None
        self.hangs = False
        self.blocked = False
        self._unanswered: set[tuple[str, str]] = set()
        self._told: dict[str, int] = {}

    async def __aenter__(self) -> Self:
        self._bus = await MessageBus(bus_address=self._bus_address).connect()
        self._bus.add_message_handler(self._answer)
        await self._bus.request_name("org.bluez")
        self._outgoing: asyncio.Queue[Message] = asyncio.Queue()
        self._pump = asyncio.create_task(self._send())
        self.plug_in()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._pump.cancel()
        await asyncio.gather(self._pump, return_exceptions=True)
        self._bus.disconnect()

    async def _send(self) -> None:
        # Everything in order, and a round trip now and then: a socket holds about 300 small messages, and
        # dbus-fast takes a full one for a broken one.
        daemon = "org.freedesktop.DBus"
        with suppress(OSError, EOFError):  # the bus is gone
            for sent in itertools.count(1):
                await self._bus.send(await self._outgoing.get())
                if sent % 50 == 0:
                    await self._bus.call(
                        Message(destination=daemon, path="/", interface=f"{daemon}.Peer", member="Ping")
                    )

    # The radio

    def plug_in(self) -> None:
        """The adapter appears."""
        properties = {
            "Address": Variant("s", "00:00:5E:00:53:01"),
            "Powered": Variant("b", self._powered),
            "Discovering": Variant("b", False),
            "Roles": Variant("as", ["central", "peripheral"]),
        }
        self._appear(self._adapter, {ADAPTER: properties})

    def pull_out(self) -> None:
        """The adapter vanishes, and with it every device."""
        for path in sorted(self._objects, reverse=True):
            self._vanish(path)
        self.scanning = False

    def power(self, *, on: bool) -> None:
        """The adapter is switched on or off; off, it loses its links and its scan."""
        self._powered = on
        self.scanning = self.scanning and on
        if not on:
            self._told.clear()
            for wearable in list(self._wearables.values()):
                self.lose(wearable)
        self._change(self._adapter, ADAPTER, Powered=Variant("b", on), Discovering=Variant("b", self.scanning))

    def advertise(self, wearable: Wearable, rssi: int = -60) -> None:
        """One advert of `wearable` is on the air. It is told of during a scan, and as BlueZ does it: an unchanged
        advert only once in a scan, or when its strength has changed by 8 dB, unless the client asked for all.
        """
        path = self._path(wearable.address)
        self._wearables[path] = wearable
        data = {uuid(number): Variant("ay", payload) for number, payload in wearable.service_data.items()}
        known = self._objects.get(path, {}).get(DEVICE, {}).get("ServiceData")
        is_news = self.tells_all or abs(rssi - self._told.get(path, -127)) >= 8 or (known and known.value != data)
        if not self.scanning or self.deaf_until is not None or not is_news:
            return
        self._told[path] = rssi
        if path in self._objects:
            changed = {"RSSI": Variant("n", rssi)} | ({"ServiceData": Variant("a{sv}", data)} if data else {})
            self._change(path, DEVICE, **changed)
            return
        properties = {
            "Address": Variant("s", wearable.address),
            "AddressType": Variant("s", "random"),
            "Alias": Variant("s", wearable.address.replace(":", "-")),
            "Adapter": Variant("o", self._adapter),
            "UUIDs": Variant("as", [uuid(number) for number in wearable.services]),
            "RSSI": Variant("n", rssi),
            **({"ServiceData": Variant("a{sv}", data)} if data else {}),
            **({"Name": Variant("s", wearable.name)} if wearable.name else {}),
            **{flag: Variant("b", False) for flag in ("Paired", "Trusted", "Blocked", "Connected", "ServicesResolved")},
        }
        self._appear(path, {DEVICE: properties})

    def notify(self, wearable: Wearable, number: str, payload: bytes) -> None:
        """`wearable` notifies `payload`, if it has been asked to."""
        path = self._characteristic(wearable, number)
        if path and self._objects[path][CHARACTERISTIC]["Notifying"].value:
            self._change(path, CHARACTERISTIC, Value=Variant("ay", payload))

    def lose(self, wearable: Wearable) -> None:
        """The link breaks: out of range, battery out."""
        path = self._path(wearable.address)
        if not self.connected(wearable):
            return
        self._change(path, DEVICE, ServicesResolved=Variant("b", False), Connected=Variant("b", False))
        for below in sorted((other for other in self._objects if other.startswith(f"{path}/")), reverse=True):
            self._vanish(below)

    def leave_unanswered(self, method: str, wearable: Wearable) -> None:
        """From now on calls of `method` on `wearable`, or on what is in it, are never answered."""
        self._unanswered.add((method, self._path(wearable.address)))

    def connected(self, wearable: Wearable) -> bool:
        """Whether a link stands."""
        interfaces = self._objects.get(self._path(wearable.address))
        return bool(interfaces and interfaces[DEVICE]["Connected"].value)

    def listening(self, wearable: Wearable, number: str) -> bool:
        """Whether somebody has asked `wearable` to notify that characteristic."""
        path = self._characteristic(wearable, number)
        return bool(path and self._objects[path][CHARACTERISTIC]["Notifying"].value)

    # The objects

    def _path(self, address: str) -> str:
        return f"{self._adapter}/dev_{address.replace(':', '_')}"

    def _characteristic(self, wearable: Wearable, number: str) -> str | None:
        for path, interfaces in self._objects.items():
            properties = interfaces.get(CHARACTERISTIC)
            if (
                properties
                and path.startswith(self._path(wearable.address))
                and properties["UUID"].value == uuid(number)
            ):
                return path
        return None

    def _appear(self, path: str, interfaces: dict[str, Properties]) -> None:
        self._objects[path] = interfaces
        self._signal("/", "org.freedesktop.DBus.ObjectManager", "InterfacesAdded", "oa{sa{sv}}", [path, interfaces])

    def _vanish(self, path: str) -> None:
        names = list(self._objects.pop(path))
        self._signal("/", "org.freedesktop.DBus.ObjectManager", "InterfacesRemoved", "oas", [path, names])

    def _change(self, path: str, interface: str, **properties: Variant) -> None:
        self._objects[path][interface].update(properties)
        body = [interface, properties, []]
        self._signal(path, "org.freedesktop.DBus.Properties", "PropertiesChanged", "sa{sv}as", body)

    def _signal(self, path: str, interface: str, member: str, signature: str, body: list[Any]) -> None:
        message = Message(
            message_type=MessageType.SIGNAL,
            path=path,
            interface=interface,
            member=member,
            signature=signature,
            body=body,
        )
        self._outgoing.put_nowait(message)

    def _resolve(self, path: str) -> None:
        handle = 0
        for service, characteristics in self._wearables[path].services.items():
            handle += 1
            service_path = f"{path}/service{handle:04x}"
            self._appear(
                service_path,
                {
                    SERVICE: {
                        "UUID": Variant("s", uuid(service)),
                        "Device": Variant("o", path),
                        "Primary": Variant("b", True),
                    }
                },
            )
            for number, (flags, value) in characteristics.items():
                handle += 1
                properties = {
                    "UUID": Variant("s", uuid(number)),
                    "Service": Variant("o", service_path),
                    "Flags": Variant("as", flags),
                    "Value": Variant("ay", value),
                    "Notifying": Variant("b", False),
                    "MTU": Variant("q", 23),
                }
                self._appear(f"{service_path}/char{handle:04x}", {CHARACTERISTIC: properties})
        self._change(path, DEVICE, ServicesResolved=Variant("b", True))

    # The methods

    def _answer(self, call: Message) -> bool:
        if call.message_type is not MessageType.METHOD_CALL or call.member is None or call.path is None:
            return False
        if call.interface in ("org.freedesktop.DBus.Peer", "org.freedesktop.DBus.Introspectable"):
            return False
        self.calls[call.member] += 1
        if self.hangs:
            return True
        if refusals := self.refusals.get(call.member):
            self._outgoing.put_nowait(Message.new_error(call, *refusals.pop(0)))
        elif any(call.member == method and call.path.startswith(path) for method, path in self._unanswered):
            pass
        elif call.member in ("StartDiscovery", "Connect") and not self._powered:
            self._outgoing.put_nowait(Message.new_error(call, "org.bluez.Error.NotReady", "Resource Not Ready"))
        elif call.member == "Set" and call.body[2].value and self.blocked:
            blocked = Message.new_error(call, "org.bluez.Error.Blocked", "Blocked through rfkill")
            self._outgoing.put_nowait(blocked)
        elif call.member != "GetManagedObjects" and call.path not in self._objects:
            unknown = Message.new_error(call, "org.freedesktop.DBus.Error.UnknownObject", "no such object")
            self._outgoing.put_nowait(unknown)
        else:
            reply = Message.new_method_return(call, *self._reply(call.member, call.path, call.body))
            # What changes is told before the caller is answered. bleak hears of the two on different connections,
            # and takes a device for lost again if the answer comes first.
            self._do(call.member, call.path, call.body)
            self._outgoing.put_nowait(reply)
        return True

    def _reply(self, member: str, path: str, body: list[Any]) -> tuple[str, list[Any]]:
        if member == "GetManagedObjects":
            return "a{oa{sa{sv}}}", [self._objects]
        if member == "Get":
            return "v", [self._objects[path][body[0]][body[1]]]
        if member == "ReadValue":
            return "ay", [self._objects[path][CHARACTERISTIC]["Value"].value]
        return "", []

    def _do(self, member: str, path: str, body: list[Any]) -> None:
        if member == self.deaf_until:
            self.deaf_until = None
        if member == "SetDiscoveryFilter":
            self.tells_all = bool(body[0]["DuplicateData"].value) if "DuplicateData" in body[0] else True
        elif member in ("StartDiscovery", "StopDiscovery"):
            self.scanning = member == "StartDiscovery"
            self._told.clear()
            self._change(path, ADAPTER, Discovering=Variant("b", self.scanning))
        elif member == "Set":
            self.power(on=body[2].value)
        elif member == "Connect":
            self._change(path, DEVICE, Connected=Variant("b", True))
            self._resolve(path)
        elif member == "Disconnect":
            self.lose(self._wearables[path])
        elif member in ("StartNotify", "StopNotify"):
            self._change(path, CHARACTERISTIC, Notifying=Variant("b", member == "StartNotify"))
