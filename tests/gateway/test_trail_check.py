"""`verify`: whatever is changed in the trail or in what is kept shows, and names the first entry that does not fit."""

import hashlib
import shutil
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.config.places import places_of
from gateway.store.ledger import Ledger
from gateway.store.trail import Head, Note, What
from gateway.trail.trail_check import Fault, Verdict, verify
from gateway.uplink import wire
from models.localtime import utc_text
from tests.cli.house import NOW_S, House, alert, resolved

DAY_S = 86_400


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A home with alerts, heartbeats that name the trail's head, notes and receipts."""
    house = House(tmp_path_factory.mktemp("busy")).write()
    house.says(alert(1, NOW_S - 9_000), resolved(2, 1, NOW_S - 8_000), alert(3, NOW_S - 7_000))
    places = places_of(house.config)
    ledger = Ledger.open(places.private, places.outbox)
    for number in range(6):
        at_s = NOW_S - 6_000 + number * 900
        ledger.outbox.trail.note([Note(What.ACCESS, "pins", "Somebody on this gateway looked with `wren pins`.", at_s)])

        def body(seq: int, at_s: int = at_s) -> bytes:
            head = ledger.outbox.trail.head()
            return wire.encode(
                wire.Status(
                    id=f"{at_s:032x}", home="h-0001", seq=seq, raised_at=utc_text(at_s), version="0.1.0", sensors=2,
                    sensors_heard_today=2, learning=True, clock_synchronised=True, waiting=0,
                    trail=wire.TrailHead(entries=head.entries, sha256=head.sha256),
                )
            )  # fmt: skip

        ledger.outbox.add_status(f"{at_s:032x}", at_s, body)
    ledger.outbox.trail.note([Note(What.STOP, "0.1.0", "Wren was stopped in order.", NOW_S)])
    sums = {message.id: hashlib.sha256(message.body).hexdigest() for message in ledger.outbox.messages()}
    ledger.stop()
    with house.book(NOW_S) as book:
        for message_id, sha256 in sums.items():
            book.delivered(message_id, "alert", sha256=sha256, attempts=1)
    return house


def copied(busy: House, to: Path) -> House:
    shutil.copytree(busy.folder, to, dirs_exist_ok=True)
    return House(to).write()


def spoilt(house: House, *statements: str) -> Verdict:
    path = places_of(house.config).outbox_db
    with sqlite3.connect(path) as raw:
        for statement in statements:
            raw.execute(statement)
    raw.close()
    return verify(places_of(house.config))


def test_what_nobody_touched_is_whole(busy: House) -> None:
    found = verify(places_of(busy.config))
    assert found.broken is None
    assert (found.entries, found.head.entries, found.missing_bodies, found.begun_anew_s) == (17, 17, 0, [])
    assert found.since_s == NOW_S - 9_000
    assert verify(places_of(busy.config), found.head).broken is None


@pytest.mark.parametrize(
    ("statement", "fault", "n"),
    [
        ("DELETE FROM trail WHERE n = 6", Fault.MISSING, 7),
        ("DELETE FROM trail WHERE n <= 6", Fault.MISSING, 7),
        ("UPDATE trail SET what = 'told' WHERE n = 5", Fault.CHANGED, 5),
        ("UPDATE trail SET what = 'party' WHERE n = 5", Fault.UNKNOWN, 5),
        ("UPDATE trail SET at_s = at_s + 1 WHERE n = 5", Fault.CHANGED, 5),
        ("UPDATE trail SET body = CAST('Nobody looked.' AS BLOB) WHERE n = 5", Fault.BODY_CHANGED, 5),
        ("UPDATE trail SET body = NULL WHERE n = 5", Fault.BODY_MISSING, 5),
        ("UPDATE messages SET body = NULL WHERE seq = 1", Fault.BODY_MISSING, 2),
        ("UPDATE messages SET body = CAST(replace(CAST(body AS TEXT), 'kitchen', 'bedroom') AS BLOB) WHERE seq = 1",
         Fault.BODY_CHANGED, 2),
        ("DELETE FROM messages WHERE seq = 2", Fault.BODY_MISSING, 3),
        ("INSERT INTO messages VALUES (9, 'x', 'alert', 0, 1, X'00')", Fault.NOT_ENTERED, None),
        ("INSERT INTO statuses VALUES (99, 'x', 1, X'00')", Fault.NOT_ENTERED, None),
        ("UPDATE messages SET rank = 3 WHERE seq = 1", Fault.ROW_CHANGED, None),
        ("UPDATE messages SET seq = 99 WHERE seq = 1", Fault.ROW_CHANGED, None),
    ],
)  # fmt: skip
def test_what_was_changed_is_named(busy: House, tmp_path: Path, statement: str, fault: Fault, n: int | None) -> None:
    found = spoilt(copied(busy, tmp_path), statement).broken
    assert found is not None
    assert (found.fault, found.n) == (fault, n)


def test_a_cut_of_the_end_shows_against_what_the_desk_knows(busy: House, tmp_path: Path) -> None:
    head = verify(places_of(busy.config)).head
    house = copied(busy, tmp_path)
    assert spoilt(house, "DELETE FROM trail WHERE n = 17").broken is None
    found = verify(places_of(house.config), head).broken
    assert found is not None
    assert (found.fault, found.n) == (Fault.CUT, 17)
    other = verify(places_of(house.config), Head(5, "0" * 64)).broken
    assert other is not None
    assert other.fault is Fault.FORK


def test_what_the_desk_confirmed_must_have_been_entered(busy: House, tmp_path: Path) -> None:
    house = copied(busy, tmp_path)
    with house.book(NOW_S) as book:
        book.delivered("f" * 32, "alert", sha256="e" * 64, attempts=1)
    found = verify(places_of(house.config)).broken
    assert found is not None
    assert (found.fault, found.about) == (Fault.RECEIPT_DIFFERS, "f" * 32)


def test_a_chain_written_anew_contradicts_the_heartbeats_that_left(busy: House, tmp_path: Path) -> None:
    house = copied(busy, tmp_path)
    path = places_of(house.config).outbox_db
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE trail SET body = CAST('Nobody looked.' AS BLOB) WHERE n = 5")
        rows = raw.execute("SELECT n, at_s, what, ref, body, sha256, hash FROM trail ORDER BY n").fetchall()
        before = rows[0][6]
        for n, at_s, what, ref, body, sha256, _ in rows[1:]:
            fresh = (
                sha256
                if body is None
                else hashlib.sha256(body if isinstance(body, bytes) else body.encode()).hexdigest()
            )
            text = "\n".join(["wren-trail-1", before, str(n), str(at_s), what, ref, fresh])
            before = hashlib.sha256(text.encode()).hexdigest()
            raw.execute("UPDATE trail SET sha256 = ?, hash = ? WHERE n = ?", (fresh, before, n))
    raw.close()
    found = verify(places_of(house.config)).broken
    assert found is not None
    assert (found.fault, found.n) == (Fault.HEAD_DIFFERS, 6)


def test_what_was_let_go_is_no_fault(busy: House, tmp_path: Path) -> None:
    house = copied(busy, tmp_path)
    places = places_of(house.config)
    known = verify(places).head
    ledger = Ledger.open(places.private, places.outbox)
    settled = {f"{number:032x}" for number in (1, 2)}
    ledger.outbox.prune(NOW_S - 3_000, settled, now_s=NOW_S)
    ledger.stop()
    found = verify(places)
    assert (found.broken, found.entries) == (None, 6), "the open alert is kept, though its entry went"
    assert verify(places, known).broken is None
    old = verify(places, Head(2, "0" * 64)).broken
    assert old is not None
    assert old.fault is Fault.TOO_OLD
    assert spoilt(house, "DELETE FROM trail WHERE n < 14").broken is not None


def test_what_was_erased_is_no_fault(busy: House, tmp_path: Path) -> None:
    house = copied(busy, tmp_path)
    places = places_of(house.config)
    ledger = Ledger.open(places.private, places.outbox)
    ledger.outbox.trail.note([Note(What.ERASED, "r1", "Everything about r1 was erased here.", NOW_S + 1)])
    ledger.stop()
    found = spoilt(house, "UPDATE messages SET body = NULL", "UPDATE trail SET body = NULL WHERE what = 'access'")
    assert (found.broken, found.missing_bodies) == (None, 9)


@pytest.mark.parametrize("resident", ["r1", None])
def test_a_home_that_erased_somebody_is_whole(busy: House, tmp_path: Path, resident: str | None) -> None:
    house = copied(busy, tmp_path)
    places = places_of(house.config)
    ledger = Ledger.open(places.private, places.outbox)
    ids = {f"{number:032x}" for number in (1, 2, 3)}
    note = Note(What.ERASED, "r1", "Everything about r1 was erased here.", NOW_S + 10)
    ledger.outbox.erase(resident, ids, lambda body: b'"r1"' in body, note)
    ledger.stop()
    places.uplink_db.unlink()  # `wren erase` takes the receipts, too
    assert verify(places).broken is None
    assert spoilt(house, f"UPDATE trail SET ref = 'r2' WHERE what = '{What.ERASED}'").broken is not None


TEXT = {"trail": ("what", "ref", "body", "sha256", "hash"), "messages": ("id", "type", "body")}
NUMBERS = {"trail": ("n", "at_s"), "messages": ("seq", "raised_s")}


def flipped(value: str | bytes, at: int, bit: int) -> str | bytes:
    data = bytearray(value.encode() if isinstance(value, str) else value)
    data[at % len(data)] ^= 1 << bit
    return bytes(data) if isinstance(value, bytes) else data.decode("latin-1")


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_any_flip_removal_reorder_or_insertion_shows(
    busy: House, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    house = copied(busy, tmp_path_factory.mktemp("spoilt"))
    table = data.draw(st.sampled_from(["trail", "trail", "messages"]))
    key = "n" if table == "trail" else "seq"
    with sqlite3.connect(places_of(house.config).outbox_db) as raw:
        keys = [row[0] for row in raw.execute(f"SELECT {key} FROM {table} ORDER BY {key}")]
        one = data.draw(st.sampled_from(keys))
        spoil = data.draw(st.sampled_from([_flip, _flip, _count, _remove, _swap, _insert]), label="how")
        if not spoil(raw, table, key, one, keys, data):
            return
    raw.close()
    assert verify(places_of(house.config)).broken is not None


def _flip(raw: sqlite3.Connection, table: str, key: str, one: int, _: list[int], data: st.DataObject) -> bool:
    column = data.draw(st.sampled_from(TEXT[table]))
    ((value,),) = raw.execute(f"SELECT {column} FROM {table} WHERE {key} = ?", (one,)).fetchall()
    if not value:
        return False
    fresh = flipped(value, data.draw(st.integers(0, len(value) - 1)), data.draw(st.integers(0, 7)))
    raw.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (fresh, one))
    return True


def _count(raw: sqlite3.Connection, table: str, key: str, one: int, _: list[int], data: st.DataObject) -> bool:
    column, by = data.draw(st.sampled_from(NUMBERS[table])), data.draw(st.integers(1, 2**40))
    raw.execute(f"UPDATE {table} SET {column} = {column} + ? WHERE {key} = ?", (by + 10**6, one))
    return True


def _remove(raw: sqlite3.Connection, table: str, key: str, one: int, keys: list[int], _: st.DataObject) -> bool:
    raw.execute(f"DELETE FROM {table} WHERE {key} = ?", (one,))
    return table == "messages" or one != keys[-1]  # the last one's removal shows against a known head


def _swap(raw: sqlite3.Connection, table: str, key: str, one: int, keys: list[int], data: st.DataObject) -> bool:
    other = data.draw(st.sampled_from([two for two in keys if two != one]))
    for old, new in ((one, -1), (other, one), (-1, other)):
        raw.execute(f"UPDATE {table} SET {key} = ? WHERE {key} = ?", (new, old))
    return True


def _insert(raw: sqlite3.Connection, table: str, key: str, one: int, keys: list[int], _: st.DataObject) -> bool:
    columns = [row[1] for row in raw.execute(f"PRAGMA table_info({table})")]
    values = dict(zip(columns, raw.execute(f"SELECT * FROM {table} WHERE {key} = ?", (one,)).fetchone(), strict=True))
    values[key] = keys[-1] + 1
    if table == "messages":
        values["id"] = "e" * 32
    marks = ", ".join("?" * len(columns))
    raw.execute(f"INSERT INTO {table} VALUES ({marks})", [values[column] for column in columns])
    return True
