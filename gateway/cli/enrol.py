"""`wren enrol`: this gateway becomes known to its provider's desk, by a key that is made here and never leaves."""

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from gateway.cli.options import CONFIG
from gateway.errors import GatewayError, InputError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_MOST_TOKEN: Final = 4096
_TERMINAL: Final = Path("/dev/tty")


class NotTheSame(GatewayError):
    """The desk that answers is not the one whose fingerprint was expected; nothing was sent to it."""


@click.command(
    epilog="""\b
Examples:
  wren enrol
  wren enrol --desk-fingerprint "66687aad f862bd77 6c8fc18b 8e9f8e20" < token
  wren enrol --rotate
"""
)
@CONFIG
@click.option("--desk-fingerprint", metavar="TEXT", help="What the desk's fingerprint must be; nobody is asked then.")
@click.option("--rotate", is_flag=True, help="Make a new key in the place of the present one; needs no token.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def enrol(config_path: Path, desk_fingerprint: str | None, *, rotate: bool, as_json: bool) -> None:
    """Make this gateway's key, and have the provider's desk know it.

    The token that the desk made (`wren desk token`) is read from standard input, and is sent only to the desk whose
    fingerprint was compared. Run it as root. If it is cut off, the same command with the same token goes on.

    Ends with 0 when the desk knows the key; 1 if the fingerprints differ; 2 if the configuration or the token cannot be
    used, there is nobody to ask, or there is no key to rotate; 4 if a file cannot be written; 5 if the desk cannot be
    reached or refuses.
    """
    from gateway.config.reading import load
    from gateway.enrol import Enroller

    config = load(config_path)
    enroller = Enroller(config, time.time)
    registrar = enroller.prepare()
    if rotate:
        if desk_fingerprint is not None:
            raise InputError("--rotate asks the desk that is known already.", advice="Leave --desk-fingerprint out.")
        outcome = enroller.rotate(registrar)
        desk_key = enroller.desk_key()
    else:
        expected = None if desk_fingerprint is None else _plain(desk_fingerprint)
        token = None if sys.stdin.isatty() else _checked(sys.stdin.buffer.read(_MOST_TOKEN).decode(errors="replace"))
        desk_key = registrar.desk_key()
        _compare(desk_key, expected)
        outcome = enroller.enrol(registrar, desk_key, token or _asked_for())
    assert config.uplink is not None
    _show(outcome.home, config.uplink.url, outcome.key, desk_key, outcome.bound_to, outcome.last_seq, as_json=as_json)


def _compare(desk_key: "Ed25519PublicKey", expected: str | None) -> None:
    """Raises NotTheSame, or InputError if there is nobody to ask."""
    from gateway.uplink.keys import fingerprint

    shown = fingerprint(desk_key)
    if expected is not None:
        if expected != _plain(shown):
            raise NotTheSame(
                f"The desk that answers has the fingerprint {shown}, which is another one; the token was not sent.",
                advice="Check `url` and `ca_file` in [uplink], and the fingerprint with the provider.",
            )
        return
    question = (
        f"The desk that answers has the fingerprint\n\n  {shown}\n\n"
        "Is it the one that the provider's desk showed with the token? Type yes if it is: "
    )
    if _answer(question) != "yes":
        raise NotTheSame(
            "The fingerprint was not confirmed; the token was not sent.",
            advice="Ask the provider for the fingerprint of its desk, and check `url` and `ca_file` in [uplink].",
        )


def _answer(question: str) -> str:
    """What a person at this terminal says, whatever standard input and output are."""
    try:
        with _TERMINAL.open("w") as out, _TERMINAL.open() as keys:
            out.write(question)
            out.flush()
            return keys.readline().strip().lower()
    except OSError as error:
        raise InputError(
            "There is no terminal at which to compare the desk's fingerprint.",
            advice="Run this at a terminal, or say what it must be with --desk-fingerprint.",
        ) from error


def _asked_for() -> str:
    return _checked(click.prompt("Token", hide_input=True, err=True))


def _checked(text: str) -> str:
    """The token in `text`. Raises InputError, which does not repeat it."""
    import msgspec

    from gateway.uplink.enrolling import Token

    try:
        return msgspec.convert(text.strip(), Token)
    except msgspec.ValidationError:
        raise InputError(
            "What came on standard input is no token.",
            advice="Have the provider make one (`wren desk token HOME`), and give that one line.",
        ) from None


def _plain(text: str) -> str:
    """A fingerprint without its spaces. Raises InputError: it is none."""
    plain = "".join(text.split()).lower()
    if len(plain) != 32 or set(plain) - set("0123456789abcdef"):
        raise InputError(
            "That is no whole fingerprint: it has 32 digits of 0-9 and a-f.",
            advice="Take it from what `wren desk token` printed.",
        )
    return plain


def _show(
    home: str,
    url: str,
    key: "Ed25519PublicKey",
    desk_key: "Ed25519PublicKey",
    bound_to: str,
    last_seq: int,
    *,
    as_json: bool,
) -> None:
    from gateway.uplink.board import NOTHING
    from gateway.uplink.keys import fingerprint

    own, desk = fingerprint(key), fingerprint(desk_key)
    if as_json:
        document = {"home": home, "fingerprint": own, "desk_fingerprint": desk, "bound_to": bound_to}
        click.echo(json.dumps(document | {"last_seq": last_seq}, sort_keys=True))
        return
    click.echo(f"{home} is known at {url}.")
    click.echo(f"  this gateway  {own}  (the desk's page must show the same)")
    click.echo(f"  the desk      {desk}")
    click.echo(
        "  The key is bound to nothing: this machine has no name of its own."
        if bound_to == NOTHING
        else f"  The key is bound to this machine by its {bound_to}."
    )
    if last_seq:
        click.echo(
            f"This home was known before, up to message {last_seq}: restart `wren run`, so that it goes on after it."
        )
    click.echo("Start `wren uplink`, or start it anew; where systemd runs it this happens by itself.")
