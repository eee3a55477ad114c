"""The support file: of a home full of planted values, none is in it, in whatever spelling or packing."""

import ast
import io
import json
import os
import random
import struct
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from click.testing import CliRunner, Result

from gateway.cli.doctor import doctor
from gateway.config.places import make, places_of
from gateway.config.reading import load
from gateway.doctor import support_forms
from gateway.doctor.log_events import EVENTS
from gateway.doctor.machine import Machine
from gateway.store.ledger import Ledger
from models.vocabulary import Reading
from tests.cli.house import alert
from tests.egress.scanner import Planted, hits, views
from tests.shell.test_log import _MODULES, _log_calls

from .box import DAEMON, UPLINK, Box

SENSORS = 60
READINGS = 4_000


class Home(NamedTuple):
    """A home in which nothing is like anything else."""

    config: Path
    box: Box
    planted: Planted
    words: tuple[bytes, ...]


class Words:
    """Words that stand nowhere else."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self.given: list[str] = []

    def __call__(self) -> str:
        word = "".join(self._rng.choice("bdfghjklmnpqrstvwxz") for _ in range(9))
        self.given.append(word)
        return word


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    rng = random.Random(43)
    word = Words(rng)
    folder = tmp_path_factory.mktemp("planted") / word()
    folder.mkdir()
    box = Box(folder / "b")
    box.build(folder)
    secrets = [rng.randbytes(6) for _ in range(SENSORS)] + [rng.randbytes(16) for _ in range(SENSORS)]
    names = [word() for _ in range(SENSORS)]
    config = folder / "home.toml"
    config.write_text(_toml(folder, names, secrets, word), encoding="utf-8")
    start_ms = 1_700_000_000_000
    integers = sorted(start_ms + rng.randrange(10**10) for _ in range(READINGS))
    floats = [rng.uniform(0.1, 1.0) for _ in range(READINGS)]
    places = places_of(load(config))
    make(places.private, 0o700)
    make(places.outbox, 0o750)
    ledger = Ledger.open(places.private, places.outbox)
    readings = [
        (n, Reading(at_ms, rng.choice(names), value))
        for n, (at_ms, value) in enumerate(zip(integers, floats, strict=True), 1)
    ]
    ledger.commit(readings, [alert(n, int(time.time()) - 900_000 + 7 * n) for n in range(1, 40)])
    ledger.stop()
    box.services(None)
    _around(box, word, floats, integers)
    planted = Planted(frozenset(floats), frozenset(integers), frozenset(secrets))
    yield Home(config, box, planted, tuple(one.encode() for one in word.given))
    box.shut_door()


def _toml(folder: Path, names: list[str], secrets: list[bytes], word: Words) -> str:
    sensors = "".join(
        f'[[sensors]]\nid = "{name}"\nkind = "door"\nplace = "{word()}"\nresident = "q-{word.given[0]}"\n'
        f'ble = {{ address = "{":".join(f"{byte:02X}" for byte in secrets[n])}", profile = "bthome", '
        f'key = "{secrets[SENSORS + n].hex()}" }}\n'
        for n, name in enumerate(names)
    )
    team = word()
    return f"""
[home]
id = "h-{word()}"
timezone = "Europe/London"
[gateway]
data_dir = "{folder / word()}"
[uplink]
url = "https://{word()}.invalid:8443"
data_dir = "{folder / word()}"
[[residents]]
id = "q-{word.given[0]}"
[[recipients]]
id = "{team}"
hours = "24h"
[alerts.inactivity]
reason = "{word()} {word()}"
owner = "{team}"
[purpose]
why = "{word()} {word()}"
basis = "consent"
decided_by = "resident"
decided_with = "{word()}"
review = 2020-01-01
{sensors}"""


def _around(box: Box, word: Words, floats: list[float], integers: list[int]) -> None:
    """What the machine itself says, with a name of somebody in each line of it."""
    lines = [
        json.dumps({"event": word(), "level": "error", "problem": word(), "advice": word(), "count": value, "at": at})
        for value, at in zip(floats[:200], integers[:200], strict=True)
    ]
    lines += [f"wren: {word()} is damaged.\n  {word()} {integers[7]}", json.dumps({"event": "ready", "source": word()})]
    lines += [json.dumps({"event": "wire_lost", "level": word(), "reason": word()}), f"{word()} {floats[9]!r}"]
    for unit in (DAEMON, UPLINK):
        box.says(f"journalctl.{unit}", "\n".join(lines))
    box.unit(
        DAEMON, SubState=word(), Result=word(), UnitFileState=word(), NRestarts=str(integers[3]), ActiveState="active"
    )
    box.says("vcgencmd", f"throttled={integers[5]:#x}\n")
    box.says("timedatectl.show-timesync", f"{word()}.example\n")
    box.set("proc/device-tree/model", f"Raspberry Pi {word()}\0")
    box.set("etc/os-release", f"VERSION_CODENAME={word()}\n")
    box.set("etc/hostname", f"{word()}\n")
    box.set("proc/net/wireless", f"a\nb\n {word()}: 0000  58. {-integers[2]}. -256 {word()}\n")
    box.set("sys/fs/ext4/mmcblk0p2/errors_count", f"{integers[11]}\n")
    box.set("sys/class/thermal/thermal_zone0/temp", f"{integers[12]}\n")
    box.set("proc/meminfo", f"MemTotal: {integers[13]} kB\nMemAvailable: {integers[14]} kB\n")


def asked(home: Home, *options: str) -> Result:
    environ = {**os.environ, "PATH": f"{home.box.bin}:/usr/bin:/bin", "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere"}
    machine = Machine(home.box.root, environ)
    return CliRunner().invoke(doctor, ["--config", str(home.config), *options], obj=machine)


def test_what_is_planted_is_seen_by_doctor_itself(home: Home) -> None:
    shown = asked(home, "--json").output.encode()
    assert any(word in shown for word in home.words)  # so that the next test means something


def test_no_planted_value_is_in_the_support_file(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "support.tar.gz"
    done = asked(home, "--bundle", str(path))
    assert done.exit_code == 1
    assert "It holds no resident" in done.output
    packed, shown = path.read_bytes(), asked(home, "--bundle", "-").stdout_bytes
    assert len(home.planted) + len(home.words) > 8_000
    for data in (packed, shown):
        assert hits(data, home.planted) == []
        for _, view in views(data):
            lower = view.lower()
            assert [word for word in home.words if word in lower] == []


def test_the_scanner_would_have_seen_it(home: Home) -> None:
    value = next(iter(home.planted.floats))
    leaky = json.dumps({"heat_c": value}).encode()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        entry = tarfile.TarInfo("a")
        entry.size = len(leaky)
        tar.addfile(entry, io.BytesIO(leaky))
    assert hits(packed.getvalue(), home.planted)
    assert hits(struct.pack("<d", value), home.planted)


def test_it_holds_what_a_supporter_needs(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "support.tar.gz"
    asked(home, "--bundle", str(path))
    assert path.stat().st_mode & 0o777 == 0o600
    with tarfile.open(path) as tar:
        names = tar.getnames()
        file = tar.extractfile("wren-support/support.json")
        assert file is not None
        support = msgspec.json.decode(file.read(), type=support_forms.Support)
        entry = tar.getmember("wren-support/support.json")
    assert names == ["wren-support/README.txt", "wren-support/support.json"]
    assert (entry.mtime, entry.uid, entry.uname) == (0, 0, "")
    assert {one.state for one in support.checks} >= {"fail", "pass", "skip"}
    assert ("desk.name", "unknown_name") in {(one.check, one.cause) for one in support.checks}
    assert support.shape is not None
    assert (support.shape.by_radio, support.shape.encrypted) == (SENSORS, SENSORS)
    assert support.counters is not None
    assert support.counters.waiting == 39
    assert {one.event for one in support.logged} == {"other", "ready", "wire_lost"}


def test_the_same_home_gives_the_same_bytes(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # the room on this machine's disk is nobody's to hold still
    monkeypatch.setattr("gateway.doctor.bundle._ROOM_MB", 10**9)
    for name in ("a", "b"):
        asked(home, "--bundle", str(tmp_path / name))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_file_that_is_there_is_not_written_over(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "support.tar.gz"
    path.write_text("mine")
    assert asked(home, "--bundle", str(path)).exit_code != 0
    assert path.read_text() == "mine"
    assert asked(home, "--bundle", str(path), "--json").exit_code == 2


@pytest.mark.parametrize(("check", "cause"), [("desk.name", "r1"), ("kitchen", ""), ("radio.adapter", "expired")])
def test_no_other_word_can_stand_in_it(check: str, cause: str) -> None:
    with pytest.raises(ValueError, match="catalogue"):
        support_forms.Check(check=check, state="fail", cause=cause)


def test_no_field_takes_free_text() -> None:
    """Each text of the schema is one of a closed list, or numbers and points."""
    schema = msgspec.json.schema(support_forms.Support)
    free = [
        name
        for form, told in schema["$defs"].items()
        for name, field in told.get("properties", {}).items()
        if field.get("type") == "string" and not field.keys() & {"enum", "pattern", "const"}
        for name in [f"{form}.{name}"]
    ]
    assert sorted(free) == ["Check.cause", "Check.check", "Logged.event"]  # held by their __post_init__


def test_the_events_are_those_of_the_code() -> None:
    """An event that is new here has to be added to `log_events`: a supporter sees "other" in its place."""
    calls = [call for module in _MODULES for call in _log_calls(ast.parse(module.read_text(encoding="utf-8")))]
    named = {call.args[0].value for call in calls if call.args and isinstance(call.args[0], ast.Constant)}
    assert named - EVENTS == set()
