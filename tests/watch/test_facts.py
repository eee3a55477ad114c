"""What changes slowly beside the sensors: read when it has changed, and said as it is."""

from pathlib import Path

import pytest

from gateway import transcript
from gateway.config.places import Places, places_of
from gateway.pictures.watch import screen
from gateway.portrait import write
from gateway.transcript import Transcript
from gateway.watch.facts import Facing, outbox
from gateway.watch.moment import Now
from gateway.watch.view import View
from tests.cli.house import NOW_S, Beat, House, alert
from tests.pictures.life import lived


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path).write()


def page(house: House, facing: Facing) -> str:
    view, now = View(house.config.sensors), Now(0.0, float(NOW_S), facing._zone)
    found = facing.read(NOW_S)
    lines = screen("h-0001", view, found, now, panel=False, width=100, height=30)
    return "\n".join(line.plain for line in lines)


def test_before_the_daemon_has_ever_run_nothing_is_known(house: House) -> None:
    shown = page(house, Facing(house.config))
    assert "coverage  not known yet" in shown
    assert "clock     not known yet" in shown
    assert "alerts    none is open" in shown


def test_what_waits_and_what_is_open(house: House) -> None:
    house.says(alert(1, NOW_S - 600), beats=[Beat(NOW_S - 60, synchronised=False)])
    facing = Facing(house.config)
    shown = page(house, facing)
    assert "outbox    2 wait, the oldest 10 min; the provider has confirmed nothing yet" in shown
    assert "alerts    1 open: r1/inactivity since Fri 13:52" in shown
    assert "clock     not set from the network" in shown
    with house.book(NOW_S - 30) as book:
        book.delivered(f"{1:032x}", "alert", sha256="0" * 64, attempts=1)
    condition = facing.read(NOW_S).condition
    assert condition is not None
    assert outbox(condition) == "1 waits, the oldest 1 min; last receipt 1 min ago"


def test_coverage_and_learning_are_those_of_the_portrait(house: House) -> None:
    house.says(beats=[Beat(NOW_S)])
    portrait = lived()
    write(places_of(house.config).portrait, portrait)
    found = Facing(house.config).read(portrait.at_s)
    assert found.learning == "r1: 18 whole days, watching"
    assert "sensors, all day (as of" in found.coverage


def test_files_that_have_not_changed_are_not_read_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.says(beats=[Beat(NOW_S)])
    reads: list[Places] = []

    def counted(places: Places) -> Transcript:
        reads.append(places)
        return transcript.read(places)

    monkeypatch.setattr("gateway.watch.facts.read_transcript", counted)
    facing = Facing(house.config)
    for _ in range(5):
        facing.read(NOW_S)
    assert len(reads) == 1
    house.says(alert(1, NOW_S))
    facing.read(NOW_S)
    assert len(reads) == 2
