"""What people see: true to the portrait, readable without colour, on a page that asks for nothing."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from html import escape
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from gateway.__main__ import wren
from gateway.config.places import make, places_of
from gateway.config.reading import load
from gateway.errors import GatewayError, InputError
from gateway.pictures import terminal, words
from gateway.pictures.notice_page import notice_page
from gateway.pictures.routine_page import routine_page
from gateway.pictures.words import Against
from gateway.portrait import Count, Portrait, Stream, read, write
from models.coverage import duration
from models.localtime import utc_text
from models.portrait import Watching
from models.wording import FORBIDDEN
from tests.gateway.ground import START_S, home_toml
from tests.pictures.life import HOSTILE, begun, lived

PORTRAITS = {"begun": begun, "lived": lived}
COMMANDS = ("routine", "notice")
PAGES = {"routine": routine_page, "notice": notice_page}


def _look(command: str, portrait: Portrait, folder: Path, *options: str) -> Result:
    path = folder / "p.json"
    write(path, portrait)
    return CliRunner().invoke(wren, [command, "--portrait", str(path), *options])


def _stream(portrait: Portrait) -> Stream:
    (stream,) = portrait.streams
    return stream


def _with(portrait: Portrait, **changes: object) -> Portrait:
    stream = msgspec.structs.replace(_stream(portrait), **changes)
    return msgspec.structs.replace(portrait, streams=(stream,))


@pytest.mark.parametrize(
    ("low", "high", "today", "ended", "how"),
    [
        (2, 9, 9, True, Against.WITHIN),
        (2, 9, 10, False, Against.MORE),
        (2, 9, 1, True, Against.FEWER),
        (2, 9, 1, False, Against.WITHIN),  # the rest of it is still to come
        (2, 9, None, True, Against.UNSEEN),
        (2, 9, None, False, Against.LATER),
        (None, None, 4, True, Against.LEARNING),
    ],
)
def test_today_is_compared_with_what_can_be_known(
    low: int | None, high: int | None, today: int | None, ended: bool, how: Against
) -> None:
    assert words.against(Count(low=low, high=high, days=9, today=today, ended=ended)) is how


def test_the_shades_are_shares_of_days() -> None:
    habit = _stream(lived()).activity

    def shade(seen: int, looked: int) -> int:
        changed = msgspec.structs.replace(habit, seen_days=(seen,) * 48, looked_days=(looked,) * 48)
        return words.shade(changed, 0)

    assert shade(2, 2) == words.NEVER_LEARNT
    assert [shade(0, 3), shade(0, 28), shade(1, 28), shade(3, 3), shade(28, 28)] == [0, 0, 1, 5, 6]
    shades = [shade(seen, 28) for seen in range(29)]
    assert shades == sorted(shades)
    assert set(shades) == set(range(words.SHADES + 1))


def test_the_day_is_drawn_as_it_is_lived() -> None:
    order = words.half_hours(lived().parts)
    assert [words.clock(half) for half in (order[0], order[-1])] == ["07:00", "06:30"]
    assert sorted(order) == list(range(48))


@pytest.mark.parametrize("portrait", PORTRAITS.values(), ids=PORTRAITS)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_piped_picture_is_plain_and_says_what_it_is_worth(
    command: str, portrait: Callable[[], Portrait], tmp_path: Path
) -> None:
    shown = _look(command, portrait(), tmp_path)
    assert shown.exit_code == 0
    assert "\x1b" not in shown.output
    assert not FORBIDDEN.search(shown.output)
    assert "sensors heard in the last 24 hours" in shown.output
    assert ("whole day" in shown.output) or ("No whole day" in shown.output)


def test_the_heat_map_and_the_table_fit_a_terminal_and_agree_with_the_portrait(tmp_path: Path) -> None:
    portrait = lived()
    shown = _look("routine", portrait, tmp_path).output
    lines = shown.splitlines()
    stream = _stream(portrait)
    for habit in stream.habits:
        found = [line for line in lines if line.startswith(f"{words.named(habit, stream):<19}")]
        heat, table = found
        assert len(heat) == 19 + 48
        assert len(table) <= 80
        assert f"({words.usual(habit.day)})" in table
        under = lines[lines.index(heat) + 1]
        dots = under.count("•") if under.strip().startswith("today") else 0
        assert dots == len(habit.today)


def test_every_hour_of_notice_is_there_in_hours(tmp_path: Path) -> None:
    portrait = lived()
    shown = _look("notice", portrait, tmp_path).output
    for hour, seconds in enumerate(_stream(portrait).notice_s):
        assert seconds is not None
        line = next(line for line in shown.splitlines() if line.startswith(f"{hour:02d}:00"))
        assert duration(seconds) in line
        assert words.due(hour, seconds) in line
    assert "hours, not minutes" in shown
    assert _look("notice", begun(), tmp_path).output.count("learning") >= 24


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"watching": Watching.AWAY, "deadline_s": None}, "silence raises nothing until something is seen again"),
        ({"watching": Watching.BLIND, "deadline_s": None}, "the gateway could not see"),
        ({"watching": Watching.LEARNING, "deadline_s": None}, "Nothing has been seen yet"),
        ({"watching": Watching.ALERTING}, "has been open since"),
        ({"told": False}, "No alert comes of this silence"),
    ],
)
def test_it_says_what_a_silence_would_come_to_now(changes: dict[str, object], said: str, tmp_path: Path) -> None:
    portrait = _with(lived(), **changes)
    assert said in _look("notice", portrait, tmp_path).output
    assert said in notice_page(portrait)


def test_json_is_the_portrait_and_the_hours(tmp_path: Path) -> None:
    portrait = lived()
    assert msgspec.convert(json.loads(_look("routine", portrait, tmp_path, "--json").output), Portrait) == portrait
    told = json.loads(_look("notice", portrait, tmp_path, "--json").output)
    assert told["streams"][0]["notice_s"] == list(_stream(portrait).notice_s)
    assert told["at"].endswith("Z")


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("portrait", PORTRAITS.values(), ids=PORTRAITS)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_page_is_whole_and_asks_for_nothing(command: str, portrait: Callable[[], Portrait], tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    shown = _look(command, portrait(), tmp_path, "--html", str(path))
    assert shown.exit_code == 0
    text = path.read_text(encoding="utf-8")
    tags = _Tags()
    tags.feed(text)
    assert tags.open == []
    assert not {"script", "link", "img", "iframe", "object", "form", "a"} & set(tags.tags)
    assert not {"src", "href", "onload", "onclick"} & {name for name, _ in tags.attributes}
    assert not re.search(r"https?:|url\(|@import", text)
    assert "default-src &#x27;none&#x27;" in text or "default-src 'none'" in text
    assert not FORBIDDEN.search(re.sub(r"<style>.*?</style>|<[^>]+>", " ", text, flags=re.DOTALL))
    assert escape(words.PRIVATE) in text


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_page_trusts_no_name(page: Callable[[Portrait], str]) -> None:
    portrait = _with(lived(), resident=HOSTILE, coverage=HOSTILE, abstains=(HOSTILE,))
    portrait = msgspec.structs.replace(portrait, home=HOSTILE)
    assert "<script" not in page(portrait)


def test_what_is_unlike_most_days_is_named_first() -> None:
    portrait = lived()
    stream = _stream(portrait)
    assert stream.today_whole
    first, *others = stream.habits
    morning = msgspec.structs.replace(first.parts[0], low=2, high=5, today=9, ended=True)
    odd = msgspec.structs.replace(first, parts=(morning, *first.parts[1:]))
    changed = _with(portrait, habits=(odd, *others))
    (sentence, *_) = words.differences(changed, _stream(changed))
    assert sentence == f"{words.named(odd, stream).capitalize()}, morning: 9; usually 2-5."
    assert sentence in routine_page(changed)
    assert sentence in "".join(line.plain for line in terminal.routine(changed, _stream(changed), colour=True))
    assert "not mean that all is well" in words.today(stream, [])


def test_two_forms_at_once_are_refused(tmp_path: Path) -> None:
    shown = _look("routine", lived(), tmp_path, "--json", "--html", str(tmp_path / "page.html"))
    assert shown.exit_code == 2
    assert not (tmp_path / "page.html").exists()


def test_a_page_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    shown = _look("notice", lived(), tmp_path, "--html", str(tmp_path / "nowhere" / "page.html"))
    assert isinstance(shown.exception, InputError)


def test_a_homes_own_portrait_is_found_by_its_configuration_and_its_age_is_told(tmp_path: Path) -> None:
    config = tmp_path / "home.toml"
    config.write_text(home_toml(tmp_path), encoding="utf-8")
    missing = CliRunner().invoke(wren, ["routine", "--config", str(config)])
    assert isinstance(missing.exception, GatewayError)
    places = places_of(load(config))
    make(places.private, 0o700)
    write(places.portrait, lived())
    shown = CliRunner().invoke(wren, ["routine", "--config", str(config)])
    assert shown.exit_code == 0
    assert "is the daemon running?" in shown.stderr


def test_a_replay_draws_what_was_learnt_by_its_end(tmp_path: Path) -> None:
    folder, path = tmp_path / "recording", tmp_path / "p.json"
    folder.mkdir()
    (folder / "home.toml").write_text(home_toml(tmp_path), encoding="utf-8")
    moments = [START_S + 3600 * hour for hour in range(24 * 9) if hour % 24 < 14]
    rows = "".join(f"{utc_text(at_s)},hall,1\n" for at_s in moments)
    (folder / "readings.csv").write_text(f"time,sensor,value\n{rows}", encoding="utf-8")
    options = ["--out", str(tmp_path / "out.jsonl"), "--portrait", str(path)]
    assert CliRunner().invoke(wren, ["replay", str(folder), *options]).exit_code == 0
    portrait = read(path)
    assert portrait.at_s == moments[-1]
    assert _stream(portrait).activity.seen_days[24] >= 8
    assert CliRunner().invoke(wren, ["routine", "--portrait", str(path)]).exit_code == 0
    nowhere = CliRunner().invoke(wren, ["replay", str(folder), *options[:-1], str(tmp_path / "no" / "p.json")])
    assert isinstance(nowhere.exception, InputError)


@pytest.mark.parametrize("command", COMMANDS)
def test_looking_needs_no_model(command: str, tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    write(path, lived())
    program = (
        "import sys; from gateway.__main__ import wren\n"
        f"wren([{command!r}, '--portrait', {str(path)!r}], standalone_mode=False)\n"
        "assert not {'river', 'numpy', 'sqlite3'} & set(sys.modules), sorted(sys.modules)"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
