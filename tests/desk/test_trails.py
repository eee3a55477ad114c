"""The homes' own records of what left them: a cut or a copy shows here, and the last head can be compared."""

from typing import Any

import msgspec

from desk.store import Store
from gateway.clock import ManualClock
from gateway.uplink.wire import TrailHead

from .desk import HOME, Desk, key_of, open_desk, signed, status
from .test_enrolling import NEW, Asker

CUT = "The home's own record was cut or is kept twice"
HOUR_S, DAY_S = 3600, 86_400


def head(entries: int, of: str = "a") -> TrailHead:
    return TrailHead(entries=entries, sha256=(of * 64)[:64])


def beat(seq: int, entries: int, of: str = "a", **changed: Any) -> Any:
    return status(seq, trail=head(entries, of), **changed)


def test_a_record_that_grows_is_nothing_to_note(desk: Desk) -> None:
    desk.send(beat(1, 10), beat(2, 11, "b"), beat(3, 11, "b"), beat(4, 400, "c"))
    assert CUT not in desk.text()


def test_the_last_head_of_each_home_can_be_compared(desk: Desk) -> None:
    desk.send(beat(1, 10), beat(2, 1234, "d"), beat(1, 7, "e", home="h-0002"))
    text = desk.text()
    assert f"h-0001 1234 entries, the last 1234:{'d' * 64} told 14:02" in text
    assert f"h-0002 7 entries, the last 7:{'e' * 64}" in text
    assert "d" * 64 in desk.text(f"/homes/{HOME}")


def test_a_shorter_record_was_cut(desk: Desk) -> None:
    desk.send(beat(1, 10), beat(2, 9, "b"))
    assert CUT in desk.text()
    assert CUT in desk.text(f"/homes/{HOME}")
    desk.send(beat(3, 12, "c"))
    assert CUT in desk.text(), "it does not heal by growing again"
    (cut,) = desk.store.heads.cuts()
    assert cut.times == 1


def test_another_end_of_the_same_length_is_a_copy_or_a_rewriting(desk: Desk) -> None:
    desk.send(beat(1, 10), beat(2, 11, "b"), beat(3, 11, "c"))
    assert CUT in desk.text()


def test_a_record_that_was_written_anew_from_further_back_shows_where_they_meet(desk: Desk) -> None:
    desk.send(beat(1, 10), beat(2, 20, "b"), beat(3, 5, "c"), beat(4, 10, "d"))
    (cut,) = desk.store.heads.cuts()
    assert cut.times == 2


def test_two_cards_that_take_turns_show(desk: Desk) -> None:
    for turn in range(4):
        desk.send(beat(2 * turn + 1, 100 + turn, "a"), beat(2 * turn + 2, 90 + turn, "b"))
    (cut,) = desk.store.heads.cuts()
    assert cut.times == 4


def test_a_repeated_status_is_no_step_back(desk: Desk) -> None:
    desk.send(beat(1, 10), beat(2, 11, "b"), beat(1, 10))
    assert desk.store.heads.cuts() == []


def test_a_home_is_not_judged_by_anothers_record(desk: Desk) -> None:
    desk.send(beat(1, 10), beat(1, 5, "b", home="h-0002"))
    assert CUT not in desk.text()


def test_a_rotated_key_goes_on_with_the_record_and_a_new_gateway_begins_its_own(desk: Desk) -> None:
    asker = Asker(desk)
    asker.enrol(asker.token())
    desk.send(beat(1, 10))
    asker.rotate(key_of(HOME), NEW, 20)
    third = key_of("third")
    assert sent(desk, beat(2, 9, "b"), NEW, 1).status == 200
    (cut,) = desk.store.heads.cuts()
    assert cut.times == 1, "a new key hides no cut"
    asker.enrol(asker.token(replaces=True), third)
    assert sent(desk, beat(3, 1, "c"), third, 2).status == 200
    assert desk.store.heads.cuts() == [cut]


def sent(desk: Desk, message: Any, key: Any, sequence: int) -> Any:
    body = msgspec.json.encode(message)
    return desk.ask(signed(desk.gateways.base, "/v1/messages", body, key, sequence), body)


def test_old_heads_are_thinned_to_one_a_day_and_still_tell(store: Store, clock: ManualClock) -> None:
    desk = open_desk(store, clock)
    for beats in range(4 * 6):
        desk.send(beat(beats + 1, 10 * (beats + 1)))
        clock.move_s(6 * HOUR_S)
    rows = store.database.rows("SELECT at_s, entries FROM heads ORDER BY number")
    assert 9 <= len(rows) <= 12
    kept = next(entries for _, entries in rows)
    desk.send(beat(99, 1000), beat(100, 1001, "b"))
    assert store.heads.cuts() == []
    desk.send(beat(101, kept, "f"))
    assert len(store.heads.cuts()) == 1


def test_a_head_is_not_shown_where_none_was_told(desk: Desk) -> None:
    desk.send(status())
    assert "nothing told of it yet" in desk.text(f"/homes/{HOME}")
    assert CUT not in desk.text()
