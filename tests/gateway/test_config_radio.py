"""`ble` tables: who may be a device, whose key is never shown, what anybody could imitate."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.__main__ import wren
from gateway.config.doubts import doubts
from gateway.config.places import places_of
from gateway.config.radio import devices_of
from gateway.config.reading import load, parse
from gateway.config.tables import Config
from gateway.errors import ConfigError

KEY = "00112233445566778899aabbccddeeff"
A, B = "C0:FF:EE:00:00:01", "C0:FF:EE:00:00:02"
HEAD = '[home]\nid = "h-1"\ntimezone = "UTC"\n[[residents]]\nid = "r1"\n'
WIRED = '[[sensors]]\nid = "tap"\nkind = "tap"\nplace = "kitchen"\nresident = "r1"\ngpio = { pin = 4 }\n'


def sensor(name: str, kind: str, /, **ble: str) -> str:
    table = ", ".join(f'{key} = "{value}"' for key, value in ble.items())
    return f'[[sensors]]\nid = "{name}"\nkind = "{kind}"\nplace = "hall"\nresident = "r1"\nble = {{ {table} }}\n'


def home(*sensors: str) -> Config:
    return parse(HEAD + WIRED + "".join(sensors))


def refused(*sensors: str) -> str:
    with pytest.raises(ConfigError) as caught:
        home(*sensors)
    said = caught.value.problem + caught.value.advice
    assert KEY not in said.lower()
    return caught.value.problem


def test_devices_are_gathered_from_their_sensors() -> None:
    config = home(
        sensor("help", "button", address=A, profile="bthome", key=KEY.upper()),
        sensor("help-battery", "battery", address=A, profile="bthome", key=KEY.upper()),
        sensor("pulse", "heart_rate", name="Example H9 0001", profile="heart_rate"),
        sensor("badge", "badge", address=B, profile="beacon"),
    )
    first, second, third = devices_of(config)
    assert (first.identity, first.key, dict(first.sensors)) == (
        A, bytes.fromhex(KEY), {"button": "help", "battery": "help-battery"}
    )  # fmt: skip
    assert (second.address, second.name) == (None, "Example H9 0001")
    assert (third.profile, third.key) == ("beacon", None)
    assert KEY not in (repr(config) + repr(devices_of(config)) + str(config.sensors)).lower()
    assert bytes.fromhex(KEY).hex() not in repr(first)
    assert repr(bytes.fromhex(KEY)) not in repr(first)


@pytest.mark.parametrize(
    ("ble", "kind", "why"),
    [
        ({"profile": "bthome", "key": KEY}, "door", "neither an address nor a name"),
        ({"address": A, "name": "x", "profile": "bthome", "key": KEY}, "door", "both an address and a name"),
        ({"address": A, "profile": "bthome"}, "button", "no key, so anybody in the street could press it"),
        ({"address": A, "profile": "bthome", "key": KEY}, "heart_rate", "cannot come from the profile `bthome`"),
        ({"address": A, "profile": "heart_rate"}, "door", "cannot come from the profile `heart_rate`"),
        ({"address": A, "profile": "beacon"}, "motion", "cannot come from the profile `beacon`"),
        ({"address": A, "profile": "beacon", "key": KEY}, "badge", "the profile `beacon` has no key"),
        ({"address": A, "profile": "bthome", "key": KEY[:-1]}, "door", "a key of 32 hexadecimal digits"),
        ({"address": A, "profile": "bthome", "key": KEY + "0"}, "door", "a key of 32 hexadecimal digits"),
        ({"address": A.lower(), "profile": "bthome", "key": KEY}, "door", "a device's address in capitals"),
        ({"name": " x", "profile": "bthome", "key": KEY}, "door", "a device's name"),
        ({"address": A, "profile": "bthome", "kye": KEY}, "door", "unknown key `kye`"),
        ({"address": A, "profile": KEY}, "door", "that is none of its choices"),
        ({"address": KEY, "profile": "bthome", "key": A}, "door", "a device's address in capitals"),
        ({"name": KEY, "profile": "bthome"}, "door", "looks like a key, and a name is shown"),
    ],
)
def test_what_cannot_be_is_refused_and_no_key_is_quoted(ble: dict[str, str], kind: str, why: str) -> None:
    assert why in refused(sensor("one", kind, **ble))


def test_one_device_has_one_key_and_one_of_each_kind() -> None:
    door = sensor("one", "door", address=A, profile="bthome", key=KEY)
    assert "the door of the same device" in refused(door, sensor("two", "door", address=A, profile="bthome", key=KEY))
    assert "another profile or key" in refused(door, sensor("two", "battery", address=A, profile="bthome"))
    home(door, sensor("two", "door", address=B, profile="bthome", key=KEY))


def test_a_badge_is_not_on_a_wire() -> None:
    with pytest.raises(ConfigError, match="a badge sensor cannot hang on a GPIO pin"):
        home('[[sensors]]\nid = "b"\nkind = "badge"\nplace = "worn"\ngpio = { pin = 5 }\n')


def test_what_anybody_can_imitate_is_weak_and_doubted() -> None:
    weak, strong = sensor("fridge", "fridge", address=A, profile="bthome"), KEY
    config = home(
        weak,
        sensor("warm", "temperature", address=A, profile="bthome"),
        sensor("door", "door", address=B, profile="bthome", key=strong),
        sensor("badge", "badge", name="Tag 7", profile="beacon"),
    )
    assert [one.id for one in config.spec(live=True).sensors if one.weak] == ["fridge"]
    said = list(doubts(config))
    assert any("anybody near can imitate fridge: what they say counts only within 10 minutes" in one for one in said)
    assert any("anybody near can imitate badge" in one for one in said)
    alone = parse(HEAD + weak)
    assert any("nothing that these say counts: fridge" in one for one in doubts(alone))
    sealed = parse(HEAD + sensor("door", "door", address=B, profile="bthome", key=KEY))
    assert not any("imitate" in one or "No `key`" in one for one in doubts(sealed))


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "home.toml"
    data = f'[gateway]\ndata_dir = "{tmp_path / "data"}"\n'
    button = sensor("help", "button", address=A, profile="bthome", key=KEY)
    path.write_text(HEAD + WIRED + button + sensor("fridge", "fridge", address=B, profile="bthome") + data)
    return path


@pytest.mark.parametrize("command", [["check"], ["check", "--json"], ["status"], ["status", "--json"]])
def test_no_command_shows_a_key(written: Path, command: list[str]) -> None:
    shown = CliRunner().invoke(wren, [*command, "--config", str(written)])
    assert shown.exit_code in (0, 1)
    assert KEY not in shown.output.lower()
    if command == ["check", "--json"]:
        assert json.loads(shown.output)["sensors"][1]["ble"]["key"] == "set"
    if command == ["check"]:
        assert "encrypted" in shown.output


def test_a_counter_is_forgotten_only_of_a_sensor_with_a_key(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.slips.TAKEN_WITHIN_S", 0.0)
    arguments = ["forget-counter", "--config", str(written)]
    early = CliRunner().invoke(wren, [*arguments, "help"])
    assert early.exit_code == 1
    assert "cannot be written to" in str(early.exception)
    places_of(load(written)).private.mkdir(parents=True)
    said = CliRunner().invoke(wren, [*arguments, "help", "--json"])
    assert json.loads(said.output) == {"sensor": "help", "taken": False}
    left = places_of(load(written)).forget_counter
    assert [path.name for path in left.iterdir()] == ["help"]
    assert (left / "help").stat().st_mode & 0o777 == 0o600
    for other in ("fridge", "tap", "../home.db"):
        assert "no sensor with a key" in str(CliRunner().invoke(wren, [*arguments, other]).exception)
