"""Is there a radio at all? Asked of BlueZ itself, because neither bleak nor a silent callback says so.

And the two things that can be done about it from here: switching on an adapter that is off, and switching one off
and on again that hears nothing. Both are `Adapter1.Powered` (BlueZ, doc/org.bluez.Adapter.rst).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from gateway.clock import Clock
from gateway.errors import SourceUnavailable

if TYPE_CHECKING:
    from dbus_fast import Message, Variant
    from dbus_fast.aio import MessageBus

CHECK_S: Final = 10.0
"""A fault has to be known within 60 s; two small D-Bus calls every 10 s cost nothing that can be measured."""

ANSWER_S: Final = 5.0
"""BlueZ answers within milliseconds or has stalled."""

SWITCH_S: Final = 15.0
"""Switching is answered when the controller has done it: the kernel gives each of its commands 2 s, and loading
firmware takes a Pi's controller a few more."""

OFF_S: Final = 1.0
"""How long it is left off. bluetooth-auto-recovery, which Home Assistant uses, leaves it off as briefly."""

_BLUEZ: Final = "org.bluez"
_ADAPTER: Final = "org.bluez.Adapter1"
_PROPERTIES: Final = "org.freedesktop.DBus.Properties"


@asynccontextmanager
async def radio(adapter: str, clock: Clock) -> AsyncIterator["Radio"]:
    """The adapter called `adapter`, such as "hci0", found powered or switched on. Raises SourceUnavailable if not."""
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
        found = Radio(adapter, bus, clock)
        await found.begin()
        yield found
    finally:
        bus.disconnect()


class Radio:
    """One adapter under one bluetoothd; made by `radio()`."""

    def __init__(self, adapter: str, bus: "MessageBus", clock: Clock) -> None:
        self._adapter = adapter
        self._bus = bus
        self._clock = clock
        self._owner: str | None = None
        self._switching = asyncio.Lock()

    async def begin(self) -> None:
        """Find the adapter, and switch it on if it is off. Raises SourceUnavailable if that cannot be."""
        self._owner = await self._bluetoothd()
        if not await self._powered():
            await self._switch_on()

    async def watch(self) -> None:
        """Check every `CHECK_S`. Ends by raising SourceUnavailable."""
        while True:
            await self._clock.sleep_s(CHECK_S)
            await self.check()

    async def check(self) -> None:
        """Raise SourceUnavailable unless the same bluetoothd as before has the adapter, and it has stayed on.

        A bluetoothd that was restarted has forgotten our scan and our connections and tells nobody; so has an adapter
        that was off meanwhile. One that is off is switched on before that is told, so that the next start finds it on.
        """
        async with self._switching:  # off because we are switching it is not off
            if await self._bluetoothd() != self._owner:
                advice = "Nothing to do: the devices are found again."
                raise SourceUnavailable("bluetoothd was restarted.", advice=advice)
            if not await self._powered():
                await self._switch_on()
                advice = "Nothing to do: it was switched on again. If this repeats, something on this machine does it."
                raise SourceUnavailable(f"The Bluetooth adapter {self._adapter} had been switched off.", advice=advice)

    async def power_cycle(self) -> None:
        """Switch the adapter off and on: it drops every link and scan, and the kernel initialises it anew.

        Raises SourceUnavailable if it does not come back.
        """
        async with self._switching:
            if await self._set_powered(on=False) is None:
                await self._clock.sleep_s(OFF_S)
            await self._switch_on()

    async def _switch_on(self) -> None:
        refused = await self._set_powered(on=True)
        if refused is None and await self._powered():
            return
        if refused is not None and "rfkill" in refused:
            advice = "Unblock it: `rfkill unblock bluetooth`. `rfkill list` shows what is blocked."
            raise SourceUnavailable(f"The Bluetooth adapter {self._adapter} is blocked by rfkill.", advice=advice)
        advice = "It is tried again; if it stays, switch it on by hand: `bluetoothctl power on`, or replug it."
        problem = f"The Bluetooth adapter {self._adapter} is switched off and cannot be switched on."
        raise SourceUnavailable(problem, advice=advice)

    async def _bluetoothd(self) -> str:
        question = self._call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetNameOwner")
        question.signature, question.body = "s", [_BLUEZ]
        answer = await self._ask(question, within_s=ANSWER_S)
        if _is_refusal(answer):
            advice = "It is tried again; if it stays, look at `systemctl status bluetooth`."
            raise SourceUnavailable("bluetoothd is not running.", advice=advice)
        return str(answer.body[0])

    async def _powered(self) -> bool:
        question = self._call(_BLUEZ, f"/org/bluez/{self._adapter}", _PROPERTIES, "Get")
        question.signature, question.body = "ss", [_ADAPTER, "Powered"]
        answer = await self._ask(question, within_s=ANSWER_S)
        if _is_refusal(answer):
            advice = "Plug it in, or correct `adapter` under [gateway]; `bluetoothctl list` shows what there is."
            raise SourceUnavailable(f"There is no Bluetooth adapter {self._adapter}.", advice=advice)
        value: Variant = answer.body[0]
        return bool(value.value)

    async def _set_powered(self, *, on: bool) -> str | None:
        # Why it is refused, for a look at; None if it is not.
        from dbus_fast import Variant

        order = self._call(_BLUEZ, f"/org/bluez/{self._adapter}", _PROPERTIES, "Set")
        order.signature, order.body = "ssv", [_ADAPTER, "Powered", Variant("b", on)]
        answer = await self._ask(order, within_s=SWITCH_S)
        if not _is_refusal(answer):
            return None
        # "org.bluez.Error.Blocked" by newer versions, "org.bluez.Error.Failed" by older, the same text by both
        return f"{answer.error_name} {answer.body[0] if answer.body else ''}"

    @staticmethod
    def _call(service: str, path: str, interface: str, member: str) -> "Message":
        from dbus_fast import Message, MessageFlag

        return Message(
            destination=service, path=path, interface=interface, member=member, flags=MessageFlag.NO_AUTOSTART
        )

    async def _ask(self, question: "Message", *, within_s: float) -> "Message":
        from dbus_fast.errors import DBusFastError

        try:
            async with asyncio.timeout(within_s):
                answer = await self._bus.call(question)
        except TimeoutError as error:
            advice = "It is tried again; if it stays, restart it: `systemctl restart bluetooth`."
            raise SourceUnavailable("bluetoothd does not answer.", advice=advice) from error
        except (OSError, EOFError, DBusFastError) as error:
            advice = "Nothing to do: the connection is made anew."
            raise SourceUnavailable("The connection to the system's D-Bus was lost.", advice=advice) from error
        assert answer is not None  # None is for messages that want no answer
        return answer


def _is_refusal(answer: "Message") -> bool:
    from dbus_fast import MessageType

    return answer.message_type is not MessageType.METHOD_RETURN
