"""The daemon makes a copy of home.db for `wren export`: in steps, while an alert goes out all the same."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from gateway.clock import ManualClock
from gateway.config.places import places_of
from gateway.rights import handover
from gateway.rights.handover import COPY, FETCHED_WITHIN_S, LOOK_S, PART, QUESTION
from gateway.store.journal import Journal
from gateway.store.ledger import Ledger
from models.vocabulary import Reading

from .ground import START_S, Gateway, eventually

INPUTS = 40_000


def fill(gateway: Gateway) -> None:
    places = places_of(gateway.config)
    for folder in (places.private, places.outbox):
        folder.mkdir(exist_ok=True)
    ledger = Ledger.open(places.private, places.outbox)
    rows = [(seq, Reading((START_S - 90_000 + seq) * 1000, "hall", float(seq % 2))) for seq in range(1, INPUTS + 1)]
    ledger.commit(rows)
    ledger.stop()


async def asked(gateway: Gateway) -> None:
    (places_of(gateway.config).private / QUESTION).touch()
    gateway.clock.move_s(LOOK_S)


async def test_what_must_be_kept_is_kept_between_two_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = Gateway(tmp_path, ManualClock(START_S))
    fill(gateway)
    events: list[str] = []
    copied, commit = Journal.copied, Ledger.commit

    def watched(journal: Journal, target: Path) -> Iterator[float]:
        for share in copied(journal, target):
            events.append("step")
            yield share

    def keep(ledger: Ledger, rows: Sequence[Any], drafts: Sequence[Any] = (), **more: Any) -> list[bool]:
        events.extend(["alert"] * len(drafts))
        return commit(ledger, rows, drafts, **more)

    async with gateway:
        monkeypatch.setattr(Journal, "copied", watched)
        monkeypatch.setattr(Ledger, "commit", keep)
        await asked(gateway)
        await eventually(lambda: "step" in events)
        await gateway.feel("button")
        await eventually((places_of(gateway.config).private / COPY).exists)
    first, last = events.index("step"), len(events) - 1 - events[::-1].index("step")
    assert "alert" in events[first:last]
    assert events.count("step") > INPUTS / 5_000
    copy = Journal.open(tmp_path / "private" / COPY)
    assert len(list(copy.inputs())) >= INPUTS
    copy.close()


async def test_a_copy_that_nobody_fetches_goes_and_one_of_before_a_crash_goes_at_the_start(tmp_path: Path) -> None:
    clock = ManualClock(START_S)
    gateway = Gateway(tmp_path, clock)
    private = places_of(gateway.config).private
    private.mkdir()
    for name in (PART, COPY):
        (private / name).write_text("of before a crash")
    async with gateway:
        await eventually(lambda: not (private / PART).exists() and not (private / COPY).exists())
        await asked(gateway)
        await eventually((private / COPY).exists)
        assert not (private / PART).exists()
        await asyncio.sleep(0)
        await gateway.wait(FETCHED_WITHIN_S / 2)
        assert (private / COPY).exists()
        await gateway.wait(FETCHED_WITHIN_S)
        await gateway.until(lambda: not (private / COPY).exists())


async def test_a_copy_that_cannot_be_made_does_not_stop_the_watch(tmp_path: Path) -> None:
    gateway = Gateway(tmp_path, ManualClock(START_S))
    async with gateway:
        (places_of(gateway.config).private / PART).mkdir()
        await asked(gateway)
        await eventually(lambda: "copy_not_made" in gateway.log.events())
        await gateway.feel("button", after_s=1)
        assert len(gateway.alerts()) == 1


async def test_the_daemon_may_stop_in_the_middle_of_it(tmp_path: Path) -> None:
    clock = ManualClock(START_S)
    gateway = Gateway(tmp_path, clock)
    fill(gateway)
    private = places_of(gateway.config).private
    async with gateway:
        await asked(gateway)
        await eventually((private / PART).exists)
    async with Gateway(tmp_path, clock) as again:
        await eventually(lambda: not list(private.glob("export.*")))
        assert again.daemon.pipeline is not None


def test_nobody_answers_where_no_daemon_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handover, "TAKEN_WITHIN_S", 0.0)
    assert handover.fetch(tmp_path, tmp_path / "home.db", lambda _: None) is None
    assert list(tmp_path.iterdir()) == []
