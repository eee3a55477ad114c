"""docs/attack-diary.md names tests that exist."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DIARY = (ROOT / "docs" / "attack-diary.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", DIARY)))


@pytest.mark.parametrize(("file", "test"), NAMED)
def test_every_test_that_the_diary_names_exists(file: str, test: str) -> None:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert test in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_row_names_one() -> None:
    rows = [line for line in DIARY.splitlines() if line.startswith("| ") and "| what held |" not in line]
    assert len(rows) >= 40
    for row in rows:
        assert "::test_" in row, row
