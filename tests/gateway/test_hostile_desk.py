"""A desk that was taken over, or told nonsense: it is believed within reason, for a home must go on watching."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gateway import desk_key
from gateway.answers import way_back
from gateway.clock import ManualClock
from gateway.config.places import make, places_of
from gateway.store.outbox_reader import OutboxReader
from gateway.uplink.answers import Away
from gateway.uplink.keys import text_of
from models.kinds import AlertKind
from tests.enrolled import DESK

from .answering import Desk
from .ground import START_S, Gateway, eventually


@pytest.mark.parametrize("last", [2**53 - 1, 2**53 - 2, 2**48 + 1])
async def test_a_number_at_the_end_of_all_numbers_does_not_silence_the_home(tmp_path: Path, last: int) -> None:
    """Whoever held the home's key once could have used it up, and the desk tells it to the gateway that comes next."""
    house = Gateway(tmp_path, ManualClock(START_S))
    places = places_of(house.config)
    make(places.private, 0o700)
    trusted = desk_key.DeskFile(desk_key=text_of(DESK.public_key()), last_seq=last, last_status_seq=last)
    desk_key.write(places.desk, trusted)
    async with house:
        for _ in range(3):
            await house.feel("button", after_s=3600)
        assert [alert.kind for alert in house.alerts()][:1] == [AlertKind.HELP_BUTTON]
        with OutboxReader(places.outbox_db) as outbox:
            assert outbox.statuses()
        assert "number_not_believed" in house.log.events()


async def test_a_flood_of_answers_does_not_fill_the_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(way_back, "MOST_A_DAY", 5)
    monkeypatch.setattr(way_back, "MOST_AT_ONCE", 2)
    clock = ManualClock(START_S)
    desk = Desk(tmp_path)
    for _ in range(20):
        desk.answer(Away, given_s=START_S, resident="r1", until=None)

    def taken() -> int:
        written = desk.written()
        return 0 if written is None else written.taken

    async with Gateway(tmp_path, clock) as house:
        await house.feel("hall")

        async def go_on(until: Callable[[], object]) -> None:
            def is_so() -> object:
                clock.move_s(2)
                return until()

            await eventually(is_so)

        await go_on(lambda: "too_many_answers" in house.log.events() and taken() == 6)
        first = taken()
        for _ in range(5):
            await house.wait(60)
        assert taken() == first
        await house.wait(86_400)
        await go_on(lambda: taken() > first)
        assert house.log.events().count("too_many_answers") <= 2
