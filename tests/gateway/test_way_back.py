"""What people at the desk answer comes into the home: once each, in order, through crashes, and nothing else does."""

import asyncio
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gateway.answers import answered
from gateway.answers.answer_bounds import Bounds
from gateway.answers.answered import Refused
from gateway.answers.way_back import EVERY_S, WayBack
from gateway.aside import Aside
from gateway.clock import ManualClock
from gateway.config.tables import AnswersTable
from gateway.errors import StoreError
from gateway.store.outbox_reader import OutboxReader
from gateway.store.trail import What
from gateway.uplink import wire
from gateway.uplink.answers import Acknowledged, Away, BudgetOf, OutcomeOf, Snooze
from models.kinds import AlertKind
from models.told import parse
from tests.notes import Notes

from .answering import FOREIGN, Desk, utc
from .ground import START_S, Gateway, eventually, home_toml

if TYPE_CHECKING:
    from gateway.inbox import Edge

DAY_S = 86_400
MORE = "[answers]\nattention_per_week = [0.5, 2]\nsnooze_at_most_days = 7\n"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START_S)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def gateway(tmp_path: Path, clock: ManualClock) -> Gateway:
    return Gateway(tmp_path, clock, toml=home_toml(tmp_path, more=MORE))


def told(house: Gateway) -> list[tuple[str, float]]:
    """What people told the home, as far as a power cut would leave it."""
    return [(name, value) for _, name, value in house.durable() if parse(name) and not name.startswith("@panel")]


def statuses(house: Gateway) -> list[wire.Status]:
    with OutboxReader(house.folder / "outbox" / "outbox.db") as outbox:
        found = [wire.decode(status.body) for status in outbox.statuses()]
    return [one for one in found if isinstance(one, wire.Status)]


async def look(house: Gateway, desk: Desk, up_to: int) -> None:
    """Time goes by in seconds until the home has written down that it dealt with `up_to`."""

    def dealt() -> bool:
        if not house.clock._sleepers:
            return False
        house.clock.move_s(EVERY_S / 2)
        written = desk.written()
        return written is not None and written.taken >= up_to

    await eventually(dealt)
    await house.settle()


async def test_an_acknowledgement_is_in_the_home_and_the_desk_hears_that_it_is(
    tmp_path: Path, clock: ManualClock, desk: Desk
) -> None:
    async with gateway(tmp_path, clock) as house:
        await house.feel("button")
        (alert,) = house.alerts()
        assert [one.kind for one in house.pipeline.home.unanswered()] == [AlertKind.HELP_BUTTON]
        number = desk.answer(Acknowledged, given_s=clock.utc_s(), alert_id=alert.id)
        await look(house, desk, number)
        assert house.pipeline.home.unanswered() == ()
        assert told(house) == [(f"@ack/r1/help_button/{START_S}", 1.0)]
        await eventually(lambda: statuses(house)[-1].answers_taken == number)
    written = desk.written()
    assert written is not None
    assert written.acknowledged.keys() == {alert.id}
    assert ("answer_taken", {"kind": "acknowledged", "seq": 1}) in house.log.lines


async def test_what_this_home_does_not_allow_is_refused_with_a_reason(
    tmp_path: Path, clock: ManualClock, desk: Desk
) -> None:
    now_s = clock.utc_s()
    desk.answer(Acknowledged, given_s=now_s, alert_id="0" * 32)
    desk.answer(Snooze, given_s=now_s, resident="r1", kind=AlertKind.HELP_BUTTON, until=utc(now_s + 60))
    desk.answer(BudgetOf, given_s=now_s, attention_per_week=5.0)
    desk.answer(BudgetOf, given_s=now_s, attention_per_week=0.5)
    desk.answer(Away, given_s=now_s, resident="r7", until=None)
    async with gateway(tmp_path, clock) as house:
        await house.feel("hall")
        await look(house, desk, 5)
        assert told(house) == [("@budget/household", 0.5)]
        await eventually(lambda: statuses(house)[-1].answers_taken == 5)
        assert statuses(house)[-1].answers_refused == (1, 2, 3, 5)
    written = desk.written()
    assert written is not None
    assert [one.refused for one in written.last] == [
        Refused.UNKNOWN_ALERT, Refused.NOT_THIS_KIND, Refused.OUT_OF_BOUNDS, None, Refused.UNKNOWN_RESIDENT,
    ]  # fmt: skip
    assert [fields["reason"] for event, fields in house.log.lines if event == "answer_refused"][:3] == [
        "unknown_alert", "not_this_kind", "out_of_bounds",
    ]  # fmt: skip


async def test_what_the_desk_did_not_seal_for_this_home_is_nothing(
    tmp_path: Path, clock: ManualClock, desk: Desk
) -> None:
    """As if somebody sat in the messenger: with his own key, another home's answers, and another number."""
    now_s = clock.utc_s()
    desk.answer(Away, given_s=now_s, key=FOREIGN, resident="r1", until=utc(now_s + DAY_S))
    desk.keep(Away(home="h-other", seq=2, given_at=utc(now_s), resident="r1", until=utc(now_s + DAY_S)))
    desk.keep(Away(home="h-test", seq=3, given_at=utc(now_s), resident="r1", until=utc(now_s + DAY_S)), under=9)
    desk.keep(Away(home="h-test", seq=4, given_at=utc(now_s), resident="r1", until=None))
    async with gateway(tmp_path, clock) as house:
        await house.feel("hall")
        await look(house, desk, 4)
        assert told(house) == [("@away/r1", 0.0)]
        assert house.log.events().count("answer_not_sealed") == 1
    written = desk.written()
    assert written is not None
    assert (written.taken, [one.seq for one in written.last if one.refused is None]) == (4, [4])


async def test_an_old_number_is_never_taken_again(tmp_path: Path, clock: ManualClock, desk: Desk) -> None:
    async with gateway(tmp_path, clock) as house:
        await house.feel("hall")
        for _ in range(3):
            desk.answer(BudgetOf, given_s=clock.utc_s(), attention_per_week=1.0)
        await look(house, desk, 3)
        desk.keep(BudgetOf(home="h-test", seq=2, given_at=utc(clock.utc_s()), attention_per_week=2.0))
        number = desk.answer(BudgetOf, given_s=clock.utc_s(), attention_per_week=0.5)
        await look(house, desk, number)
        assert [value for _, value in told(house)] == [1.0, 1.0, 1.0, 0.5]


@pytest.mark.parametrize("step", ["handed over", "in the journal", "in the trail"])
async def test_a_crash_at_any_step_takes_the_answer_again_and_counts_it_once(
    tmp_path: Path, clock: ManualClock, desk: Desk, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def power_cut(*_: object) -> None:
        raise StoreError("The power was cut.", advice="Wait.")

    async with gateway(tmp_path, clock) as house:
        await house.feel("button")
        (alert,) = house.alerts()
        number = desk.answer(OutcomeOf, given_s=clock.utc_s(), alert_id=alert.id, outcome="useful")
        with monkeypatch.context() as broken:
            broken.setattr(answered, "write", power_cut)  # nothing after the journal becomes durable
            if step == "handed over":
                await house.crash()
            else:
                name = f"@outcome/r1/help_button/{START_S}"

                await house.until(lambda: (name, 1.0) in told(house), step_s=EVERY_S / 2)
                if step == "in the trail":
                    await house.until(lambda: "answers_not_written" in house.log.events())
                await house.crash()
    assert desk.written() is None
    async with gateway(tmp_path, clock) as house:
        await house.feel("hall", after_s=5)
        await look(house, desk, number)
        (counted,) = house.pipeline.home.portrait().answers
        assert (counted.alerts, counted.useful) == (1, 1)
        assert house.pipeline.home.unanswered() == ()
        assert len(told(house)) == (1 if step == "handed over" else 2)


async def test_another_desk_numbers_anew_and_a_replaced_gateway_goes_on(tmp_path: Path, clock: ManualClock) -> None:
    desk = Desk(tmp_path, last_answer=40)
    desk.keep(BudgetOf(home="h-test", seq=39, given_at=utc(START_S), attention_per_week=2.0))  # it was for the dead one
    async with gateway(tmp_path, clock) as house:
        await house.feel("hall")
        await eventually(lambda: [one.answers_taken for one in statuses(house)] == [40])
        await look(house, desk, desk.answer(BudgetOf, given_s=START_S, attention_per_week=1.5))
        desk.enrol(FOREIGN)  # `wren enrol` with another desk, while the daemon runs
        desk.places.uplink_db.unlink()
        desk.keep(BudgetOf(home="h-test", seq=1, given_at=utc(START_S), attention_per_week=0.5), FOREIGN)
        desk.places.answers.rename(tmp_path / "of-the-first")
        await look(house, desk, 1)
        assert [value for _, value in told(house)] == [1.5, 0.5]


async def test_before_the_enrolment_nothing_is_taken_and_after_it_is(tmp_path: Path, clock: ManualClock) -> None:
    desk = Desk(tmp_path)
    desk.places.desk.unlink()
    desk.answer(BudgetOf, given_s=START_S, attention_per_week=1.5)
    async with gateway(tmp_path, clock) as house:
        await house.feel("hall")
        for _ in range(5):
            await house.wait(EVERY_S)
        assert told(house) == []
        desk.enrol()
        await look(house, desk, 1)
        assert told(house) == [("@budget/household", 1.5)]


async def test_whatever_lies_in_the_messengers_folder_the_daemon_watches(
    tmp_path: Path, clock: ManualClock, desk: Desk
) -> None:
    async with gateway(tmp_path, clock) as house:
        for junk in (b"", b"not a database" * 400, bytes(100_000)):
            desk.places.uplink_db.write_bytes(junk)
            await house.wait(EVERY_S)
            await house.feel("hall")
        desk.places.uplink_db.unlink()
        desk.places.uplink_db.symlink_to(desk.places.home_db)
        await house.wait(EVERY_S)
        await house.feel("button")
        assert [alert.kind for alert in house.alerts()] == [AlertKind.HELP_BUTTON]
        await house.until(lambda: "answers_unreadable" in house.log.events())
        desk.places.uplink_db.unlink()
        number = desk.answer(Acknowledged, given_s=clock.utc_s(), alert_id=house.alerts()[0].id)
        await look(house, desk, number)
        assert house.pipeline.home.unanswered() == ()


async def test_the_trail_says_what_became_of_each(tmp_path: Path, clock: ManualClock, desk: Desk) -> None:
    async with gateway(tmp_path, clock) as house:
        await house.feel("hall")
        desk.answer(Away, given_s=clock.utc_s(), resident="r1", until=utc(clock.utc_s() + DAY_S))
        desk.answer(BudgetOf, given_s=clock.utc_s(), attention_per_week=7.0)
        await look(house, desk, 2)
    with OutboxReader(house.folder / "outbox" / "outbox.db") as outbox:
        rows = outbox._connection().rows("SELECT what, ref, body FROM trail WHERE what LIKE 'answer%' ORDER BY n")
    assert [(what, ref) for what, ref, _ in rows] == [("answer taken", "1"), ("answer refused", "2")]
    assert rows[1][2] == (b"Answer 2 of the desk was refused: it is outside the bounds in this home's configuration.")
    assert json.loads(desk.places.answers.read_bytes())["taken"] == 2


class Inline:
    """A writer without a thread, and a trail that only counts."""

    def __init__(self) -> None:
        self.notes: list[Any] = []

    async def do(self, work: Callable[[], Any]) -> Any:
        return work()

    def entry(self, what: What, ref: str, text: str) -> tuple[What, str]:
        assert text
        return what, ref

    async def note_all(self, notes: Iterable[Any]) -> None:
        self.notes += notes


async def test_it_is_written_down_only_once_the_journal_has_it_and_in_order(clock: ManualClock, desk: Desk) -> None:
    desk.answer(BudgetOf, given_s=START_S, attention_per_week=1.0)
    desk.answer(BudgetOf, given_s=START_S, attention_per_week=7.0)  # refused
    desk.answer(BudgetOf, given_s=START_S, attention_per_week=1.5)
    inline: Any = Inline()
    bounds = Bounds(AnswersTable(attention_per_week=(0.5, 2.0)), frozenset({"r1"}), lambda _: None)
    way_back = WayBack("h-test", desk.places, bounds, inline, inline, Aside(), clock, Notes())
    told_of: list[int] = []
    way_back.dealt = lambda: told_of.append(way_back.taken)
    edges: list[Edge] = []
    running = asyncio.create_task(way_back.run(edges.append))

    async def go_on(true: Callable[[], bool]) -> None:
        def is_so() -> bool:
            clock.move_s(EVERY_S)
            return true()

        await eventually(is_so)

    await go_on(lambda: len(edges) == 2)
    for _ in range(10):
        clock.move_s(EVERY_S)
        await asyncio.sleep(0.002)
    assert (way_back.taken, desk.written(), inline.notes) == (0, None, [])
    first, second = (edge.kept for edge in edges)
    assert first is not None
    assert second is not None
    second()  # no journal keeps them in this order; if one did, nothing would be skipped
    for _ in range(10):
        clock.move_s(EVERY_S)
        await asyncio.sleep(0.002)
    assert (way_back.taken, desk.written()) == (0, None)
    first()
    await go_on(lambda: way_back.taken == 3)
    assert way_back.refused == (2,)
    assert [ref for _, ref in inline.notes] == ["1", "2", "3"]
    assert told_of == [3]
    assert len(edges) == 2, "nothing is handed over twice"
    running.cancel()
