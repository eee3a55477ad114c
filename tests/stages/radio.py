"""The stand-in for bluetoothd (tests/bluez) on the container's system bus, with one strap on the air."""

import asyncio
import itertools

from tests.bluez.standin import Bluez, strap

SYSTEM_BUS = "/run/dbus/system_bus_socket"
BPM = 71
EVERY_S = 1.0


async def main() -> None:
    """Be the radio until the bus goes away; systemd starts this again, as it would bluetoothd."""
    async with Bluez(f"unix:path={SYSTEM_BUS}") as bluez:
        print("org.bluez is there", flush=True)
        wearable = strap()
        for beat in itertools.count():
            if not bluez._bus.connected:
                return
            if not bluez.connected(wearable):
                bluez.advertise(wearable, rssi=-60 if beat % 2 else -70)
            if bluez.listening(wearable, "2a37"):
                bluez.notify(wearable, "2a37", bytes([0x06, BPM]))
            await asyncio.sleep(EVERY_S)


if __name__ == "__main__":
    asyncio.run(main())
