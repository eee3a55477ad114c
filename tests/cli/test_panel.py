"""`wren panel`: the lights as a picture, and what a panel shows now."""

import json
import time
from pathlib import Path

import msgspec
import pytest

from gateway.config.places import places_of
from gateway.config.reading import load
from gateway.panel.facts import Shown
from gateway.pictures.panel import bar, svg
from models.panel_light import PATTERNS, PERIOD_MS, Light
from models.wording_panel import LIGHTS
from tests.gateway.conftest import Wren, wren  # noqa: F401 - a fixture
from tests.gateway.ground import home_toml

PANEL = '\n[[panels]]\nresident = "r1"\nlight_pin = 5\nok_pin = 6\n'
PICTURE = Path(__file__).parents[2] / "docs" / "pictures" / "panel.svg"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "home.toml"
    path.write_text(home_toml(tmp_path / "data", more=PANEL), encoding="utf-8")
    return path


def show(config: Path, *, ago_s: int) -> None:
    path = places_of(load(config)).panel
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.encode(Shown(int(time.time()) - ago_s, {"r1": "not answered"})))


def test_every_light_has_a_rhythm_of_its_own_and_a_meaning() -> None:
    assert set(PATTERNS) == set(LIGHTS) == set(Light)
    assert {sum(pattern) for pattern in PATTERNS.values()} == {PERIOD_MS}
    assert len({bar(light) for light in Light}) == len(Light)
    for light, pattern in PATTERNS.items():
        flashes = sum(1 for index in range(0, len(pattern), 2) if pattern[index]) if len(pattern) > 1 else 0
        assert flashes / (PERIOD_MS / 1000) < 3, light  # WCAG 2.3.1
        assert light is Light.SEEING or "·" in bar(light)
        assert light is Light.DARK or "█" in bar(light)


def test_it_draws_every_light_and_says_what_is_shown(wren: Wren, config: Path) -> None:  # noqa: F811
    show(config, ago_s=60)
    ended = wren("panel", "--config", config)
    assert ended.code == 0
    out = ended.out.decode()
    for light in Light:
        assert f"  {light:<13} {bar(light)}\n" in out
        assert LIGHTS[light] in out
    assert "The panel of r1 shows now: not answered (as of " in out


@pytest.mark.parametrize("ago_s", [None, 3600])
def test_what_is_not_known_is_not_said(wren: Wren, config: Path, ago_s: int | None) -> None:  # noqa: F811
    if ago_s is not None:
        show(config, ago_s=ago_s)
    assert "The panel of r1: not known." in wren("panel", "--config", config).out.decode()
    document = json.loads(wren("panel", "--config", config, "--json").out)
    assert document["panels"] == {"r1": None}


def test_as_json(wren: Wren, config: Path) -> None:  # noqa: F811
    show(config, ago_s=5)
    assert json.loads(wren("panel", "--config", config, "--json").out)["panels"] == {"r1": "not answered"}


def test_a_file_that_cannot_be_read_is_refused(wren: Wren, config: Path) -> None:  # noqa: F811
    show(config, ago_s=5)
    places_of(load(config)).panel.write_text("{")
    ended = wren("panel", "--config", config)
    assert (ended.code, "cannot be read" in ended.err) == (2, True)


def test_the_picture_of_the_documentation_is_of_these_lights(wren: Wren, tmp_path: Path) -> None:  # noqa: F811
    assert PICTURE.read_text(encoding="utf-8") == svg()
    assert wren("panel", "--svg", tmp_path / "panel.svg").code == 0
    assert (tmp_path / "panel.svg").read_text(encoding="utf-8") == svg()
    assert wren("panel", "--svg", tmp_path / "panel.svg", "--json").code == 2
    assert wren("panel", "--svg", tmp_path / "no" / "panel.svg").code == 2


def test_a_home_without_a_panel_says_so(wren: Wren, tmp_path: Path) -> None:  # noqa: F811
    path = tmp_path / "home.toml"
    path.write_text(home_toml(tmp_path / "data"), encoding="utf-8")
    assert "no [[panels]] table" in wren("panel", "--config", path).out.decode()


def test_a_home_whose_help_button_calls_nobody_is_not_watched(wren: Wren, tmp_path: Path) -> None:  # noqa: F811
    path = tmp_path / "home.toml"
    text, _, _ = home_toml(tmp_path / "data").partition("[alerts.")
    path.write_text(text, encoding="utf-8")
    ended = wren("run", "--config", path)
    assert ended.code == 2
    assert "A press of button would call nobody: there is no [alerts] table." in ended.err
    assert not (tmp_path / "data").exists()


def test_check_says_what_a_panel_has(wren: Wren, config: Path) -> None:  # noqa: F811
    out = wren("check", "--config", config).out.decode()
    assert "r1  light on pin 5, ok on pin 6 (BCM)  asks before an alert opens" in out
