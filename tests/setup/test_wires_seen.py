"""What follows from the edges of a wire, which pins are left alone, and what is put in home.toml's place."""

import contextlib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import ConfigError, InputError
from gateway.setup import keeping, people
from gateway.setup.chapters import CHAPTERS
from gateway.setup.conversation import Conversation
from gateway.setup.heard import Heard
from gateway.setup.kinds_on import possible
from gateway.setup.new_sensor import is_even
from gateway.setup.sections import SECTIONS
from gateway.setup.shape import is_home
from gateway.setup.taken import taken
from gateway.setup.trace import Trace, turned
from gateway.sources.ble import bthome
from gateway.sources.ble.characteristic import assigned
from models.kinds import SensorKind
from tests.bthome_air import KEY, OPEN, PRESS, SHUT, plain, sealed
from tests.setup.test_merging import EXAMPLE

KEYS = "id kind place gpio ble pin profile resident owner reason hours up usual_day url why days from to timezone"
WORDS = [*SECTIONS, *KEYS.split()]


def trace(*apart_s: float, rest_high: bool = True) -> Trace:
    found = Trace(17, rest_high=rest_high)
    at_s = 10.0
    for seconds in apart_s:
        at_s += seconds
        found.edge(at_s, high=not found.high)
    return found


def test_a_bounce_is_one_movement_and_sets_how_long_is_waited() -> None:
    one = trace(1.0, 0.02, 0.03, 0.04, 0.03, 2.0, 0.01, 0.01)  # down with bounces for 120 ms, and up
    assert one.times_moved() == 1
    assert one.settle_ms() == 120
    assert one.gpio(SensorKind.DOOR)["debounce_ms"] == 250  # twice what was seen, to the next 50
    assert one.gpio(SensorKind.BED)["debounce_ms"] == 1000  # foam, whatever was seen


def test_a_wheel_is_told_from_a_pipe_that_rings() -> None:
    wheel = trace(*[0.03] * 20, rest_high=False)
    pipe = trace(0.01, 0.01, 0.01, 0.2, 0.01, 0.01, 0.02, 0.2, 0.01, 0.01, 0.01, 0.2, rest_high=False)
    assert wheel.is_pulsing()
    assert pipe.is_pulsing()
    assert (is_even(wheel), is_even(pipe)) == (True, False)
    assert wheel.gpio(SensorKind.TAP, "meter") == {"pin": 17, "active": "high", "pull": "none", "sense": "pulses"}
    assert pipe.gpio(SensorKind.TAP, "vibration")["quiet_s"] == 8


def test_hum_is_called_noise_and_hands_are_not() -> None:
    assert trace(*[0.01] * 300).is_noisy()
    assert not trace(*[0.03] * 100).is_noisy()
    assert not trace(*[0.4] * 60).is_noisy()


@given(st.booleans(), st.sampled_from(["up", "down"]), st.sampled_from(sorted(SensorKind)))
def test_turned_twice_is_as_before(rest_high: bool, pull: str, kind: SensorKind) -> None:
    one = Trace(4, rest_high=rest_high, pull=pull).gpio(kind)  # type: ignore[arg-type]
    once = turned(one)
    assert once["active"] != one["active"]
    again = turned(once)
    default = {"low": "up", "high": "down"}
    assert {"pull": default[one["active"]]} | one == {"pull": default[again["active"]]} | again


def test_pins_of_what_is_switched_on_are_left_alone(tmp_path: Path) -> None:
    assert set(taken(tmp_path)) == {0, 1}
    for node in ("i2c-1", "spidev0.0", "serial0"):
        (tmp_path / "dev").mkdir(exist_ok=True)
        (tmp_path / "dev" / node).touch()
    assert set(taken(tmp_path)) == {0, 1, 2, 3, 7, 8, 9, 10, 11, 14, 15}
    other = tmp_path / "other"
    (other / "proc").mkdir(parents=True)
    (other / "proc/cmdline").write_text("console=serial0,115200 console=tty1 root=/dev/mmcblk0p2", encoding="utf-8")
    assert set(taken(other)) == {0, 1, 14, 15}


def test_the_time_zone_is_the_machines(tmp_path: Path) -> None:
    assert people.system_zone(tmp_path) == "Etc/UTC"
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/timezone").write_text("Europe/Lisbon\n", encoding="utf-8")
    assert people.system_zone(tmp_path) == "Europe/Lisbon"
    (tmp_path / "etc/localtime").symlink_to("/usr/share/zoneinfo/Europe/London")
    assert people.system_zone(tmp_path) == "Europe/London"


def test_what_is_refused_replaces_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home.toml"
    home.write_text(EXAMPLE, encoding="utf-8")
    with pytest.raises(ConfigError):
        keeping.keep(home, EXAMPLE.replace('"Europe/London"', '"Europe/Nowhere"'))
    assert home.read_text(encoding="utf-8") == EXAMPLE
    assert list(tmp_path.iterdir()) == [home]


def test_a_full_card_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home.toml"
    home.write_text(EXAMPLE, encoding="utf-8")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(InputError, match="No space left"):
        keeping.keep(home, EXAMPLE.replace("h-0001", "h-0002"))
    assert home.read_text(encoding="utf-8") == EXAMPLE
    assert list(tmp_path.iterdir()) == [home]


@pytest.mark.parametrize("step", [1, 2, 3])
def test_cut_between_any_two_steps_the_file_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    home = tmp_path / "home.toml"
    home.write_text(EXAMPLE, encoding="utf-8")
    other = EXAMPLE.replace("h-0001", "h-0002")
    done = []
    replace = Path.replace

    def cut(self: Path, target: Path) -> Path:
        done.append(target)
        if len(done) == step:
            raise KeyboardInterrupt
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", cut)
    with contextlib.suppress(KeyboardInterrupt):
        keeping.keep(home, other)
    assert home.read_text(encoding="utf-8") == (other if step > 2 else EXAMPLE)
    before = keeping.before_of(home)
    assert not before.exists() if step == 1 else before.read_text(encoding="utf-8") == EXAMPLE
    assert {path.name for path in tmp_path.iterdir()} <= {"home.toml", "home.toml.before"}


def test_a_link_goes_on_pointing_where_it_points(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    real = tmp_path / "kept" / "home.toml"
    real.write_text(EXAMPLE, encoding="utf-8")
    link = tmp_path / "home.toml"
    link.symlink_to(real)
    keeping.keep(link, EXAMPLE.replace("h-0001", "h-0002"))
    assert link.is_symlink()
    assert "h-0002" in real.read_text(encoding="utf-8")
    assert "h-0001" in keeping.before_of(real).read_text(encoding="utf-8")


def hear(one: Heard, data: bytes | None, key: bytes | None = None, services: tuple[str, ...] = ()) -> int:
    before = one.news
    one.take(1.0, -60, None, services, data, key)
    return one.news - before


def test_only_what_is_new_is_news() -> None:
    door = Heard("C0:FF:EE:00:00:01", after_s=0.5)
    assert [hear(door, plain(one)) for one in (SHUT, SHUT, OPEN, OPEN, SHUT)] == [0, 0, 1, 0, 1]
    button = Heard("C0:FF:EE:00:00:02", after_s=0.5)
    assert [hear(button, plain(PRESS, packet_id=number)) for number in (1, 1, 2, 3)] == [0, 0, 1, 1]
    late = Heard("C0:FF:EE:00:00:03", after_s=20.0)
    assert hear(late, None, services=(assigned(0x180D),)) == 1
    assert late.kinds() == [SensorKind.HEART_RATE]


def test_a_seal_is_opened_by_its_own_key_alone() -> None:
    bthome.load()
    one = Heard("C0:FF:EE:00:00:01", after_s=0.5)
    assert not one.opens(KEY)
    hear(one, sealed(OPEN, 1, one.address))
    assert "its key is needed" in one.says()
    assert not one.opens(bytes(16))
    assert one.opens(KEY)
    assert "open" in one.says()


@given(st.binary(max_size=40))
def test_no_advert_ends_the_conversation(data: bytes) -> None:
    one = Heard("C0:FF:EE:00:00:01", after_s=0.5)
    for key in (None, KEY):
        one.take(1.0, -60, "x" * 300, (), data, key)
        one.opens(KEY)
        assert len(one.says()) < 400
        assert one.kinds()


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["tap", "bthome", "r1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=5),
    max_leaves=12,
)


@given(ANYTHING)
def test_whatever_was_left_behind_is_talked_about_or_put_aside(data: object) -> None:
    if not is_home(data):
        return
    assert isinstance(data, dict)
    for chapter in CHAPTERS:
        assert chapter.says(data)
    possible(data)


def test_a_home_of_no_form_is_refused_with_its_line(tmp_path: Path) -> None:
    home = tmp_path / "home.toml"
    home.write_text('[home]\nid = "h"\ntimezone = "UTC"\n[[residents]]\nid = "r1"\n[[sensors]]\nid = 3\n', "utf-8")
    with pytest.raises(ConfigError, match=r"home\.toml:7"):
        Conversation(home, date(2026, 11, 22))
