"""`wren replace`: press the new one, at a real terminal; the sensor stays, and the comments do."""

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.config.places import places_of
from gateway.config.reading import load
from gateway.errors import InputError
from gateway.replacing.device import Radio, Wire, identity, replaced, sharing
from gateway.setup.merging import merged
from gateway.setup.trace import Trace
from gateway.sources.ble.memory import FILE, Known, Memory
from gateway.walktest.scope import items_of
from tests.bthome_air import KEY, OPEN, SHUT, sealed
from tests.cli.process import running
from tests.setup.world import World, world
from tests.watch.rehearsal import ROOT, Terminal

OLD, NEW = "C0:FF:EE:00:00:01", "C0:FF:EE:00:00:02"
OLD_KEY = "ffeeddccbbaa99887766554433221100"

HOME = f"""\
# the home of the trial
[home]
id = "h-1"
timezone = "Europe/London"

[[residents]]
id = "r1"

[[sensors]]
id = "kitchen-tap"   # what was learnt goes by it
kind = "door"
place = "kitchen"
resident = "r1"
gpio = {{ pin = 17, debounce_ms = 80 }}  # the blue wire

# the cupboard with the tea
[[sensors]]
id = "tea"
kind = "cupboard"
place = "kitchen"
ble = {{ address = "{OLD}", profile = "bthome", key = "{OLD_KEY}" }}

[[sensors]]
id = "tea-battery"
kind = "battery"
place = "kitchen"
ble = {{ address = "{OLD}", profile = "bthome", key = "{OLD_KEY}" }}

[[sensors]]
id = "hall"
kind = "motion"
place = "hallway"
gpio = {{ pin = 4, active = "high" }}

[gateway]
data_dir = "DATA"
"""


def write(path: Path) -> Path:
    path.write_text(HOME.replace("DATA", str(path.parent / "d")), encoding="utf-8")
    return path


@pytest.fixture
def wired(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("r"), radio=False) as around:
        write(around.home)
        yield around


def terminal(around: World, *arguments: str) -> Terminal:
    environ = around.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{around.environ['PYTHONPATH']}"}
    return Terminal("replace", "--config", around.home, *arguments, lines=40, columns=120, environ=environ)


def due(before: Path, after: Path) -> set[str]:
    """What the walk-test would ask for again."""
    known = {item.id: item.device for item in items_of(load(before))}
    return {item.id for item in items_of(load(after)) if known.get(item.id) != item.device}


@pytest.mark.slow
def test_the_new_one_is_pressed_and_put_in_its_place(wired: World) -> None:
    wired.run_the_daemon()
    at = terminal(wired, "kitchen-tap")
    at.until("May it be stopped")
    at.press("\r")
    at.until("Press, open or move the new one now")
    wired.board.drive(4, 1)
    at.until("GPIO4 .*that is hall, set up already")
    wired.press(22, times=2)
    at.until(r"1  GPIO22 \(pin 15 of the header\) went low")
    at.press("\r")
    at.until("becomes  pin 22")
    at.press("y")
    page = at.until("asks for kitchen-tap only")
    assert at.end() == 0
    assert "pin 17 -> pin 22" in page
    text = wired.home.read_text(encoding="utf-8")
    for comment in ("# the home of the trial", "# what was learnt goes by it", "# the blue wire", "# the cupboard"):
        assert comment in text
    (tap,) = (one for one in tomllib.loads(text)["sensors"] if one["id"] == "kitchen-tap")
    fitted = tap.pop("fitted")
    assert fitted.endswith("Z")
    assert tap == {"id": "kitchen-tap", "kind": "door", "place": "kitchen", "resident": "r1"} | {
        "gpio": {"pin": 22, "debounce_ms": 80}
    }
    assert due(wired.home.with_name("home.toml.before"), wired.home) == {"sensor/kitchen-tap"}
    assert wired.daemon_runs
    assert wired.asked_of_systemd()[-1].startswith("start")


@pytest.mark.slow
def test_a_line_that_is_dropped_changes_nothing(wired: World) -> None:
    wired.run_the_daemon()
    before = wired.home.read_bytes()
    at = terminal(wired, "kitchen-tap")
    at.until("May it be stopped")
    at.press("\r")
    at.until("Press, open or move the new one now")
    assert wired.asked_of_systemd() == ["stop wren.service"]
    at.press("\x03")
    at.until("Nothing was changed")
    assert at.end() == 1
    assert wired.daemon_runs, "the home is watched again"
    assert wired.home.read_bytes() == before


@pytest.mark.slow
def test_a_sealed_device_by_radio_takes_its_battery_along(tmp_path_factory: pytest.TempPathFactory) -> None:
    with world(tmp_path_factory.mktemp("r")) as around:
        write(around.home)
        places = places_of(load(around.home))
        places.private.mkdir(parents=True)
        memory = Memory(places.private)
        for one in (OLD, NEW, "C0:FF:EE:00:00:09"):
            memory.of(one).counter = Known(counter=7).counter
        memory.write(memory.snapshot(0.0))
        at = terminal(around, "tea")
        at.until("Press, open or move the new one now")
        around.until_scanning()
        for count, said in enumerate((SHUT, OPEN, SHUT), 1):
            around.say(NEW, sealed(said, count, NEW))
        at.until("something sealed")
        at.press("\r")
        at.until("Key")
        at.press(f"{KEY.hex()}\r")
        at.until(f"becomes  radio {NEW}")
        at.press("y")
        page = at.until("asks for tea, tea-battery only")
        assert at.end() == 0
        assert KEY.hex() not in page
        text = around.home.read_text(encoding="utf-8")
        by_id = {one["id"]: one for one in tomllib.loads(text)["sensors"]}
        for name in ("tea", "tea-battery"):
            assert by_id[name]["ble"] == {"address": NEW, "profile": "bthome", "key": KEY.hex()}
        assert OLD_KEY not in text
        assert set(json.loads((places.private / FILE).read_text())["devices"]) == {"C0:FF:EE:00:00:09"}
        assert due(around.home.with_name("home.toml.before"), around.home) == {"sensor/tea", "sensor/tea-battery"}


def by_hand(path: Path, *arguments: str, text: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "gateway", "replace", "--config", str(path), *arguments],
        input=text, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False,
    )  # fmt: skip


def test_by_hand_a_pin_and_an_address(tmp_path: Path) -> None:
    home = write(tmp_path / "home.toml")
    done = by_hand(home, "kitchen-tap", "--pin", "17", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "sensors": ["kitchen-tap"], "before": "pin 17", "after": "pin 17", "restarted": None
    }  # fmt: skip
    assert due(tmp_path / "home.toml.before", home) == {"sensor/kitchen-tap"}, "another device on the same pin"
    done = by_hand(home, "tea", "--address", NEW.lower(), text=f"{KEY.hex()}\n")
    assert done.returncode == 0, done.stderr
    assert KEY.hex() not in done.stdout + done.stderr
    assert [one.ble.address for one in load(home).sensors if one.ble] == [NEW, NEW]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["nothing", "--pin", "5"], "Known: kitchen-tap"),
        (["kitchen-tap", "--pin", "4"], "that of `hall`"),
        (["tea", "--pin", "5"], "battery"),
        (["kitchen-tap", "--address", NEW], "hangs on a pin"),
        (["tea", "--address", "nonsense"], "address"),
        (["kitchen-tap"], "no terminal"),
        (["kitchen-tap", "--json"], "--json needs"),
        (["kitchen-tap", "--pin", "5", "--address", NEW], "one of them"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changed(tmp_path: Path, arguments: list[str], why: str) -> None:
    home = write(tmp_path / "home.toml")
    before = home.read_bytes()
    done = by_hand(home, *arguments)
    assert done.returncode == 2, done.stdout
    assert why in done.stderr
    assert home.read_bytes() == before


pins = st.integers(0, 27)
keys = st.one_of(st.none(), st.binary(min_size=16, max_size=16).map(bytes.hex))


@given(
    st.sampled_from(["kitchen-tap", "tea", "tea-battery", "hall"]),
    st.one_of(
        st.builds(Wire, pins, st.one_of(st.none(), st.builds(Trace, st.just(1), st.booleans()))),
        st.builds(Radio, st.sampled_from([OLD, NEW]), st.just("bthome"), keys),
    ),
)
def test_only_the_device_changes(name: str, device: Wire | Radio) -> None:
    data = tomllib.loads(HOME)
    names = sharing(data, name)
    try:
        after = replaced(data, name, device, "2026-11-22T14:02:00Z")
    except InputError:
        return
    assert data == tomllib.loads(HOME)
    for was, now in zip(data["sensors"], after["sensors"], strict=True):
        if was["id"] not in names:
            assert was == now
            continue
        stays = {key: one for key, one in was.items() if key not in ("gpio", "ble")}
        assert {key: one for key, one in now.items() if key not in ("gpio", "ble", "fitted")} == stays
        assert identity(now) == (("pin", device.pin) if isinstance(device, Wire) else ("radio", device.address))
    text = merged(HOME, after)
    assert tomllib.loads(text) == after
    assert all(comment in text for comment in ("# the home of the trial", "# what was learnt", "# the cupboard"))


@pytest.mark.slow
def test_the_daemon_hears_the_new_one_under_the_old_id(wired: World) -> None:
    done = by_hand(wired.home, "kitchen-tap", "--pin", "22")
    assert done.returncode == 0, done.stderr
    environ = wired.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{wired.environ['PYTHONPATH']}"}
    with running("run", "--config", wired.home, **environ) as daemon:
        daemon.until('"event":"ready"')
        with running("watch", "--config", wired.home, "--json") as watching:
            watching.until("begin")
            wired.press(22)
            seen = json.loads(watching.until("kitchen-tap"))
        assert (seen["sensor"], seen["value"], seen["kind"]) == ("kitchen-tap", 1.0, "door")
        daemon.stop()


@pytest.mark.slow
def test_killed_in_the_middle_the_home_is_watched_again(wired: World) -> None:
    wired.run_the_daemon()
    before = wired.home.read_bytes()
    at = terminal(wired, "kitchen-tap")
    at.until("May it be stopped")
    at.press("\r")
    at.until("Press, open or move the new one now")
    assert not wired.daemon_runs
    at.process.kill(9)
    wired.until_started()
    assert wired.home.read_bytes() == before


def test_a_daemon_that_cannot_be_stopped_keeps_everything_as_it_is(tmp_path: Path) -> None:
    """It would go on with the old device, and a start would say that all is well."""
    home = write(tmp_path / "home.toml")
    before = home.read_bytes()
    program = tmp_path / "bin" / "systemctl"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\ntest "$1" != stop\n', encoding="utf-8")
    program.chmod(0o755)
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    with running("replace", "--config", home, "kitchen-tap", "--pin", "22", PATH=path) as refused:
        refused.until("cannot be stopped")
        assert refused.process.wait(20) == 1
    assert home.read_bytes() == before
