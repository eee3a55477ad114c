"""The same inputs give the same messages, byte for byte: live, replayed, asked often, asked seldom."""

import os
import subprocess
import sys
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from random import Random

import pytest

from gateway.config.reading import load
from gateway.messages import drafts_of
from gateway.rehearsal import Rehearsal
from gateway.sources.replay import Recording
from gateway.sources.simulator.house import home_toml
from gateway.sources.simulator.life import Life
from gateway.sources.simulator.recording import record
from gateway.sources.simulator.scenario import Scenario
from gateway.store.outbox_reader import OutboxReader
from gateway.uplink import wire
from models.home import Home
from models.localtime import HOUR_S
from models.vocabulary import CLOCK_STEP, GATEWAY_LINK, Reading, Said
from tests.notes import Notes
from tests.shared_data import shared

from .conftest import Wren
from .ground import copied

WEEK = Scenario(quiet_days=3, illness_days=5, collapse=None)
MONTH = Scenario(quiet_days=24, illness_days=7, collapse=None)


def sent(folder: Path) -> list[bytes]:
    """The bodies in the outbox, in order."""
    with OutboxReader(folder / "outbox" / "outbox.db") as outbox:
        return [message.body for message in outbox.messages()]


@pytest.mark.parametrize(
    ("scenario", "breath_s"),
    [pytest.param(WEEK, 2 * HOUR_S, id="week"), pytest.param(MONTH, 3 * HOUR_S, id="month", marks=pytest.mark.slow)],
)
async def test_what_was_sent_live_is_what_a_replay_of_the_journal_sends(
    tmp_path: Path, wren: Wren, scenario: Scenario, breath_s: float
) -> None:
    config = tmp_path / "home.toml"
    config.write_text(home_toml(data_dir=tmp_path))
    life = Life(11, scenario)
    async with Rehearsal(config, life.start_s, Notes(), seed=11) as rehearsal:
        await rehearsal.live(life, breath_s=breath_s)
    live = sent(tmp_path)

    again = wren("replay", tmp_path / "private" / "home.db", "--config", config, "--out", tmp_path / "again.jsonl")
    assert again.code == 0, again.err
    assert (tmp_path / "again.jsonl").read_bytes().splitlines() == live
    messages = [wire.decode(body) for body in live]
    assert {type(message).__name__ for message in messages} >= {"Alert", "AlertUpdate", "Summary"}
    assert [message.seq for message in messages] == list(range(1, len(live) + 1))
    assert {one.kind for one in messages if isinstance(one, wire.Alert)} >= {"help_button", "long_stay"}


async def test_restarts_and_steps_of_the_clock_are_in_the_journal_too(tmp_path: Path, wren: Wren) -> None:
    config = tmp_path / "home.toml"
    config.write_text(home_toml(data_dir=tmp_path))
    life = Life(3, Scenario(quiet_days=2, illness_days=1, collapse=None))
    acts = iter(life)
    start_s: float = life.start_s
    off_s = 0.0
    for part, (down_s, step_s) in enumerate(((3 * HOUR_S, 5400.0), (60.0, -2700.0), (0.0, 0.0))):
        async with Rehearsal(config, start_s + off_s, Notes(), seed=part) as rehearsal:
            until_s = life.start_s + (part + 1) * 86_400
            mine = [act._replace(at_s=act.at_s + off_s) for act in islice(acts, 3000) if act.at_s < until_s]
            await rehearsal.live(mine, breath_s=HOUR_S)
            rehearsal.clock.step_s(step_s)
            await rehearsal.wait_until(rehearsal.clock.utc_s() + 60, breath_s=30)
            off_s += step_s
            start_s = rehearsal.clock.utc_s() - off_s + down_s
    with copied(tmp_path / "private" / "home.db") as raw:
        found = dict(raw.execute("SELECT name, count(*) FROM inputs JOIN sensors ON code = sensor GROUP BY name"))
    assert (found[GATEWAY_LINK], found[CLOCK_STEP]) == (4, 2)

    live = sent(tmp_path)
    again = wren("replay", tmp_path / "private" / "home.db", "--config", config, "--out", tmp_path / "again.jsonl")
    assert again.code == 0, again.err
    replayed = (tmp_path / "again.jsonl").read_bytes().splitlines()
    assert replayed == live[: len(replayed)]
    assert len(live) - len(replayed) <= 1  # what a minute without an input brought
    assert len(replayed) >= 3


def test_two_replays_write_the_same_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    record(home, 5, Scenario(quiet_days=10, illness_days=5, collapse=None))
    runs = []
    for seed in ("1", "2"):
        files = [tmp_path / f"{name}-{seed}" for name in ("out.jsonl", "deadlines.csv", "habits.csv")]
        subprocess.run(
            [
                *(sys.executable, "-m", "gateway", "replay", home),
                *("--out", files[0], "--deadlines", files[1], "--habits", files[2]),
            ],
            check=True,
            capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[2],
        )
        runs.append([file.read_bytes() for file in files])
    assert runs[0] == runs[1]
    assert all(len(content.splitlines()) > 15 for content in runs[0])


def test_asking_for_deadlines_changes_no_message(tmp_path: Path, wren: Wren) -> None:
    home = tmp_path / "home"
    record(home, 5, Scenario(quiet_days=5, illness_days=5, collapse=None))
    plain, asked = tmp_path / "plain", tmp_path / "asked"
    assert wren("replay", home, "--out", plain).code == 0
    assert wren("replay", home, "--out", asked, "--deadlines", tmp_path / "deadlines").code == 0
    assert plain.read_bytes() == asked.read_bytes()


@pytest.mark.parametrize("name", ["home-a00", "pair-a", "flat-a"])
def test_a_recorded_home_says_the_same_however_often_it_is_asked(name: str) -> None:
    folder = shared(f"homes/{name}")
    config = load(folder / "home.toml")
    readings = [r for _, r in islice(Recording(folder, (s.id for s in config.sensors)).readings(), 20_000)]
    spec = config.spec(live=False)
    assert bodies(spec.id, _live_like(Home(spec), readings, Random(name))) == bodies(
        spec.id, _plain(Home(spec), readings)
    )


def bodies(home: str, said: Iterable[Said]) -> list[bytes]:
    return [draft.encode(seq) for seq, draft in enumerate(drafts_of(home, said), 1)]


def _plain(home: Home, readings: Iterable[Reading]) -> list[Said]:
    return [word for reading in readings for word in home.step(reading)]


def _live_like(home: Home, readings: Iterable[Reading], rng: Random) -> list[Said]:
    said: list[Said] = []
    for number, reading in enumerate(readings):
        if home.now_ms:
            for moment in sorted(
                rng.randint(home.now_ms, max(home.now_ms, reading.at_ms)) for _ in range(rng.choice((0, 0, 1, 3)))
            ):
                said += home.advance(moment)
            due_ms = home.deadline_ms()
            if due_ms is not None and due_ms <= reading.at_ms and rng.random() < 0.5:
                said += home.advance(due_ms)
        said += home.step(reading)
        if number % 4_999 == 0:
            home = Home.restore(home.spec, home.state())
    return said
