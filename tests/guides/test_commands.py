"""Each command line of a guide, and of the README, is one that the program takes; those that only read are run."""

import contextlib
import os
import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from gateway.__main__ import wren
from gateway.errors import GatewayError
from gateway.provision.__main__ import _parser
from tests.guides.pages import PAGES, ROOT, commands, example

FOUND = sorted(
    {tuple(words) for page in (*PAGES, ROOT / "README.md") for words in commands(page.read_text(encoding="utf-8"))}
)
RUN = {"check", "panel", "pins", "status", "coverage", "notice", "routine", "outbox", "alerts", "resident-page"}
"""They only read, or write the one file that is asked for, and need no root."""


def take(words: list[str], folder: Path) -> click.Context:
    """The command as click takes it. Raises click.UsageError."""
    name, rest = words[0], words[1:]
    command: click.Command = wren
    context = click.Context(wren, info_name=name)
    while isinstance(command, click.Group) and rest:
        inner = command.get_command(context, rest[0])
        if inner is None:
            raise click.UsageError(f"there is no {name} {rest[0]}")
        name, command, rest = f"{name} {rest[0]}", inner, rest[1:]
    if not rest:
        return click.Context(command, parent=context)  # named in a sentence, without what it wants
    before = Path.cwd()
    os.chdir(folder)
    try:
        for word in rest:
            if re.fullmatch(r"[\w.-]+\.(html|tar)", word):
                Path(word).touch()  # an option that wants a file that is there
        return command.make_context(name, list(rest), parent=context)
    finally:
        os.chdir(before)


def test_the_guides_have_commands() -> None:
    names = {words[1] for words in FOUND if words[0] == "wren"}
    assert names >= {
        "setup",
        "walk-test",
        "doctor",
        "enrol",
        "check",
        "pins",
        "wifi",
        "update",
        "resident-page",
        "demo",
    }
    assert any(words[0] == "scripts/provision" for words in FOUND)


@pytest.mark.parametrize("words", [each for each in FOUND if each[0] == "wren"], ids=" ".join)
def test_wren_takes_it(words: tuple[str, ...], tmp_path: Path) -> None:
    take(list(words), tmp_path)


@pytest.mark.parametrize("words", [each for each in FOUND if each[0] == "scripts/provision"], ids=" ".join)
def test_the_provisioner_takes_it(words: tuple[str, ...]) -> None:
    if words[1:]:
        _parser().parse_args(words[1:])
    assert (ROOT / words[0]).is_file()


@pytest.mark.parametrize("words", [each for each in FOUND if each[0] == "scripts/bundle"], ids=" ".join)
def test_the_bundle_script_knows_these_options(words: tuple[str, ...]) -> None:
    usage = (ROOT / "scripts/bundle").read_text(encoding="utf-8")
    assert [word for word in words[1:] if word.startswith("--") and word not in usage] == []


@pytest.mark.parametrize(
    "line", ["wren setup --quick", "wren walktest", "wren away r1 --till now", "wren outcome r1/late_start fine"]
)
def test_what_is_no_command_is_refused(line: str, tmp_path: Path) -> None:
    with pytest.raises(click.UsageError):
        take(line.split(), tmp_path)


@pytest.mark.parametrize(
    "words",
    [
        each
        for each in FOUND
        if each[0] == "wren" and each[1] in RUN and "--watch" not in each and each != ("wren", "resident-page")
    ],
    ids=" ".join,
)
def test_what_only_reads_is_run(words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a home whose daemon has never run: it does what it says, or ends with a code and a next step."""
    data = f'[gateway]\npin_factory = "mock"\ndata_dir = "{tmp_path}/wren"\n'
    toml = example().replace("[gateway]\n", data)
    (tmp_path / "home.toml").write_text(toml, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(wren, [*words[1:], "--config", "home.toml"])
    if isinstance(result.exception, GatewayError):
        assert result.exception.advice
        return
    with contextlib.suppress(SystemExit):
        if result.exception is not None:
            raise result.exception
    assert result.exit_code in (0, 1), result.output
    assert result.output
