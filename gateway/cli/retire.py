"""`wren retire`: this box leaves its home for good."""

from pathlib import Path
from typing import Any

import click

from gateway.cli.leaving import leave, options
from gateway.cli.options import CONFIG


@click.command(
    epilog="""\b
Examples:
  wren retire
  wren retire --receipt /root/h-0001.json
  wren retire --yes --without-desk --json
"""
)
@CONFIG
@options
def retire(config_path: Path, **said: Any) -> None:  # noqa: ANN401 - click's
    """Take this gateway out of its home for good: everything of the home is erased, here and at the desk.

    It stops Wren, erases, waits for the desk's signed confirmation, removes key, enrolment, databases, configuration
    and the Wi-Fi profiles that `wren wifi` made, switches the services off, and writes a receipt. Cut off at any step,
    the same command goes on. Run it as root. Ends with 0; 1 if a service cannot be stopped or started, 2 if the
    configuration or an option is refused, something has not reached the provider, or the id was not typed, 4 if Wren
    is running or a file cannot be removed, 5 if the desk does not confirm.
    """
    leave("retire", config_path, keep_wifi=False, **said)
