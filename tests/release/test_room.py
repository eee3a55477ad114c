"""The room itself: it must run before anything else of ours is installed."""

import ast
import sys
from pathlib import Path

import pytest

from gateway import release

MODULES = sorted(Path(release.__file__ or "").parent.glob("*.py"))
OURS = {"gateway.errors", "gateway.small_files"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_it_needs_nothing_but_python(path: Path) -> None:
    named: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            named.add(node.module or "")
    foreign = {name for name in named if name.partition(".")[0] not in sys.stdlib_module_names}
    assert {name for name in foreign if not name.startswith("gateway.release")} <= OURS
