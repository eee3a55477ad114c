"""The configuration is closed: what is in it is understood, or refused with its line and the next step."""

from pathlib import Path

import pytest

from gateway.config.reading import load, parse
from gateway.config.tables import Ble, Gpio, SensorTable
from gateway.errors import ConfigError
from models.kinds import AlertKind, SensorKind
from tests.gateway.configs import GOOD, changed, refused
from tests.shared_data import SHARED, shared

OTHER_STRAP = """\
[[sensors]]
id = "other"
kind = "heart_rate"
place = "worn"
ble = { address = "C0:FF:EE:12:34:56", profile = "heart_rate" }
"""


def test_a_good_one() -> None:
    config = parse(GOOD)
    assert config.sensors[0].gpio == Gpio(pin=17, active="low")
    assert config.sensors[1].ble == Ble(address="C0:FF:EE:12:34:56", profile="heart_rate")
    spec = config.spec(live=True)
    assert spec.alerts == {AlertKind.HELP_BUTTON, AlertKind.INACTIVITY}
    assert spec.residents == ("r1", "r2")
    assert [sensor.resident for sensor in spec.sensors] == ["r1", "r2", None]
    without = parse(GOOD.partition("[alerts")[0])
    assert without.spec(live=True).alerts == frozenset()
    assert without.spec(live=False).alerts == frozenset(AlertKind)


@pytest.mark.parametrize(
    ("old", "new", "suggestion"),
    [
        ("[home]", "[hme]", "home"),
        ("[gateway]", "[gatewy]", "gateway"),
        ('timezone = "Europe/London"', 'timezon = "Europe/London"', "timezone"),
        ('id = "r2"', 'ident = "r2"', "id"),
        ('place = "kitchen"', 'plac = "kitchen"', "place"),
        ('active = "low"', 'activ = "low"', "active"),
        ('profile = "heart_rate"', 'profil = "heart_rate"', "profile"),
        ('hours = "office"', 'hour = "office"', "hours"),
        ('owner = "office"', 'ownr = "office"', "owner"),
        ("[alerts.inactivity]", "[alerts.inactvity]", "inactivity"),
        ("retention_days = 30", "retention_day = 30", "retention_days"),
        ("url =", "ur =", "url"),
    ],
)
def test_an_unknown_key_is_refused_with_its_line_and_the_nearest_one(old: str, new: str, suggestion: str) -> None:
    text, line = changed(old, new)
    error = refused(text)
    assert error.problem.startswith(f"home.toml:{line}: ")
    assert error.advice == f"Did you mean `{suggestion}`?"


@pytest.mark.parametrize("table", ["", "home", "gateway", "uplink", "residents", "sensors", "recipients", "alerts"])
def test_a_key_that_is_like_none_names_those_that_there_are(table: str) -> None:
    heads = {
        "": "",
        "alerts": "[alerts.help_button]\n",
        **{name: f"[[{name}]]\n" for name in ("residents", "sensors", "recipients")},
    }
    head = heads.get(table, f"[{table}]\n")
    text, _ = changed(head, f"{head}qqq = 1\n") if head else (f"qqq = 1\n{GOOD}", 1)
    error = refused(text)
    assert "unknown key `qqq`" in error.problem
    assert error.problem.startswith(f"home.toml:{text[: text.index('qqq')].count(chr(10)) + 1}: ")
    assert error.advice.startswith("Known here: ")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"Europe/London"', '"Europe/Londn"', "unknown time zone `Europe/Londn`"),
        ('"Europe/London"', '"../../etc/passwd"', "unknown time zone"),
        ('id = "r2"', 'id = "r1"', "the id `r1` is used twice in `residents`"),
        ('id = "r2"', 'id = "household"', "`household` means everybody"),
        ('id = "pulse"', 'id = "kitchen-tap"', "the id `kitchen-tap` is used twice in `sensors`"),
        ('id = "office"', 'id = "team"', "the id `team` is used twice in `recipients`"),
        ('resident = "r2"', 'resident = "r3"', "belongs to unknown resident `r3`"),
        ('resident = "r2"', 'resident = "r2"\ngpio = { pin = 4 }', "has both gpio and ble"),
        ('kind = "heart_rate"', 'kind = "tap"', "a tap sensor cannot come from the profile `heart_rate`"),
        ('kind = "tap"', 'kind = "heart_rate"', "cannot hang on a GPIO pin"),
        ('place = "lounge"', 'place = "lounge"\ngpio = { pin = 17 }', "pin 17 is used by `kitchen-tap` and `button`"),
        ('owner = "office"', 'owner = "nobody"', "`inactivity` is owned by unknown recipient `nobody`"),
        ('owner = "team"', 'owner = "office"', "`help_button` needs a recipient who answers day and night"),
        (
            '[[recipients]]\nid = "team"',
            f'{OTHER_STRAP}[[recipients]]\nid = "team"',
            "`pulse` and `other` are the heart_rate of the same device",
        ),
    ],
)
def test_what_cannot_be_true_together_is_refused(old: str, new: str, said: str) -> None:
    text, _ = changed(old, new)
    error = refused(text)
    assert said in error.problem
    line = int(error.problem.split(":")[1])
    near = "\n".join(text.splitlines()[max(0, line - 4) : line + 4])
    assert new.splitlines()[-1] in near or new.splitlines()[0] in near


@pytest.mark.parametrize(
    ("old", "new", "advice"),
    [
        ('kind = "tap"', 'kind = "tpa"', "Did you mean `tap`?"),
        ('kind = "button"', 'kind = "zzz"', "One of: door, seat"),
        ('hours = "24h"', 'hours = "24"', "Did you mean `24h`?"),
        ('profile = "heart_rate"', 'profile = "heartrate"', "Did you mean `heart_rate`?"),
        ('active = "low"', 'active = "falling"', "One of: low, high."),
        ('pin_factory = "mock"', 'pin_factory = "pigpio"', "Did you mean `lgpio`?"),
        ("pin = 17", "pin = 99", "See docs/configuration.md"),
        ('id = "h-0001"', 'id = "H 1"', "See docs"),
        ('"https://desk.example:8443/v1"', '"http://desk.example"', "See docs"),
        ("C0:FF:EE:12:34:56", "c0-ff", "See docs"),
        ("retention_days = 30", "retention_days = 6", "See docs"),
        ("retention_days = 30", 'retention_days = "30"', "See docs"),
        ('reason = "asked for"', 'reason = ""', "See docs"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_its_line(old: str, new: str, advice: str) -> None:
    text, line = changed(old, new)
    error = refused(text)
    assert error.problem.startswith(f"home.toml:{line}: ")
    assert error.advice.startswith(advice)


@pytest.mark.parametrize(
    "text", ["[home", "a = ", "", "[home]\nid = 'h'", "sensors = 3\n" + GOOD.replace("[[sensors]]", "")]
)
def test_what_is_no_configuration_at_all_is_refused(text: str) -> None:
    refused(text)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(GOOD.encode() + b"# caf\xe9")
    for path in (tmp_path / "nowhere", tmp_path, tmp_path / "latin"):
        with pytest.raises(ConfigError, match="cannot be read"):
            load(path)


def test_a_sensor_may_be_neither_wired_nor_worn() -> None:
    assert parse(GOOD).sensors[2] == SensorTable(id="button", kind=SensorKind.BUTTON, place="lounge")


@pytest.mark.parametrize("name", sorted(path.name for path in (SHARED / "homes").glob("*")) or ["home-a00"])
def test_the_recorded_homes_are_understood(name: str) -> None:
    config = load(shared(f"homes/{name}") / "home.toml")
    assert config.home.id
    assert config.alerts is None
