"""`wren uplink`: the messenger. It has the network, and of what is sensed only what is in the outbox."""

import asyncio
import logging
import os
import sys
from pathlib import Path

import click


@click.command(
    epilog="""\b
Examples:
  wren uplink --folder /var/lib/wren-uplink
  wren uplink --config home.toml
"""
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    help="What `wren enrol` wrote; nothing else is opened.  [default: that of the configuration]",
)
@click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    help="The home's configuration, asked for the folder alone.  [default: /etc/wren/home.toml]",
)
def uplink(folder: Path | None, config_path: Path | None) -> None:
    """Carry alerts and summaries to the care provider until stopped (SIGTERM or Ctrl-C).

    Every request is signed with the key that `wren enrol` made, and no answer counts that the provider's desk did not
    sign. Alerts go before summaries, the oldest first; a provider that is away is tried again for as long as it takes.
    Ends with 0 after a clean stop; 2 if this gateway is not enrolled, its key was made on another board, or the
    configuration is refused or has no [uplink] table, 4 if uplink.db cannot be used, 70 after a bug (systemd starts it
    again).
    """
    from gateway.cli.service import serve
    from gateway.clock import SystemClock
    from gateway.log import LibraryLogs, open_log
    from gateway.supervise import install_stop_signals
    from gateway.systemd import Notifier
    from gateway.uplink_daemon import carry

    if folder is not None and config_path is not None:
        raise click.UsageError("Give --folder or --config, not both.")
    chosen = folder or _folder_of(config_path or Path("/etc/wren/home.toml"))
    clock = SystemClock()
    log = open_log(sys.stderr, utc_s=clock.utc_s, component="uplink")
    logging.getLogger().addHandler(LibraryLogs(log))
    notifier = Notifier(os.environ, pid=os.getpid())

    async def live() -> None:
        stop = asyncio.Event()
        install_stop_signals(asyncio.get_running_loop(), stop)
        await carry(chosen, clock, log, notifier, stop)

    serve(live, log)


def _folder_of(config_path: Path) -> Path:
    from gateway.config.places import places_of
    from gateway.config.reading import load
    from gateway.errors import ConfigError

    config = load(config_path)
    if config.uplink is None:
        raise ConfigError(
            "The configuration has no [uplink] table, so there is nobody to send to.",
            advice="Add [uplink] with the provider's url (docs/configuration.md), and run `wren enrol`.",
        )
    return places_of(config).uplink
