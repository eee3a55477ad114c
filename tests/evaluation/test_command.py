"""`wren evaluate` as a person meets it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli.evaluate import _SECTIONS, evaluate
from gateway.errors import InputError
from gateway.evaluation.evaluating import SECTIONS, steps
from gateway.evaluation.processes import measure
from gateway.evaluation.recorded import find, load

from .street import recorded, write

LABELS = "time,label\n2021-03-24T12:00:00Z,agitation\n"


@pytest.fixture(name="homes")
def _homes(tmp_path: Path) -> Path:
    write(tmp_path / "homes" / "one", recorded(), LABELS)
    return tmp_path / "homes"


@pytest.mark.slow
def test_everything_as_json_and_the_same_again(homes: Path) -> None:
    drawn = [option for name in ("twins", "changes", "rivals", "faults") for option in ("--only", name)]
    said = [CliRunner().invoke(evaluate, [str(homes), "--json", "--per-home", "1", *only]) for only in ([], drawn)]
    assert [one.exit_code for one in said] == [0, 0], said[0].output
    account, again = (json.loads(one.stdout) for one in said)
    assert again.items() <= account.items()  # whatever else is measured, the lots are the same
    assert account["homes"] == ["one"]
    assert set(_SECTIONS) < set(account)
    assert {one["fault"] for one in account["faults"]["faults"] if not one["trials"]} == set()
    assert account["labels"]["labels"][0]["labelled_days"] == 1


def test_the_sections_are_the_same_everywhere() -> None:
    assert _SECTIONS == SECTIONS


def test_one_section_in_plain_columns(homes: Path) -> None:
    said = CliRunner().invoke(evaluate, [str(homes / "one"), "--only", "twins"])
    assert said.exit_code == 0
    assert "attention, a person-week" in said.stdout
    assert "Silence" not in said.stdout
    assert said.stdout.isascii()


def test_a_folder_without_a_home_and_bad_labels_are_refused(tmp_path: Path, homes: Path) -> None:
    said = CliRunner().invoke(evaluate, [str(tmp_path / "nothing")])
    assert isinstance(said.exception, InputError)
    assert "no recorded home" in said.exception.problem
    for text in ("when,what\n1,2\n", "time,label\nyesterday,agitation\n", "time,label\n2021-03-24T12:00:00,x\n"):
        (homes / "one" / "labels.csv").write_text(text)
        with pytest.raises(InputError, match=r"offset|cannot be read"):
            load(homes / "one")


def test_a_recording_with_a_stepped_clock_or_nothing_in_it_is_refused(homes: Path) -> None:
    readings = homes / "one" / "readings.csv"
    kept = readings.read_text()
    readings.write_text(kept + "2021-06-01T00:00:00Z,@clock,3600\n")
    with pytest.raises(InputError, match="clock was stepped"):
        load(homes / "one")
    readings.write_text("time,sensor,value\n")
    with pytest.raises(InputError, match="no readings"):
        load(homes / "one")


@pytest.mark.slow
def test_the_same_from_several_processes_as_from_one(homes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(homes / "two", recorded(seed=2))
    ticks: list[str] = []
    accounts = []
    for cores in (2, 1):
        monkeypatch.setattr("os.cpu_count", lambda cores=cores: cores)
        found = measure(find((homes,)), ("twins", "labels"), seed=1, per_home=1, tick=ticks.append)
        accounts.append(found.account())
    assert accounts[0] == accounts[1]
    assert accounts[0]["homes"] == ["one", "two"]
    assert len(ticks) == 2 * 2 * steps(("twins", "labels"))
    (homes / "two" / "readings.csv").write_text("time,sensor,value\n")
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    with pytest.raises(InputError, match="no readings"):
        measure(find((homes,)), ("twins",), seed=1, per_home=1, tick=ticks.append)


@pytest.mark.slow
def test_a_page_of_everything_that_asks_for_nothing(homes: Path, tmp_path: Path) -> None:
    options = [
        option for name in ("twins", "silence", "calibration", "changes", "rivals") for option in ("--only", name)
    ]
    page = tmp_path / "page.html"
    said = CliRunner().invoke(evaluate, [str(homes), *options, "--per-home", "1", "--html", str(page), "--json"])
    assert said.exit_code == 0, said.output
    text = page.read_text()
    for part in ("How soon a silence is noticed", "which share is noticed", "is what it calls rare rare", "In full"):
        assert part in text
    assert text.count("<svg") == 5
    assert "<script" not in text
    assert "://" not in text
    json.loads(said.stdout)  # and nothing else is on standard output


def test_a_page_that_cannot_be_written_is_refused_before_the_work(homes: Path, tmp_path: Path) -> None:
    said = CliRunner().invoke(evaluate, [str(homes), "--html", str(tmp_path / "no" / "page.html")])
    assert isinstance(said.exception, InputError)
