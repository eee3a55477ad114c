"""What fails comes back, what cannot work stays down, a bug ends the process."""

import asyncio
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.clock import ManualClock
from gateway.errors import SourceError, SourceUnavailable
from gateway.inbox import Edge, Sink
from gateway.log import Value
from gateway.supervise import BACKOFF_CAP_S, SETTLED_S, STEADY_S, Backoff, supervise

from .jobs import Start, settle

AWAY = SourceUnavailable("The adapter hci0 is away.", advice="Plug it in.")
BUSY = SourceError("Pin 17 is used by another program.", advice="Stop it.")
EDGE = Edge(0.0, "kitchen-tap", 1.0)


class Pages:
    """A log that keeps what was said."""

    def __init__(self) -> None:
        self.events: list[tuple[str, dict[str, Value | BaseException]]] = []

    def info(self, event: str, /, **fields: Value | BaseException) -> None:
        self.events.append((event, fields))

    warning = error = info


class Radio:
    """A source that follows a script: each start takes one line of it, the last one repeats."""

    name = "ble"

    def __init__(self, clock: ManualClock, *script: tuple[float, Exception | None]) -> None:
        self._clock = clock
        self._script = list(script)
        self.starts_s: list[float] = []

    async def run(self, sink: Sink) -> None:
        self.starts_s.append(self._clock.monotonic_s())
        after_s, error = self._script.pop(0) if len(self._script) > 1 else self._script[0]
        sink(EDGE)
        await self._clock.sleep_s(after_s)
        if error:
            raise error


class Home:
    """One supervised source on a clock that the test moves, and what it reported."""

    def __init__(self, *script: tuple[float, Exception | None]) -> None:
        self.clock = ManualClock()
        self.radio = Radio(self.clock, *script)
        self.log = Pages()
        self.edges: list[Edge] = []
        self.news: list[tuple[float, str]] = []

    def say(self, what: str) -> None:
        self.news.append((self.clock.monotonic_s(), what))

    async def supervise(self) -> None:
        await supervise(
            self.radio,
            self.edges.append,
            self.clock,
            random.Random(7),
            self.log,
            on_up=lambda name: self.say(f"{name} up"),
            on_down=lambda name, error: self.say(f"{name} {type(error).__name__}"),
        )

    async def live(self, seconds: float) -> None:
        for _ in range(int(seconds * 10)):
            await settle()
            self.clock.move_s(0.1)
        await settle()


def drop(_edge: Edge) -> None:
    """A sink for edges that the test does not look at."""


async def test_a_source_that_runs_is_up_and_its_edges_arrive(cancelled: Start) -> None:
    home = Home((1e9, None))
    cancelled(home.supervise())
    await home.live(SETTLED_S - 1)
    assert home.news == []
    await home.live(2)
    assert [what for _, what in home.news] == ["ble up"]
    assert home.edges == [EDGE]


async def test_a_source_that_is_away_is_retried_until_it_is_back_and_told_once(cancelled: Start) -> None:
    home = Home(*[(0.5, AWAY)] * 8, (1e9, None))
    cancelled(home.supervise())
    await home.live(200)
    assert [what for _, what in home.news] == ["ble SourceUnavailable", "ble up"]
    assert len(home.radio.starts_s) == 9
    assert {event for event, _ in home.log.events} == {"source_unavailable"}
    assert home.log.events[0][1]["fault"] is AWAY
    assert [fields["attempt"] for _, fields in home.log.events] == [1, 2, 4, 8], "a month away does not fill the card"


async def test_after_a_steady_run_the_backoff_starts_anew(cancelled: Start) -> None:
    home = Home(*[(0.5, AWAY)] * 8, (STEADY_S + 1, AWAY), (1e9, None))
    cancelled(home.supervise())
    await home.live(STEADY_S + 200)
    assert [what for _, what in home.news] == ["ble SourceUnavailable", "ble up"] * 2
    assert home.log.events[-1][1]["attempt"] == 1


async def test_a_source_that_is_up_only_briefly_keeps_backing_off(cancelled: Start) -> None:
    home = Home((SETTLED_S + 1, AWAY))
    cancelled(home.supervise())
    await home.live(100)
    assert [fields["attempt"] for _, fields in home.log.events[:3]] == [1, 2, 4]
    assert [what for _, what in home.news[:4]] == ["ble up", "ble SourceUnavailable"] * 2


async def test_a_source_that_cannot_work_stays_down(cancelled: Start) -> None:
    home = Home((0.5, AWAY), (0.5, BUSY))
    task = cancelled(home.supervise())
    await home.live(5)
    assert task.done()
    assert task.result() is None
    assert [what for _, what in home.news] == ["ble SourceUnavailable", "ble SourceError"]
    event, fields = home.log.events[-1]
    assert (event, fields["fault"]) == ("source_failed", BUSY)


@pytest.mark.parametrize(("errors", "ends"), [([AWAY, AWAY], False), ([AWAY, BUSY], True)])
async def test_a_source_that_runs_a_task_group_is_understood(
    errors: list[Exception], ends: bool, cancelled: Start
) -> None:
    home = Home((0.5, ExceptionGroup("ble", [ExceptionGroup("connections", errors)])))
    task = cancelled(home.supervise())
    await home.live(5)
    assert task.done() is ends


async def test_a_bug_in_a_source_ends_everything() -> None:
    home = Home((0.5, TypeError("a bug")))
    stopped_cleanly = False

    async def other() -> None:
        nonlocal stopped_cleanly
        try:
            await asyncio.Event().wait()
        finally:
            stopped_cleanly = True

    async def daemon() -> None:
        async with asyncio.TaskGroup() as group:
            for job in (home.supervise(), other()):
                group.create_task(job)

    task = asyncio.ensure_future(daemon())
    await home.live(1)
    with pytest.raises(ExceptionGroup) as raised:
        await task
    assert raised.group_contains(TypeError)
    assert stopped_cleanly


async def test_a_bug_beside_an_outage_is_a_bug() -> None:
    home = Home((0.5, ExceptionGroup("ble", [AWAY, ValueError("a bug")])))
    task = asyncio.ensure_future(home.supervise())
    await home.live(1)
    with pytest.raises(ExceptionGroup):
        await task


async def test_a_source_that_cancels_itself_is_a_bug_and_not_an_end() -> None:
    class Cancels:
        name = "gpio"

        async def run(self, sink: Sink) -> None:
            raise asyncio.CancelledError

    with pytest.raises(RuntimeError, match="cancelled itself"):
        await supervise(Cancels(), drop, ManualClock(), random.Random(1), Pages(), on_up=print, on_down=lambda *_: None)


async def test_stopping_cancels_the_source_and_waits_for_its_clean_up() -> None:
    clock = ManualClock()
    closed = asyncio.Event()

    class Slow:
        name = "ble"

        async def run(self, sink: Sink) -> None:
            try:
                await asyncio.Event().wait()
            finally:
                await settle()
                closed.set()

    source = supervise(Slow(), drop, clock, random.Random(1), Pages(), on_up=print, on_down=lambda *_: None)
    task = asyncio.ensure_future(source)
    await settle()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert closed.is_set()


async def test_a_source_that_is_finished_ends_quietly(cancelled: Start) -> None:
    home = Home((0.5, None))
    task = cancelled(home.supervise())
    await home.live(1)
    assert task.done()
    assert [event for event, _ in home.log.events] == ["source_finished"]
    assert home.news == []


@given(st.integers(), st.integers(1, 40))
def test_backoff_is_jittered_grows_and_is_capped(seed: int, steps: int) -> None:
    backoff = Backoff(random.Random(seed))
    for step in range(steps):
        assert 0.0 <= backoff.next_s() <= min(BACKOFF_CAP_S, 2.0**step)
    backoff.reset()
    assert backoff.next_s() <= 1.0


def test_a_radio_that_returns_is_tried_within_thirty_seconds() -> None:
    assert BACKOFF_CAP_S + SETTLED_S < 30
