"""A home that the next version has lived in and that is gone back from: nothing lost, nothing moved aside, learnt state
taken up again from where this version left it."""

import dataclasses
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gateway.clock import ManualClock
from gateway.store import journal, migrations, outbox
from models import home as model
from tests.gateway.ground import START_S, Gateway
from tests.store.test_going_back import next_one

NEXT_STATE = model.STATE_VERSION + 1


def next_version(patch: pytest.MonkeyPatch) -> None:
    """The code of the next version: another form of what is learnt, and a migration in each database."""
    patch.setattr(model, "STATE_VERSION", NEXT_STATE)
    for module, kind, known in ((journal, "home", migrations.HOME), (outbox, "outbox", migrations.OUTBOX)):
        patch.setattr(module, "LAYOUT", dataclasses.replace(module.LAYOUT, migrations=(*known, next_one(kind))))


async def a_day(folder: Path, clock: ManualClock, *, days: int = 1) -> tuple[list[str], dict[str, object]]:
    """The alerts after so many days in which somebody moves about, and what was learnt."""
    async with Gateway(folder, clock) as gateway:
        for _ in range(days * 4):
            await gateway.feel("hall", after_s=5)
            await gateway.wait(3 * 3600)
            await gateway.feel("kettle", after_s=5)
            await gateway.wait(3 * 3600)
        assert gateway.daemon.pipeline is not None
        return [one.id for one in gateway.alerts()], gateway.daemon.pipeline.home.state()


def counted(folder: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "private/home.db")) as raw:
        return raw.execute(statement).fetchall()


def aside(folder: Path) -> list[Path]:
    return list(folder.rglob("*corrupt*"))


async def test_gone_back_from_the_next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = ManualClock(START_S)
    before, learnt = await a_day(tmp_path, clock, days=2)
    with monkeypatch.context() as patch:
        next_version(patch)
        during, _ = await a_day(tmp_path, clock)
        assert counted(tmp_path, "SELECT count(*) FROM _sqlite_migrations WHERE name = '0099_next'") == [(1,)]
    inputs = counted(tmp_path, "SELECT count(*) FROM inputs")
    assert counted(tmp_path, "SELECT count(*) FROM checkpoints WHERE set_aside") == [(0,)]

    async with Gateway(tmp_path, clock) as back:
        assert back.daemon.pipeline is not None
        state = back.daemon.pipeline.home.state()
        assert [one.id for one in back.alerts()][: len(during)] == during
        passed_over = [fields["reason"] for event, fields in back.log.lines if event == "state_set_aside"]
        assert passed_over == ["StateTooNew"]
        assert "database_moved_aside" not in [event for event, _ in back.log.lines]
    assert state["version"] == model.STATE_VERSION
    assert before == during[: len(before)]
    assert counted(tmp_path, "SELECT count(*) FROM inputs")[0][0] >= inputs[0][0]  # type: ignore[operator]
    assert state["now_ms"] >= learnt["now_ms"]
    assert aside(tmp_path) == []

    with monkeypatch.context() as patch:  # mended, and installed again
        next_version(patch)
        again, _ = await a_day(tmp_path, clock)
    assert again[: len(during)] == during
    assert counted(tmp_path, "SELECT count(*) FROM checkpoints WHERE set_aside") == [(0,)]
    versions = {f'"version":{model.STATE_VERSION}', f'"version":{NEXT_STATE}'}
    states = [str(text) for (text,) in counted(tmp_path, "SELECT state FROM checkpoints")]
    assert {one for one in versions if any(one in text for text in states)} == versions


async def test_what_was_learnt_before_the_readings_went_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of what is older than is kept, a checkpoint is the only heir: the next version must not have spent it."""
    clock = ManualClock(START_S)
    _, learnt = await a_day(tmp_path, clock, days=2)
    with closing(sqlite3.connect(tmp_path / "private/home.db")) as raw, raw:
        raw.execute("DELETE FROM inputs WHERE seq <= (SELECT max(seq) FROM checkpoints)")
    with monkeypatch.context() as patch:
        next_version(patch)
        await a_day(tmp_path, clock)
    async with Gateway(tmp_path, clock) as back:
        assert back.daemon.pipeline is not None
        state = back.daemon.pipeline.home.state()
    assert state["coverage"] != model.Home(back.daemon.pipeline.home.spec).state()["coverage"]
    lived = [value["summaries"] for value in state["streams"].values()]
    fresh = [value["summaries"] for value in model.Home(back.daemon.pipeline.home.spec).state()["streams"].values()]
    assert lived != fresh
    assert learnt["streams"]
