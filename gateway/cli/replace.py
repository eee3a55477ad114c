"""`wren replace`: a broken device is swapped; the sensor, and what was learnt of it, stays."""

import json
import sys
import time
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.options import CONFIG
from gateway.config.places import places_of
from gateway.config.reading import load
from gateway.errors import GatewayError, InputError
from gateway.trail import accesses

if TYPE_CHECKING:
    from gateway.replacing.device import Radio, Wire
    from gateway.replacing.putting import Put
    from gateway.setup.merging import Data

_LEFT = 1


@click.command(
    epilog="""\b
Examples:
  wren replace kitchen-tap
  wren replace kitchen-tap --pin 22
  wren replace front-door --address C0:FF:EE:00:00:01 < key
"""
)
@CONFIG
@click.argument("sensor")
@click.option(
    "--pin", type=click.IntRange(0, 27), help="The new one is on this pin (BCM); nobody is asked to press it."
)
@click.option("--address", help="The new one has this address; its key, if it has one, comes by standard input.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output; needs --pin or --address.")
def replace(config_path: Path, sensor: str, pin: int | None, address: str | None, *, as_json: bool) -> None:
    """Put another device in the place of SENSOR's: "press the new one now" finds its pin or address.

    The sensor keeps its id, place and kind, and so its routine; home.toml keeps its comments. What the radio knew of
    the old device is forgotten, Wren is started anew, and `wren walk-test` asks for this sensor once more. Other
    sensors of the same device, such as its battery, change with it. The pin or address may be the same as before.
    Run it as root. Ends with 0; 1 if it was left before the end, or Wren cannot be stopped or does not start again;
    2 if the configuration, the sensor or the new device is refused, or there is no terminal.
    """
    if pin is not None and address is not None:
        raise click.UsageError("A device has a pin or an address; give one of them.")
    by_hand = pin is not None or address is not None
    if as_json and not by_hand:
        raise click.UsageError("--json needs --pin or --address: a conversation has no one line.")
    config = load(config_path)
    data = tomllib.loads(config_path.read_text(encoding="utf-8"))
    device: Wire | Radio | None
    if by_hand:
        device, was_running = _given(data, sensor, pin, address), False
        done = _put(config_path, sensor, device, was_running=was_running)
    else:
        accesses.leave(places_of(config).accesses, "replace")
        found = _pressed(config_path, data, sensor)
        if found is None:
            click.echo("Nothing was changed.")
            sys.exit(_LEFT)
        done = found
    _show(done, as_json=as_json)
    if done.restarted is False:
        advice = "`sudo systemctl status wren` says why; the file before is home.toml.before."
        raise GatewayError("It is written, and Wren did not start again.", advice=advice)


def _put(config_path: Path, sensor: str, device: "Wire | Radio", *, was_running: bool) -> "Put":
    from gateway.replacing.putting import put
    from gateway.setup.keeping import refuse_unwritable

    refuse_unwritable(config_path)
    return put(config_path, sensor, device, now_s=int(time.time()), was_running=was_running)


def _given(data: "Data", sensor: str, pin: int | None, address: str | None) -> "Wire | Radio":
    from gateway.replacing.device import Radio, Wire, sensor_of

    table = sensor_of(data, sensor)
    if pin is not None:
        return Wire(pin)
    profile = table.get("ble", {}).get("profile")
    if profile is None:
        raise InputError(f"`{sensor}` hangs on a pin so far.", advice="Without --address, press the new one.")
    key = None
    if table["ble"].get("key"):
        if sys.stdin.isatty():
            key = str(click.prompt("Its key (Enter: none)", hide_input=True, default="", show_default=False, err=True))
        else:
            key = sys.stdin.readline(4096)
    return Radio(str(address).upper(), profile, (key or "").strip() or None)


def _pressed(config_path: Path, data: "Data", sensor: str) -> "Put | None":
    """What was found by pressing it, put in its place; None if the person left."""
    from gateway.replacing.device import sensor_of
    from gateway.replacing.pressing import ask_device
    from gateway.setup.asking import Asker
    from gateway.setup.keeping import refuse_unwritable
    from gateway.setup.keys import Keys
    from gateway.setup.listening import Listening
    from gateway.setup.screen import Screen

    table = sensor_of(data, sensor)
    refuse_unwritable(config_path)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise InputError("There is no terminal at which to press anything.", advice="Give --pin or --address.")
    listening, screen = Listening(), Screen()
    said: list[str] = []
    screen.part = f"replace {sensor}"
    device: Wire | Radio | None = None
    try:
        with suppress(KeyboardInterrupt), Keys() as keys, screen:
            asker = Asker(screen, keys)
            with listening.open(asker, data) as seen:
                device = ask_device(asker, data, table, seen)
        done = None if device is None else _put(config_path, sensor, device, was_running=listening.has_stopped)
        if done is not None:
            listening.has_stopped = False  # it runs again
    finally:
        listening.end(said.append)
    for line in said:
        click.echo(line)
    return done


def _show(done: "Put", *, as_json: bool) -> None:
    if as_json:
        document = {"sensors": done.sensors, "before": done.before, "after": done.after, "restarted": done.restarted}
        click.echo(json.dumps(document, sort_keys=True))
        return
    names = ", ".join(done.sensors)
    same = " (another device in the same place)" if done.before == done.after else ""
    click.echo(f"{names}: {done.before} -> {done.after}{same}. The id stays, and with it what was learnt.")
    click.echo("The home.toml before is kept as home.toml.before; comments were kept.")
    if done.restarted is None:
        click.echo("Start Wren anew, so that it listens to it.")
    elif done.restarted:
        click.echo("Wren runs again and listens to it.")
    click.echo(f"Next: sudo wren walk-test, which asks for {names} only.")
