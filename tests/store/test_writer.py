import asyncio
import threading
from functools import partial
from pathlib import Path

import pytest

from gateway.store.ledger import Ledger
from gateway.store.writer import Writer
from tests.store.make import rows, summary


async def test_everything_happens_on_one_thread_in_the_order_of_asking(tmp_path: Path) -> None:
    async with Writer() as writer:
        ledger = await writer.do(lambda: Ledger.open(tmp_path))
        results = await asyncio.gather(
            *(writer.do(partial(ledger.outbox.add, [summary(f"s{n}")])) for n in range(20)),
            writer.do(lambda: [m.id for m in ledger.outbox.messages()]),
        )
        assert results[-1] == [f"s{n}" for n in range(20)]
        assert await writer.do(threading.current_thread) is not threading.current_thread()
        await writer.do(ledger.stop)


async def test_what_the_work_raises_comes_back() -> None:
    async with Writer() as writer:
        with pytest.raises(ZeroDivisionError):
            await writer.do(lambda: 1 / 0)


async def test_the_loop_goes_on_while_a_flush_takes_its_time() -> None:
    may_end = threading.Event()
    async with Writer() as writer:
        flush = asyncio.create_task(writer.do(lambda: may_end.wait(5)))
        await asyncio.sleep(0)
        may_end.set()  # reached only because the loop is free
        assert await flush


async def test_what_was_handed_over_is_written_although_the_caller_is_cancelled(tmp_path: Path) -> None:
    may_go_on = threading.Event()
    async with Writer() as writer:
        ledger = await writer.do(lambda: Ledger.open(tmp_path))
        holding = asyncio.create_task(writer.do(lambda: may_go_on.wait(5)))
        commit = asyncio.create_task(writer.do(lambda: ledger.commit(rows(1, 3))))
        await asyncio.sleep(0)
        commit.cancel()
        with pytest.raises(asyncio.CancelledError):
            await commit
        may_go_on.set()
        await holding
        assert await writer.do(lambda: list(ledger.journal.inputs())) == rows(1, 3)
        await writer.do(lambda: ledger.commit(rows(1, 4)))  # the caller hands over again: nothing twice
        assert await writer.do(lambda: list(ledger.journal.inputs())) == rows(1, 4)
        await writer.do(ledger.stop)
