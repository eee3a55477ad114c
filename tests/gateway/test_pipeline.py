"""From the inbox to the card: when what is durable, and what a stall, a step or a fault does to it."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from gateway import portrait
from gateway.clock import ManualClock
from gateway.config.places import places_of
from gateway.errors import StoreError
from gateway.inbox import Edge
from gateway.pipeline import BATCH_S, CHECKPOINT_S
from gateway.store.ledger import Ledger
from gateway.store.outbox import Draft, Outbox
from gateway.store.trail import Note
from gateway.uplink import wire
from models.kinds import AlertKind
from models.vocabulary import CLOCK_STEP, Finding, HabitTable, Reading

from .ground import START_S, Gateway, copied, eventually

START_MS = START_S * 1000


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START_S)


async def test_a_batch_is_on_the_card_within_a_minute(tmp_path: Path, clock: ManualClock) -> None:
    async with Gateway(tmp_path, clock) as gateway:
        await gateway.feel("hall", after_s=1)
        await gateway.feel("kettle", after_s=BATCH_S - 2)
        assert gateway.durable() == []
        await gateway.wait(1)
        assert gateway.durable() == [
            Reading(START_MS + 1_000, "hall", 1.0),
            Reading(START_MS + 59_000, "kettle", 1.0),
        ]
        assert gateway.kept() == []


async def test_what_was_learnt_can_be_looked_at_from_the_start_on(tmp_path: Path, clock: ManualClock) -> None:
    async with Gateway(tmp_path, clock) as gateway:
        await gateway.feel("hall", after_s=1)
    picture = places_of(gateway.config).portrait
    picture.write_text("of another version")
    clock.move_s(86_400)
    async with Gateway(tmp_path, clock):
        assert portrait.read(picture).at_s == START_S + 1 + 86_400


async def test_it_wakes_by_itself_to_write_a_batch(tmp_path: Path, clock: ManualClock) -> None:
    async with Gateway(tmp_path, clock) as gateway:
        await gateway.feel("hall", after_s=1)
        clock.move_s(BATCH_S)  # and nobody asks
        await eventually(gateway.durable)


async def test_a_press_is_durable_at_once_with_everything_before_it(tmp_path: Path, clock: ManualClock) -> None:
    async with Gateway(tmp_path, clock) as gateway:
        await gateway.feel("hall", after_s=1)
        await gateway.feel("button", after_s=1)
        assert gateway.durable() == [Reading(START_MS + 1_000, "hall", 1.0), Reading(START_MS + 2_000, "button", 1.0)]
        (alert,) = gateway.alerts()
        assert alert.kind is AlertKind.HELP_BUTTON
        assert alert.raised_at == "2025-03-03T08:00:02Z"
        assert [message.seq for message in gateway.kept()] == [1]


async def test_what_somebody_waits_for_is_kept_at_once_and_then_said_to_be(tmp_path: Path, clock: ManualClock) -> None:
    told = "@outcome/r1/late_start"
    async with Gateway(tmp_path, clock) as gateway:
        durable: list[list[Reading]] = []
        clock.move_s(1)
        gateway.offer("hall")
        assert gateway.hand.sink is not None
        gateway.hand.sink(Edge(clock.monotonic_s(), told, 3.0, kept=lambda: durable.append(gateway.durable())))
        await gateway.settle()
        assert durable == [[Reading(START_MS + 1_000, "hall", 1.0), Reading(START_MS + 1_000, told, 3.0)]]
        assert places_of(gateway.config).portrait.exists(), "whoever said it may look"


async def test_inputs_are_durable_before_what_they_led_to(
    tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    add = Outbox.add

    async with Gateway(tmp_path, clock) as gateway:

        def look_then_add(outbox: Outbox, drafts: Sequence[Draft], notes: Sequence[Note]) -> list[bool]:
            seen.append(len(gateway.durable()) if drafts else -1)
            return add(outbox, drafts, notes)

        monkeypatch.setattr(Outbox, "add", look_then_add)
        await gateway.feel("hall")
        await gateway.feel("button", after_s=1)
    assert seen[0] == 2


async def test_a_deadline_is_kept_without_a_reading(tmp_path: Path, clock: ManualClock) -> None:
    async with Gateway(tmp_path, clock) as gateway:
        await gateway.feel("hall")
        while not gateway.alerts():
            due_ms = gateway.pipeline.home.deadline_ms()
            assert due_ms is not None
            assert due_ms < START_MS + 12 * 3_600_000
            clock.move_s(due_ms / 1000 + 3 - clock.utc_s())  # three seconds late, and nobody asks
            home = gateway.pipeline.home
            await eventually(lambda due_ms=due_ms, home=home: home.now_ms > due_ms)  # type: ignore[misc]
            await gateway.settle()
        (alert,) = gateway.alerts()
    assert alert.kind is AlertKind.INACTIVITY
    assert (alert.opened_at, alert.raised_at) == ("2025-03-03T08:00:00Z", "2025-03-03T16:00:00Z")


async def test_a_checkpoint_is_written_every_hour_and_not_with_every_batch(tmp_path: Path, clock: ManualClock) -> None:
    async with Gateway(tmp_path, clock) as gateway:
        for _ in range(int(CHECKPOINT_S / 300) - 1):
            await gateway.feel("hall", after_s=300)
        assert gateway.checkpoints() == []
        await gateway.feel("hall", after_s=300)
        ((seq, _),) = gateway.checkpoints()
        assert seq == gateway.pipeline.last_seq
        assert len(gateway.durable()) == CHECKPOINT_S / 300
        await gateway.feel("hall", after_s=300)
        assert len(gateway.checkpoints()) == 1


async def test_a_clean_stop_keeps_everything(tmp_path: Path, clock: ManualClock) -> None:
    async with Gateway(tmp_path, clock) as gateway:
        await gateway.feel("hall", after_s=1)
        gateway.offer("kettle")  # still on its way when the stop comes
        gateway.offer("button")
        await asyncio.sleep(0)
    assert [reading.sensor for reading in gateway.durable()] == ["hall", "kettle", "button"]
    assert [seq for seq, _ in gateway.checkpoints()] == [3]
    assert [alert.kind for alert in gateway.alerts()] == [AlertKind.HELP_BUTTON]
    async with Gateway(tmp_path, clock) as again:
        assert again.log.events() == ["ready"]  # no unclean stop
        assert again.pipeline.home.left_out() == gateway.pipeline.home.left_out()


async def test_a_step_of_the_clock_is_journalled_at_once_and_raises_nothing(tmp_path: Path, clock: ManualClock) -> None:
    async with Gateway(tmp_path, clock) as gateway:
        await gateway.feel("hall", after_s=1)
        clock.step_s(9 * 3600)
        await gateway.wait(1)
        assert gateway.durable() == [
            Reading(START_MS + 1_000, "hall", 1.0),
            Reading(START_MS + 2_000 + 9 * 3_600_000, CLOCK_STEP, 9 * 3600.0),
        ]
        clock.step_s(-9 * 3600)
        await gateway.feel("hall", after_s=1)
        await gateway.wait(BATCH_S)
        assert gateway.durable()[2:] == [  # the edge came in before the step was noticed
            Reading(START_MS + 3_000 + 9 * 3_600_000, "hall", 1.0),
            Reading(START_MS + 3_000, CLOCK_STEP, -9 * 3600.0),
        ]
        assert [one for one in gateway.said if isinstance(one, Finding)] == []
        assert gateway.log.events().count("clock_stepped") == 2
        assert gateway.pipeline.home.earlier == 0


async def test_edges_that_waited_while_the_clock_was_stepped_are_not_lost(tmp_path: Path, clock: ManualClock) -> None:
    async with Gateway(tmp_path, clock) as gateway:
        await gateway.feel("hall", after_s=1)
        for by_s in (3600.0, -3600.0):
            gateway.offer("button")  # the loop is busy with something else
            clock.move_s(700)
            clock.step_s(by_s)
            await gateway.settle()
        assert gateway.pipeline.home.earlier == 0
        assert len(gateway.alerts()) == 2


async def test_edges_that_come_in_during_a_slow_flush_keep_their_time(
    tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit, slow, go_on = Ledger.commit, threading.Event(), threading.Event()

    def commit_slowly(
        ledger: Ledger,
        rows: Sequence[tuple[int, Reading]],
        drafts: Sequence[Draft] = (),
        *,
        alive_ms: int | None = None,
        tables: Sequence[HabitTable] = (),
        notes: Sequence[Note] = (),
    ) -> list[bool]:
        if drafts and not slow.is_set():
            slow.set()
            assert go_on.wait(10)
        return commit(ledger, rows, drafts, alive_ms=alive_ms, tables=tables, notes=notes)

    async with Gateway(tmp_path, clock) as gateway:
        await gateway.feel("hall", after_s=1)
        monkeypatch.setattr(Ledger, "commit", commit_slowly)
        gateway.offer("button")
        await eventually(slow.is_set)
        clock.move_s(1)
        gateway.offer("chair")
        clock.move_s(20)  # a worn card
        await asyncio.sleep(0)
        go_on.set()
        await gateway.settle()
        await gateway.wait(BATCH_S)
        assert gateway.durable()[1:] == [
            Reading(START_MS + 1_000, "button", 1.0),
            Reading(START_MS + 2_000, "chair", 1.0),
        ]
        assert gateway.pipeline.home.earlier == 0


class StallingClock(ManualClock):
    """The loop was busy for 20 s just before it looks at the clock the next time; a driver was not."""

    def __init__(self, utc_s: float) -> None:
        super().__init__(utc_s)
        self._meanwhile: Callable[[], None] | None = None

    def stall(self, meanwhile: Callable[[], None]) -> None:
        self._meanwhile = meanwhile

    def monotonic_s(self) -> float:
        if self._meanwhile is not None:
            meanwhile, self._meanwhile = self._meanwhile, None
            meanwhile()
            self.move_s(20)
        return super().monotonic_s()


async def test_edges_that_come_in_while_the_loop_is_busy_keep_their_time(tmp_path: Path) -> None:
    clock = StallingClock(START_S)
    async with Gateway(tmp_path, clock) as gateway:
        await gateway.feel("hall", after_s=1)
        await gateway.wait(40)
        clock.stall(lambda: gateway.offer("chair"))
        await gateway.pipeline.probe()
        await gateway.settle()
        await gateway.wait(BATCH_S)
        assert gateway.durable()[1:] == [Reading(START_MS + 41_000, "chair", 1.0)]
        assert gateway.pipeline.home.earlier == 0


async def test_the_watchdog_is_answered_only_while_the_pipeline_works(
    tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit, stuck, go_on = Ledger.commit, threading.Event(), threading.Event()

    def get_stuck(
        ledger: Ledger, rows: Sequence[tuple[int, Reading]], drafts: Sequence[Draft] = (), **alive: Any
    ) -> list[bool]:
        stuck.set()
        assert go_on.wait(10)
        return commit(ledger, rows, drafts, **alive)

    async with Gateway(tmp_path, clock) as gateway:
        for _ in range(3):
            await asyncio.wait_for(gateway.pipeline.probe(), 5)
        monkeypatch.setattr(Ledger, "commit", get_stuck)
        gateway.offer("button")
        await eventually(stuck.is_set)
        probe = asyncio.create_task(gateway.pipeline.probe())
        given_up = asyncio.create_task(gateway.pipeline.probe())
        await asyncio.sleep(0.05)
        assert not probe.done()
        given_up.cancel()
        go_on.set()
        await asyncio.wait_for(probe, 5)


async def test_settling_waits_for_what_came_in_during_a_round(
    tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit, stuck, go_on = Ledger.commit, threading.Event(), threading.Event()

    def get_stuck(
        ledger: Ledger, rows: Sequence[tuple[int, Reading]], drafts: Sequence[Draft] = (), **alive: Any
    ) -> list[bool]:
        stuck.set()
        assert go_on.wait(10)
        return commit(ledger, rows, drafts, **alive)

    async with Gateway(tmp_path, clock) as gateway:
        monkeypatch.setattr(Ledger, "commit", get_stuck)
        gateway.offer("button")
        await eventually(stuck.is_set)
        gateway.offer("hall")
        settling = asyncio.create_task(gateway.settle())
        await asyncio.sleep(0.01)
        go_on.set()
        await settling
        assert gateway.pipeline.accepted == 2


async def test_a_store_that_fails_ends_the_run_and_loses_no_alert(
    tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Outbox, drafts: Sequence[Draft], notes: Sequence[Note]) -> list[bool]:
        raise StoreError("The card is full.", advice="Free space.")

    with pytest.RaisesGroup(StoreError):
        async with Gateway(tmp_path, clock) as gateway:
            await gateway.feel("hall", after_s=1)
            with monkeypatch.context() as broken:
                broken.setattr(Outbox, "add", fail)
                with pytest.RaisesGroup(StoreError):
                    await gateway.feel("button", after_s=1)
    assert gateway.alerts() == []
    clock.move_s(5)
    async with Gateway(tmp_path, clock) as again:
        assert [alert.raised_at for alert in again.alerts()] == ["2025-03-03T08:00:02Z"]


async def test_the_messengers_damaged_file_does_not_stop_the_watch(tmp_path: Path, clock: ManualClock) -> None:
    (tmp_path / "uplink").mkdir()
    (tmp_path / "uplink" / "uplink.db").write_bytes(b"no database at all, but long enough to look like one" * 100)
    async with Gateway(tmp_path, clock) as gateway:
        await gateway.feel("button")
        await gateway.wait(16 * 60)
        await eventually(lambda: "receipts_unreadable" in gateway.log.events())
        assert len(gateway.alerts()) == 1


async def test_a_heartbeat_at_once_and_every_quarter_of_an_hour(tmp_path: Path, clock: ManualClock) -> None:
    def beats() -> list[wire.Status]:
        with copied(tmp_path / "outbox" / "outbox.db") as raw:
            bodies = raw.execute("SELECT body FROM statuses ORDER BY seq").fetchall()
        found = [wire.decode(body) for (body,) in bodies]
        return [one for one in found if isinstance(one, wire.Status)]

    clock.is_synchronised = False
    async with Gateway(tmp_path, clock) as gateway:
        await eventually(lambda: len(beats()) == 1)
        await gateway.feel("button")
        clock.is_synchronised = True
        await gateway.wait(15 * 60)
        await eventually(lambda: len(beats()) == 2)
        await gateway.wait(14 * 60)
        first, second = beats()
        assert (first.sensors, first.sensors_heard_today, first.waiting, first.clock_synchronised) == (6, 0, 0, False)
        assert (second.sensors_heard_today, second.waiting, second.clock_synchronised) == (1, 1, True)
        assert first.learning
        assert (first.raised_at, second.raised_at) == ("2025-03-03T08:00:00Z", "2025-03-03T08:15:00Z")
        assert [message.type for message in gateway.kept()] == ["alert"]  # statuses are numbered apart
