"""Is there a radio at all? Asked of BlueZ itself, because neither bleak nor a silent callback says so."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from gateway.clock import Clock
from gateway.errors import SourceUnavailable

if TYPE_CHECKING:
    from dbus_fast.aio import MessageBus

CHECK_S: Final = 10.0
"""A fault has to be known within 60 s; two small D-Bus calls every 10 s cost nothing that can be measured."""

ANSWER_S: Final = 5.0
"""BlueZ answers within milliseconds or has stalled."""

_BLUEZ: Final = "org.bluez"


@asynccontextmanager
async def radio(adapter: str) -> AsyncIterator["Radio"]:
    """The adapter called `adapter`, such as "hci0", found powered. Raises SourceUnavailable if it is not."""
    from dbus_fast.aio import MessageBus
    from dbus_fast.constants import BusType
    from dbus_fast.errors import DBusFastError

    bus = MessageBus(bus_type=BusType.SYSTEM)
    try:
        try:
            async with asyncio.timeout(ANSWER_S):
                await bus.connect()
        except (OSError, EOFError, DBusFastError) as error:
            advice = "It is tried again; if it stays, look at `systemctl status dbus`."
            raise SourceUnavailable("The system's D-Bus cannot be reached.", advice=advice) from error
        found = Radio(adapter, bus)
        await found.check()
        yield found
    finally:
        bus.disconnect()


class Radio:
    """One adapter under one bluetoothd; made by `radio()`."""

    def __init__(self, adapter: str, bus: "MessageBus") -> None:
        self._adapter = adapter
        self._bus = bus
        self._owner: str | None = None

    async def watch(self, clock: Clock) -> None:
        """Check every `CHECK_S`. Ends by raising SourceUnavailable."""
        while True:
            await clock.sleep_s(CHECK_S)
            await self.check()

    async def check(self) -> None:
        """Raise SourceUnavailable unless the same bluetoothd as before has the adapter, and it is on.

        A bluetoothd that was restarted has forgotten our scan and our connections and tells nobody.
        """
        owner = await self._ask("org.freedesktop.DBus", "/org/freedesktop/DBus", "GetNameOwner", _BLUEZ)
        if owner is None:
            advice = "It is tried again; if it stays, look at `systemctl status bluetooth`."
            raise SourceUnavailable("bluetoothd is not running.", advice=advice)
        if self._owner not in (None, owner):
            raise SourceUnavailable("bluetoothd was restarted.", advice="Nothing to do: the devices are found again.")
        self._owner = str(owner)
        powered = await self._ask(_BLUEZ, f"/org/bluez/{self._adapter}", "Get", "org.bluez.Adapter1", "Powered")
        if powered is None:
            advice = "Plug it in, or correct `adapter` under [gateway]; `bluetoothctl list` shows what there is."
            raise SourceUnavailable(f"There is no Bluetooth adapter {self._adapter}.", advice=advice)
        if not powered:
            advice = "Switch it on: `rfkill unblock bluetooth`, then `bluetoothctl power on`."
            raise SourceUnavailable(f"The Bluetooth adapter {self._adapter} is switched off.", advice=advice)

    async def _ask(self, service: str, path: str, member: str, *arguments: str) -> object:
        # the answer, or None where D-Bus says that there is nobody or nothing to ask
        from dbus_fast import Message, MessageFlag, MessageType, Variant
        from dbus_fast.errors import DBusFastError

        question = Message(
            destination=service,
            path=path,
            interface="org.freedesktop.DBus.Properties" if member == "Get" else service,
            member=member,
            signature="s" * len(arguments),
            body=list(arguments),
            flags=MessageFlag.NO_AUTOSTART,
        )
        try:
            async with asyncio.timeout(ANSWER_S):
                answer = await self._bus.call(question)
        except TimeoutError as error:
            advice = "It is tried again; if it stays, restart it: `systemctl restart bluetooth`."
            raise SourceUnavailable("bluetoothd does not answer.", advice=advice) from error
        except (OSError, EOFError, DBusFastError) as error:
            advice = "Nothing to do: the connection is made anew."
            raise SourceUnavailable("The connection to the system's D-Bus was lost.", advice=advice) from error
        if answer.message_type is not MessageType.METHOD_RETURN:
            return None
        value = answer.body[0]
        return value.value if isinstance(value, Variant) else value
