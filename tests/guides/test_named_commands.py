"""Whatever tells somebody to say `wren NAME --option`, in a message or on any page, names what is there."""

import ast
import re
from collections.abc import Iterator

import click
import pytest

from gateway.__main__ import wren
from tests.guides.pages import ROOT

_NAMED = re.compile(r"(`|sudo )wren ([a-z][a-z-]*)((?: [a-z][a-z-]*)?)((?: --[a-z][a-z-]*)*)")
CONTEXT = click.Context(wren)
NAMES = set(wren.list_commands(CONTEXT))


def told() -> Iterator[tuple[str, str]]:
    """Every string of the code and every line of the pages, and where it stands."""
    for package in ("gateway", "desk", "models"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node.value
    for path in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            yield f"{path.relative_to(ROOT)}:{number}", line


def unknown(text: str) -> Iterator[str]:
    """What of our commands is named in `text` and is not there."""
    for found in _NAMED.finditer(text):
        _, name, inner, options = found.groups()
        if name not in NAMES:
            yield found[0]
            continue
        command = wren.get_command(CONTEXT, name)
        if isinstance(command, click.Group) and inner:
            command = command.get_command(CONTEXT, inner.strip())
        known = {option for parameter in command.params for option in parameter.opts} if command else set()
        if command is None or set(options.split()) - known - {"--help", "--version"}:
            yield found[0]


def test_every_command_that_somebody_is_told_of_is_there() -> None:
    assert [f"{where}: {one}" for where, text in told() for one in unknown(text)] == []


@pytest.mark.parametrize("text", ["Run `wren doktor`.", "sudo wren check --fast", "`wren desk tokens h-0001`"])
def test_what_is_not_there_is_seen(text: str) -> None:
    assert list(unknown(text))


def test_what_is_there_is_left_alone() -> None:
    assert not list(unknown("`wren desk token h-0001`, `sudo wren doctor --bundle -`, `wren demo --practice`"))
