"""What could be seen, as pictures: true to the portrait, readable without colour, complete in one file."""

import json
import re
from functools import cache
from html import escape
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from gateway.__main__ import wren
from gateway.pictures.coverage import heat_map, marks
from gateway.pictures.coverage_page import coverage_page
from gateway.portrait import Portrait, portrait_of, write
from models.localtime import HOUR_S
from models.vocabulary import SENSOR_LINK, Reading
from tests.models.world import a_life, link, morning_s, run, trained
from tests.pictures.life import HOSTILE


@cache
def _lived() -> Portrait:
    """The tap was lost from 10:00 on; the evening before, the gateway was down for five hours."""
    home = trained(8)
    life = [one for one in a_life(10) if one.at_ms > home.now_ms]
    down_s, lost_s = morning_s(8, 17), morning_s(9, 10)
    cut = [link(down_s * 1000, up=False), link((down_s + 5 * HOUR_S) * 1000, up=True)]
    heard = [one for one in life if not down_s * 1000 <= one.at_ms < (down_s + 5 * HOUR_S) * 1000]
    run(home, sorted([*[one for one in heard if one.at_ms < lost_s * 1000], *cut], key=lambda one: one.at_ms))
    home.step(Reading(lost_s * 1000, f"{SENSOR_LINK}tap", 0.0))
    home.advance((lost_s + 4 * HOUR_S) * 1000 + 1)
    return portrait_of(home.portrait())


def _look(portrait: Portrait, folder: Path, *options: str) -> Result:
    path = folder / "p.json"
    write(path, portrait)
    return CliRunner().invoke(wren, ["coverage", "--portrait", str(path), *options])


def test_a_pipe_gets_every_sensor_in_blocks(tmp_path: Path) -> None:
    result = _look(_lived(), tmp_path)
    assert result.exit_code == 0
    assert "\x1b" not in result.output
    rows = {line.split()[0]: line for line in result.output.splitlines() if re.search("[─▒█]{3}", line)}
    assert set(rows) == {one.sensor for one in _lived().sensors}
    assert rows["tap"].endswith("██")
    assert "█" in rows["hall"]
    assert not rows["hall"].endswith("█")
    assert max(map(len, rows.values())) <= 80
    assert "Could not be heard: tap, since 10:00." in result.output
    assert "Blind says nothing about the person" in result.output


def test_json_has_a_letter_an_hour(tmp_path: Path) -> None:
    found = json.loads(_look(_lived(), tmp_path, "--json").output)
    (tap,) = [one for one in found["sensors"] if one["sensor"] == "tap"]
    assert tap["hours"].endswith("sbbbbb")  # the running hour, too
    assert tap["lost_since"] == "2025-03-12T10:00:00Z"
    assert {one["lost_since"] for one in found["sensors"] if one["sensor"] != "tap"} == {None}


def test_the_page_asks_for_nothing_and_escapes_what_it_shows(tmp_path: Path) -> None:
    assert _look(_lived(), tmp_path, "--html", str(tmp_path / "c.html")).exit_code == 0
    page = (tmp_path / "c.html").read_text(encoding="utf-8")
    assert not re.search(r"<script|https?://|url\(", page)
    assert "tap: blind from Wed 10:00" in page
    hostile = msgspec.structs.replace(_lived().sensors[0], sensor=HOSTILE)
    drawn = coverage_page(msgspec.structs.replace(_lived(), sensors=(hostile,)))
    assert HOSTILE not in drawn
    assert escape(HOSTILE)[:19] in drawn


def test_the_worst_hour_of_three_counts_and_what_is_to_come_is_empty() -> None:
    one = msgspec.structs.replace(_lived().sensors[0], hours="sss" + "spb" + "sps" + "s")
    assert marks(one)[:5] == ["s", "b", "p", "s", " "]
    assert len(marks(one)) == 56


def test_an_older_portrait_says_that_it_has_none_of_this(tmp_path: Path) -> None:
    result = _look(msgspec.structs.replace(_lived(), sensors=()), tmp_path)
    assert result.exit_code == 0
    assert "Nothing is known yet" in result.output
    assert heat_map(_lived(), colour=False) is not None


@pytest.mark.parametrize("options", [("--json", "--html", "x.html")])
def test_two_forms_at_once_are_refused(tmp_path: Path, options: tuple[str, ...]) -> None:
    assert _look(_lived(), tmp_path, *options).exit_code == 2
