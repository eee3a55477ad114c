"""A day's allowance that is used up: said in the log, the trail and `wren status`, and the same in a replay."""

import json
from pathlib import Path

import pytest

from gateway.clock import ManualClock
from gateway.condition import KEPT_BACK_S, judge
from gateway.config.places import places_of
from gateway.store import allowance
from gateway.store.outbox_rows import Rank
from gateway.transcript import read

from .conftest import Wren
from .ground import START_S, Gateway, home_toml

HOUR_S = 3600


async def test_what_is_kept_back_is_never_silent(tmp_path: Path, wren: Wren, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowance, "A_DAY", {Rank.ALERT: 0, Rank.SUMMARY: 0})
    config = tmp_path / "home.toml"
    config.write_text(home_toml(tmp_path))
    clock = ManualClock(START_S)
    async with Gateway(tmp_path, clock, toml=config.read_text()) as gateway:
        for hour in range(3 * 24):
            await gateway.feel("hall" if hour % 2 else "bath", after_s=HOUR_S)
            if hour == 30:
                await gateway.feel("button", after_s=60)
    assert gateway.log.events().count("allowance_used_up") == 3  # a summary each morning: once a day
    kept = gateway.kept()
    assert {message.rank for message in kept} == {Rank.URGENT}  # what is urgent left all the same
    assert [message.seq for message in kept] == list(range(1, len(kept) + 1))

    at_s = int(clock.utc_s())
    transcript = read(places_of(gateway.config))
    assert sum(transcript.kept_back.values()) == 3
    problem = "3 messages of the last 7 days will not be sent: more would have left in a day than may."
    assert problem in [one.problem for one in judge(gateway.config, transcript, at_s).problems]
    later = judge(gateway.config, transcript, at_s + KEPT_BACK_S).problems
    assert not any("will not be sent" in one.problem for one in later)

    again = wren("replay", tmp_path / "private" / "home.db", "--config", config, "--out", tmp_path / "again.jsonl")
    assert again.code == 0, again.err
    replayed = (tmp_path / "again.jsonl").read_bytes().splitlines()
    assert replayed == [message.body for message in kept]
    assert all(json.loads(line)["type"] != "summary" for line in replayed)
