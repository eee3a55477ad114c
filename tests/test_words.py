"""What people read: no word that names an illness (ALERTS, rule 1), and each sentence whole."""

import ast
import re
import sys
from pathlib import Path
from types import FrameType

import pytest

from gateway.messages import drafts_of
from models.kinds import AlertKind
from models.vocabulary import Evidence, Finding, Period, Said, Summary, Update
from models.wording import FORBIDDEN
from tests.all_sayings import all_said
from tests.forbidden import MODULES, ROOT, names_an_illness, strings


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_string_names_an_illness(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    found = strings(ast.parse(path.read_text(encoding="utf-8")), name)
    assert [f"{name}:{line}: {text[:80]}" for line, text in found if names_an_illness(text)] == []


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


def _makers_used() -> set[str]:
    """The functions of the wording that make sentences while all homes are lived through."""
    used: set[str] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and "/models/wording" in frame.f_code.co_filename:
            used.add(f"{Path(frame.f_code.co_filename).stem}.{frame.f_code.co_name}")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        all_said.__wrapped__()
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
    return {text: name for _, said in all_said() for one in said for name, text in _sentences(one)}


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
    assert {one.period for _, said in all_said() for one in said if isinstance(one, Summary)} == {*Period}


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
    for known, said in all_said():
        drafts = drafts_of(known.id, said)
        assert drafts
        for seq, draft in enumerate(drafts, 1):
            assert draft.encode(seq)


def test_every_alert_says_what_it_cannot_tell_and_one_thing_to_do() -> None:
    for _, said in all_said():
        for one in said:
            if isinstance(one, Finding):
                assert one.evidence.cannot_tell.startswith("This cannot tell")
                assert one.evidence.to_do
                assert "sensors heard" in one.evidence.coverage
