"""What the daemon shows live: to whoever listens on this gateway, and at nobody's cost."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gateway.clock import ManualClock
from gateway.errors import StoreUnavailable
from gateway.inbox import Edge
from gateway.live.feed import MOST_WAITING, MOST_WATCHERS, LiveFeed
from gateway.live.forms import Begin, Heard, Line, Missed, Seen
from gateway.live.listen import Listening
from gateway.log import open_log


@pytest.fixture
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("l") / "live.sock"


class _Entries:
    def __init__(self) -> None:
        self.count = 0

    async def __call__(self) -> None:
        self.count += 1


@pytest.fixture
def entries() -> _Entries:
    return _Entries()


@pytest.fixture
async def feed(path: Path, entries: _Entries) -> LiveFeed:
    clock = ManualClock(1_000.0)
    feed = LiveFeed(path, "h-0001", clock, open_log(sys.stderr, utc_s=clock.utc_s, component="daemon"))
    feed.watched = entries
    return feed


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def _exists(path: Path) -> bool:
    return path.exists()


@asynccontextmanager
async def _offered(feed: LiveFeed, path: Path) -> AsyncIterator[None]:
    serving = asyncio.create_task(feed.run())
    while not _exists(path):  # noqa: ASYNC110 - it is made in the next turns of this loop
        await asyncio.sleep(0)
    try:
        yield
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def test_a_watcher_is_shown_edges_and_adverts(feed: LiveFeed, path: Path, entries: _Entries) -> None:
    async with _offered(feed, path):
        line = await asyncio.to_thread(Listening, path)
        with line:
            (begin,) = line.lines(1.0)
            assert isinstance(begin, Begin)
            assert (begin.home, begin.utc_s) == ("h-0001", 1_000.0)
            feed.seen(Edge(3.5, "front-door", 1.0))
            feed.heard(("strap",), -71)
            shown: list[Line] = []
            while len(shown) < 2:
                shown += await asyncio.to_thread(line.lines, 5.0)
        assert set(shown) == {Seen("front-door", 1.0, 3.5), Heard(("strap",), -71, 0.0)}
        assert entries.count == 1


async def test_nobody_but_the_daemons_user_may_open_it(feed: LiveFeed, path: Path) -> None:
    async with _offered(feed, path):
        assert _mode(path) == 0o600
    assert not _exists(path)


async def test_a_slow_watcher_loses_lines_and_is_told(feed: LiveFeed, path: Path) -> None:
    async with _offered(feed, path):
        line = await asyncio.to_thread(Listening, path)
        with line:
            line.lines(1.0)
            for number in range(3 * MOST_WAITING):
                feed.seen(Edge(float(number), "pad", 1.0))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            shown: list[Line] = []
            while len([one for one in shown if isinstance(one, Seen)]) < MOST_WAITING:
                shown += await asyncio.to_thread(line.lines, 5.0)
            feed.seen(Edge(9e9, "pad", 0.0))
            while not isinstance(shown[-1], Seen) or shown[-1].monotonic_s != 9e9:
                shown += await asyncio.to_thread(line.lines, 5.0)
    missed = sum(one.lines for one in shown if isinstance(one, Missed))
    assert missed + len([one for one in shown if isinstance(one, Seen)]) == 3 * MOST_WAITING + 1
    assert missed > 0


async def test_what_a_watcher_says_ends_its_line_and_nothing_else(feed: LiveFeed, path: Path) -> None:
    async with _offered(feed, path):
        with socket.socket(socket.AF_UNIX) as rude:
            rude.connect(str(path))
            rude.sendall(b"x" * 10)
            rude.setblocking(False)
            loop = asyncio.get_running_loop()
            while await loop.sock_recv(rude, 4096):
                pass
        line = await asyncio.to_thread(Listening, path)
        line.__exit__(None, None, None)


def test_without_a_daemon_it_says_where_to_look(path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="does not answer"):
        Listening(path)


async def test_it_begins_with_the_beginning(feed: LiveFeed, path: Path) -> None:
    """What fires while the trail is being written comes after it."""

    async def slow() -> None:
        feed.heard(("strap",), -71)

    feed.watched = slow
    async with _offered(feed, path):
        line = await asyncio.to_thread(Listening, path)
        with line:
            shown = line.lines(1.0)
            while len(shown) < 2:
                shown += await asyncio.to_thread(line.lines, 5.0)
    assert [type(one) for one in shown] == [Begin, Heard]


async def test_one_watcher_too_many_is_told_why(feed: LiveFeed, path: Path) -> None:
    async with _offered(feed, path):
        lines = [await asyncio.to_thread(Listening, path) for _ in range(MOST_WATCHERS)]
        with pytest.raises(StoreUnavailable) as told:
            await asyncio.to_thread(Listening, path)
        assert "watch already" in f"{told.value.problem} {told.value.advice}"
        for line in lines:
            line.__exit__(None, None, None)
