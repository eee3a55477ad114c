"""The line to a Pi that is not as ours are: a chatty shell, another shell, a password for sudo, another language."""

import io
import os
import shlex
import sys
from pathlib import Path

import pytest

from gateway.provision import line as line_module
from gateway.provision.__main__ import main
from gateway.provision.errors import LineLost, Refused
from gateway.provision.line import Line
from gateway.provision.pi.machine import Machine
from gateway.provision.run import Given
from gateway.provision.show import Show

_SSH = """#!/bin/sh
[ "$*" = "${*#*-O exit}" ] || exit 0
for last; do :; done
PATH=@BIN@:$PATH
export PATH
@CHATTER@
exec sh -c "$last"
"""
_SUDO = """#!/bin/sh
# as sudo does it: `-n` is refused, `-S` reads one line, byte by byte, and leaves the rest to the command
[ "$1" != -n ] || exit 1
while [ "${1#-}" != "$1" ]; do [ "$1" != -p ] || shift; shift; done
echo asked >>@BIN@/asked
IFS= read -r word
if [ "$word" != "open sesame" ]; then
  case ${LC_ALL:-${LANG:-}} in de_DE*) echo "sudo: 3 falsche Passworteingabeversuche" ;;
    *) echo "sudo: 3 incorrect password attempts" ;; esac >&2
  exit 1
fi
exec "$@"
"""
_ID = "#!/bin/sh\necho 1000\n"


@pytest.fixture
def bin_(tmp_path: Path) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    return folder


def a_line(bin_: Path, *, chatter: str = "", sudo: bool = False) -> Line:
    programs = {"ssh": _SSH.replace("@CHATTER@", chatter)} | ({"sudo": _SUDO, "id": _ID} if sudo else {})
    for name, text in programs.items():
        (bin_ / name).write_text(text.replace("@BIN@", str(bin_)))
        (bin_ / name).chmod(0o755)
    return Line("tech@pi", [], ssh=str(bin_ / "ssh"))


@pytest.mark.parametrize("chatter", ["echo Welcome to the Pi", "printf 'no end of line: '", "echo 42; echo '{}'"])
def test_a_shell_that_talks_is_listened_past(bin_: Path, chatter: str) -> None:
    line = a_line(bin_, chatter=chatter)
    try:
        python, _root = line.log_in()
        assert python.startswith("3.")
        line.start("root")
        assert line.ask("facts")["python"] == "{}.{}".format(*sys.version_info)
    finally:
        line.close()


def test_what_is_typed_there_is_the_same_to_every_shell(bin_: Path) -> None:
    """csh ends a quoted word at the line's end and knows no `VAR=x command`; each has an `if` of its own."""
    line = a_line(bin_, chatter=f'echo "$last" >>{bin_}/typed')
    try:
        line.log_in()
        with pytest.raises(LineLost):  # there is no sudo; and that is no bug of ours, however early it is noticed
            _starts(line)
    finally:
        line.close()
    assert len((bin_ / "typed").read_text().splitlines()) == 2
    for typed in (bin_ / "typed").read_text().splitlines():
        words = shlex.split(typed)
        assert words[0] in {"sh", "exec"}
        plain = [word for word in typed.split("'")[::2] if word.strip()]
        assert not set("".join(plain)) & set('$;|&<>"\\(){}*?~')
        assert "'\"'\"'" not in typed
        assert "!" not in typed


def _starts(line: Line) -> None:
    line.start("free")
    line.ask("facts")


@pytest.fixture
def at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    prompts: list[str] = []

    def asked(prompt: str) -> str:
        prompts.append(prompt)
        return os.environ["TEST_WORD"]

    monkeypatch.setattr(line_module, "_has_terminal", lambda: True)
    monkeypatch.setattr("getpass.getpass", asked)
    return prompts


def test_sudo_with_a_password_is_asked_for_once(
    bin_: Path, at_a_terminal: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_WORD", "open sesame")
    line = a_line(bin_, sudo=True)
    try:
        _, root = line.log_in()
        assert root == "asks"
        line.start(root)
        assert line.ask("facts")["suite"]
        assert line.ask("facts")["suite"]
    finally:
        line.close()
    assert len(at_a_terminal) == 1
    assert (bin_ / "asked").read_text() == "asked\n"


@pytest.mark.parametrize("language", ["C.UTF-8", "de_DE.UTF-8"])
def test_a_wrong_password_is_no_cut_line_in_any_language(
    bin_: Path, at_a_terminal: list[str], monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setenv("TEST_WORD", "open barley")
    monkeypatch.setenv("LC_ALL", language)
    line = a_line(bin_, sudo=True)
    try:
        line.start("asks")
        with pytest.raises(Refused, match="sudo on the Pi did not make you root") as refused:
            line.ask("facts")
        assert "barley" not in refused.value.detail
    finally:
        line.close()
    assert at_a_terminal


def test_nobody_answers_for_the_password(bin_: Path, at_a_terminal: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(_prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("getpass.getpass", ended)
    line = a_line(bin_, sudo=True)
    try:
        with pytest.raises(Refused, match="password"):
            line.start("asks")
    finally:
        line.close()
    assert not at_a_terminal


def test_a_long_tmpdir_does_not_make_the_path_of_the_socket_too_long(
    bin_: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """macOS has 104 bytes for it, of which ssh takes 17 for a name of its own, and a TMPDIR of fifty."""
    long = tmp_path / ("x" * 90)
    long.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(long))
    line = a_line(bin_)
    try:
        (path,) = [word for word in line._argv("x") if word.startswith("ControlPath=")]
        assert len(path.removeprefix("ControlPath=")) + 17 < 104
    finally:
        line.close()


def test_settings_of_ones_own_ssh_do_not_get_in_the_way(bin_: Path) -> None:
    line = a_line(bin_)
    words = line._argv("x")
    line.close()
    assert "RemoteCommand=none" in words
    assert "ClearAllForwardings=yes" in words


def test_what_a_program_is_given_is_in_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the token on the card, nor in need of a /tmp with room in it."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "none"))
    done = Machine().run("sh", "-c", "readlink /proc/self/fd/0; cat", stdin=b"secret")
    assert done.stdout.splitlines()[-1].endswith("secret")
    assert "memfd:" in done.stdout


def test_a_terminal_of_another_alphabet_is_no_reason_to_stop(tmp_path: Path) -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="latin-1", errors="strict")
    Show(out).block("✓ pass")
    out.flush()
    assert b"pass" in raw.getvalue()


def test_files_that_windows_wrote_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gateway.provision import __main__ as module

    given: list[Given] = []

    def provisioning(**words: Given) -> None:
        given.append(words["given"])

    monkeypatch.setattr(module, "Provisioning", provisioning)
    (tmp_path / "home").write_bytes(b'\xef\xbb\xbf[home]\r\nid = "h-0001"\r\n')
    (tmp_path / "token").write_bytes(b"\xef\xbb\xbfAp3rm\r\n")
    with pytest.raises(AttributeError):
        main(["x", "--bundle", "b", "--home", str(tmp_path / "home"), "--token-file", str(tmp_path / "token"),
              "--desk-fingerprint", "f"])  # fmt: skip
    assert (given[0].home, given[0].token) == ('[home]\nid = "h-0001"\n', "Ap3rm")
