"""The `wren` command.

Each subcommand is loaded when it is used: `wren status` on a Pi must not pay for River (docs/decisions/0003).
Exit codes: 0 done, 1 something failed, 2 input or configuration refused, 3 a sensor source cannot work, 4 a
database cannot be used, 5 the provider cannot be told.
"""

import importlib
import sys

import click

from gateway import VERSION
from gateway.errors import GatewayError

_COMMANDS = {
    "run": ("gateway.cli.run", "run", "Sense, learn and raise alerts: the daemon."),
    "uplink": ("gateway.cli.uplink", "uplink", "Carry alerts and summaries to the care provider: the messenger."),
    "enrol": ("gateway.cli.enrol", "enrol", "Make this gateway's key, and have the provider's desk know it."),
    "desk": ("gateway.cli.desk", "desk", "A small desk for a provider: receives messages and shows them."),
    "demo": ("gateway.cli.demo", "demo", "Watch a simulated home being learnt, and a day going wrong."),
    "replay": ("gateway.cli.replay", "replay", "Run a recorded home through the same code as live."),
    "evaluate": ("gateway.cli.evaluate", "evaluate", "Measure Wren on recorded homes: the evidence."),
    "setup": ("gateway.cli.setup", "setup", "Set a home up by pressing its sensors: asks, shows, writes home.toml."),
    "check": ("gateway.cli.check", "check", "Say what a configuration means, and what is doubtful in it."),
    "pins": ("gateway.cli.pins", "pins", "The pin header: what is connected where, and its live level."),
    "panel": ("gateway.cli.panel", "panel", "What the light of the resident's panel says, and says now."),
    "walk-test": ("gateway.cli.walk_test", "walk_test", "Set off each sensor, and prove that it is seen."),
    "status": ("gateway.cli.status", "status", "Is this home watched, and does the provider hear of it?"),
    "watch": ("gateway.cli.watch", "watch", "What fires just now: a live view for the technician."),
    "doctor": ("gateway.cli.doctor", "doctor", "What is wrong with this gateway, by its cause, and the next step."),
    "routine": ("gateway.cli.routine", "routine", "The routine as a picture, and today against it."),
    "notice": ("gateway.cli.notice", "notice", "How soon a silence would be noticed, hour by hour."),
    "coverage": ("gateway.cli.coverage", "coverage", "What could be seen: each sensor, hour by hour, for a week."),
    "alerts": ("gateway.cli.alerts", "alerts", "The open alerts, with their reasons."),
    "outcome": ("gateway.cli.outcome", "outcome", "Say what became of an alert: useful, known reason, not useful."),
    "snooze": ("gateway.cli.snooze", "snooze", "Have a kind that is not urgent in the week's summary only."),
    "away": ("gateway.cli.away", "away", "Say that a resident is away until a moment, or back."),
    "hospital": ("gateway.cli.hospital", "hospital", "Say that a resident is in hospital, or home again."),
    "alone": ("gateway.cli.alone", "alone", "Say that one of several residents is alone at home."),
    "forget-counter": (
        "gateway.cli.forget_counter",
        "forget_counter",
        "Say that the battery of an encrypted sensor was changed.",
    ),
    "export": ("gateway.cli.export", "export", "Hand over all that is held about this home, as JSON and CSV."),
    "erase": ("gateway.cli.erase", "erase", "Erase everything of a resident, here and at the desk."),
    "replace": ("gateway.cli.replace", "replace", "Swap a broken device; the sensor keeps its id and its routine."),
    "wifi": ("gateway.cli.wifi", "wifi", "The Wi-Fi networks that are seen; join one without losing the way back."),
    "redeploy": ("gateway.cli.redeploy", "redeploy", "Erase this home, here and at the desk; the box is for another."),
    "retire": ("gateway.cli.retire", "retire", "Take this gateway out of its home for good."),
    "audit": ("gateway.cli.audit", "audit", "The record of what left and of what was done, and whether it is whole."),
    "resident-page": ("gateway.cli.resident_page", "resident_page", "A page for the resident, in large print."),
    "update": ("gateway.cli.update", "update", "Another version, watched, and gone back from by itself."),
    "outbox": ("gateway.cli.outbox", "outbox", "What left this home and what waits, byte for byte."),
}


class _Lazy(click.Group):
    """Loads a subcommand's module when it is called; the overview needs only the names."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        module, name, _ = _COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in _COMMANDS.items()])


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="wren")
def wren() -> None:
    """Wren notices when a resident's day is not as usual, and tells those who can help. Raw data stays at home."""


def main() -> None:
    """Run the command line; a GatewayError becomes two lines on standard error and its exit code."""
    try:
        wren()
    except GatewayError as error:
        click.echo(f"wren: {error.problem}\n  {error.advice}", err=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
