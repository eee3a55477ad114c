"""What may leave in a day has an end, for what can wait; and what goes beyond it is said."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.store.allowance import A_DAY
from gateway.store.outbox import Draft, Outbox
from gateway.store.outbox_reader import OutboxReader
from gateway.store.outbox_rows import Rank

DAY_S = 86_400
MONDAY_S = 20_150 * DAY_S
KIB = 1024


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    outbox = Outbox.open(tmp_path / "outbox.db")
    yield outbox
    outbox.close()


def draft(name: str, rank: Rank, *, at_s: int = MONDAY_S, size: int = KIB) -> Draft:
    return Draft(name, "alert", rank, at_s, lambda _: b"x" * size)


def many(rank: Rank, count: int, *, at_s: int = MONDAY_S) -> list[Draft]:
    return [draft(f"{rank.name}-{at_s}-{number}", rank, at_s=at_s + number) for number in range(count)]


def kept(outbox: Outbox) -> int:
    return sum(1 for _ in outbox.messages())


@pytest.mark.parametrize("rank", A_DAY)
def test_a_day_has_an_end_and_the_next_one_begins_anew(outbox: Outbox, rank: Rank) -> None:
    room = A_DAY[rank] // KIB
    added = outbox.add(many(rank, room + 9))
    assert added == [True] * room + [False] * 9
    assert outbox.kept_back == 9
    assert outbox.add(many(rank, 3, at_s=MONDAY_S + DAY_S)) == [True] * 3
    assert outbox.kept_back == 0


def test_alerts_leave_room_for_the_summary_that_tells_of_them(outbox: Outbox) -> None:
    outbox.add(many(Rank.ALERT, 500))
    assert outbox.add(many(Rank.SUMMARY, 3)) == [True] * 3


def test_what_is_urgent_and_news_of_a_resident_s_alert_are_never_kept_back(outbox: Outbox) -> None:
    outbox.add(many(Rank.ALERT, 500))
    assert outbox.add(many(Rank.URGENT, 500)) == [True] * 500
    news = [replace(one, spared=True, id=f"news-{one.id}") for one in many(Rank.ALERT, 200)]
    assert outbox.add(news) == [True] * 200


def test_every_alert_that_left_can_end_and_no_other(outbox: Outbox) -> None:
    alerts = many(Rank.ALERT, 40)
    added = outbox.add(alerts)
    ends = [replace(draft(f"end-{one.id}", Rank.ALERT, at_s=MONDAY_S + 999), resolves=one.id) for one in alerts]
    assert outbox.add(ends) == added


def test_numbers_have_no_gaps_and_the_trail_says_what_did_not_leave(outbox: Outbox, tmp_path: Path) -> None:
    outbox.add(many(Rank.ALERT, 40))
    outbox.add(many(Rank.SUMMARY, 2))
    assert [message.seq for message in outbox.messages()] == list(range(1, 35))
    with OutboxReader(tmp_path / "outbox.db") as reader:
        assert reader.kept_back() == {MONDAY_S: 8}
    assert outbox.trail.head().entries == 1 + 34 + 8


def test_what_was_kept_back_stays_so_when_it_is_said_again_after_a_crash(tmp_path: Path) -> None:
    everything = many(Rank.ALERT, 40)
    first = Outbox.open(tmp_path / "outbox.db")
    first.add(everything[:36])
    first.close()
    again = Outbox.open(tmp_path / "outbox.db")
    again.add([*everything[30:36], draft("small", Rank.ALERT, size=10), *everything])
    in_one = Outbox.open(tmp_path / "other.db")
    in_one.add(everything)
    assert _ids(again) == _ids(in_one)
    for outbox in (again, in_one):
        outbox.close()


def _ids(outbox: Outbox) -> Sequence[str]:
    return [message.id for message in outbox.messages()]


def test_old_books_are_let_go(outbox: Outbox, tmp_path: Path) -> None:
    outbox.add(many(Rank.ALERT, 40))
    outbox.add(many(Rank.ALERT, 40, at_s=MONDAY_S + 9 * DAY_S))
    outbox.prune(MONDAY_S + 5 * DAY_S, ())
    with OutboxReader(tmp_path / "outbox.db") as reader:
        assert reader.kept_back() == {MONDAY_S + 9 * DAY_S: 8}
