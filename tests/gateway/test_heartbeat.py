"""How often a home is heard: every quarter of an hour, every minute while people are asked, at once after an answer."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from gateway.clock import ManualClock
from gateway.heartbeat import ASKING_EVERY_S, ASKING_FOR_S, EVERY_S, Heartbeat
from models.kinds import AlertKind, Audience, Severity
from models.unanswered import Unanswered
from models.vocabulary import Change, Evidence, Finding, Update

START_S = 1_795_183_320
EVIDENCE = Evidence(*("x",) * 6)


class Heart(Heartbeat):
    """A heartbeat that only counts, in a home of which the test says what is not answered."""

    def __init__(self, clock: ManualClock) -> None:
        home: Any = SimpleNamespace
        self.account = SimpleNamespace(taken=0, refused=())
        self.open: list[Unanswered] = []
        self.beats: list[float] = []
        self.clock = clock
        nothing: Any = None
        super().__init__(home(unanswered=lambda: tuple(self.open)), nothing, nothing, clock, nothing, self.account)

    async def beat(self) -> None:
        self.beats.append(self.clock.monotonic_s())

    def opens(self) -> None:
        at_s = int(self.clock.utc_s())
        self.open.append(Unanswered("r1", AlertKind.HELP_BUTTON, at_s))
        self.hear(Finding("r1", AlertKind.HELP_BUTTON, Severity.URGENT, Audience.CARE, at_s, at_s, EVIDENCE))


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START_S)


async def pass_s(clock: ManualClock, seconds: float) -> None:
    """Time goes by in steps of a second, and whoever waited does what he does."""
    for second in range(int(seconds) + 1):
        clock.move_s(min(second, 1.0))
        for _ in range(6):
            await asyncio.sleep(0)


async def beating(clock: ManualClock) -> tuple[Heart, "asyncio.Task[None]"]:
    heart = Heart(clock)
    task = asyncio.create_task(heart.run())
    await pass_s(clock, 0)
    return heart, task


async def test_a_quiet_home_beats_every_quarter_of_an_hour(clock: ManualClock) -> None:
    heart, task = await beating(clock)
    await pass_s(clock, 3600)
    task.cancel()
    assert heart.beats == [0, 900, 1800, 2700, 3600]


async def test_every_minute_for_an_hour_while_nobody_has_acknowledged(clock: ManualClock) -> None:
    heart, task = await beating(clock)
    await pass_s(clock, 100)
    heart.opens()
    await pass_s(clock, 2 * 3600)
    task.cancel()
    first, *rest = heart.beats[1:]
    assert first == 100, "the last beat was longer than a minute ago"
    gaps = [b - a for a, b in zip(heart.beats[1:], rest, strict=False)]
    assert set(gaps[:58]) == {ASKING_EVERY_S}
    assert set(gaps[61:]) == {EVERY_S}
    assert sum(beat <= 100 + ASKING_FOR_S for beat in heart.beats[1:]) == 60


async def test_once_it_is_acknowledged_the_pace_is_as_ever(clock: ManualClock) -> None:
    heart, task = await beating(clock)
    heart.opens()
    await pass_s(clock, 90)
    heart.open.clear()
    heart.account.taken = 1
    heart.answered()
    await pass_s(clock, 2 * EVERY_S)
    task.cancel()
    assert heart.beats == [0, 60, 90, 990, 1890]


async def test_what_is_asked_again_is_asked_for_another_hour(clock: ManualClock) -> None:
    heart, task = await beating(clock)
    heart.opens()
    await pass_s(clock, 2 * 3600)
    before = len(heart.beats)
    opened_s = heart.open[0].opened_s
    heart.hear(Update("r1", AlertKind.HELP_BUTTON, opened_s, int(clock.utc_s()), Change.REPEATED, "Pressed again."))
    await pass_s(clock, 600)
    task.cancel()
    assert len(heart.beats) - before >= 9


async def test_a_burst_of_answers_is_one_beat_and_nothing_else_hurries_it(clock: ManualClock) -> None:
    heart, task = await beating(clock)
    await pass_s(clock, 10)
    heart.account.taken = 16
    for _ in range(16):
        heart.answered()
    await pass_s(clock, 100)
    heart.hear(Update("r1", AlertKind.HELP_BUTTON, START_S, START_S, Change.RESOLVED, "Movement again."))
    heart.answered()  # and nothing new was dealt with
    await pass_s(clock, 100)
    task.cancel()
    assert heart.beats == [0, 10]
