"""The page that defines the measures names every change, fault, kind and score."""

from pathlib import Path

from gateway.evaluation.catalogue import CHANGES
from gateway.evaluation.evaluating import SECTIONS
from gateway.evaluation.faults import FAULTS

PAGE = (Path(__file__).parents[2] / "docs" / "evaluation.md").read_text(encoding="utf-8")


def test_every_change_and_the_kinds_that_count_for_it_are_on_the_page() -> None:
    done, _, counted = PAGE.partition("| kinds that count |")
    rows = [row for row in counted.splitlines() if row.startswith("| ")]
    for change in CHANGES:
        assert f"| {change.name} |" in done
        row = next((row for row in rows if change.name.split(",")[0] in row), None)
        assert row, change.name
        assert all(f"`{kind}`" in row for kind in change.hits), change.name


def test_every_fault_and_section_is_on_the_page() -> None:
    first_words = {" ".join(fault.name.split()[:2]) for fault in FAULTS} - {"clock 3"}
    assert {words for words in first_words if f"| {words}" not in PAGE} == set()
    assert all(f"(`{section}`)" in PAGE for section in SECTIONS)
