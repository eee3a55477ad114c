"""The configuration is closed: what is in it is understood, or refused with its line and the next step."""

import contextlib
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.config import load, parse
from gateway.config_panel import refuse_unanswered_button
from gateway.config_tables import Ble, Config, Gpio, SensorTable
from gateway.config_wires import PULLED_UP
from gateway.errors import ConfigError
from models.kinds import AlertKind, SensorKind
from models.vocabulary import PanelSpec
from tests.shared_data import SHARED, shared

GOOD = """\
[home]
id = "h-0001"
timezone = "Europe/London"

[gateway]
pin_factory = "mock"
retention_days = 30

[uplink]
url = "https://desk.example:8443/v1"

[[residents]]
id = "r1"

[[residents]]
id = "r2"

[[sensors]]
id = "kitchen-tap"
kind = "tap"
place = "kitchen"
resident = "r1"
gpio = { pin = 17, active = "low" }

[[sensors]]
id = "pulse"
kind = "heart_rate"
place = "worn"
resident = "r2"

[sensors.ble]
address = "C0:FF:EE:12:34:56"
profile = "heart_rate"

[[sensors]]
id = "button"
kind = "button"
place = "lounge"

[[recipients]]
id = "team"
hours = "24h"

[[recipients]]
id = "office"
hours = "office"

[alerts.help_button]
reason = "asked for"
owner = "team"

[alerts.inactivity]
reason = "lives alone"
owner = "office"
"""


OTHER_STRAP = """\
[[sensors]]
id = "other"
kind = "heart_rate"
place = "worn"
ble = { address = "C0:FF:EE:12:34:56", profile = "heart_rate" }
"""


def refused(text: str) -> ConfigError:
    with pytest.raises(ConfigError) as error:
        parse(text, where="home.toml")
    assert error.value.exit_code == 2
    assert error.value.advice.endswith((".", "?"))
    return error.value


def changed(old: str, new: str) -> tuple[str, int]:
    """GOOD with the last `old` replaced, and the line (from 1) where that stands."""
    at = GOOD.rindex(old)
    return GOOD[:at] + new + GOOD[at + len(old) :], GOOD.count("\n", 0, at) + 1 + new.count("\n")


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


_SLUG = st.from_regex(r"\A[a-z0-9][a-z0-9-]{0,47}\Z")
_WORN = frozenset({SensorKind.HEART_RATE, SensorKind.BATTERY})


@st.composite
def _wiring(draw: st.DrawFn, pin: int, kind: SensorKind) -> dict[str, Any]:
    wiring: dict[str, Any] = draw(st.sampled_from([{}, {"active": "low"}, {"active": "high", "pull": "up"}]))
    if pin not in PULLED_UP:
        wiring = draw(st.sampled_from([wiring, {"active": "high"}, {"pull": "none"}, {"pull": "down"}]))
    wiring = wiring | draw(st.sampled_from([{}, {"debounce_ms": 200}]))
    if kind is SensorKind.WATER:
        return wiring | {"sense": "pulses", "pulses_per_litre": draw(st.floats(1, 1000))}
    if kind is SensorKind.TAP and draw(st.booleans()):
        return wiring | {"sense": "pulses", "quiet_s": 8.0, "least_pulses": 5}
    return wiring


@st.composite
def configs(draw: st.DrawFn) -> dict[str, Any]:
    residents = draw(st.lists(_SLUG.filter(lambda name: name != "household"), min_size=1, max_size=8, unique=True))
    pins = draw(st.permutations(range(28)))
    sensors = []
    for number, name in enumerate(draw(st.lists(_SLUG, min_size=1, max_size=12, unique=True))):
        kind = draw(st.sampled_from(SensorKind))
        sensor: dict[str, Any] = {"id": name, "kind": str(kind), "place": draw(_SLUG)}
        if draw(st.booleans()):
            sensor["resident"] = draw(st.sampled_from(residents))
        if kind in _WORN and draw(st.booleans()):
            sensor["ble"] = {"address": f"C0:FF:EE:12:34:{number:02X}", "profile": "heart_rate"}
        elif kind not in _WORN | {SensorKind.STEPS, SensorKind.BADGE} and draw(st.booleans()):
            sensor["gpio"] = {"pin": pins[number]} | draw(_wiring(pins[number], kind))
        sensors.append(sensor)
    config: dict[str, Any] = {
        "home": {"id": draw(_SLUG), "timezone": draw(st.sampled_from(["UTC", "Asia/Kolkata", "Europe/London"]))},
        "residents": [{"id": name} for name in residents],
        "sensors": sensors,
    }
    owners = draw(st.lists(_SLUG, min_size=1, max_size=3, unique=True))
    kinds = draw(st.lists(st.sampled_from(AlertKind), unique=True))
    if kinds and any(sensor["kind"] == "button" for sensor in sensors) and AlertKind.HELP_BUTTON not in kinds:
        kinds.append(AlertKind.HELP_BUTTON)  # a help button that calls nobody is refused
    free = [pin for pin in pins if not any(sensor.get("gpio", {}).get("pin") == pin for sensor in sensors)]
    if len(free) >= 4 and draw(st.booleans()):
        keys = ["light_pin", *draw(st.lists(st.sampled_from(["ok_pin", "pause_pin", "sound_pin"]), unique=True))]
        config["panels"] = [{"resident": residents[0], **dict(zip(keys, free, strict=False))}]
    if kinds:
        reason = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]), min_size=3, max_size=200)
        config["recipients"] = [{"id": name, "hours": "24h"} for name in owners]
        config["alerts"] = {str(k): {"reason": draw(reason), "owner": draw(st.sampled_from(owners))} for k in kinds}
    if draw(st.booleans()):
        config["gateway"] = {
            "retention_days": draw(st.integers(7, 400)),
            "data_dir": draw(st.text("abc/ é\\\"'", max_size=9)),
        }
    if draw(st.booleans()):
        config["uplink"] = {"url": "https://" + draw(_SLUG), "ca_file": "/ca.pem"}
    return config


def as_toml(config: dict[str, Any]) -> str:
    """Written by hand in the manner of a technician: tables, arrays of tables, inline tables within."""
    lines: list[str] = []
    for name, table in config.items():
        tables = [(f"[[{name}]]", one) for one in table] if isinstance(table, list) else [(f"[{name}]", table)]
        if name == "alerts":
            tables = [(f"[alerts.{kind}]", one) for kind, one in table.items()]
        for head, keys in tables:
            lines.append(head)
            for key, value in keys.items():
                if isinstance(value, dict):
                    inner = ", ".join(f"{k} = {json.dumps(v)}" for k, v in value.items())
                    lines.append(f"{key} = {{ {inner} }}")
                else:
                    lines.append(f"{key} = {json.dumps(value, ensure_ascii=False)}")
    return "\n".join(lines)


@given(configs())
def test_any_valid_configuration_comes_back_as_it_was_written(config: dict[str, Any]) -> None:
    found = parse(as_toml(config))
    assert found == msgspec.convert(config, Config)
    assert found.spec(live=True).id == config["home"]["id"]


@given(configs(), st.data())
def test_any_key_too_many_is_refused_at_its_line(config: dict[str, Any], data: st.DataObject) -> None:
    lines = as_toml(config).splitlines()
    at = data.draw(st.sampled_from([n for n, line in enumerate(lines) if line.startswith("[")])) + 1
    lines.insert(at, "surprise = 1")
    error = refused("\n".join(lines))
    assert error.problem.startswith(f"home.toml:{at + 1}: ")
    assert "unknown key `surprise`" in error.problem


@given(
    st.one_of(
        st.text(max_size=200),
        st.builds(
            lambda a, b, c: GOOD[:a] + c + GOOD[b:],
            st.integers(0, 900),
            st.integers(0, 900),
            st.text("[]={}\"'.#\n a1-", max_size=8),
        ),
    )
)
def test_any_text_is_a_configuration_or_a_config_error(text: str) -> None:
    with contextlib.suppress(ConfigError):
        assert parse(text).home.id


def test_a_sensor_may_be_neither_wired_nor_worn() -> None:
    assert parse(GOOD).sensors[2] == SensorTable(id="button", kind=SensorKind.BUTTON, place="lounge")


@pytest.mark.parametrize("name", sorted(path.name for path in (SHARED / "homes").glob("*")) or ["home-a00"])
def test_the_recorded_homes_are_understood(name: str) -> None:
    config = load(shared(f"homes/{name}") / "home.toml")
    assert config.home.id
    assert config.alerts is None


PANEL = """
[[panels]]
resident = "r1"
light_pin = 5
ok_pin = 6
"""


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('resident = "r1"', 'resident = "r9"', "a panel belongs to unknown resident `r9`"),
        ("ok_pin = 6", "ok_pin = 17", "pin 17 is used by `kitchen-tap` and by the panel of `r1`"),
        ("ok_pin = 6", "ok_pin = 5", "pin 5 is used by `light_pin of r1` and by the panel of `r1`"),
        ("ok_pin = 6", "ok_pin = 6" + PANEL, "`r1` has two panels"),
        ("light_pin = 5", "light_pn = 5", "unknown key `light_pn`"),
        ("ok_pin = 6", 'ok_pin = 6\nsound = "loud"', "that is none of its choices"),
        ("ok_pin = 6", 'ok_pin = 6\nsound = "always"', "`sound` does nothing without `sound_pin`"),
        ("ok_pin = 6", 'ok_pin = 6\npause = "everything"', "`pause` does nothing without `pause_pin`"),
    ],
)
def test_a_panel_of_nobody_or_on_the_pin_of_another_is_refused(old: str, new: str, problem: str) -> None:
    assert parse(GOOD + PANEL).panels[0].ok_pin == 6
    assert problem in refused(GOOD + PANEL.replace(old, new)).problem


def test_what_a_panel_may_do_is_what_its_table_says() -> None:
    more = 'pause_pin = 13\npause = "everything"\n[[panels]]\nresident = "r2"\nlight_pin = 7\n'
    panels = parse(GOOD + PANEL + more).spec(live=True).panels
    assert panels == {"r1": PanelSpec(asks=True, pauses_all=True), "r2": PanelSpec(asks=False, pauses_all=False)}


def test_a_help_button_that_calls_nobody_day_and_night_is_refused() -> None:
    head, _, _ = GOOD.partition("[alerts")
    parse(head)  # a recording: every kind is on
    refuse_unanswered_button(parse(GOOD))
    with pytest.raises(ConfigError, match="A press of button would call nobody") as error:
        refuse_unanswered_button(parse(head))
    assert "replaces no pendant" in error.value.advice
    without, _ = changed("[alerts.help_button]", "[alerts.long_stay]")
    assert "a press of it would call nobody" in refused(without).problem
    asleep = refused(GOOD.replace('owner = "team"', 'owner = "office"'))
    assert "needs a recipient who answers day and night" in asleep.problem
