import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import StoreError, StoreUnavailable
from gateway.store.outbox import STATUSES_KEPT, Draft, OpenAlert, Outbox
from gateway.store.outbox_reader import OutboxReader
from gateway.store.outbox_rows import Rank
from tests.store.make import alert, resolving, summary


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outbox.db"


@pytest.fixture
def outbox(path: Path) -> Iterator[Outbox]:
    outbox = Outbox.open(path)
    yield outbox
    outbox.close()


def test_a_message_is_kept_with_the_number_in_its_body(outbox: Outbox) -> None:
    assert outbox.add([alert("a"), summary("s")]) == [True, True]
    assert [(m.seq, m.id, m.type, m.body) for m in outbox.messages()] == [
        (1, "a", "alert", b"a:1"),
        (2, "s", "summary", b"s:2"),
    ]
    assert [m.id for m in outbox.messages(after_seq=1)] == ["s"]
    assert outbox.add([]) == []


def test_an_alert_that_is_so_again_is_open_again(outbox: Outbox) -> None:
    again = Draft("again", "alert_update", Rank.URGENT, 3_000, lambda seq: b"again:%d" % seq, reopens="a")
    outbox.add([alert("a"), resolving("over", "a")])
    assert outbox.open_alerts() == []
    outbox.add([again])
    assert [one.id for one in outbox.open_alerts()] == ["a"]
    outbox.add([resolving("over again", "a", raised_s=4_000), again])
    assert outbox.open_alerts() == [], "a repeat of the news changes nothing"


@given(ids=st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=5), max_size=12))
@settings(max_examples=30, deadline=None)
def test_repeats_are_ignored_and_numbers_have_no_gaps(
    tmp_path_factory: pytest.TempPathFactory, ids: list[list[str]]
) -> None:
    path = tmp_path_factory.mktemp("outbox") / "outbox.db"
    seen: list[str] = []
    for step in ids:
        outbox = Outbox.open(path)
        added = outbox.add([summary(name) for name in step])
        for name, is_new in zip(step, added, strict=True):
            assert is_new == (name not in seen)
            seen += [name] if is_new else []
        outbox.close()
    outbox = Outbox.open(path)
    assert [(m.seq, m.id) for m in outbox.messages()] == list(enumerate(seen, start=1))
    outbox.close()


def test_a_replacement_goes_on_after_what_was_heard_of_its_home(path: Path, outbox: Outbox) -> None:
    outbox.go_on_after(700, 90_000)
    outbox.go_on_after(3, 5)
    outbox.add([alert("a")])
    outbox.add_status("beat", 1, lambda seq: b"%d" % seq)
    assert [m.seq for m in outbox.messages()] == [701]
    outbox.close()
    again = Outbox.open(path)
    again.go_on_after(700, 90_000)
    again.add([summary("s")])
    again.add_status("beat 2", 2, lambda seq: b"%d" % seq)
    assert [m.seq for m in again.messages()] == [701, 702]
    assert [m.body for m in OutboxReader(path).statuses()] == [b"90001", b"90002"]
    again.close()


def test_a_step_is_whole_or_not_at_all(outbox: Outbox) -> None:
    def fails(seq: int) -> bytes:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        outbox.add([alert("a"), Draft("b", "summary", Rank.SUMMARY, 1, fails)])
    assert list(outbox.messages()) == []
    assert outbox.open_alerts() == []
    assert outbox.add([alert("a")]) == [True]
    assert [m.seq for m in outbox.messages()] == [1]


def test_open_alerts_are_those_that_nothing_resolved(path: Path, outbox: Outbox) -> None:
    outbox.add([alert("a", raised_s=5_000), alert("b", kind="long_stay", raised_s=4_000), alert("c")])
    outbox.add([resolving("u", "c")])
    outbox.close()
    reopened = Outbox.open(path)
    assert reopened.open_alerts() == [
        OpenAlert("b", "r1", "long_stay", 3_940),
        OpenAlert("a", "r1", "inactivity", 4_940),
    ]
    assert reopened.add([alert("c")]) == [False]  # replayed after a crash: it stays resolved
    assert len(reopened.open_alerts()) == 2
    reopened.close()


def test_the_order_of_sending(path: Path, outbox: Outbox) -> None:
    outbox.add_status("st", 1, lambda seq: b"")
    outbox.add(
        [summary("s1"), alert("n1", rank=Rank.ALERT), summary("s2"), alert("u1"), resolving("r1", "n1"), alert("u2")]
    )
    with OutboxReader(path) as reader:
        assert [w.id for w in reader.pending(set())] == ["u1", "u2", "n1", "r1", "s1", "s2", "st"]
        assert [w.id for w in reader.pending({"u1", "s1", "st"})] == ["u2", "n1", "r1", "s2"]
        assert reader.body("u2") == b"u2:6"
        assert reader.body("unheard-of") is None
        assert [m.id for m in reader.messages()] == ["s1", "n1", "s2", "u1", "r1", "u2"]
    assert [w.id for w in outbox.waiting({"u1", "u2", "n1"})] == ["r1", "s1", "s2"]


def test_only_the_latest_statuses_are_kept_and_they_count_for_themselves(path: Path, outbox: Outbox) -> None:
    outbox.add([alert("a")])
    for number in range(1, 11):
        outbox.add_status(f"st{number}", number, lambda seq: b"%d" % seq)
        outbox.add_status(f"st{number}", number, lambda seq: b"a repeat")
    with OutboxReader(path) as reader:
        assert [(m.seq, m.body) for m in reader.statuses()] == [
            (number, b"%d" % number) for number in range(11 - STATUSES_KEPT, 11)
        ]
        assert reader.body("st10") == b"10"
        assert reader.body("st1") is None
    assert outbox.add([summary("s")]) == [True]
    assert [m.seq for m in outbox.messages()] == [1, 2]


def test_pruned_messages_leave_tombstones(path: Path, outbox: Outbox) -> None:
    outbox.add(
        [alert("open"), alert("closed"), resolving("u", "closed"), summary("unsent"), summary("young", raised_s=9_000)]
    )
    settled = {"open", "closed", "u", "young"}
    assert outbox.prune(5_000, settled) == 2
    assert [m.id for m in outbox.messages()] == ["open", "unsent", "young"]
    assert outbox.prune(5_000, settled) == 0
    assert outbox.add([alert("closed"), resolving("u", "closed"), summary("next")]) == [False, False, True]
    assert [m.seq for m in outbox.messages()][-1] == 6
    with OutboxReader(path) as reader:
        assert [w.id for w in reader.pending(settled)] == ["unsent", "next"]
        assert reader.body("closed") is None


def test_a_reader_notices_every_commit(path: Path, outbox: Outbox) -> None:
    with OutboxReader(path) as reader:
        assert reader.changed()
        assert not reader.changed()
        for number in range(3):
            outbox.add([summary(f"s{number}")])
            assert reader.changed()
            assert not reader.changed()


def test_a_reader_waits_for_the_file_and_follows_a_new_one(path: Path) -> None:
    with OutboxReader(path) as reader:
        with pytest.raises(StoreUnavailable):
            reader.pending(set())
        first = Outbox.open(path)
        first.add([summary("first")])
        first.close()
        assert [w.id for w in reader.pending(set())] == ["first"]
        assert reader.changed()
        path.rename(path.with_name("aside"))
        second = Outbox.open(path)
        second.add([summary("second")])
        second.close()
        assert reader.changed()
        assert [w.id for w in reader.pending(set())] == ["second"]


def test_a_reader_cannot_write(path: Path, outbox: Outbox) -> None:
    with (
        OutboxReader(path) as reader,
        pytest.raises(StoreError, match="read-only"),
        reader._connection().transaction() as raw,
    ):
        raw.execute("DELETE FROM messages")


def test_a_reader_never_migrates(path: Path) -> None:
    sqlite3.connect(path).close()
    path.write_bytes(b"")
    with OutboxReader(path) as reader, pytest.raises(StoreUnavailable):
        reader.pending(set())
    assert path.read_bytes() == b""


def test_a_long_look_does_not_hold_the_writer_up(path: Path, outbox: Outbox) -> None:
    outbox.add([summary(f"s{number}") for number in range(500)])
    with OutboxReader(path) as reader:
        looking = reader.messages()
        next(looking)
        assert outbox.add([summary("meanwhile")]) == [True]
        assert [m.id for m in looking][-1] == "meanwhile"


KILLED_IN_MID_WRITE = """
import os, signal, sys
from pathlib import Path
from gateway.store.outbox import Draft, Opens, Outbox
from gateway.store.outbox_rows import Rank

def small(seq):
    return b"small"

def kill(seq):
    os.kill(os.getpid(), signal.SIGKILL)

outbox = Outbox.open(Path(sys.argv[1]))
outbox.add([Draft(f"{n}", "alert", Rank.URGENT, 1, small, opens=Opens("r1", "inactivity", 1)) for n in range(3_000)])
# What all these touch does not fit in ten pages of cache, so the file itself is half written when the kill comes.
outbox._connection.raw.execute("PRAGMA cache_size = 10")
drafts = [Draft(f"over{n}", "alert_update", Rank.ALERT, 1, small, resolves=f"{n}") for n in range(3_000)]
outbox.add([*drafts, Draft("k", "x", Rank.URGENT, 1, kill)])
"""


def test_a_reader_waits_until_the_writer_has_tidied_up(path: Path, outbox: Outbox) -> None:
    outbox.add([summary("before")])
    outbox.close()
    killed = subprocess.run([sys.executable, "-c", KILLED_IN_MID_WRITE, str(path)], check=False)
    assert killed.returncode == -9
    assert path.with_name("outbox.db-journal").stat().st_size > 0
    with OutboxReader(path) as reader:
        with pytest.raises(StoreUnavailable, match="tidy up"):
            reader.pending(set())
        Outbox.open(path).close()
        assert {w.id for w in reader.pending(set())} == {"before", *(str(n) for n in range(3_000))}


READ_AS_NOBODY = """
import os, sys
from pathlib import Path
from gateway.store.outbox_reader import OutboxReader
os.setgid(65534)
os.setuid(65534)
print([waiting.id for waiting in OutboxReader(Path(sys.argv[1])).pending(set())])
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_another_user_may_read_while_and_after_it_is_written() -> None:
    def look() -> str:
        command = [sys.executable, "-c", READ_AS_NOBODY, str(path)]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout

    with tempfile.TemporaryDirectory() as directory:
        Path(directory).chmod(0o755)  # pytest's own directories are closed to others
        path = Path(directory) / "outbox.db"
        outbox = Outbox.open(path)
        outbox.add([summary("s")])
        assert look() == "['s']\n"
        outbox.mark_clean_stop()
        outbox.close()
        assert look() == "['s']\n"
