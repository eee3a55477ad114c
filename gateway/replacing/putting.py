"""The new device put in its place: home.toml, what the radio knew of the old one, and the daemon, started anew."""

import tomllib
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from gateway.config.places import Places, places_of
from gateway.config.reading import parse
from gateway.errors import GatewayError, StoreError
from gateway.replacing.device import Radio, Wire, identity, replaced, sensor_of, sharing
from gateway.setup import service
from gateway.setup.keeping import keep, text_of
from gateway.setup.merging import merged
from gateway.sources.ble.memory import forget
from models.localtime import utc_text


class Put(NamedTuple):
    """What was done.

    Attributes:
        sensors: those that the device is, by id.
        before, after: where it was and is.
        restarted: whether the daemon runs with it; None: there is none that systemd runs.
    """

    sensors: list[str]
    before: str
    after: str
    restarted: bool | None


def put(config_path: Path, name: str, device: Wire | Radio, *, now_s: int, was_running: bool) -> Put:
    """Write it, and start the daemon anew. Raises GatewayError: then nothing was changed."""
    text = text_of(config_path)
    data = tomllib.loads(text)
    old = identity(sensor_of(data, name))
    names = sharing(data, name)
    after = merged(text, replaced(data, name, device, utc_text(now_s)))
    parse(after, where=str(config_path))  # before anything is stopped
    runs = was_running or service.is_running()
    try:
        if runs and not service.stop():  # the radio's memory is its own until then
            advice = "Nothing was changed. Run this as root; `systemctl status wren` says more."
            raise GatewayError("Wren cannot be stopped.", advice=advice)
        places = places_of(keep(config_path, after))
        for kind, one in (old, ("radio", device.address) if isinstance(device, Radio) else ("pin", device.pin)):
            if kind == "radio":
                _forget(places, str(one))
    finally:
        restarted = service.start() if runs else None
    before = f"pin {old[1]}" if old[0] == "pin" else f"radio {old[1]}"
    return Put(names, before, device.words(), restarted)


def _forget(places: Places, device: str) -> None:
    known = device if ":" in device else f"the name {device}"
    with suppress(OSError, StoreError):  # a counter that stays is told of by `wren doctor`, and goes by forget-counter
        forget(places.private, known)
