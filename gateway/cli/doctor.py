"""`wren doctor`: what is wrong with this gateway, by its cause, and the exact next step."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.options import CONFIG
from gateway.doctor.machine import Machine

if TYPE_CHECKING:
    from gateway.doctor.facts import Facts
    from gateway.doctor.findings import Finding


@click.command(
    epilog="""\b
Examples:
  wren doctor
  wren doctor --all
  wren doctor --json | jq '.findings[] | select(.state == "fail")'
  wren doctor --bundle -
  wren doctor --bundle support.tar.gz
"""
)
@CONFIG
@click.option("--all", "all_", is_flag=True, help="Every check, also what passed and what was not looked at.")
@click.option("--json", "as_json", is_flag=True, help="Every check as one JSON object on standard output.")
@click.option(
    "--bundle", "bundle_path", metavar="FILE", type=click.Path(path_type=Path, allow_dash=True),
    help="Make a support file (.tar.gz) without personal data; `-` shows what would be in it. Nothing sends it.",
)  # fmt: skip
@click.pass_obj
def doctor(machine: Machine | None, config_path: Path, bundle_path: Path | None, *, all_: bool, as_json: bool) -> None:
    """Look at this gateway from its power supply to its desk, and say what is wrong and what to do next.

    Changes nothing, sends nothing of this home, and never waits for more than a minute. Without root it says what it
    could not look at. Ends with 0 if nothing fails (warnings may stand), 1 if something fails; 2 if the support file
    cannot be written, or both --json and --bundle are given.
    """
    from gateway.doctor import report
    from gateway.doctor.judge import judge
    from gateway.doctor.look import look

    if as_json and bundle_path is not None:
        raise click.UsageError("--bundle makes a file that has what --json says in it; ask for one of them.")
    machine = machine or Machine()
    facts = look(machine, config_path)
    findings = judge(facts)
    if bundle_path is not None:
        _bundle(machine, facts, findings, bundle_path)
    elif as_json:
        click.echo(json.dumps(report.document(facts, findings), sort_keys=True))
    else:
        _show(report.lines(facts, findings, all_=all_))
    sys.stdout.flush()
    sys.exit(1 if report.fails(findings) else 0)


def _bundle(machine: Machine, facts: "Facts", findings: "list[Finding]", path: Path) -> None:
    from gateway.doctor import bundle

    text = bundle.text_of(bundle.support_of(machine, facts, findings))
    if str(path) == "-":
        click.echo(text.decode(), nl=False)
        return
    bundle.write(path, text)
    click.echo(f"{path} is written. It holds, besides this text, what `wren doctor --bundle -` shows:\n")
    click.echo(bundle.README)


def _show(lines: "list[tuple[str, str, int]]") -> None:
    from gateway.cli.page import Page

    page = Page()
    for text, style, indent in lines:
        page.say(text, style, indent)
