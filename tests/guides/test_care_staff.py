"""The page for care staff: every kind that reaches a carer, no other, and the very sentences that alerts have."""

import ast
import re

from desk.telling import OUTCOMES
from desk.titles import title
from models.kinds import NOTES, TECHNICIAN, AlertKind
from models.vocabulary import Finding
from tests.all_sayings import all_said
from tests.guides.pages import GUIDES, ROOT

TEXT = (GUIDES / "care-staff.md").read_text(encoding="utf-8")
_SECTION = re.compile(r"^### ([^\n]+)\n\n`(\w+)` · ([^\n]+)\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
SECTIONS = {kind: (heading, severity, body) for heading, kind, severity, body in _SECTION.findall(TEXT)}


def said() -> set[str]:
    """Every constant of the wording modules, and what the homes of the tests say."""
    found: set[str] = set()
    for path in (ROOT / "models").glob("wording*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found |= {
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
    for _, sayings in all_said():
        for one in sayings:
            if isinstance(one, Finding):
                found |= {one.evidence.cannot_tell, one.evidence.to_do}
    return found


def test_every_kind_for_care_is_there_and_no_other() -> None:
    assert set(SECTIONS) == {str(kind) for kind in AlertKind if kind not in TECHNICIAN}


def test_each_heading_is_what_the_desk_calls_it() -> None:
    assert {kind: heading for kind, (heading, _, _) in SECTIONS.items()} == {
        kind: title(AlertKind(kind)) for kind in SECTIONS
    }


def test_each_quoted_sentence_is_one_that_an_alert_has() -> None:
    known = said()
    for kind, (_, _, body) in SECTIONS.items():
        quoted = re.findall(r"\"([^\"]+)\"", body)
        assert quoted or AlertKind(kind) in NOTES, kind
        # a sentence may be the first of several that an alert says
        assert [one for one in quoted if not any(each.startswith(one) for each in known)] == [], kind


def test_each_kind_has_one_short_table() -> None:
    for kind, (_, severity, body) in SECTIONS.items():
        rows = re.findall(r"^\| (\w[\w ]*) \|", body, re.MULTILINE)
        assert rows == ["seen", "does not mean", "first"], kind
        assert severity.startswith("note" if AlertKind(kind) in NOTES else ("urgent", "attention")), kind


def test_the_severities_are_those_of_the_alerts() -> None:
    told: dict[str, set[str]] = {}
    for _, sayings in all_said():
        for one in sayings:
            if isinstance(one, Finding) and str(one.kind) in SECTIONS:
                told.setdefault(str(one.kind), set()).add(str(one.severity))
    for kind, severities in told.items():
        assert {word for word in ("urgent", "attention") if word in SECTIONS[kind][1]} == severities, kind


def test_what_the_page_says_stands_on_the_desks_own_page() -> None:
    templates = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "desk/templates").glob("*.html"))
    table = TEXT.partition("| on the page | what it is |")[2].partition("\n\n")[0]
    labels = [
        label for label in re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE) if label not in ("the large line", "---")
    ]
    labels += ["I am seeing to it", "Acknowledge", "This is the new normal", "Only in the summary for"]
    assert len(labels) == 9
    assert [label for label in labels if label not in templates] == []

    assert [word for word in OUTCOMES.values() if f"| {word} |" not in TEXT] == []
