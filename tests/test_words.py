"""What people read: no word that names an illness (ALERTS, rule 1), and each sentence whole."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import FrameType

import pytest

from gateway.messages import drafts_of
from models.home import Home
from models.kinds import AlertKind, SensorKind
from models.vocabulary import Evidence, Finding, HomeSpec, Period, Reading, Said, Sensor, Summary, Update
from models.wording import FORBIDDEN
from tests import sayings
from tests.models.world import SENSORS, a_life, clock_step, link, morning_s, run, spec

ROOT = Path(__file__).parents[1]
MODULES = sorted(path for package in ("models", "gateway", "desk") for path in (ROOT / package).rglob("*.py"))
PAGES = sorted(
    path
    for pattern in ("desk/**/*.html", "*.md", "docs/*.md", "docs/*.json", "scripts/*", "systemd/*")
    for path in ROOT.glob(pattern)
    if path.is_file()
)
SAYS_WHAT_IS_NOT_KNOWN = {"cannot_tell"}
THE_LIST = ("models/wording.py", "FORBIDDEN")


_DRAWN = re.compile(r"\bstroke(?:-[a-z]+)?\s*[:=]")
"""The line of an SVG shape."""


def _names_an_illness(text: str) -> bool:
    return bool(FORBIDDEN.search(_DRAWN.sub("", text)))


def _strings(tree: ast.AST, path: str) -> Iterator[tuple[int, str]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.keyword) and node.arg in SAYS_WHAT_IS_NOT_KNOWN:
            continue
        if isinstance(node, ast.AnnAssign) and (path, ast.unparse(node.target)) == THE_LIST:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value
        yield from _strings(node, path)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_string_names_an_illness(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    strings = _strings(ast.parse(path.read_text(encoding="utf-8")), name)
    assert [f"{name}:{line}: {text[:80]}" for line, text in strings if _names_an_illness(text)] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_page_names_an_illness(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [f"{number}: {line[:80]}" for number, line in enumerate(lines, 1) if _names_an_illness(line)] == []


@pytest.mark.parametrize(
    "text",
    [
        "dehydrated", "Dehydration", "urinary", "a UTI", "infections", "Fall detected", "has fallen", "dementia",
        "depression", "depressed", "stress", "stressed", "diagnosis", "diagnosed", "disease", "heart attack", "stroke",
    ],
)  # fmt: skip
def test_the_list_is_that_of_the_rules(text: str) -> None:
    assert FORBIDDEN.search(f"It may be {text}.")


@pytest.mark.parametrize("text", ["distressing routine", "keystroke", "outing", "fallen leaves", "routine"])
def test_the_list_leaves_ordinary_words_alone(text: str) -> None:
    assert not FORBIDDEN.search(text)


RADAR = Sensor("radar", SensorKind.PRESENCE, "dining-room", "r1")
RAW = 137.0625
"""A pulse that appears in no sentence by chance."""


def _everything_is_said() -> Iterator[tuple[HomeSpec, list[Said]]]:
    """Homes in which each kind of sentence is said, in each of its forms."""
    home = Home(spec((*SENSORS, RADAR)))
    said = run(home, [Reading(morning_s(0, 6) * 1000, "radar", 0)])
    for day in range(23):
        life = [one for one in a_life(23, seed=8) if 0 <= one.at_ms - morning_s(day, 6.1) * 1000 < 86_400_000]
        for hour in (11, 16):
            at_ms = morning_s(day, hour) * 1000 + 77
            life += [Reading(at_ms, "radar", 1), Reading(at_ms + (900 + 50 * day) * 1000, "radar", 0)]
        life += [Reading(morning_s(day, 12) * 1000 + 5, "pulse", RAW)]
        if day == 10:
            life += [link(morning_s(day, 9) * 1000, up=False), link(morning_s(day, 16) * 1000, up=True)]
        if day in (12, 13, 14):  # into the bathroom, and not seen for two hours
            start_ms, end_ms = morning_s(day, 14) * 1000, morning_s(day, 16) * 1000
            life = [one for one in life if not start_ms <= one.at_ms < end_ms]
            life += [Reading(start_ms, "bath-motion", 1)]
        if day == 16:
            life += [Reading(morning_s(day, 9) * 1000 + off, "button", 1) for off in (0, 5000)]
        if day == 18:
            life += [Reading((morning_s(day, 13) + 70 * use) * 1000, "tap", use % 2) for use in range(250)]
        said += run(home, [one for one in sorted(life) if one.at_ms >= home.now_ms])
    said += home.step(clock_step(home, 120.0))
    for sensor in ("radar", "bed", "chair"):
        said += home.step(Reading(home.now_ms + 3_600_000, sensor, 0))
        said += home.step(Reading(home.now_ms + 3_600_000, sensor, 1))
        said += home.advance(home.now_ms + 40 * 3_600_000)
    said += home.step(Reading(home.now_ms + 1, "hall", 1))
    run(home, [link(home.now_ms + 1, up=False), link(home.now_ms + 20_000_000, up=True)])
    said += home.advance(home.now_ms + 40 * 3_600_000)
    yield home.spec, said
    first = Home(spec())
    said = run(first, [Reading(morning_s(0) * 1000, "hall", 1), Reading(morning_s(0) * 1000 + 9, "bath-motion", 1)])
    said += first.advance(morning_s(3) * 1000)
    yield first.spec, said


@cache
def _said() -> list[tuple[HomeSpec, list[Said]]]:
    others = (
        sayings.weeks, sayings.told, sayings.nights, sayings.pair, sayings.late, sayings.faulty, sayings.panel,
        sayings.unheard, sayings.rooms, sayings.unanswered,
    )  # fmt: skip
    return [*_everything_is_said(), *(home() for home in others)]


def _makers_used() -> set[str]:
    """The functions of the wording that make sentences while all homes are lived through."""
    used: set[str] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and "/models/wording" in frame.f_code.co_filename:
            used.add(f"{Path(frame.f_code.co_filename).stem}.{frame.f_code.co_name}")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        _said.__wrapped__()
    finally:
        sys.setprofile(before)
    return used


def _sentences(one: Said) -> list[tuple[str, str]]:
    if isinstance(one, Finding):
        return [(f"{one.kind}.{name}", getattr(one.evidence, name)) for name in Evidence.__slots__]
    if isinstance(one, Update):
        return [(f"{one.kind}.{one.change}", one.observed)]
    if isinstance(one, Summary):
        lines = [(f"{one.period}.line", line) for line in one.lines]
        return [(f"{one.period}.headline", one.headline), (f"{one.period}.coverage", one.coverage), *lines]
    return []


def _all_sentences() -> dict[str, str]:
    return {text: name for _, said in _said() for one in said for name, text in _sentences(one)}


def test_every_kind_of_sentence_was_said() -> None:
    names = set(_all_sentences().values())
    for kind in (AlertKind.HELP_BUTTON, AlertKind.INACTIVITY, AlertKind.LONG_STAY):
        assert {name.partition(".")[2] for name in names if name.startswith(f"{kind}.")} >= {"observed", "because"}
    assert {f"{AlertKind.HELP_BUTTON}.repeated", f"{AlertKind.INACTIVITY}.resolved", "week.line"} <= names
    assert f"{AlertKind.LONG_STAY}.resolved" in names
    text = " ".join(_all_sentences())
    for part in (
        "Still learning", "could not see for 7 h of this day", "alerts in the last day", "Unlike most days",
        "nothing was outside the usual pattern", "are not judged", "of this week", "Not known yet", "is usually under",
        "In the bathroom since", "when watching began again", "Ninety minutes", "Eight waking hours",
        "pressed again",
    ):  # fmt: skip
        assert part in text, part
    assert {period for _, said in _said() for one in said if isinstance(one, Summary) for period in [one.period]} == {
        Period.DAY,
        Period.WEEK,
    }


NOT_SAID_HERE = {
    "wording.not_home": "outings must have been learnt for weeks; models/test_presence.py",
    "wording_answers.held_back": "many answers to one kind, and one more of it; models/test_triage.py",
    "wording_slow.gradual_change": "takes weeks to build up; models/test_slow.py",
    "wording_slow.no_further": "weeks after that; models/test_slow.py",
}
"""What these homes do not say, why, and where it is said."""


@pytest.mark.slow
def test_every_function_that_makes_a_sentence_was_used() -> None:
    wording = sorted((ROOT / "models").glob("wording*.py"))
    makers = {
        f"{path.stem}.{node.name}"
        for path in wording
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    }
    assert makers - _makers_used() == set(NOT_SAID_HERE)


def test_every_sentence_is_whole() -> None:
    for text, name in _all_sentences().items():
        assert 0 < len(text) <= 600, name
        assert re.match(r"[A-Z0-9]", text), f"{name}: {text}"
        assert text.endswith("."), f"{name}: {text}"
        assert not re.search(r"\bNone\b|\bnan\b|\binf\b|[{}\[\]]|\d\.\d|  |\.\.|_| ,|\( ", text), f"{name}: {text}"
        assert "137" not in text, f"{name}: {text}"


def test_no_sentence_names_an_illness() -> None:
    for text, name in _all_sentences().items():
        if not name.endswith(".cannot_tell"):
            assert not FORBIDDEN.search(text), f"{name}: {text}"


def test_every_message_fits_the_schema() -> None:
    for known, said in _said():
        drafts = drafts_of(known.id, said)
        assert drafts
        for seq, draft in enumerate(drafts, 1):
            assert draft.encode(seq)


def test_every_alert_says_what_it_cannot_tell_and_one_thing_to_do() -> None:
    for _, said in _said():
        for one in said:
            if isinstance(one, Finding):
                assert one.evidence.cannot_tell.startswith("This cannot tell")
                assert one.evidence.to_do
                assert "sensors heard" in one.evidence.coverage
