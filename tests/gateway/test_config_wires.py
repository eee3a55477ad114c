"""How a wire is described: what each kind takes for granted, what is shared, and what cannot be."""

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from gateway.config.doubts import doubts
from gateway.config.reading import parse
from gateway.config.tables import Gpio
from gateway.errors import ConfigError
from gateway.sources.gpio_line import Line, Meter
from gateway.wiring import lines_of
from models.vocabulary import DEBOUNCE_MS

HEAD = '[home]\nid = "h"\ntimezone = "UTC"\n[[residents]]\nid = "r1"\n'


def sensor(name: str, kind: str, gpio: str, place: str = "kitchen") -> str:
    return f'[[sensors]]\nid = "{name}"\nkind = "{kind}"\nplace = "{place}"\ngpio = {{ {gpio} }}\n'


METER = 'pin = 17, sense = "pulses"'
TAP = sensor("tap", "tap", METER)
WATER = sensor("litres", "water", f"{METER}, pulses_per_litre = 450")


def lines(*sensors: str) -> list[Line]:
    return lines_of(parse(HEAD + "".join(sensors)))


def test_a_contact_takes_its_pull_from_the_level_that_is_active() -> None:
    low, high, reed = lines(
        sensor("a", "seat", "pin = 4"),
        sensor("b", "seat", 'pin = 5, active = "high"'),
        sensor("c", "door", 'pin = 6, active = "high", pull = "up"'),
    )
    assert (low.active_low, low.pulled) == (True, "up")
    assert (high.active_low, high.pulled) == (False, "down")
    assert (reed.active_low, reed.pulled) == (False, "up")


def test_each_kind_has_its_own_way_of_resting_and_warming_up() -> None:
    door, pir, warm, button, flush = lines(
        sensor("a", "door", "pin = 4"),
        sensor("b", "motion", 'pin = 5, active = "high"'),
        sensor("c", "motion", 'pin = 6, active = "high", warm_up_s = 0'),
        sensor("d", "button", "pin = 7"),
        sensor("e", "toilet", "pin = 8"),
    )
    assert [line.fires_only for line in (door, pir, warm, button, flush)] == [False, True, True, True, True]
    assert [line.warm_up_s for line in (door, pir, warm, button, flush)] == [0, 60, 0, 0, 0]
    assert [line.is_button for line in (door, pir, warm, button, flush)] == [False, False, False, True, False]


@pytest.mark.parametrize("sensors", [(TAP, WATER), (WATER, TAP)])
def test_a_tap_and_its_water_are_one_wire(sensors: tuple[str, str]) -> None:
    (line,) = lines(*sensors)
    assert line.sensor_id == "tap"
    assert set(line.sensors) == {"tap", "litres"}
    assert line.meter == Meter(tap="tap", water="litres", pulses_per_litre=450)


def test_a_meter_may_stand_alone_either_way() -> None:
    assert lines(WATER)[0].meter == Meter(water="litres", pulses_per_litre=450)
    (vibration,) = lines(sensor("tap", "tap", f"{METER}, quiet_s = 8, least_pulses = 5, debounce_ms = 2"))
    assert vibration.meter == Meter(tap="tap", quiet_s=8, least_pulses=5, apart_s=0.002)


def test_the_core_debounces_each_contact_by_its_own_time() -> None:
    config = parse(
        HEAD
        + sensor("a", "seat", "pin = 4, debounce_ms = 800")
        + sensor("b", "seat", "pin = 5")
        + sensor("c", "tap", "pin = 6, sense = 'pulses', debounce_ms = 2")
    )
    assert [one.debounce_ms for one in config.spec(live=True).sensors] == [800, DEBOUNCE_MS, DEBOUNCE_MS]


def test_a_reed_that_would_never_be_seen_to_change_is_doubted() -> None:
    def doubted(*sensors: str) -> list[str]:
        return [one for one in doubts(parse(HEAD + "".join(sensors))) if "pulled down" in one]

    assert len(doubted(sensor("front", "door", 'pin = 4, active = "high"'))) == 1
    assert doubted(
        sensor("front", "door", 'pin = 4, active = "high", pull = "up"'),
        sensor("back", "door", "pin = 5"),
        sensor("there", "seat", 'pin = 6, active = "high", pull = "down"'),
        sensor("pir", "motion", 'pin = 7, active = "high"'),
    ) == []  # fmt: skip


def test_the_page_about_wires_is_as_the_configuration_reads_it() -> None:
    page = (Path(__file__).parents[2] / "docs" / "sensors.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert [line.sensors for line in lines(block)] == [("kitchen-tap", "kitchen-water")]
    known = {field.encode_name for field in msgspec.structs.fields(Gpio)}
    for row in re.findall(r"^\| settings \| (.*) \|$", page, re.MULTILINE):
        for settings in re.findall(r"`(\w+ = [^`]*)`", row):
            assert set(tomllib.loads(f"gpio = {{ {settings} }}")["gpio"]) <= known
    assert {name for name in known if name not in page} == set()
    for title in ("Door", "Seat and bed", "Tap by flow", "Tap by vibration", "Toilet", "Motion", "Help button"):
        assert f"\n## {title}" in page


@pytest.mark.parametrize(
    ("sensors", "said"),
    [
        (TAP + sensor("other", "tap", METER), "pin 17 is used by `tap` and `other`"),
        (TAP + WATER + sensor("more", "water", f"{METER}, pulses_per_litre = 1"), "pin 17 is used by `tap` and `more`"),
        (TAP + WATER.replace("450", "450, quiet_s = 9"), "pin 17 is used by `tap` and `litres`"),
        (sensor("tap", "tap", "pin = 17") + WATER, "pin 17 is used by `tap` and `litres`"),
        (sensor("s", "seat", METER), "a seat sensor does not give pulses"),
        (sensor("w", "water", METER), "`w` cannot tell litres without `pulses_per_litre`"),
        (sensor("w", "water", "pin = 4"), "water comes by pulses only"),
        (sensor("t", "tap", f"{METER}, pulses_per_litre = 450"), "`pulses_per_litre` does nothing for a tap"),
        (sensor("t", "tap", f"{METER}, warm_up_s = 5"), "`warm_up_s` does nothing with pulses"),
        (sensor("t", "tap", "pin = 4, quiet_s = 5"), "`quiet_s` does nothing without pulses"),
        (sensor("t", "tap", "pin = 4, least_pulses = 5"), "`least_pulses` does nothing without pulses"),
        (sensor("d", "door", 'pin = 2, active = "high"'), "pin 2 is pulled up on the board"),
        (sensor("d", "door", 'pin = 3, pull = "none"'), "pin 3 is pulled up on the board"),
        (sensor("d", "door", 'pin = 4, pull = "sideways"'), "that is none of its choices"),
        (sensor("d", "door", "pin = 4, debounce_ms = 6000"), "Expected `int` <= 5000"),
    ],
)
def test_what_cannot_be_is_refused(sensors: str, said: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        parse(HEAD + sensors)
    assert said in refusal.value.problem
    assert refusal.value.advice
