"""The rule of wording over everything that a person can be shown, beside the modules of test_words.py.

Every text file that is shipped or published, the help of every command as it is printed, and texts that are put
together from parts, so that no word comes about between two of them. The words may stand in two places only: in the
list itself (`tests.forbidden.THE_LIST`), and in a `cannot_tell`, which may say what is not known.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from gateway.__main__ import wren
from models.wording import FORBIDDEN
from tests.forbidden import MODULES, ROOT, SAYS_WHAT_IS_NOT_KNOWN, names_an_illness, strings

SHOWN = (
    "*.md", "*.toml", "LICENSE", "docs/**/*", "desk/static/**/*", "desk/templates/**/*", "requirements/*", "scripts/*",
    "systemd/**/*", "gateway/**/*.html", "gateway/**/*.css", "gateway/**/*.toml", "gateway/**/*.json",
)  # fmt: skip
PICTURES = {".png", ".jpg", ".ico", ".pyc"}


def files() -> list[Path]:
    found = {path for pattern in SHOWN for path in ROOT.glob(pattern) if path.is_file()}
    return sorted(path for path in found if path.suffix not in PICTURES and "__pycache__" not in path.parts)


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_that_is_published_names_an_illness(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [f"{number}: {line[:80]}" for number, line in enumerate(lines, 1) if names_an_illness(line)] == []


def commands(group: click.Group = wren, name: str = "wren") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group, info_name=name)
    for each in group.list_commands(context):
        command = group.get_command(context, each)
        assert command is not None
        yield f"{name} {each}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{name} {each}")


COMMANDS = dict(commands())


@pytest.mark.parametrize("name", COMMANDS)
def test_no_help_names_an_illness(name: str) -> None:
    command = COMMANDS[name]
    text = command.get_help(click.Context(command, info_name=name))
    assert len(text) > 50
    assert not FORBIDDEN.search(" ".join(text.split()))


def joined(tree: ast.AST) -> Iterator[str]:
    """What a text of several parts may come to: with nothing, and with a word, where a value is put in."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.keyword) and node.arg in SAYS_WHAT_IS_NOT_KNOWN:
            continue
        if isinstance(node, ast.JoinedStr | ast.BinOp):
            parts = [one.value if isinstance(one, ast.Constant) else None for one in _parts(node)]
            for hole in ("", "thing"):
                yield "".join(str(hole if one is None else one) for one in parts)
        yield from joined(node)


def _parts(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.JoinedStr):
        yield from node.values
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield from _parts(node.left)
        yield from _parts(node.right)
    else:
        yield node


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_text_of_several_parts_names_an_illness(path: Path) -> None:
    if path.name == "wording.py":
        return  # has the list itself; its sentences are said in test_words.py
    texts = joined(ast.parse(path.read_text(encoding="utf-8")))
    assert [text[:80] for text in texts if names_an_illness(text)] == []


def test_the_lint_looks_at_every_door_to_a_person() -> None:
    looked_at = {path.relative_to(ROOT).as_posix() for path in (*MODULES, *files())}
    for path in (
        "README.md", "SECURITY.md", "CHANGELOG.md", "docs/messages.md", "docs/commands.md", "docs/messages.schema.json",
        "docs/decisions/0001-layout-and-libraries.md", "docs/pictures/panel.svg", "desk/titles.py", "desk/words.py",
        "desk/templates/page.html",
        "gateway/errors.py", "gateway/log.py", "gateway/panel/lamp.py", "gateway/condition.py",
        "gateway/cli/status.py", "gateway/pictures/words.py", "models/panel_light.py", "systemd/wren.service",
        "pyproject.toml",
    ):  # fmt: skip
        assert path in looked_at, path
    wording = {path.as_posix() for path in (ROOT / "models").glob("wording*.py")}
    assert wording <= {path.as_posix() for path in MODULES}
    assert len(COMMANDS) >= 20


@pytest.mark.parametrize(
    "code",
    [
        'click.echo("It may be an infection.")',
        'raise ConfigError("No.", advice="She may be depressed.")',
        'log.warning("stress_seen")',
        'def command():\n    """Look for signs of dementia."""',
        'TITLES = {AlertKind.INACTIVITY: "Fall detected"}',
        'class Kind(StrEnum):\n    A = "heart attack"',
        '@click.option("--uti", help="Count UTI days.")\ndef f(): pass',
    ],
)
def test_the_lint_sees_a_forbidden_word_in_code(code: str) -> None:
    assert any(names_an_illness(text) for _, text in strings(ast.parse(code), "gateway/anywhere.py"))


@pytest.mark.parametrize("code", ['f"A heart{gap} attack."', '"She has " + "fallen."', "f\"fall {''}detected\""])
def test_the_lint_sees_a_forbidden_word_between_parts(code: str) -> None:
    assert any(names_an_illness(text) for text in joined(ast.parse(code)))


def test_only_cannot_tell_may_say_it() -> None:
    said = 'Evidence(cannot_tell="This cannot tell a stroke from a rest.", observed="A quiet spell.")'
    assert not any(names_an_illness(text) for _, text in strings(ast.parse(said), "models/anywhere.py"))
    moved = said.replace("cannot_tell=", "because=")
    assert any(names_an_illness(text) for _, text in strings(ast.parse(moved), "models/anywhere.py"))
