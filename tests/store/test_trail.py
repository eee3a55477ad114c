"""The trail: one entry for whatever is kept, each following from the one before, bounded, and whole after damage."""

import hashlib
import sqlite3
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.store.outbox import STATUSES_KEPT, Outbox
from gateway.store.outbox_reader import OutboxReader
from gateway.store.trail import RARE, ZERO, Head, Note, What, linked
from gateway.store.trail_rows import Entry
from tests.store.make import alert, resolving, summary

DAY_S = 86_400


def beat(outbox: Outbox, at_s: int, notes: tuple[Note, ...] = ()) -> None:
    outbox.add_status(f"beat-{at_s}", at_s, lambda seq: f"beat:{seq}".encode(), notes)


def entries_of(path: Path) -> list[Entry]:
    with OutboxReader(path) as reader:
        return list(reader.trail())


def follows(entries: list[Entry], before: Head) -> bool:
    """Whether each entry follows from the one before, and each body is the one that was entered."""
    for one in entries:
        previous = ZERO if one.what == What.BEGUN else before.sha256
        if one.hash != linked(previous, one.n, one.at_s, one.what, one.ref, one.sha256):
            return False
        if one.body is not None and hashlib.sha256(one.body).hexdigest() != one.sha256:
            return False
        before = Head(one.n, one.hash)
    return all(later.n == earlier.n + 1 or later.what == What.BEGUN for earlier, later in pairwise(entries))


def test_what_is_kept_is_entered_with_it(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    outbox = Outbox.open(path)
    assert outbox.trail.head() == Head(0, ZERO)
    note = Note(What.TOLD, "@away/r1", "Told: r1 is away.", 990)
    outbox.add([alert("a"), alert("a"), summary("s")], [note])
    beat(outbox, 1_100)
    beat(outbox, 1_100)  # the same moment: the same heartbeat
    outbox.trail.note([Note(What.STOP, "", "Stopped.", 1_200)])
    found = entries_of(path)
    assert [(one.n, one.at_s, one.what, one.ref, one.body) for one in found] == [
        (1, 990, "begun", "", b"The record begins."),
        (2, 990, "told", "@away/r1", b"Told: r1 is away."),
        (3, 1_000, "message", "a", b"a:1"),
        (4, 1_000, "message", "s", b"s:2"),
        (5, 1_100, "heartbeat", "beat-1100", b"beat:1"),
        (6, 1_200, "stop", "", b"Stopped."),
    ]
    assert follows(found, Head(0, ZERO))
    assert outbox.trail.head() == Head(6, found[-1].hash)
    outbox.close()


def test_a_heartbeat_can_say_how_long_the_trail_was_before_it(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path / "outbox.db")
    outbox.add([summary("s")])
    seen: list[Head] = []

    def body(seq: int) -> bytes:
        seen.append(outbox.trail.head())
        return b"%d" % seq

    outbox.add_status("b", 1_100, body, [Note(What.DELIVERED, "s", "Confirmed.", 1_100)])
    found = entries_of(tmp_path / "outbox.db")
    assert seen == [Head(3, found[2].hash)]
    assert [one.what for one in found] == ["begun", "message", "delivered", "heartbeat"]
    outbox.close()


def test_neither_without_the_other(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path / "outbox.db")
    outbox.add([summary("s")])
    before = outbox.trail.head()

    def full(_: int) -> bytes:
        raise OSError("no space")

    with pytest.raises(OSError, match="no space"):
        outbox.add_status("b", 2_000, full, [Note(What.TOLD, "x", "Told.", 2_000)])
    with pytest.raises(ValueError, match="one line"):
        outbox.add([summary("t")], [Note(What.TOLD, "two\nlines", "Told.", 2_000)])
    assert outbox.trail.head() == before
    assert [one.id for one in outbox.messages()] == ["s"]
    outbox.close()


def test_old_entries_go_and_the_chain_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    outbox = Outbox.open(path)
    for day in range(100):
        outbox.add([summary(f"s{day}", raised_s=day * DAY_S)])
        beat(outbox, day * DAY_S + 60)
    settled = {f"s{day}" for day in range(100)}
    before = entries_of(path)
    assert outbox.prune(70 * DAY_S, settled, now_s=100 * DAY_S) == 70
    found = entries_of(path)
    went = next(one for one in before if one.n == found[0].n - 1)
    assert (found[-1].what, found[-1].ref) == ("forgotten", f"{went.n}:{went.hash}:{70 * DAY_S}")
    assert found[0].at_s == 70 * DAY_S
    assert follows(found, Head(went.n, went.hash))
    head = outbox.trail.head()
    assert outbox.prune(70 * DAY_S, settled, now_s=100 * DAY_S) == 0
    assert outbox.trail.head() == head, "nothing went, so nothing is said"
    assert outbox.prune(200 * DAY_S, settled, now_s=300 * DAY_S) == 30
    found = entries_of(path)
    assert [one.what for one in found] == ["forgotten"]
    assert follows(found, Head(found[0].n - 1, found[0].ref.split(":")[1]))
    outbox.close()


def test_the_table_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    outbox = Outbox.open(path)
    longest = 0
    for day in range(30):
        for hour in range(0, 24, 4):
            beat(outbox, day * DAY_S + hour * 3600)
        outbox.prune((day - 8) * DAY_S, set(), now_s=day * DAY_S + DAY_S)
        longest = max(longest, len(entries_of(path)))
    assert longest <= 10 * 7
    with sqlite3.connect(path) as raw:
        assert raw.execute("SELECT count(*) FROM statuses").fetchone() == (STATUSES_KEPT,)
    raw.close()
    outbox.close()


def test_rare_entries_are_found_without_a_walk(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    outbox = Outbox.open(path)
    outbox.trail.note([Note(What.START, "0.1.0", "Wren began to watch.", 1)])
    beat(outbox, 2)
    assert outbox.trail.last_ref(What.START) == "0.1.0"
    assert outbox.trail.last_ref(What.FORGOTTEN) is None
    outbox.close()
    with sqlite3.connect(path) as raw:
        query = f"EXPLAIN QUERY PLAN SELECT n, ref FROM trail WHERE what = ? AND {RARE} ORDER BY n DESC LIMIT 1"
        plan = raw.execute(query, ("start",)).fetchall()
    raw.close()
    assert "trail_rare (what=?)" in str(plan)


def test_an_entry_of_a_wrong_clock_keeps_no_other(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    outbox = Outbox.open(path)
    beat(outbox, 400_000 * DAY_S)
    for day in range(50):
        beat(outbox, day * DAY_S)
    outbox.prune(40 * DAY_S, set(), now_s=50 * DAY_S)
    assert [one.at_s // DAY_S for one in entries_of(path)] == [*range(40, 50), 50]
    outbox.close()


def test_after_damage_a_new_chain_begins_far_above(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    outbox = Outbox.open(path)
    outbox.add([alert("a")])
    for hour in range(300):
        beat(outbox, hour * 3600)
    outbox.close()
    data = bytearray(path.read_bytes())
    with sqlite3.connect(path) as raw:
        (root,) = raw.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'trail'").fetchone()
        (size,) = raw.execute("PRAGMA page_size").fetchone()
    raw.close()
    data[root * size - size : root * size - size + 64] = b"\xff" * 64
    path.write_bytes(data)

    outbox = Outbox.open(path)
    assert outbox.opened.moved_aside is not None
    found = entries_of(path)
    (anew,) = [at for at, one in enumerate(found) if one.what == What.BEGUN and one.n > 1]
    assert found[anew].n > 1_700_000_000_000
    assert follows(found[anew:], Head(0, ZERO))
    assert {one.ref for one in found if one.what == What.MESSAGE} == {"a"}, "what can still be sent has its entry"
    outbox.add([resolving("b", "a")])
    assert follows(entries_of(path)[anew:], Head(0, ZERO))
    outbox.close()


@given(
    steps=st.lists(
        st.one_of(
            st.tuples(st.just("add"), st.integers(0, 30)),
            st.tuples(st.just("beat"), st.integers(0, 5_000)),
            st.tuples(st.just("note"), st.integers(0, 5_000)),
            st.tuples(st.just("prune"), st.integers(0, 5_000)),
            st.tuples(st.just("reopen"), st.just(0)),
        ),
        max_size=25,
    )
)
@settings(max_examples=60, deadline=None)
def test_whatever_happens_the_chain_follows(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    path = tmp_path_factory.mktemp("trail") / "outbox.db"
    outbox = Outbox.open(path)
    for what, number in steps:
        if what == "add":
            outbox.add([summary(f"s{number}", raised_s=number * 150)])
        elif what == "beat":
            beat(outbox, number)
        elif what == "note":
            outbox.trail.note([Note(What.ACCESS, "pins", "Somebody looked.", number)])
        elif what == "prune":
            outbox.prune(number, {f"s{n}" for n in range(31)}, now_s=5_000)
        else:
            outbox.close()
            outbox = Outbox.open(path)
        with OutboxReader(path) as reader:
            said = reader.trail_forgotten()
            found = list(reader.trail())
            assert follows(found, said.went if said else Head(0, ZERO))
            assert outbox.trail.head() == (Head(found[-1].n, found[-1].hash) if found else Head(0, ZERO))
    outbox.close()
