"""`wren desk token`, `revoke` and `homes`, beside a desk that runs."""

import json
import re
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from desk.own_key import own_key
from gateway.__main__ import wren as wren_command
from gateway.cli import desk_keys
from gateway.uplink.keys import fingerprint, text_of
from gateway.uplink.registrar import NotTaken, Registrar
from tests.desk.desk import key_of

from .house import wren
from .process import running
from .test_desk import doors
from .test_docs import COMMANDS, section

NEW = Ed25519PrivateKey.from_private_bytes(b"n" * 32)


def asked(*arguments: str | Path) -> tuple[int, str, str]:
    done = wren("desk", *arguments)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def homes(folder: Path) -> list[Any]:
    status, out, _ = asked("homes", "--json", "--data", folder)
    assert status == 0
    found: list[Any] = json.loads(out)["homes"]
    return found


@pytest.mark.slow
def test_a_gateway_is_made_known_replaced_and_revoked_while_the_desk_runs(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    old = key_of("h-0001")
    with running("desk", "--data", folder, "--port", "0", "--people-port", "0") as desk:
        url, ca_file, _ = doors(desk)
        registrar = Registrar(url, "h-0001", ca_pem=ca_file.read_text())
        desk_key = registrar.desk_key()

        status, token, told = asked("token", "h-0001", "--data", folder)
        assert status == 0
        assert re.fullmatch(r"[A-Za-z0-9_-]{32}\n", token), "alone, so that it can be handed on as it is"
        assert fingerprint(desk_key) in told
        assert token.strip() not in told
        registrar.enrol(old, desk_key, token.strip())
        (home,) = homes(folder)
        (key,) = home["keys"]
        assert (key["key"], key["revoked_s"], key["sequence"], key["steps_back"]) == (
            text_of(old.public_key()),
            None,
            1,
            0,
        )

        status, _, told = asked("token", "h-0001", "--data", folder)
        assert (status, "--replace" in told) == (2, True)
        _, token, _ = asked("--data", folder, "token", "h-0001", "--replace")
        registrar.enrol(NEW, desk_key, token.strip())
        new, was = homes(folder)[0]["keys"]
        assert (new["revoked_s"], was["revoked_s"] is None) == (None, False)

        status, out, _ = asked("revoke", "h-0001", "--data", folder)
        assert (status, fingerprint(NEW.public_key()) in out) == (0, True)
        assert asked("revoke", "h-0001", "--data", folder)[0] == 2
        status, out, _ = asked("homes", "--data", folder)
        assert status == 0
        assert out.count("revoked") == 2
        assert "last request number 1" in out, "numbers may be left out, so they count no requests"
        with pytest.raises(NotTaken):
            registrar.rotate(NEW, old, desk_key, sequence=9)
        assert desk.stop() == 0


@pytest.mark.parametrize("home", ["Mrs Smith", "", "H-1", "a" * 49, "h-1\n", "../x"])
def test_a_token_is_for_an_opaque_id(tmp_path: Path, home: str) -> None:
    result = CliRunner().invoke(wren_command, ["desk", "--data", str(tmp_path), "token", home])
    assert "no home's id" in str(result.exception)


@pytest.mark.parametrize("arguments", [("token", "h-0001"), ("revoke", "h-0001"), ("homes",)])
def test_where_there_is_no_desk_none_is_made(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    result = CliRunner().invoke(wren_command, ["desk", *arguments, "--data", str(tmp_path / "typo")])
    assert "There is no desk in" in str(result.exception)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_desk_says_what_to_do(tmp_path: Path) -> None:
    own_key(tmp_path)
    (tmp_path / "desk.db").touch()
    result = CliRunner().invoke(wren_command, ["desk", "homes", "--data", str(tmp_path)])
    assert "No home is known yet." in result.output


@pytest.mark.parametrize("name", ["token", "revoke", "homes"])
def test_each_is_on_the_page_with_its_options_and_exit_codes(name: str) -> None:
    command: click.Command = getattr(desk_keys, name)
    text = section(COMMANDS, f"wren desk {name}")
    documented = set(re.findall(r"^\| `([^` ]+)", text, re.MULTILINE))
    assert documented == {
        str(each.human_readable_name) if isinstance(each, click.Argument) else each.opts[0] for each in command.params
    }
    shown = CliRunner().invoke(wren_command, ["desk", name, "--help"])
    assert shown.exit_code == 0
    assert f"wren desk {name}" in shown.output.partition("Examples:")[2]
    codes = [
        set(re.findall(r"\b[0-5]\b", re.search(r"Ends with (.*?)\.(?= |$)", " ".join(each.split()))[1]))  # type: ignore[index]
        for each in (shown.output.partition("Options:")[0], text)
    ]
    assert codes[0] == codes[1] == {"0", "2", "4"}
