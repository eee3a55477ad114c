"""The pages about commands and the configuration, held to the code."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import click
import msgspec
import pytest
from click.testing import CliRunner

from gateway import errors
from gateway.__main__ import wren
from gateway.config.doubts import doubts
from gateway.config.reading import parse
from gateway.config.tables import Config
from models.kinds import AlertKind, SensorKind

DOCS = Path(__file__).parents[2] / "docs"
COMMANDS = (DOCS / "commands.md").read_text(encoding="utf-8")
CONFIGURATION = (DOCS / "configuration.md").read_text(encoding="utf-8")


def section(page: str, title: str) -> str:
    """What stands under the heading `title`, its subsections left out."""
    found = re.search(rf"^##+ {re.escape(title)}\n(.*?)(?=^##|\Z)", page, re.MULTILINE | re.DOTALL)
    assert found, f"no section {title!r}"
    return found[1]


def commands() -> dict[str, click.Command]:
    context = click.Context(wren)
    found = {name: wren.get_command(context, name) for name in wren.list_commands(context)}
    return {name: command for name, command in found.items() if command is not None}


NAMES = sorted(commands())


@pytest.mark.parametrize("name", NAMES)
def test_every_option_is_on_the_page(name: str) -> None:
    text = section(COMMANDS, f"wren {name}")
    documented = set(re.findall(r"^\| `([^` ]+)", text, re.MULTILINE))
    real = set()
    for parameter in commands()[name].params:
        real |= {str(parameter.human_readable_name)} if isinstance(parameter, click.Argument) else {parameter.opts[0]}
    assert documented == real


@pytest.mark.parametrize("name", NAMES)
def test_every_command_helps_with_examples_and_exit_codes(name: str) -> None:
    shown = CliRunner().invoke(wren, [name, "--help"])
    assert shown.exit_code == 0
    assert f"Examples:\n    wren {name}" in shown.output
    said, _, _ = shown.output.partition("Options:")
    codes = exit_codes(" ".join(said.split()))
    assert codes
    assert codes == exit_codes(" ".join(section(COMMANDS, f"wren {name}").split()))


def exit_codes(text: str) -> set[str]:
    """The codes in the sentence that begins with "Ends with"."""
    found = re.search(r"Ends with (.*?)\.(?= |$)", text)
    assert found, text
    return set(re.findall(r"\b[0-5]\b", found[1]))


def test_every_page_section_is_a_command() -> None:
    assert sorted(re.findall(r"^## wren (\S+)$", COMMANDS, re.MULTILINE)) == NAMES


def test_the_overview_names_every_command() -> None:
    shown = CliRunner().invoke(wren, ["--help"]).output
    assert [name for name in NAMES if f"  {name} " not in shown] == []


def test_the_exit_codes_are_those_of_the_errors() -> None:
    codes = {int(code) for code in re.findall(r"^\| (\d) \|", section(COMMANDS, "Exit codes"), re.MULTILINE)}
    kinds = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, errors.GatewayError)]
    assert codes == {0} | {kind.exit_code for kind in kinds}


def tables(struct: type[msgspec.Struct], title: str = "") -> Iterator[tuple[str, type[msgspec.Struct]]]:
    """Every table of the configuration with the title of its section."""
    titles = {"residents": "[[residents]]", "sensors": "[[sensors]]", "recipients": "[[recipients]]"}
    titles |= {
        "usual_day": "usual_day",
        "visits": "[[visits]]",
        "panels": "[[panels]]",
        "alerts": "[alerts.KIND]",
        "gpio": "gpio",
        "ble": "ble",
    }
    if title:
        yield title, struct
    for name, hint in get_type_hints(struct).items():
        for inner in structs_in(hint):
            yield from tables(inner, f"`{titles.get(name, f'[{name}]')}`")


def structs_in(hint: Any) -> list[type[msgspec.Struct]]:
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return [hint]
    return [struct for part in get_args(hint) for struct in structs_in(part)]


TABLES = list(tables(Config))


def test_the_walk_over_the_tables_finds_them_all() -> None:
    assert {struct.__name__ for _, struct in TABLES} == {
        "Home",
        "Resident",
        "UsualDayTable",
        "SensorTable",
        "Gpio",
        "Ble",
        "VisitTable",
        "PanelTable",
        "Recipient",
        "AlertTable",
        "Budget",
        "AnswersTable",
        "Purpose",
        "Gateway",
        "Uplink",
    }


@pytest.mark.parametrize(("title", "struct"), TABLES, ids=[struct.__name__ for _, struct in TABLES])
def test_every_key_is_on_the_page_with_its_default(title: str, struct: type[msgspec.Struct]) -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*)$", section(CONFIGURATION, title), re.MULTILINE))
    assert set(rows) == {field.encode_name for field in msgspec.structs.fields(struct)}
    for field in msgspec.structs.fields(struct):
        row = rows[field.encode_name]
        assert ("required" in row) == field.required, field.name
        if not field.required and field.default is not None:
            assert f"default `{field.default}`" in row
        choices = get_args(field.type) if not structs_in(field.type) else ()
        for choice in choices:
            if isinstance(choice, str):
                assert f"`{choice}`" in row


def test_every_kind_is_on_the_page() -> None:
    kinds = section(CONFIGURATION, "`[[sensors]]`")
    assert [kind for kind in SensorKind if f"`{kind}`" not in kinds] == []
    alerts = section(CONFIGURATION, "`[alerts.KIND]`")
    assert [kind for kind in AlertKind if f"`{kind}`" not in alerts] == []


def test_the_example_is_a_whole_home() -> None:
    example = re.search(r"```toml\n(.*?)```", section(CONFIGURATION, "Example"), re.DOTALL)
    assert example
    config = parse(example[1])
    assert set(config.alerts or ()) == set(AlertKind)
    # the provider's certificate is not on the machine of a test, and that is the only doubt
    assert [doubt for doubt in doubts(config) if "ca_file" not in doubt] == []
