"""Whatever is written in a configuration is understood as it is or refused: generated homes, generated mistakes."""

import contextlib
import json
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from gateway.config.reading import parse
from gateway.config.tables import Config
from gateway.config.wires import PULLED_UP
from gateway.errors import ConfigError
from models.kinds import AlertKind, SensorKind
from tests.gateway.configs import GOOD, refused

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
