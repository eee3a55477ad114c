"""Notifications become few edges, each with a value that was really sent and the stamp of the newest."""

import random
from statistics import median_low

from hypothesis import given
from hypothesis import strategies as st

from gateway.inbox import Edge
from gateway.sources.ble.battery import BATTERY_LEVEL
from gateway.sources.ble.heart_rate import HEART_RATE_MEASUREMENT
from gateway.sources.ble.stream import Counts, Stream

SPACING_S = HEART_RATE_MEASUREMENT.spacing_s


class Worn:
    """A strap's stream and what came out of it."""

    def __init__(self) -> None:
        self.edges: list[Edge] = []
        self.counts = Counts()
        self.stream = Stream(HEART_RATE_MEASUREMENT, {"heart_rate": "pulse"}, self.edges.append, self.counts)

    def beat(self, at_s: float, bpm: int, flags: int = 0x06) -> None:
        self.stream.notified(at_s, bytes([flags, bpm]))


def test_the_first_reading_is_handed_over_at_once_and_then_a_median_each_spacing() -> None:
    worn = Worn()
    for second in range(31):
        worn.beat(100.0 + second, 60 + second)
    assert worn.edges == [
        Edge(100.0, "pulse", 60.0),
        Edge(110.0, "pulse", 65.0),  # of 61 to 70
        Edge(120.0, "pulse", 75.0),
        Edge(130.0, "pulse", 85.0),
    ]


def test_a_single_spike_does_not_pass() -> None:
    worn = Worn()
    for second in range(11):
        worn.beat(second, 200 if second == 5 else 60)
    assert [edge.value for edge in worn.edges] == [60, 60]


def test_a_device_that_notifies_rarely_is_not_thinned() -> None:
    worn = Worn()
    for minute in range(5):
        worn.beat(60.0 * minute, 60 + minute)
    assert [edge.value for edge in worn.edges] == [60, 61, 62, 63, 64]


def test_what_was_before_a_pause_does_not_colour_what_comes_after() -> None:
    worn = Worn()
    for second in range(5):
        worn.beat(second, 60)
    worn.beat(3600, 90)
    assert worn.edges == [Edge(0, "pulse", 60.0), Edge(3600, "pulse", 90.0)]


def test_without_contact_nothing_is_handed_over_and_it_is_counted() -> None:
    worn = Worn()
    for second in range(60):
        worn.beat(second, 61, flags=0x04)
    assert worn.edges == []
    assert (worn.counts.unmeasured, worn.counts.notifications) == (60, 60)
    worn.beat(60, 62)
    assert worn.edges == [Edge(60, "pulse", 62.0)]


def test_malformed_payloads_are_counted_and_heard() -> None:
    worn = Worn()
    worn.stream.notified(7.0, b"\x01")
    worn.beat(8.0, 0)
    assert worn.edges == []
    assert worn.counts.malformed == 2
    assert worn.stream.heard_s == 8.0


def test_a_measurement_without_a_sensor_is_left_out() -> None:
    edges: list[Edge] = []
    Stream(BATTERY_LEVEL, {"heart_rate": "pulse"}, edges.append, Counts()).notified(0.0, b"\x50")
    assert edges == []


@given(gaps=st.lists(st.floats(0, 30), max_size=200), seed=st.integers(0, 9))
def test_edges_keep_their_distance_and_carry_values_that_were_sent(gaps: list[float], seed: int) -> None:
    worn, rng = Worn(), random.Random(seed)
    at_s, sent = 0.0, {}
    for gap in gaps:
        at_s += gap
        sent[at_s] = rng.randrange(40, 180)
        worn.beat(at_s, sent[at_s])
    for before, after in zip(worn.edges, worn.edges[1:], strict=False):
        assert after.monotonic_s - before.monotonic_s >= SPACING_S
    for edge in worn.edges:
        assert edge.monotonic_s in sent
        assert 40 <= edge.value < 180
    assert not gaps or worn.edges


def test_a_flood_is_bounded() -> None:
    worn = Worn()
    worn.beat(0, 60)
    values = [50 + n % 100 for n in range(100_000)]
    for n, value in enumerate(values):
        worn.beat(n * 1e-5, value)
    worn.beat(10, 255)
    worn.beat(10, 60)
    assert worn.edges[1].value == median_low(values[:256])
