"""Slips: taken once they are whole, gone once they are kept, put aside when they are of no use."""

import asyncio
import json
import os
from pathlib import Path
from typing import Self

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.clock import ManualClock
from gateway.errors import InputError, StoreError
from gateway.inbox import Edge, Inbox
from gateway.slips import MOST_BYTES, REFUSED, leave, read, taken
from gateway.sources.slips import EVERY_S, REFUSED_KEPT, SlipSource
from models.kinds import AlertKind
from models.told import Outcome, Telling, Told
from tests.notes import Notes

LATE = Told(Telling.OUTCOME, "r1", AlertKind.LATE_START, 1_795_183_320)
AT_S = 1_795_190_000.0


class Table:
    """A source at its folder, and what it handed over."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = ManualClock(AT_S)
        self.log = Notes()
        self.source = SlipSource(folder, ["r1"], self.clock, self.log)
        self.edges: list[Edge] = []
        self.running: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self.running = asyncio.create_task(self.source.run(self.edges.append))
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self.running is not None
        self.running.cancel()
        await asyncio.wait([self.running])

    async def look(self) -> list[tuple[str, float]]:
        """Two seconds pass; what was handed over since the last look."""
        self.edges.clear()
        self.clock.move_s(EVERY_S)
        for _ in range(3):
            await asyncio.sleep(0)
        return [(edge.sensor, edge.value) for edge in self.edges]

    def kept(self) -> None:
        for edge in self.edges:
            assert edge.kept is not None
            edge.kept()


async def test_a_slip_is_taken_once_and_gone_once_it_is_kept(tmp_path: Path) -> None:
    path = leave(tmp_path, LATE, Outcome.USEFUL, at_s=AT_S)
    async with Table(tmp_path) as table:
        assert [(edge.sensor, edge.value) for edge in table.edges] == [(LATE.name(), 1.0)]
        assert await table.look() == [], "it is on its way"
        assert path.exists(), "and not in the journal yet"
    async with Table(tmp_path) as table:  # the power went
        assert [edge.sensor for edge in table.edges] == [LATE.name()]
        table.kept()
        assert not path.exists()
        assert taken(path, within_s=0.0)


async def test_slips_are_taken_in_the_order_in_which_they_were_left(tmp_path: Path) -> None:
    for number in (3, 1, 2):
        leave(tmp_path, Told(Telling.AWAY, "r1"), AT_S + number, at_s=AT_S + number)
    async with Table(tmp_path) as table:
        assert [edge.value for edge in table.edges] == [AT_S + 1, AT_S + 2, AT_S + 3]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]",
        b'{"tell": "@away/r1"}',
        b'{"tell": "@away/r1", "value": 1, "version": 2}',
        b'{"tell": "@away/r1", "value": 1, "more": 1}',
        b'{"tell": "@gateway", "value": 0}',
        b'{"tell": "kitchen-tap", "value": 1}',
        b'{"tell": "@away/r2", "value": 1}',
        b'{"tell": "@away/r1", "value": NaN}',
        b'{"tell": "@away/r1", "value": 1e999}',
        b'{"tell": "@away/r1", "value": 1}' + b" " * MOST_BYTES,
        b"\xff\x00",
    ],
)
async def test_a_slip_that_is_of_no_use_is_put_aside_and_keeps_no_other_waiting(tmp_path: Path, text: bytes) -> None:
    bad = tmp_path / "000-1.slip"
    bad.write_bytes(text)
    leave(tmp_path, LATE, Outcome.USEFUL, at_s=AT_S)
    async with Table(tmp_path) as table:
        assert [edge.sensor for edge in table.edges] == [LATE.name()]
        assert table.log.events() == ["slip_refused"]
    assert (tmp_path / REFUSED / bad.name).read_bytes() == text
    with pytest.raises(InputError) as refused:
        taken(bad, within_s=0.0)
    assert refused.value.advice


async def test_what_is_put_aside_is_bounded(tmp_path: Path) -> None:
    for number in range(REFUSED_KEPT + 5):
        (tmp_path / f"{number:03d}.slip").write_bytes(b"?")
    async with Table(tmp_path):
        pass
    assert min(path.name for path in (tmp_path / REFUSED).iterdir()) == "005.slip"


async def test_a_slip_that_is_still_being_written_or_cannot_be_read_is_left(tmp_path: Path) -> None:
    (tmp_path / ".000.slip").write_bytes(b"{")
    (tmp_path / "notes.txt").write_bytes(b"?")
    (tmp_path / "folder.slip").mkdir()
    async with Table(tmp_path) as table:
        assert table.edges == []
        assert await table.look() == []
    assert table.log.events() == ["slip_refused"], "a folder is no slip"
    assert (tmp_path / ".000.slip").exists()


async def test_what_is_no_plain_file_is_put_aside_and_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "000-1.slip")  # nobody ever writes to it
    whole = leave(tmp_path / "elsewhere", LATE, Outcome.NOT_USEFUL, at_s=AT_S)
    (tmp_path / "000-2.slip").symlink_to(whole)
    leave(tmp_path, LATE, Outcome.USEFUL, at_s=AT_S)
    async with Table(tmp_path) as table:
        assert [edge.value for edge in table.edges] == [Outcome.USEFUL]
        assert table.log.events() == ["slip_refused", "slip_refused"]
    assert whole.exists()


async def test_a_folder_that_is_not_there_yet_is_looked_for_again(tmp_path: Path) -> None:
    async with Table(tmp_path / "slips") as table:
        assert await table.look() == []
        leave(tmp_path / "slips", LATE, Outcome.USEFUL, at_s=AT_S)
        assert await table.look() == [(LATE.name(), 1.0)]


async def test_a_full_inbox_never_drops_what_is_waited_for() -> None:
    inbox = Inbox(asyncio.get_running_loop(), capacity=2)
    inbox.take_in(Edge(0.0, LATE.name(), 1.0, kept=lambda: None))
    for second in range(1, 9):
        inbox.take_in(Edge(float(second), "hall", 1.0))
    assert [edge.sensor for edge in inbox.drain()] == [LATE.name(), "hall"]


def test_a_folder_that_cannot_be_written_to_is_an_error_with_advice(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as refused:
        leave(tmp_path / "private" / "slips", LATE, 1, at_s=AT_S)
    assert "Run this as root" in refused.value.advice


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_what_root_leaves_is_the_daemons_and_root_is_not_led_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.chown(tmp_path, 12345, 12345)
    mine = tmp_path / "roots-own"
    mine.write_bytes(b"")
    write = os.fdopen

    def swapped(handle: int, mode: str) -> object:
        """The daemon's user puts a link in place of what root is writing."""
        file = write(handle, mode)
        if mode == "wb":
            (fresh,) = (one for one in (tmp_path / "slips").iterdir() if one.name.startswith("."))
            fresh.unlink()
            fresh.symlink_to(mine)
        return file

    slip = leave(tmp_path / "slips", LATE, 1, at_s=AT_S)
    assert (slip.stat().st_uid, slip.parent.stat().st_uid) == (12345, 12345)
    monkeypatch.setattr(os, "fdopen", swapped)
    leave(tmp_path / "slips", LATE, 1, at_s=AT_S + 1)
    assert mine.stat().st_uid == 0


def test_a_slip_belongs_to_its_user_alone(tmp_path: Path) -> None:
    path = leave(tmp_path / "slips", LATE, 1, at_s=AT_S)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    assert json.loads(path.read_text()) == {"tell": LATE.name(), "value": 1.0, "version": 1}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(st.binary(max_size=MOST_BYTES + 50))
def test_whatever_is_in_a_slip_it_is_read_or_refused(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "any.slip"
    path.write_bytes(text)
    try:
        slip = read(path)
    except InputError:
        return
    assert slip.told is not None
