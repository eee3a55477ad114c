"""Intervals, counters, thinning and their file: the rules of the radio, each by itself."""

import asyncio
import math
import os
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import forgetting
from gateway.clock import ManualClock
from gateway.config.reading import parse
from gateway.devices import sources_of
from gateway.errors import StoreError
from gateway.inbox import Edge
from gateway.sources.ble import roster
from gateway.sources.ble.adverts import GONE_S, NO_STRENGTH_DBM, Advertiser
from gateway.sources.ble.counters import Counter, Verdict
from gateway.sources.ble.device import BleDevice
from gateway.sources.ble.intervals import ABSENCES, KEPT, LONGEST_TIMES, NEEDED, SHORTEST_S, Pace
from gateway.sources.ble.memory import ASIDE, FILE, KEPT_EVERY_S, KEPT_SOON_S, Memory
from gateway.sources.ble.presence import REMADE_WITHIN_S, Bond, Link
from gateway.sources.ble.stream import Counts
from gateway.sources.ble.thinning import AGAIN_S, Thinning
from models.kinds import SensorKind
from tests.notes import Notes


def heard(pace: Pace, *intervals_s: float, at_s: float = 0.0) -> float:
    """Let it be heard after each of these; returns when that was last."""
    pace.heard(at_s)
    for interval_s in intervals_s:
        at_s += interval_s
        pace.heard(at_s)
    return at_s


@given(st.lists(st.floats(0.1, 3000), min_size=1, max_size=200))
def test_missing_is_after_three_times_the_longest_of_the_last_intervals(intervals_s: list[float]) -> None:
    pace = Pace(intervals_s)
    pace.listen(0)
    if len(intervals_s) < NEEDED:
        assert not pace.is_missing(1e9)
        return
    limit_s = max(SHORTEST_S, LONGEST_TIMES * max(intervals_s[-KEPT:]))
    assert not pace.is_missing(limit_s - 0.01)
    assert pace.is_missing(limit_s)
    assert Pace(pace.intervals_s).limit_s == pace.limit_s


def test_an_absence_is_no_interval_until_it_is_the_rule() -> None:
    pace = Pace()
    last_s = heard(pace, *[30.0] * NEEDED)
    limits = [pace.limit_s]
    for _ in range(ABSENCES):
        last_s = heard(pace, 20_000.0, at_s=last_s)
        limits.append(pace.limit_s)
    assert limits == [90] * ABSENCES + [None]  # it has a new pace, which is not known yet
    heard(pace, *[20_000.0] * NEEDED, at_s=last_s)
    assert pace.limit_s == 60_000


def test_three_absences_with_ordinary_days_between_are_absences() -> None:
    pace, last_s = Pace(), 0.0
    last_s = heard(pace, *[30.0] * NEEDED)
    for _ in range(3 * ABSENCES):
        last_s = heard(pace, 20_000.0, *[30.0] * NEEDED, at_s=last_s)
    assert pace.limit_s == 90


def test_what_was_not_listened_to_is_neither_interval_nor_silence() -> None:
    pace = Pace([30.0] * NEEDED)
    pace.listen(0)
    pace.heard(10)
    pace.listen(50_000)
    assert not pace.is_missing(50_089)
    assert pace.is_missing(50_090)
    pace.heard(50_010)
    assert pace.limit_s == 90


def test_what_speaks_when_something_happens_teaches_no_interval() -> None:
    pace = Pace()
    for press in range(100):
        pace.heard(press * 50.0, regular=False)
    assert pace.limit_s is None
    assert not pace.is_missing(1e6)
    assert pace.is_missing(1e6, unlearnt_s=900)


def test_nonsense_in_the_file_is_no_interval() -> None:
    assert Pace([math.nan, math.inf, -5.0, 30.0]).intervals_s == [30.0]


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from([b"a", b"b"])), max_size=40))
def test_of_one_device_counters_only_rise(sent: list[tuple[int, bytes]]) -> None:
    counter, taken = Counter(), list[int]()
    for number, data in sent:
        if counter.judge(number, data) is Verdict.NEW:
            counter.take(number, data)
            taken.append(number)
    assert taken == sorted(set(taken))
    assert counter.judge(10, b"a") is Verdict.NEW


@given(st.lists(st.tuples(st.floats(0, 500), st.sampled_from([0.0, 1.0])), min_size=1, max_size=60))
def test_a_state_is_said_when_it_changes_and_each_hour(moves: list[tuple[float, float]]) -> None:
    thinning, now_s, said = Thinning(SensorKind.DOOR), 0.0, list[tuple[float, float]]()
    for after_s, value in moves:
        now_s += after_s
        if thinning.passes(now_s, value):
            said.append((now_s, value))
        assert said[-1][1] == value
        assert now_s - said[-1][0] < AGAIN_S
    for (before_s, before), (after_s, after) in pairwise(said):
        assert after != before or after_s - before_s >= AGAIN_S


def test_a_room_temperature_is_a_few_rows_an_hour() -> None:
    thinning = Thinning(SensorKind.TEMPERATURE)
    said = [second for second in range(0, 3600, 2) if thinning.passes(second, 20 + second / 3600)]
    assert len(said) == 12
    assert thinning.passes(3605, 24.0)
    assert not thinning.passes(3606, 20.0)  # as noise would


def test_what_is_known_survives_in_the_file(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    known = memory.of("C0:FF:EE:00:00:01")
    known.counter.take(7, b"")
    known.pace = Pace([1.25, 9.0])
    memory.begin(0)
    memory.changed()
    assert not memory.is_due(KEPT_EVERY_S - 1)
    assert memory.is_due(KEPT_EVERY_S)
    memory.changed(soon=True)
    assert memory.is_due(KEPT_SOON_S)
    assert memory.write(memory.snapshot(KEPT_SOON_S))
    assert not memory.is_due(1e9)
    again = Memory(tmp_path).of("C0:FF:EE:00:00:01")
    assert (again.counter.last, again.pace.intervals_s) == (7, [1.2, 9.0])
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"null",
        b'{"version":2}',
        b'{"devices":{"x":{"counter":-1}}}',
        b'{"devices":{"x":{"counter":"7"}}}',
        b"\xff",
    ],
)
def test_a_file_of_no_use_is_put_aside_and_everything_begins_anew(tmp_path: Path, text: bytes) -> None:
    (tmp_path / FILE).write_bytes(text)
    memory = Memory(tmp_path)
    assert memory.unreadable
    assert memory.of("x").counter.last is None
    assert (tmp_path / ASIDE).read_bytes() == text


def test_a_card_that_refuses_is_tried_again(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "not there")
    memory.changed()
    assert not memory.write(memory.snapshot(0))
    assert memory.is_due(KEPT_EVERY_S)


def test_a_link_is_said_once_each_time_it_changes() -> None:
    edges: list[Edge] = []
    bond = Bond(Link(["pulse"], edges.append), 0.0)
    bond.look(REMADE_WITHIN_S - 1)
    bond.look(REMADE_WITHIN_S)
    bond.look(REMADE_WITHIN_S + 1)
    bond.made()
    bond.proven(100)
    bond.proven(101)
    bond.lost(200)
    bond.lost(259)  # an attempt that failed is no new loss
    bond.look(260)
    assert edges == [Edge(60.0, "@link/pulse", 0.0), Edge(100, "@link/pulse", 1.0), Edge(260, "@link/pulse", 0.0)]


def test_what_bluez_forgets_of_a_badge_is_no_advert_of_it() -> None:
    edges: list[Edge] = []
    badge = Advertiser(
        BleDevice("C0:FF:EE:00:00:03", "beacon", {"badge": "b"}), edges.append, Counts(), Memory(None), 0
    )
    told: Any = SimpleNamespace(address="C0:FF:EE:00:00:03")
    for at_s, rssi in ((1, -60), (GONE_S, NO_STRENGTH_DBM), (GONE_S + 5, NO_STRENGTH_DBM)):
        advert: Any = SimpleNamespace(service_data={}, rssi=rssi)
        badge.heard(at_s, told, advert)
        badge.look(at_s + 2)
    assert edges == [Edge(1, "b", 1.0), Edge(GONE_S + 2, "b", 0.0)]


@pytest.mark.timeout(10)
def test_a_pipe_in_the_place_of_the_memory_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / FILE)
    assert Memory(tmp_path).unreadable
    folder = tmp_path / "forget-counter"
    folder.mkdir()
    os.mkfifo(folder / "help")
    with pytest.raises(StoreError):
        forgetting.ask(folder, "help")


def test_damaged_counters_are_told(tmp_path: Path) -> None:
    devices = (
        '[home]\nid = "h-1"\ntimezone = "UTC"\n[[residents]]\nid = "r1"\n'
        '[[sensors]]\nid = "door"\nkind = "door"\nplace = "hall"\nble = { address = "C0:FF:EE:00:00:01", '
        f'profile = "bthome" }}\n[gateway]\ndata_dir = "{tmp_path}"\n'
    )
    (tmp_path / "private").mkdir()
    log = Notes()
    sources_of(parse(devices), ManualClock(0), log)
    assert log.events() == []
    (tmp_path / "private" / FILE).write_text("{")
    sources_of(parse(devices), ManualClock(0), log)
    assert log.events() == ["radio_memory_unreadable"]


async def test_a_word_that_cannot_be_taken_away_is_heeded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    device = BleDevice("C0:FF:EE:00:00:01", "bthome", {"button": "help"}, key=bytes(16))
    memory, clock, folder = Memory(tmp_path), ManualClock(0), tmp_path / "forget-counter"
    counter = memory.of(device.identity).counter
    looks = 0

    def asked(where: Path) -> list[Path]:
        nonlocal looks
        looks += 1
        return forgetting.asked(where)

    monkeypatch.setattr(roster, "asked", asked)
    monkeypatch.setattr(Path, "unlink", _read_only)
    forgetting.ask(folder, "help")
    tending = asyncio.create_task(roster.Roster([device], lambda _: None, Counts(), memory, clock, folder).tend())
    for last in (None, 7, 7):
        counter.take(7, b"")
        until = looks + 1
        while looks < until:
            clock.move_s(0.5)
            await asyncio.to_thread(lambda: None)  # its file is written in a thread
        assert counter.last == last
    tending.cancel()


def _read_only(*_: object, **__: object) -> None:
    raise PermissionError


def test_a_counter_that_no_device_can_reach_shuts_none_out(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"devices":{"C0:FF:EE:00:00:01":{"counter":4294967296}},"version":1}')
    memory = Memory(tmp_path)
    assert (memory.unreadable, memory.of("C0:FF:EE:00:00:01").counter.last) == (True, None)


def test_only_files_are_words_about_counters(tmp_path: Path) -> None:
    folder = tmp_path / "forget-counter"
    assert forgetting.asked(folder) == []
    left = forgetting.ask(folder, "help")
    assert forgetting.ask(folder, "help") == left
    (folder / "folder").mkdir()
    (folder / "link").symlink_to(left)
    assert forgetting.asked(folder) == [left]
    with pytest.raises(StoreError):
        forgetting.ask(tmp_path / "no" / "such", "help")
