"""Where a word that names an illness (ALERTS, rule 1) would stand: the strings of the code, and lines of text."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from models.wording import FORBIDDEN

ROOT = Path(__file__).parents[1]
MODULES = sorted(path for package in ("models", "gateway", "desk") for path in (ROOT / package).rglob("*.py"))
SAYS_WHAT_IS_NOT_KNOWN = {"cannot_tell"}
THE_LIST = ("models/wording.py", "FORBIDDEN")

_DRAWN = re.compile(r"\bstroke(?:-[a-z]+)?\s*[:=]")
"""The line of an SVG shape."""


def names_an_illness(text: str) -> bool:
    return bool(FORBIDDEN.search(_DRAWN.sub("", text)))


def strings(tree: ast.AST, path: str) -> Iterator[tuple[int, str]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.keyword) and node.arg in SAYS_WHAT_IS_NOT_KNOWN:
            continue
        if isinstance(node, ast.AnnAssign) and (path, ast.unparse(node.target)) == THE_LIST:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value
        yield from strings(node, path)
