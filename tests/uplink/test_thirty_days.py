"""Thirty days without a line, then drained while 30 % of the receipts are lost: nothing lost, nothing doubled.

A simulated resident lives a month in a home with the real daemon, whose messages nobody fetches (RELIABILITY, row 23).
Then the real uplink drains its outbox over TLS to the real desk. Three receipts in ten do not come back: the connection
is cut once the desk has the message on disk. In the middle the uplink is killed and begun again.
"""

import asyncio
import heapq
import io
import itertools
import random
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from desk.state import story
from gateway.clock import ManualClock
from gateway.log import open_log
from gateway.rehearsal import Rehearsal
from gateway.sources.simulator.act import HELP_BUTTON, Act
from gateway.sources.simulator.house import HOME, home_toml
from gateway.sources.simulator.life import Life
from gateway.sources.simulator.scenario import Collapse, Scenario
from gateway.store.outbox_reader import OutboxReader
from gateway.store.outbox_rows import Rank, Waiting
from gateway.uplink.backoff import Backoff
from gateway.uplink.book import Book
from gateway.uplink.book_reader import BookReader
from gateway.uplink.client import Client
from gateway.uplink.keys import text_of
from gateway.uplink.letterbox import Letterbox
from gateway.uplink.service import Service
from models.localtime import DAY_S, HOUR_S
from tests.enrolled import DESK
from tests.real_desk import RealDesk, real_desk

from .live import Uplink
from .messages import LOG
from .provider import GATEWAY
from .tls import Authority

LOST = 0.3
SEED = 20_260_722
MONTH = Life(11, Scenario(quiet_days=22, illness_days=7, collapse=Collapse()))


def month() -> Iterator[Act]:
    """The simulated month, with a press of the help button each afternoon, which nobody answers."""
    presses = (Act(MONTH.start_s + day * DAY_S + 11.5 * HOUR_S + 31 * day, HELP_BUTTON, 1.0) for day in range(30))
    return heapq.merge(MONTH, presses, key=lambda act: act.at_s)


@pytest.fixture(scope="module")
def outbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """outbox.db after thirty days without a line."""
    folder = tmp_path_factory.mktemp("offline")
    config = folder / "home.toml"
    config.write_text(home_toml(data_dir=folder, second="night-team"))

    async def live() -> None:
        log = open_log(io.StringIO(), utc_s=lambda: 0.0)
        async with Rehearsal(config, MONTH.start_s, log, seed=11) as rehearsal:
            await rehearsal.live(month(), breath_s=HOUR_S)
            await rehearsal.wait_until(MONTH.end_s, breath_s=HOUR_S)

    asyncio.run(live())
    return folder / "outbox" / "outbox.db"


def waiting(outbox: Path) -> list[Waiting]:
    """What is to leave, in order: of the heartbeats only the newest."""
    with OutboxReader(outbox) as reader:
        everything = reader.pending(())
    old = [each.id for each in everything if each.type == "status"][:-1]
    return [each for each in everything if each.id not in old]


class Draining:
    """An uplink that is begun again and again over the same book."""

    def __init__(self, outbox: Path, folder: Path, real: RealDesk, clock: ManualClock, ca: Authority) -> None:
        self.book_path = folder / "uplink.db"
        self._outbox = outbox
        self._real = real
        self._clock = clock
        self._ca = ca

    def begin(self, seed: int) -> tuple[Uplink, Book]:
        book = Book(self.book_path, utc_s=self._clock.utc_s, log=LOG)
        client = Client(self._real.server.url, GATEWAY, DESK.public_key(), book, ca_pem=self._ca.pem)
        letterbox = Letterbox(book, DESK.public_key(), HOME, LOG)
        backoff = Backoff(random.Random(seed).random)
        reader = OutboxReader(self._outbox)
        service = Service(reader, book, client, self._clock, LOG, backoff=backoff, answers=letterbox.take)
        return Uplink(service, self._clock), book


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [SEED, SEED + 1, SEED + 2])
async def test_a_month_offline_is_drained_without_loss_or_double(
    outbox: Path, tmp_path: Path, ca: Authority, certificate: tuple[Path, Path], seed: int
) -> None:
    mine = tmp_path / "outbox.db"
    shutil.copy(outbox, mine)
    to_send = waiting(mine)
    assert Counter(each.type for each in to_send)["status"] == 1, "bounded: a month of heartbeats is one"
    chance = random.Random(seed)
    clock = ManualClock(MONTH.end_s + HOUR_S)
    begun_s, begun = clock.monotonic_s(), time.monotonic()
    with real_desk(tmp_path, clock, certificate) as real:
        real.know(HOME, text_of(GATEWAY.public_key()))
        real.loses = lambda: chance.random() < LOST
        draining = Draining(mine, tmp_path, real, clock, ca)

        uplink, book = draining.begin(seed)
        await uplink.until(lambda: len(set(real.arrived)) >= len(to_send) // 2)
        uplink.ended.cancel()  # killed: whatever is under way is never heard of again
        await asyncio.wait({uplink.ended})
        book.close()

        uplink, book = draining.begin(seed + 100)
        await uplink.until(lambda: all(each.id in book for each in to_send), within_s=HOUR_S)
        uplink.service.stop()
        await uplink.ended
        book.close()

        took_s = clock.monotonic_s() - begun_s
        tell(to_send, real, took_s, time.monotonic() - begun)
        assert list(dict.fromkeys(real.arrived)) == [each.id for each in to_send], (
            "alerts first, urgent ones first of all"
        )
        assert took_s < 30 * 60
        assert real.lost > len(to_send) * LOST / 2
        assert len(real.arrived) > len(to_send), "and some came again"
        now_s = int(clock.utc_s())
        late = real.do(
            lambda: [
                story(real.desk.store, each.id, now_s=now_s).late_s  # type: ignore[union-attr]
                for each in to_send
                if each.type == "alert"
            ]
        )
        raised_s = [each.raised_s for each in to_send if each.type == "alert"]
        assert [bool(each) for each in late] == [True] * len(late)
        assert max(late) > 29 * DAY_S
        assert max(late) >= clock.utc_s() - min(raised_s) - took_s - 1
        page = real.do(lambda: real.desk.text("/"))
        assert "after it was raised" in page
        steps_back = real.do(lambda: real.desk.store.gateways.lines(int(clock.utc_s())))[0].steps_back
        assert steps_back == 0, "no request's number was used twice"
    with closing(sqlite3.connect(tmp_path / "desk.db")) as raw:
        held = raw.execute("SELECT id, body FROM messages ORDER BY id").fetchall()
    with OutboxReader(mine) as reader:
        assert held == sorted((each.id, reader.body(each.id)) for each in to_send), "0 lost, 0 doubled, byte for byte"
    assert BookReader(draining.book_path).settled() == {each.id for each in to_send}


def tell(to_send: list[Waiting], real: RealDesk, took_s: float, real_s: float) -> None:
    """What is said in the report."""
    first = list(dict.fromkeys(real.arrived))
    rank = {each.id: Rank(each.rank).name.lower() for each in to_send}
    runs = [(what, len(list(those))) for what, those in itertools.groupby(first, key=rank.__getitem__)]
    print(
        f"\n{len(to_send)} messages of 30 days, {len(real.arrived)} requests, {real.lost} receipts lost, "
        f"{len(first)} at the desk, {len(real.arrived) - len(first)} repeats without effect; "
        f"drained in {took_s / 60:.1f} min of the uplink's clock ({real_s:.1f} s here)"
    )
    print("order of arrival:", ", ".join(f"{count} {what}" for what, count in runs))
