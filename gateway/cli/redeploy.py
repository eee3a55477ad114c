"""`wren redeploy`: everything of this home goes; the box stays usable for the next one."""

from pathlib import Path
from typing import Any

import click

from gateway.cli.leaving import leave, options
from gateway.cli.options import CONFIG


@click.command(
    epilog="""\b
Examples:
  wren redeploy
  wren redeploy --keep-wifi
  wren redeploy --yes --anyway --json
"""
)
@CONFIG
@options
@click.option("--keep-wifi", is_flag=True, help="Keep the Wi-Fi profiles, such as the workshop's.")
def redeploy(config_path: Path, *, keep_wifi: bool, **said: Any) -> None:  # noqa: ANN401 - click's
    """Make this gateway ready for another home: everything of this one is erased, here and at the desk.

    As `wren retire`, but version, users, units and system settings stay, and it says what comes next: setup, enrol,
    walk-test. Cut off at any step, the same command goes on. Run it as root. Ends with 0; 1 if a service cannot be
    stopped or started, 2 if the configuration or an option is refused, something has not reached the provider, or the
    id was not typed, 4 if Wren is running or a file cannot be removed, 5 if the desk does not confirm.
    """
    leave("redeploy", config_path, keep_wifi=keep_wifi, **said)
    if not said["as_json"]:
        from gateway.leaving.saying import next_steps

        for line in next_steps():
            click.echo(line)
