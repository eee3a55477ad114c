"""Somebody sits in the messenger and writes what he likes into its file: the daemon watches, and is not filled up."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gateway.answers.answered import Refused
from gateway.clock import ManualClock
from gateway.config.places import Places, make, places_of
from gateway.store.outbox_reader import OutboxReader
from gateway.uplink import wire
from gateway.uplink.answers import Away
from gateway.uplink.book import Book
from models.kinds import AlertKind
from tests.uplink.messages import LOG

from .answering import Desk, utc
from .ground import START_S, Gateway, eventually

LOOSE = "DROP TABLE {0}; CREATE TABLE {0} ({1});"
RECEIPTS, LETTERS = "id, type, sha256, sent_at, attempts", "id, type, http_status, reason, set_aside_at"
NOW = "'2025-03-03T08:00:00Z'"

HOSTILE = {
    "a column more": LOOSE.format("receipts", f"{RECEIPTS}, more")
    + f"INSERT INTO receipts VALUES ('a', 'alert', '{'0' * 64}', {NOW}, 1, 2)",
    "a column less": LOOSE.format("receipts", "id") + "INSERT INTO receipts VALUES ('a')",
    "nothing in it": LOOSE.format("receipts", RECEIPTS) + "INSERT INTO receipts DEFAULT VALUES",
    "a number for a time": LOOSE.format("receipts", RECEIPTS)
    + f"INSERT INTO receipts VALUES ('a', 'alert', '{'0' * 64}', 7, 1)",
    "bytes": LOOSE.format("dead_letters", LETTERS)
    + "INSERT INTO dead_letters VALUES (x'00', x'00', x'00', x'00', x'00')",
    "two lines": f"INSERT INTO receipts VALUES ('a' || char(10) || 'b', 'alert', '{'0' * 64}', {NOW}, 1)",
    "no text": f"INSERT INTO receipts VALUES (CAST(x'ff41' AS TEXT), 'alert', '{'0' * 64}', {NOW}, 1)",
    "no day": f"INSERT INTO receipts VALUES ('a', 'alert', '{'0' * 64}', '2025-02-31T08:00:00Z', 1)",
}  # fmt: skip


def spoil(places: Places, sql: str) -> None:
    make(places.uplink, 0o750)
    Book(places.uplink_db, utc_s=lambda: 0.0, log=LOG).close()
    with closing(sqlite3.connect(places.uplink_db)) as raw:
        raw.executescript(sql)


def trail(places: Places) -> list[tuple[str, str]]:
    with OutboxReader(places.outbox_db) as outbox:
        return [(entry.what, entry.ref) for entry in outbox.trail()]


@pytest.mark.parametrize("sql", HOSTILE.values(), ids=list(HOSTILE))
async def test_no_row_of_the_messengers_file_ends_the_daemon(tmp_path: Path, sql: str) -> None:
    async with Gateway(tmp_path, ManualClock(START_S)) as house:
        places = places_of(house.config)
        spoil(places, sql)
        beats = sum(what == "heartbeat" for what, _ in trail(places))
        await house.wait(901)
        await eventually(lambda: sum(what == "heartbeat" for what, _ in trail(places)) > beats)
        await house.feel("button")
        assert [alert.kind for alert in house.alerts()] == [AlertKind.HELP_BUTTON]
        assert not {"delivered", "refused"} & {what for what, _ in trail(places)}


async def test_receipts_for_what_was_never_sent_are_not_entered(tmp_path: Path) -> None:
    """Nor is one that is there a thousand times: the record of the home must not be filled by who writes receipts."""
    many = (
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) INSERT INTO receipts SELECT "
    )
    async with Gateway(tmp_path, ManualClock(START_S)) as house:
        places = places_of(house.config)
        await house.feel("button")
        with OutboxReader(places.outbox_db) as outbox:
            await eventually(outbox.statuses)
            alert, statuses = next(outbox.messages()).id, [one.id for one in outbox.statuses()]
        spoil(
            places,
            LOOSE.format("receipts", RECEIPTS)
            + f"{many} printf('%032x', i), 'alert', '{'0' * 64}', {NOW}, 1 FROM n;"
            + f"{many} printf('%032x', i), 'status', '{'0' * 64}', {NOW}, 1 FROM n;"
            + f"{many} '{alert}', 'alert', '{'0' * 64}', {NOW}, 1 FROM n;"
            + f"{many} '{statuses[-1]}', 'status', '{'0' * 64}', {NOW}, 1 FROM n;",
        )
        for _ in range(3):
            beats = sum(what == "heartbeat" for what, _ in trail(places))
            await house.wait(901)
            await eventually(lambda before=beats: sum(what == "heartbeat" for what, _ in trail(places)) > before)  # type: ignore[misc]
        assert sorted(ref for what, ref in trail(places) if what == "delivered") == sorted((alert, statuses[-1]))


async def test_an_answer_that_is_kept_back_is_told_to_the_desk(tmp_path: Path) -> None:
    """Such as "is back", when "away" was let through: the desk must not believe that the home has it."""
    clock = ManualClock(START_S)
    desk = Desk(tmp_path)
    until = utc(START_S + 86_400)
    async with Gateway(tmp_path, clock) as house:
        await house.feel("hall")
        desk.answer(Away, given_s=START_S, resident="r1", until=until)
        desk.seq += 2  # numbers 2 and 3 never come
        desk.answer(Away, given_s=START_S, resident="r1", until=until)

        def dealt() -> bool:
            clock.move_s(1)
            written = desk.written()
            return written is not None and written.taken >= 4

        await eventually(dealt)
        await house.settle()
        places = places_of(house.config)

        def told() -> tuple[int, tuple[int, ...]]:
            with OutboxReader(places.outbox_db) as outbox:
                said = wire.decode(outbox.statuses()[-1].body)
            assert isinstance(said, wire.Status)
            return said.answers_taken, said.answers_refused

        await eventually(lambda: told() == (4, (2, 3)))
        assert [(what, ref) for what, ref in trail(places) if what.startswith("answer")] == [
            ("answer taken", "1"), ("answer refused", "2"), ("answer refused", "3"), ("answer taken", "4"),
        ]  # fmt: skip
    written = desk.written()
    assert written is not None
    assert [one.refused for one in written.last] == [None, Refused.NEVER_CAME, Refused.NEVER_CAME, None]
