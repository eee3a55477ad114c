"""Bluetooth."""

from collections.abc import Iterator
from typing import Final

from gateway.config.radio import devices_of
from gateway.config.tables import Config
from gateway.doctor.facts import Radio
from gateway.doctor.findings import Finding, failed, passed, skipped, warned
from models.kinds import SensorKind

WEAK_DBM: Final = -88
"""A Pi hears down to about -95 dBm; a person in between takes away 10 dB and more."""

_ALWAYS: Final = frozenset({SensorKind.TEMPERATURE})
"""What advertises all the time and never leaves the house. A button says nothing until it is pressed, and a strap goes
out with who wears it: of those the home itself judges, by what it has learnt of their pace (`sensors.told`)."""


def check(config: Config, radio: Radio) -> Iterator[Finding]:
    """The switch, the adapter, its power, the scan, and each device of the home."""
    yield _blocked(radio)
    if not radio.has_bus or not radio.has_bluez:
        yield skipped("radio.adapter", "Only bluetoothd knows of adapters.")
        return
    wanted = config.gateway.adapter
    adapter = next((one for one in radio.adapters if one.name == wanted), None)
    if adapter is None:
        yield _missing(wanted, [one.name for one in radio.adapters])
        return
    yield passed("radio.adapter", f"{wanted} is there.")
    if not adapter.powered:
        step = f"bluetoothctl power on (of {wanted}); if that fails: sudo rfkill unblock bluetooth"
        yield failed("radio.powered", "off", f"{wanted} is switched off: nothing by radio is heard.", step)
        return
    yield passed("radio.powered", f"{wanted} is on.")
    connected = sum(device.is_connected for device in radio.heard.values())
    if not adapter.discovering and connected < len(devices_of(config)):
        why = f"{wanted} is on, and nobody listens with it: the daemon looks for its devices without a break."
        yield failed("radio.listening", "not_listening", why, "journalctl -u wren -n 50; sudo systemctl restart wren")
    else:
        yield passed("radio.listening", "The daemon listens.")
    yield from _devices(config, radio)


def _blocked(radio: Radio) -> Finding:
    if radio.hard_blocked:
        why = "A switch on the board or its case blocks Bluetooth."
        return failed(
            "radio.blocked", "hard_blocked", why, "rfkill list bluetooth; set the switch, or use an adapter on USB"
        )
    if radio.soft_blocked:
        why = "Bluetooth is blocked in software: the adapter cannot be switched on."
        return failed("radio.blocked", "soft_blocked", why, "sudo rfkill unblock bluetooth")
    return passed("radio.blocked", "Nothing blocks Bluetooth.")


def _missing(wanted: str, others: list[str]) -> Finding:
    if others:
        why = f"There is no adapter {wanted}; there is {', '.join(others)}."
        return failed("radio.adapter", "other_name", why, f'Set [gateway] adapter = "{others[0]}", then: wren check')
    why = f"There is no Bluetooth adapter {wanted}."
    step = "dmesg | grep -i bluetooth; ls /sys/class/bluetooth (none: sudo reboot, or put an adapter on USB)"
    return failed("radio.adapter", "none", why, step)


def _devices(config: Config, radio: Radio) -> Iterator[Finding]:
    found = False
    for device in devices_of(config):
        named = " and ".join(device.sensors.values())
        seen = radio.heard.get(device.identity)
        if seen is not None and seen.is_refused:
            found, why = True, f"The device of {named} is on this machine's block list."
            yield failed("radio.devices", "refused", why, f"bluetoothctl unblock {device.address or 'ADDRESS'}")
        elif _ALWAYS & device.sensors.keys() and (seen is None or (seen.rssi_dbm is None and not seen.is_connected)):
            found, why = True, f"The device of {named} is not heard just now."
            step = "Wake it, bring it near, look at its battery; then: wren coverage"
            yield warned("radio.devices", "not_heard", why, step)
        elif seen is not None and seen.rssi_dbm is not None and seen.rssi_dbm <= WEAK_DBM:
            found, why = True, f"The device of {named} is heard at {seen.rssi_dbm} dBm only."
            step = "Move the box or the device, away from metal and the router; then: sudo wren doctor"
            yield warned("radio.devices", "weak", why, step)
    if not found:
        yield passed("radio.devices", "Every device that has to be heard just now is heard.")
