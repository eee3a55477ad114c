"""What is forgotten, and what must not be."""

from pathlib import Path

import pytest

from gateway.clock import ManualClock
from gateway.recovery import recover
from gateway.retention import FIRST_S
from gateway.store.ledger import Ledger
from gateway.store.writer import Writer
from models.localtime import DAY_S
from tests.notes import Notes

from .ground import START_S, Gateway, home_toml

RETENTION_DAYS = 7
EVERY_H = 6


async def live(gateway: Gateway, hours: int) -> None:
    for hour in range(0, hours, EVERY_H):
        await gateway.feel("hall" if hour % 24 in range(15) else "bed", after_s=EVERY_H * 3600)


@pytest.mark.slow
async def test_forty_days_leave_a_week_of_inputs_and_a_home_that_restores(tmp_path: Path) -> None:
    clock = ManualClock(START_S)
    toml = home_toml(tmp_path, retention_days=RETENTION_DAYS)
    sizes = []
    async with Gateway(tmp_path, clock, toml=toml) as gateway:
        for _ in range(40):
            await live(gateway, 24)
            inputs = gateway.durable()
            assert inputs[-1].at_ms > (clock.utc_s() - EVERY_H * 3600) * 1000 - 1
            sizes.append((len(inputs), len(gateway.checkpoints())))
        state = gateway.pipeline.home.state()
    inputs = gateway.durable()
    oldest_s = inputs[0].at_ms / 1000
    assert RETENTION_DAYS * DAY_S - EVERY_H * 3600 < clock.utc_s() - oldest_s < (RETENTION_DAYS + 2) * DAY_S
    assert max(sizes[10:]) <= (4 * (RETENTION_DAYS + 2), 5 * (RETENTION_DAYS + 2))
    assert len(gateway.checkpoints()) < 40  # one a day, and those of the last day

    # from the checkpoint at the edge alone: the others do not count
    async with Writer() as writer:
        ledger = await writer.do(lambda: Ledger.open(tmp_path / "private", tmp_path / "outbox"))
        while (newest := await writer.do(ledger.journal.latest_checkpoint)) and newest.at_ms > inputs[0].at_ms:
            await writer.do(lambda newest=newest: ledger.journal.set_aside(newest))  # type: ignore[misc]
        assert newest is not None
        spec = gateway.config.spec(live=True)
        recovered = await recover(spec, ledger, writer, Notes(), lambda: None)
        recovered.home.advance(state["now_ms"])
        assert recovered.home.state() == state
        await writer.do(ledger.stop)


async def test_nothing_is_forgotten_by_a_clock_that_may_be_wrong(tmp_path: Path) -> None:
    clock = ManualClock(START_S)
    toml = home_toml(tmp_path, retention_days=RETENTION_DAYS)
    async with Gateway(tmp_path, clock, toml=toml) as gateway:
        await live(gateway, 24)
        clock.is_synchronised = False
        for _ in range(10):
            await gateway.feel("hall", after_s=DAY_S)
        assert len(gateway.durable()) == 14
        clock.is_synchronised = True
        await gateway.until(lambda: len(gateway.durable()) < 14, step_s=FIRST_S)


async def test_a_gateway_that_is_switched_off_every_night_forgets_too(tmp_path: Path) -> None:
    clock = ManualClock(START_S)
    toml = home_toml(tmp_path, retention_days=RETENTION_DAYS)
    for _ in range(10):
        async with Gateway(tmp_path, clock, toml=toml) as gateway:
            await gateway.feel("hall", after_s=FIRST_S / 2)
            await gateway.feel("hall", after_s=FIRST_S / 2)
            await gateway.wait(1)
        clock.move_s(23 * 3600)
    oldest_s = gateway.durable()[0].at_ms / 1000
    assert clock.utc_s() - oldest_s < (RETENTION_DAYS + 2) * DAY_S
