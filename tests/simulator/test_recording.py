"""A simulated life as a recorded home."""

import hashlib
from pathlib import Path

import pytest

from gateway.config.reading import load
from gateway.errors import InputError
from gateway.sources.replay import Recording
from gateway.sources.simulator.act import NO_CONTACT, PULSE
from gateway.sources.simulator.life import Life
from gateway.sources.simulator.recording import record
from gateway.sources.simulator.scenario import Collapse, Scenario

STORY = Scenario(quiet_days=2, illness_days=1, collapse=Collapse(strap="off"))


def test_replay_reads_back_every_act(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "home"
    written = record(folder, 5, STORY)
    config = load(folder / "home.toml")
    read = [reading for _, reading in Recording(folder, [sensor.id for sensor in config.sensors]).readings()]
    acts = [act for act in Life(5, STORY) if (act.sensor, act.value) != (PULSE, NO_CONTACT)]
    assert written == len(read) == len(acts)
    assert [(r.at_ms, r.sensor, r.value) for r in read] == [(round(a.at_s * 1000), a.sensor, a.value) for a in acts]


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    sums, times = [], set()
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        record(tmp_path / name, seed, STORY)
        packed = (tmp_path / name / "readings.csv.gz").read_bytes()
        sums.append(hashlib.sha256(packed).hexdigest())
        times.add(packed[4:8])  # gzip's own note of when it was packed
    assert times == {bytes(4)}
    assert sums[0] == sums[1] != sums[2]


@pytest.mark.parametrize("name", ["home.toml", "readings.csv", "readings.csv.gz"])
def test_a_recording_is_never_overwritten(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("of a real home")
    with pytest.raises(InputError) as refused:
        record(tmp_path, 6, STORY)
    assert "new folder" in refused.value.advice
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "of a real home"


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError) as refused:
        record(tmp_path / "file" / "home", 5, STORY)
    assert "cannot be written" in refused.value.problem
