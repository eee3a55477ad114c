"""`wren forget-counter`: a device's battery was changed, so its counter may begin anew."""

import json
from pathlib import Path

import click

from gateway import forgetting, slips
from gateway.cli.options import CONFIG
from gateway.cli.telling import AS_JSON
from gateway.config.places import places_of
from gateway.config.reading import load
from gateway.config.tables import Config
from gateway.errors import InputError


@click.command(
    "forget-counter",
    epilog="""\b
Examples:
  wren forget-counter help-button
  wren forget-counter help-button --json
""",
)
@CONFIG
@click.argument("sensor")
@AS_JSON
def forget_counter(config_path: Path, sensor: str, *, as_json: bool) -> None:
    """Say that the battery of SENSOR's device was changed, or its key: its counter begins anew.

    An encrypted device counts its adverts, and Wren takes none whose counter is not higher than the last. A device
    that begins anew is not heard until this was said. Press or open it within minutes: its next advert is believed,
    whatever its counter. Run it as root. Ends with 0, also if the daemon is not running and heeds it later; 2 if the
    configuration or the sensor is refused, 4 if the daemon's folder cannot be written to.
    """
    config = load(config_path)
    path = forgetting.ask(places_of(config).forget_counter, _encrypted(config, sensor))
    taken = slips.taken(path, within_s=slips.TAKEN_WITHIN_S)
    if as_json:
        click.echo(json.dumps({"sensor": sensor, "taken": taken}, sort_keys=True))
        return
    click.echo(f"The next advert of {sensor} is believed, whatever its counter.")
    late = "Not taken yet: the gateway or its radio is not running. It heeds it as soon as it listens."
    click.echo("Taken." if taken else late)


def _encrypted(config: Config, sensor: str) -> str:
    known = [one.id for one in config.sensors if one.ble is not None and one.ble.key is not None]
    if sensor not in known:
        names = ", ".join(known) or "none"
        raise InputError(f"`{sensor}` is no sensor with a key.", advice=f"Sensors with a key: {names}.")
    return sensor
