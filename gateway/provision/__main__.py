"""`scripts/provision user@host --bundle FILE`: the options, and what it ends with.

Options (stable: `scripts/install-stage` and the guides run this very command):

    TARGET                   user@host, or a name of your own ssh settings; required
    --bundle FILE            the signed release bundle for this Pi (`scripts/bundle`); required
    --signers FILE           whose signature counts: OpenSSH allowed_signers; default ~/.config/wren/release-signers
    --home FILE              a home.toml to put there, looked over on the Pi before it replaces another
    --desk-ca FILE           the provider's own certificate authority (PEM), put where the home's ca_file says
    --token-file PATH        the desk's enrolment token, `-` for standard input; needs --desk-fingerprint
    --desk-fingerprint TEXT  what the desk's fingerprint must be
    --ssh-option TEXT        one more word for ssh, such as -p2222 or -i/path/key or -oName=value; may be repeated
    --dry-run                says of each step whether it is done and what would be done; changes nothing
    --json                   standard output is JSON lines: one when a step begins, one when it ends
    --log FILE               the same JSON lines, added to FILE

Ends with 0 when all is done (or --dry-run found nothing in the way); 1 if a step failed: what was done stays, and the
same command goes on; 2 if something was refused and nothing was changed: options, bundle, signature, or this machine;
5 if the desk could not be reached or did not take the token; 6 if the Pi could not be reached, the log-in failed or the
line was cut: the same command goes on; 7 if everything is installed and `wren doctor` names something to mend;
130 after Ctrl-C: the same command goes on.

A line of --json or --log: {"at": "2026-11-22T12:00:00Z", "step": "packages", "state": "begun", "left_s": 170} and
then the same step with "state": "already" | "done" | "would" | "skipped" | "failed", "seconds": 4.2, "says": ["..."];
the last line has "step": "end" and "exit": CODE. Steps, in order: gateway/provision/steps.py.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NoReturn

from gateway.errors import GatewayError
from gateway.provision.bundle_here import verified
from gateway.provision.desk_ca import authority
from gateway.provision.errors import Refused
from gateway.provision.line import Line
from gateway.provision.record import Record
from gateway.provision.run import DOCTOR_FOUND, Given, Provisioning
from gateway.provision.show import Show

SIGNERS: Final = Path("~/.config/wren/release-signers")
_MOST_TOKEN: Final = 4096
_STOPPED: Final = 130


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Refused(f"{message[0].upper()}{message[1:]}.", advice="`scripts/provision --help` lists the options.")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="scripts/provision",
        description="Turns a fresh Raspberry Pi OS (Bookworm or Trixie, 64-bit) into a gateway, over SSH. "
        "Cut off at any moment, the same command goes on.",
        epilog="Ends with 0 when all is done; 1 if a step failed; 2 if something was refused and nothing was changed; "
        "5 if the desk did not take the token; 6 if the line was cut; 7 if `wren doctor` names something to mend. "
        "More: docs/provisioning.md.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("target", metavar="user@host", help="the Pi, as your own ssh knows it")
    add("--bundle", type=Path, required=True, metavar="FILE", help="the signed release bundle for this Pi")
    add("--signers", type=Path, default=SIGNERS, metavar="FILE", help=f"whose signature counts; default {SIGNERS}")
    add("--home", type=Path, metavar="FILE", help="a home.toml to put there, looked over first")
    add("--desk-ca", type=Path, metavar="FILE", help="the provider's own certificate authority (PEM)")
    add("--token-file", metavar="PATH", help="the desk's enrolment token; - for standard input")
    add("--desk-fingerprint", metavar="TEXT", help="what the desk's fingerprint must be")
    add("--ssh-option", action="append", default=[], metavar="TEXT", help="one more word for ssh, such as -p2222")
    add("--dry-run", action="store_true", help="say what is done already and what would be done; change nothing")
    add("--json", action="store_true", dest="as_json", help="JSON lines on standard output")
    add("--log", type=Path, metavar="FILE", help="add the same JSON lines to FILE")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run it; returns what to end with."""
    try:
        options = _parser().parse_args(list(_joined(sys.argv[1:] if argv is None else argv)))
        record = Record(options.log, sys.stdout if options.as_json else None)
        given = _given(options)
        if options.target.startswith("-"):
            raise Refused(
                "The Pi's name begins with a hyphen.", advice="Give user@host, and --ssh-option for the rest."
            )
    except GatewayError as error:
        _tell(error, "")
        return error.exit_code
    show = Show(sys.stdout, quiet=options.as_json)
    run = Provisioning(
        here=lambda: verified(options.bundle, options.signers.expanduser()),
        line=lambda: Line(options.target, options.ssh_option),
        given=given,
        show=show,
        record=record,
    )
    began = time.monotonic()
    try:
        code = run.run()
    except GatewayError as error:
        run.failed(error)
        _tell(error, run.present)
        code = error.exit_code
    except KeyboardInterrupt as error:
        run.failed(error)
        sys.stderr.write("\nStopped. The Pi ends the step that it was in; the same command goes on from there.\n")
        code = _STOPPED
    seconds = time.monotonic() - began
    if code in (0, DOCTOR_FOUND):
        show.end(_last_word(code, seconds, dry_run=options.dry_run), good=code == 0)
    record.line("end", exit=code, seconds=round(seconds, 1))
    record.close()
    return code


def _joined(argv: Sequence[str]) -> Iterator[str]:
    """`--ssh-option -p22` as one word: argparse takes what begins with a hyphen for an option of ours."""
    words = iter(argv)
    for word in words:
        yield f"{word}={next(words, '')}" if word == "--ssh-option" else word


def _given(options: argparse.Namespace) -> Given:
    """Raises Refused."""
    if (options.token_file is None) != (options.desk_fingerprint is None):
        raise Refused(
            "--token-file and --desk-fingerprint belong together.",
            advice="`wren desk token HOME` at the desk prints both.",
        )
    home = None
    if options.home is not None:
        try:
            home = options.home.read_text(encoding="utf-8-sig")  # Windows' Notepad writes that mark
        except (OSError, ValueError) as error:
            raise Refused(f"{options.home} cannot be read.", advice="Name the home's configuration.") from error
    desk_ca = None if options.desk_ca is None else authority(options.desk_ca)
    return Given(home, _token(options.token_file), options.desk_fingerprint, options.dry_run, desk_ca)


def _token(where: str | None) -> str | None:
    """Raises Refused, which does not repeat it."""
    if where is None:
        return None
    try:
        if where == "-":
            text = sys.stdin.read(_MOST_TOKEN)
        else:
            with Path(where).open(encoding="utf-8-sig") as file:
                text = file.read(_MOST_TOKEN)
    except (OSError, ValueError) as error:
        raise Refused(f"{where} cannot be read.", advice="Name the token's file, or - for standard input.") from error
    if len(text.split()) != 1:
        raise Refused("That is no token.", advice="Have the provider make one (`wren desk token HOME`).")
    return text.strip()


def _tell(error: GatewayError, step: str) -> None:
    detail = getattr(error, "detail", "")
    if detail:
        sys.stderr.write("".join(f"    {line}\n" for line in detail.splitlines()))
    where = f"{step}: " if step else ""
    sys.stderr.write(f"{where}{error.problem}\n{error.advice}\n")


def _last_word(code: int, seconds: float, *, dry_run: bool) -> str:
    if dry_run:
        return "Nothing was changed."
    took = f"{seconds / 60:.0f} min {seconds % 60:02.0f} s" if seconds >= 60 else f"{seconds:.0f} s"
    if code:
        return f"Provisioned in {took}; `wren doctor` names something to mend, above."
    return f"Provisioned in {took}."


if __name__ == "__main__":
    sys.exit(main())
