"""Packets that other projects captured or specified, each with what has to come of it. `python -m tests.ble_vectors`
prints them as a table.

`bthome_service_data.json` and `gatt_2a37_heart_rate.json` say what the bytes mean, and nothing where the test that they
come from looked at something else: what has to come of those stands in `EXPECTED`, with its reason.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from gateway.errors import DecodeError
from gateway.sources.ble import bthome, heart_rate
from gateway.sources.ble.counters import Counter, Verdict
from models.kinds import SensorKind
from tests.shared_data import SHARED

ADDRESSES = ("A4:C1:38:8D:18:B2", "54:48:E6:8F:80:A5", "B4:35:22:F5:3D:A4")
"""Of the devices in bthome-ble's tests, from which the packets come: the file does not say whose each is."""

EXPECTED: dict[str, list[bthome.Why | str]] = {
    "test_encryption_key_needed": [bthome.Why.NO_KEY],
    "test_encryption_downgrade_fails": [bthome.Why.UNENCRYPTED],
    "test_downgrade_detected_flag_v2": [bthome.Why.NOT_AUTHENTIC, bthome.Why.UNENCRYPTED],
    "test_has_incorrect_version": [bthome.Why.OTHER_VERSION],
    "test_incorrect_bthome_version": [bthome.Why.OTHER_VERSION],
    "test_bindkey_wrong": [bthome.Why.NOT_AUTHENTIC],
    "test_bindkey_verified_can_be_unset": [bthome.Why.NOT_AUTHENTIC] * 2,
    "test_incorrect_bindkey_length": [bthome.Why.NO_KEY],
    "test_too_short_encryption_advertisement": [bthome.Why.TOO_SHORT],
    "test_same_service_data": ["taken", "repeated"],
    "test_same_encryption_counter": ["taken", "repeated"],
    "test_increasing_encryption_counter": ["taken", "taken"],
    "test_decreasing_encryption_counter": ["taken", "replayed"],
    "test_reset_encryption_counter": ["taken", "replayed"],  # bthome-ble takes it; here a technician says so
    "test_encrypted_shelly_blu_button_event": ["taken"],
    # an id that is lower, or far ahead, is dropped by bthome-ble; it proves nothing, and here only a repeat is dropped
    "test_identical_packet_id": ["taken", "taken"],
    "test_increasing_packet_id": ["taken"] * 4,
    "test_bthome_shelly_button_no_press": ["battery=94 button=1", "battery=94"],
    "test_bthome_wrong_object_id": [bthome.Why.MALFORMED],
    "test_bthome_text_invalid": [bthome.Why.MALFORMED],
    "test_bthome_invalid_button_event": [bthome.Why.MALFORMED],
    "test_bthome_invalid_object_payload_data_length": ["temperature=25.06"],  # what stood before the cut
    "test_bthome_not_sending_object_ids_in_numerical_order": ["humidity=50.55 temperature=25.06"],
}


class Row(NamedTuple):
    """One vector: where from, what came of it, what had to, and whether that is so."""

    file: str
    test: str
    data: str
    outcome: str
    is_right: bool


def rows() -> Iterator[Row]:
    """Every vector of the three files."""
    bthome.load()
    yield from _service_data(_read("bthome_service_data.json"))
    yield from _packets(_read("ble_monitor_hci_packets_A.json"))
    yield from _heart_rate(_read("gatt_2a37_heart_rate.json"))


def _read(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(Path(SHARED / "ble" / name).read_text())
    return found


def _service_data(vectors: list[dict[str, Any]]) -> Iterator[Row]:
    for vector in vectors:
        key = None if vector["bindkey"] is None else bytes.fromhex(vector["bindkey"])
        name, sent = vector["test"], [bytes.fromhex(data) for data in vector["service_data"]]
        if vector["service_uuid"] != "fcd2":
            # the services of version 1 are none that is listened to; its payloads under ours are refused as well
            yield Row("bthome", name, vector["service_data"][0], "not BTHome v2: not listened to", is_right=True)
            continue
        outcomes, values = _played(sent, key)
        right = _is_right(vector, outcomes, values)
        yield Row("bthome", name, " ".join(vector["service_data"]), "; ".join(outcomes), right)


def _played(sent: list[bytes], key: bytes | None) -> tuple[list[str], dict[str, Any]]:
    # The address whose key fits is the device's.
    tried = [_of(sent, key, address) for address in ADDRESSES]
    return next((one for one in tried if bthome.Why.NOT_AUTHENTIC not in one[0]), tried[0])


def _of(sent: list[bytes], key: bytes | None, address: str) -> tuple[list[str], dict[str, Any]]:
    counter, outcomes, values = Counter(), list[str](), dict[str, Any]()
    for data in sent:
        try:
            head = bthome.head(data, has_key=key is not None)
            if head.counter is not None:
                verdict = counter.judge(head.counter, data)
                if verdict is not Verdict.NEW:
                    outcomes.append(verdict.name.lower())
                    continue
            packet = bthome.decode(address, data, key, bthome.KINDS)
            if head.counter is not None:
                counter.take(head.counter, data)
            said = {str(kind): value for kind, value in packet.values.items() if kind is not SensorKind.BADGE}
            outcomes.append(" ".join(f"{kind}={value:g}" for kind, value in sorted(said.items())) or "taken")
            values = _everything(address, data, key)
        except bthome.Refused as refused:
            outcomes.append(str(refused.why))
    return outcomes, values


def _everything(address: str, data: bytes, key: bytes | None) -> dict[str, Any]:
    # All that the library found, ours or not, by the names that the file uses.
    _, update = bthome.parsed(address, data, key)
    found: dict[str, Any] = {name.key: value.native_value for name, value in update.entity_values.items()}
    found |= {f"binary_{name.key}": value.native_value for name, value in update.binary_entity_values.items()}
    return found | {f"event_{name.key}": event.event_type for name, event in update.events.items()}


def _is_right(vector: dict[str, Any], outcomes: list[str], values: dict[str, Any]) -> bool:
    if vector["test"] in EXPECTED:
        wanted = EXPECTED[vector["test"]]
        return len(wanted) == len(outcomes) and all(
            str(want) == got or (want == "taken" and got not in _REFUSALS)
            for want, got in zip(wanted, outcomes, strict=True)
        )
    if outcomes[-1] in _REFUSALS:
        return False
    expected = {name: value for name, value in vector["expected"].items() if "signal_strength" not in name}
    return all(_found(name, value, values) for name, value in expected.items())


_REFUSALS = {*map(str, bthome.Why), "repeated", "replayed"}


def _found(name: str, value: Any, values: dict[str, Any]) -> bool:
    if event := re.search(r"key='(\w+)'.*event_type='(\w+)'", name):
        return bool(values.get(f"event_{event[1]}") == event[2])
    if event := re.search(r"KEY_(\w+),.*event_type='(\w+)'", name):
        return bool(values.get(f"event_{event[1].lower()}") == event[2])
    if key := re.search(r"key='(\w+)'", name):
        name = key[1]
    if name == "timestamp":
        return name in values
    name = _LIBRARY_NAMES.get(name, name)
    return bool(values.get(name, values.get(f"binary_{name}")) == value)


_LIBRARY_NAMES = {"co2": "carbon_dioxide", "voc": "volatile_organic_compounds"}


def _packets(vectors: list[dict[str, Any]]) -> Iterator[Row]:
    for vector in vectors:
        key = None if vector["bindkey"] is None else bytes.fromhex(vector["bindkey"])
        for packet in vector["hci_packets"]:
            address, services = _advertised(bytes.fromhex(packet))
            data = services.get("fcd2")
            if data is None or not vector["expected"].get("firmware", "BTHome V2").startswith("BTHome V2"):
                maker = vector["expected"].get("firmware", "another maker's")
                yield Row("hci", vector["test"], packet[:40], f"no BTHome v2 ({maker}): dropped", data is None)
                continue
            outcomes, _ = _of([data], key, address)
            values = _everything(address, data, key)
            numbers = {value for value in values.values() if isinstance(value, bool | int | float)}
            wanted = {k: v for k, v in vector["expected"].items() if k not in _META}
            right = vector["expected"]["mac"] == address.replace(":", "") and all(
                value in numbers or str(value).replace(" ", "_") in values.values() for value in wanted.values()
            )
            yield Row("hci", vector["test"], packet[:40], "; ".join(outcomes), right and outcomes[0] not in _REFUSALS)


_META = frozenset({"firmware", "type", "mac", "packet", "rssi"})


def _advertised(packet: bytes) -> tuple[str, dict[str, bytes]]:
    """The address and the 16-bit service data of an LE advertising report (Core 5.4, vol 4, part E, 7.7.65)."""
    legacy = packet[3] == 0x02
    address = ":".join(f"{byte:02X}" for byte in reversed(packet[7:13] if legacy else packet[8:14]))
    begin = 14 if legacy else 29
    rest, services = packet[begin : begin + packet[begin - 1]], dict[str, bytes]()
    while rest and rest[0]:
        structure, rest = rest[1 : rest[0] + 1], rest[rest[0] + 1 :]
        if structure and structure[0] == 0x16:
            services[structure[1:3][::-1].hex()] = structure[3:]
    return address, services


def _heart_rate(vectors: list[dict[str, Any]]) -> Iterator[Row]:
    for vector in vectors:
        payload = bytes.fromhex(vector["hex"])
        found = heart_rate.decode(payload)
        right = (
            found.bpm == vector["bpm"]
            and ("energy" not in vector or found.energy_kj == vector["energy"])
            and ("rr_1024" not in vector or [round(one * 1024) for one in found.rr_s] == vector["rr_1024"])
            and (not vector.get("contact_supported") or found.contact is vector["contact"])
        )
        try:
            said = " ".join(f"{name}={value:g}" for name, value in heart_rate.measurements(payload))
            outcome = said or "no contact: nothing measured"
            right = right and (found.contact is False or said == f"heart_rate={vector['bpm']}")
        except DecodeError:
            outcome = f"refused: no heart has {found.bpm} bpm"
            right = right and not 0 < vector["bpm"] < heart_rate.IMPOSSIBLE_BPM
        yield Row("2a37", vector.get("src", "constructed"), vector["hex"], outcome, right)


if __name__ == "__main__":
    table = list(rows())
    for row in table:
        print(f"{row.file:7}{'ok ' if row.is_right else 'NO '} {row.test:60.60} {row.data:42.42} {row.outcome}")
    print(f"{len(table)} vectors, {sum(row.is_right for row in table)} as expected")
