"""What the configuration names, built: its pins, its radio, its panels. Libraries are loaded only for what is there.

A part of the composition root (`gateway.daemon` puts together what is built here).
"""

import random
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from gateway.clock import Clock
from gateway.config.places import places_of
from gateway.config.radio import devices_of
from gateway.config.tables import Config
from gateway.inbox import Source
from gateway.log import Log
from gateway.pin_levels import Asked
from gateway.wiring import lines_of

if TYPE_CHECKING:
    from gpiozero import Factory

    from gateway.panel.lamp import Panel


def panels_of(config: Config, clock: Clock, log: Log, factory: "Factory | None" = None) -> "list[Panel]":
    """The residents' panels that `config` names, with the arguments of `sources_of`."""
    if not config.panels:
        return []
    from gateway.panel.lamp import Panel
    from gateway.sources.gpio_pin import pin_factory
    from models.localtime import LocalTime

    local = LocalTime(config.home.timezone)
    pins = cache(lambda: factory or pin_factory(config.gateway.pin_factory))
    # a log names no resident
    return [Panel(table, pins, clock, log, local, name=f"panel-{n}") for n, table in enumerate(config.panels, 1)]


def sources_of(
    config: Config,
    clock: Clock,
    log: Log,
    factory: "Factory | None" = None,
    *,
    heard: Callable[[tuple[str, ...], int], None] | None = None,
) -> list[Source]:
    """The sources that `config` names: its pins and its radio. Libraries are loaded only for what is there.

    Args:
        config: the home.
        clock: stamps their edges.
        log: told of what they leave out and cannot use.
        factory: the pins to use instead of the configured driver's (the demo drives its own mock pins).
        heard: called for each advert of a device of the home: what it measures, and how strong it came in (dBm).

    Raises SourceError when the pin driver is not to be had on this machine.
    """
    sources: list[Source] = []
    places = places_of(config)
    lines = lines_of(config)
    if lines:
        from gateway.sources.gpio import GpioSource
        from gateway.sources.gpio_pin import pin_factory

        pins = factory or pin_factory(config.gateway.pin_factory)
        sources.append(GpioSource(lines, pins, clock, log, Asked(places.private)))
    devices = devices_of(config)
    if devices:
        from gateway.sources.ble.source import BleSource

        rng = random.Random(config.home.id)  # noqa: S311 - spreads retries, no secret
        adapter = config.gateway.adapter
        private, forgetting = places.private, places.forget_counter
        ble = BleSource(devices, adapter, clock, rng, private=private, forgetting=forgetting)
        if heard is not None:
            ble.heard = heard
        if ble.has_forgotten:
            log.warning("radio_memory_unreadable", source=ble.name)
        sources.append(ble)
    return sources
