"""What lies in another user's folder may hang or break: nobody but the asker notices, and not for long."""

import asyncio
import os
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from gateway.aside import Aside
from gateway.errors import StoreError, StoreUnavailable
from gateway.uplink.book_reader import BookReader


async def test_what_is_read_comes_back_and_what_is_raised_too() -> None:
    aside = Aside()
    assert await aside.do(lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        await aside.do(lambda: 1 // 0)
    assert await aside.do(threading.current_thread) is not threading.current_thread()


async def test_what_hangs_is_given_up_and_not_begun_again(tmp_path: Path) -> None:
    """As an open of a pipe does, of which nobody holds the other end."""
    pipe = tmp_path / "uplink.db"
    os.mkfifo(pipe)
    aside, begun = Aside(limit_s=0.05), list[int]()

    def hang() -> bytes:
        begun.append(1)
        return pipe.read_bytes()

    for _ in range(3):
        with pytest.raises(StoreUnavailable):
            await aside.do(hang)
    assert begun == [1], "one thread hangs, never two"
    pipe.write_bytes(b"now")  # whoever made it hang lets go
    found: list[int] = []
    async with asyncio.timeout(10):
        while not found:
            await asyncio.sleep(0.001)
            with suppress(StoreUnavailable):
                found.append(await aside.do(lambda: 8))


def test_what_is_no_file_is_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/dev/zero")
    for name in ("pipe", "link", "."):
        with pytest.raises(StoreError, match="is no file"):
            BookReader(tmp_path / name).settled()
