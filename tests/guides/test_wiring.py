"""The wiring drawings: of the lines that they show, by the product's own reading, and never 5 V on a pin."""

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gateway.config.reading import parse
from gateway.errors import ConfigError
from gateway.pictures.header import HEADER, physical
from gateway.wiring import lines_of
from scripts.wiring.drawing import home_of, svg
from scripts.wiring.sheet import COLOURS, Sheet
from scripts.wiring.subjects import SUBJECTS, Subject
from tests.guides.pages import GUIDES, ROOT, example

PICTURES = ROOT / "docs" / "pictures"
NAMES = [subject.name for subject in SUBJECTS]
_SVG = "{http://www.w3.org/2000/svg}"
_MOST_BYTES = 60_000


def committed(subject: Subject) -> Path:
    return PICTURES / f"wiring-{subject.name}.svg"


@dataclass
class Drawn:
    """What a picture shows, read from the picture alone."""

    toml: str = ""
    texts: list[str] = field(default_factory=list)
    pins: dict[int, str] = field(default_factory=dict)
    colours: dict[int, str] = field(default_factory=dict)


def drawn(text: str) -> Drawn:
    found = Drawn()
    for element in ET.fromstring(text).iter():
        if element.tag == f"{_SVG}text":
            found.texts.append(element.text or "")
            if element.get("class") == "c":
                found.toml += f"{element.text or ''}\n"
        if (pin := element.get("data-pin")) is not None:
            found.pins[int(pin)] = element.get("data-name", "")
            found.colours[int(pin)] = element.get("stroke", "")
    return found


def gpio_pins(subject: Subject) -> set[int]:
    config = home_of(subject)
    panel = [
        getattr(panel, key) for panel in config.panels for key in ("light_pin", "ok_pin", "pause_pin", "sound_pin")
    ]
    return {line.pin for line in lines_of(config) if line.sensor_id != "any"} | set(panel)


@pytest.mark.parametrize("subject", SUBJECTS, ids=NAMES)
def test_the_picture_is_the_one_that_is_drawn_today(subject: Subject) -> None:
    assert committed(subject).read_text(encoding="utf-8") == svg(subject), "python -m scripts.wiring"


@pytest.mark.parametrize("subject", SUBJECTS, ids=NAMES)
def test_its_lines_are_accepted_and_its_pins_are_theirs(subject: Subject) -> None:
    """The lines are those in the picture; the pins those of the wires that leave its header."""
    shown = drawn(committed(subject).read_text(encoding="utf-8"))
    assert shown.toml.strip() == subject.toml.strip()
    wired = {number: name for number, name in shown.pins.items() if name.startswith("GPIO")}
    assert wired == {physical(pin): f"GPIO{pin}" for pin in gpio_pins(subject)}
    assert {number: HEADER[number - 1] for number in shown.pins} == shown.pins
    for number, name in shown.pins.items():
        assert f"{name} · pin {number}" in shown.texts


@pytest.mark.parametrize("subject", SUBJECTS, ids=NAMES)
def test_no_wire_of_five_volts_leaves_a_gpio(subject: Subject) -> None:
    shown = drawn(committed(subject).read_text(encoding="utf-8"))
    for number, name in shown.pins.items():
        assert (shown.colours[number] == COLOURS["5V"]) == (name == "5V"), number
    assert any("5 V" in line or "5V" in line for line in subject.never)


def test_a_pin_that_is_something_else_is_an_error() -> None:
    with pytest.raises(ValueError, match="pin 2 is 5V, not GPIO2"):
        Sheet("", "").pin(2, "signal", bcm=2)


def test_a_line_that_the_program_does_not_take_is_an_error() -> None:
    with pytest.raises(ConfigError):
        home_of(SUBJECTS[0]._replace(toml=SUBJECTS[0].toml.replace("pin = 4", "pn = 4")))


@pytest.mark.parametrize("subject", SUBJECTS, ids=NAMES)
def test_the_level_and_the_pull_are_said(subject: Subject) -> None:
    texts = " ".join(drawn(svg(subject)).texts)
    for line in lines_of(home_of(subject)):
        if line.sensor_id != "any":
            said = re.search(rf"GPIO{line.pin} \({line.sensor_id}\): pull (\w+)[^;]*; on when (\w+)", texts)
            assert said
            assert said.groups() == (line.pulled, "low" if line.active_low else "high")


def test_the_pins_are_those_of_the_example() -> None:
    """Whoever wires by the drawing and copies the example has the same home."""
    home = parse(example())
    of_example = {one.id: one.gpio for one in home.sensors if one.gpio}
    seen = set()
    for subject in SUBJECTS:
        config = home_of(subject)
        for sensor in config.sensors:
            if sensor.gpio and sensor.id in of_example:
                assert sensor.gpio.pin == of_example[sensor.id].pin, sensor.id
                seen.add(sensor.id)
        if subject.name == "panel":
            assert config.panels == home.panels
    assert seen == set(of_example)
    pins = [pin for subject in SUBJECTS for pin in sorted(gpio_pins(subject)) if "open-collector" not in subject.name]
    assert len(set(pins)) == len(pins)  # all of them can be wired at once


@pytest.mark.parametrize("subject", SUBJECTS, ids=NAMES)
def test_it_stands_by_itself(subject: Subject) -> None:
    text = committed(subject).read_text(encoding="utf-8")
    assert len(text.encode()) < _MOST_BYTES
    assert set(re.findall(r"\w+://[^\s\"<]*", text)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"<(script|image|foreignObject|use)|href|@import|url\(", text)
    assert subject.title in text


def test_every_text_stays_on_the_sheet() -> None:
    """By the width of the widest of the usual fonts, with room to spare."""
    for subject in SUBJECTS:
        for element in ET.fromstring(svg(subject)).iter(f"{_SVG}text"):
            style, length = element.get("class") or "", len(element.text or "")
            if "o" in style.split() or "e" in style.split():
                continue
            each = 15.5 if style == "h" else 8.6
            assert float(element.get("x", "0")) + each * length < 1010, element.text


def test_every_drawing_is_on_the_page() -> None:
    page = (GUIDES / "wiring.md").read_text(encoding="utf-8")
    assert {path.name for path in PICTURES.glob("wiring-*.svg")} == {f"wiring-{name}.svg" for name in NAMES}
    assert [name for name in NAMES if f"(../pictures/wiring-{name}.svg)" not in page] == []
