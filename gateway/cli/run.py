"""`wren run`: the daemon. It holds every sensor and every raw reading, and needs no network."""

import asyncio
import hashlib
import logging
import os
import sys
from pathlib import Path

import click

from gateway.cli.options import CONFIG


@click.command(
    epilog="""\b
Examples:
  wren run
  wren run --config home.toml
  mkfifo rehearsal && wren run --config mock.toml --feed rehearsal
"""
)
@CONFIG
@click.option(
    "--feed", type=click.Path(path_type=Path, allow_dash=True), help="Also take `sensor,value` lines (mock pins only)."
)
def run(config_path: Path, feed: Path | None) -> None:
    """Sense, learn and raise alerts until stopped (SIGTERM or Ctrl-C).

    Ends with 0 after a clean stop; 2 if the configuration is refused, 3 if the pins cannot be used, 4 if a
    database cannot be used, 70 after a bug (systemd starts it again).
    """
    from gateway.cli.service import serve
    from gateway.clock import SystemClock
    from gateway.config.panel import refuse_unanswered_button
    from gateway.config.places import places_of
    from gateway.config.reading import load
    from gateway.daemon import Daemon
    from gateway.devices import panels_of, sources_of
    from gateway.errors import ConfigError
    from gateway.live.feed import LiveFeed
    from gateway.log import LibraryLogs, open_log
    from gateway.sources.slips import SlipSource
    from gateway.supervise import install_stop_signals
    from gateway.systemd import Notifier
    from gateway.walktest.month import of_home

    config = load(config_path)
    refuse_unanswered_button(config)
    clock = SystemClock()
    log = open_log(sys.stderr, utc_s=clock.utc_s, component="daemon")
    logging.getLogger().addHandler(LibraryLogs(log))
    live = LiveFeed(places_of(config).live, config.home.id, clock, log)
    standing, month = of_home(config, clock, log)

    def heard(sensors: tuple[str, ...], rssi_dbm: int) -> None:
        live.heard(sensors, rssi_dbm)
        month.heard(sensors, rssi_dbm)

    sources = sources_of(config, clock, log, heard=heard)
    if feed is not None:
        if config.gateway.pin_factory != "mock":
            raise ConfigError(
                "--feed is for rehearsals, and this home has real pins.",
                advice='Use a configuration with [gateway] pin_factory = "mock".',
            )
        from gateway.sources.feed import FeedSource

        sources.append(FeedSource(feed, frozenset(sensor.id for sensor in config.sensors), clock))
    if config.alerts is None:
        log.warning("no_alert_kind_is_on")
    residents = [resident.id for resident in config.residents]
    sources.append(SlipSource(places_of(config).slips, residents, clock, log))
    panels = panels_of(config, clock, log)
    notifier = Notifier(os.environ, pid=os.getpid())
    configuration = hashlib.sha256(config_path.read_bytes()).hexdigest()
    daemon = Daemon(
        config, clock, log, notifier, sources,
        panels=panels, live=live, walked=(standing, month), configuration=configuration,
    )  # fmt: skip

    async def until_stopped() -> None:
        stop = asyncio.Event()
        install_stop_signals(asyncio.get_running_loop(), stop)
        await daemon.run(stop)

    serve(until_stopped, log)
