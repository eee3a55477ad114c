"""`wren uplink`: the messenger. It has the network, and of what is sensed only what is in the outbox."""

import asyncio
import logging
import os
import sys
from pathlib import Path

import click

from gateway.cli.options import CONFIG


@click.command(
    epilog="""\b
Examples:
  wren uplink
  wren uplink --config home.toml
"""
)
@CONFIG
def uplink(config_path: Path) -> None:
    """Carry alerts and summaries to the care provider until stopped (SIGTERM or Ctrl-C).

    Alerts go before summaries, the oldest first; a provider that is away is tried again for as long as it
    takes. Ends with 0 after a clean stop; 2 if the configuration is refused or has no [uplink] table, 4 if
    uplink.db cannot be used, 70 after a bug (systemd starts it again).
    """
    from gateway.cli.service import serve
    from gateway.clock import SystemClock
    from gateway.config import load
    from gateway.log import LibraryLogs, open_log
    from gateway.supervise import install_stop_signals
    from gateway.systemd import Notifier
    from gateway.uplink_daemon import carry

    config = load(config_path)
    clock = SystemClock()
    log = open_log(sys.stderr, utc_s=clock.utc_s, component="uplink")
    logging.getLogger().addHandler(LibraryLogs(log))
    notifier = Notifier(os.environ, pid=os.getpid())

    async def live() -> None:
        stop = asyncio.Event()
        install_stop_signals(asyncio.get_running_loop(), stop)
        await carry(config, clock, log, notifier, stop)

    serve(live, log)
