"""kill -9 at any moment: what was acknowledged is there, once, and nothing says more than its inputs do."""

import random
import sqlite3
from pathlib import Path

import pytest

from gateway.store.ledger import Ledger
from gateway.store.outbox_reader import OutboxReader
from gateway.store.trail import ZERO, Head, What
from tests.kill_nine import said_before_kill
from tests.store.test_trail import follows

KILLS = 20
SEED = 20_250_101


@pytest.mark.slow
def test_kill_9_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    moments = random.Random(SEED)
    acknowledged: list[int] = []
    for _ in range(KILLS):
        steps = moments.randint(2, 12)
        acknowledged += said_before_kill("tests.store.killed", tmp_path, steps, moments.uniform(0.0, 2.0))
        assert len(acknowledged) >= steps

    for name in ("home.db", "outbox.db"):
        with sqlite3.connect(tmp_path / name) as raw:
            assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        raw.close()
    ledger = Ledger.open(tmp_path)
    inputs = dict(ledger.journal.inputs())
    assert all(reading == (seq * 1_000, f"sensor-{seq % 50}", seq / 8) for seq, reading in inputs.items())
    assert {seq for first in acknowledged for seq in range(first, first + 10)} <= inputs.keys()
    assert len(inputs) % 10 == 0  # whole batches

    messages = list(ledger.outbox.messages())
    ids = [message.id for message in messages]
    assert len(set(ids)) == len(ids)
    assert {f"{kind}-{first}" for first in acknowledged for kind in ("alert", "summary")} <= set(ids)
    assert [message.seq for message in messages] == list(range(1, len(messages) + 1))
    assert len(ledger.outbox.open_alerts()) == len(messages) / 2  # both messages of a step, or none
    for message in messages:
        last_input, seq = map(int, message.body.split())
        assert seq == message.seq
        assert last_input in inputs  # inputs first, then what they led to

    with OutboxReader(tmp_path / "outbox.db") as reader:
        entries = list(reader.trail())
    assert follows(entries, Head(0, ZERO))
    assert [one.ref for one in entries if one.what == What.MESSAGE] == ids  # neither without the other
    told = [one.ref for one in entries if one.what == What.TOLD]
    assert {f"step-{first}" for first in acknowledged} <= set(told)
    assert len(set(told)) == len(told) == len(messages) / 2
    beats = [one for one in entries if one.what == What.HEARTBEAT]
    assert all(one.body == b"%d %d" % (int(one.ref[5:]) + 9, seq) for seq, one in enumerate(beats, 1))

    latest = ledger.journal.latest_checkpoint()
    assert latest is not None
    assert latest.seq in inputs
    ledger.stop()
