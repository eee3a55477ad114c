"""Packets of other projects: each decoded to what is expected of it, or refused for its stated reason."""

from collections import Counter

from tests.ble_vectors import rows
from tests.shared_data import shared


def test_every_vector_is_decoded_or_refused_as_it_has_to_be() -> None:
    for name in ("bthome_service_data.json", "ble_monitor_hci_packets_A.json", "gatt_2a37_heart_rate.json"):
        shared(f"ble/{name}")
    found = list(rows())
    assert [row for row in found if not row.is_right] == []
    assert Counter(row.file for row in found) == {"bthome": 130, "hci": 143, "2a37": 15}
    kinds = Counter(row.outcome.partition(" (")[0] for row in found)
    assert kinds["not BTHome v2: not listened to"] == 28
    assert kinds["no BTHome v2"] == 109
