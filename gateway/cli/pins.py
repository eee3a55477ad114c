"""`wren pins`: the header with what is connected by home.toml, and its live level."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from gateway.cli.options import CONFIG
from gateway.config.panel import pins_of
from gateway.config.places import places_of
from gateway.config.reading import load
from gateway.config.tables import Config, SensorTable
from gateway.errors import InputError, SourceError
from gateway.pin_levels import Levels, PinLevel, ask
from gateway.sources.gpio_line import Line
from gateway.trail import accesses
from gateway.wiring import lines_of

if TYPE_CHECKING:
    from rich.text import Text

_UNREAD: Final = 3
_EVERY_S: Final = 1.0
_HINT: Final = "If the daemon runs it has this pin: to ask it, be root or the daemon's user."
_BY: Final = {
    "daemon": "Live levels, as the running daemon reads them.",
    "pins": "Live levels, read just now: no daemon answered.",
}


@click.command(
    epilog="""\b
Examples:
  wren pins
  wren pins --watch
  wren pins --config home.toml --json | jq '.pins[] | select(.problem != "")'
  wren pins --svg cupboard-door.svg
"""
)
@CONFIG
@click.option("--watch", is_flag=True, help="Go on until Ctrl-C, once a second.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object; with --watch, one a line.")
@click.option("--svg", type=click.Path(path_type=Path), help="Write it as a picture to this file instead.")
def pins(config_path: Path, *, watch: bool, as_json: bool, svg: Path | None) -> None:
    """Draw the 40-pin header with what hangs on it, and each line's level now.

    While the daemon runs the pins are its own, and it is asked: run this as root or as the daemon's user. Otherwise
    they are claimed for a moment, read and given back. Ends with 0; 2 if the configuration or an option is
    refused, 3 if a pin that is connected cannot be read (the rest is drawn all the same).
    """
    if svg is not None and (watch or as_json):
        raise click.UsageError("--svg writes one picture; leave --watch and --json out.")
    config = load(config_path)
    accesses.leave(places_of(config).accesses, "pins")
    reader = _Reader(config)
    if svg is not None:
        _write(svg, config, reader)
    elif as_json:
        _repeat(lambda: click.echo(json.dumps(_document(config, *reader.read()), sort_keys=True)), again=watch)
    else:
        _show(config, reader, watch=watch)
    if reader.unread:
        sys.exit(_UNREAD)


class _Reader:
    # Asks the daemon, and once it has not answered reads the pins itself.

    def __init__(self, config: Config) -> None:
        self._config = config
        self._lines = lines_of(config)
        self._by = "daemon"
        self.unread = False

    def read(self) -> tuple[str, dict[int, PinLevel]]:
        """Who read them, and the level of each pin."""
        levels = ask(places_of(self._config).private) if self._by == "daemon" else None
        if levels is None:
            self._by = "pins"
            levels = _claimed(self._config, self._lines)
        by_pin = {level.pin: level for level in levels.pins}
        found = {line.pin: by_pin.get(line.pin, _unknown(line.pin)) for line in self._lines}
        self.unread = any(level.is_high is None for level in found.values())
        return self._by, found


def _unknown(pin: int) -> PinLevel:
    return PinLevel(pin=pin, is_high=None, problem="The daemon runs with another configuration: restart it.")


def _claimed(config: Config, lines: list[Line]) -> Levels:
    from gateway.sources.gpio_pin import ClaimedPin, pin_factory

    if not lines:
        return Levels(pins=())
    try:
        factory = pin_factory(config.gateway.pin_factory)
    except SourceError as error:
        return Levels(pins=tuple(_failed(line, f"{error.problem} {error.advice}") for line in lines))
    found = []
    for line in lines:
        try:
            pin = ClaimedPin(line, factory)
        except SourceError as error:
            found.append(_failed(line, f"{error.problem} {_HINT}"))
            continue
        try:
            found.append(PinLevel(pin=line.pin, is_high=pin.is_high()))
        except SourceError as error:
            found.append(_failed(line, error.problem))
        pin.close()
    factory.close()
    return Levels(pins=tuple(found))


def _failed(line: Line, problem: str) -> PinLevel:
    return PinLevel(pin=line.pin, is_high=None, problem=problem)


def _document(config: Config, by: str, levels: dict[int, PinLevel]) -> dict[str, Any]:
    from gateway.pictures.header import NOTES, physical

    rows = [
        {"pin": line.pin, "physical": physical(line.pin), "sensors": line.sensors, "pull": line.pulled}
        | {"active": "low" if line.active_low else "high", "kinds": [one.kind for one in _tables(config, line)]}
        | {"level": _level(levels[line.pin]), "on": _is_on(line, levels[line.pin])}
        | {"problem": levels[line.pin].problem, "left_out": levels[line.pin].left_out}
        | {"litres": levels[line.pin].litres, "note": NOTES.get(line.pin, "")}
        for line in lines_of(config)
    ]
    panels = [
        {"pin": pin, "physical": physical(pin), "resident": resident, "part": part}
        for pin, resident, part in _panels(config)
    ]
    return {"read_by": by, "driver": config.gateway.pin_factory, "pins": rows, "panels": panels}


def _show(config: Config, reader: _Reader, *, watch: bool) -> None:
    from rich.console import Console, Group

    console = Console(highlight=False)
    if watch and console.is_terminal:
        from rich.live import Live

        with Live(console=console, auto_refresh=False, screen=True) as live:
            _repeat(lambda: live.update(Group(*_lines(config, *reader.read())), refresh=True), again=True)
        return
    last: list[str] = []

    def once() -> None:
        lines = _lines(config, *reader.read())
        if [line.plain for line in lines] == last:
            return  # a pipe is told of changes only
        last[:] = [line.plain for line in lines]
        for line in lines:
            console.print(line, soft_wrap=not console.is_terminal)

    _repeat(once, again=watch)


def _repeat(once: Callable[[], None], *, again: bool) -> None:
    try:
        once()
        while again:
            time.sleep(_EVERY_S)
            once()
    except KeyboardInterrupt:
        if not again:
            raise


def _write(path: Path, config: Config, reader: _Reader) -> None:
    from gateway.pictures.header import svg

    picture = svg(_lines(config, *reader.read()), f"wren pins, {config.home.id}")
    try:
        path.write_text(picture, encoding="utf-8")
    except OSError as error:
        problem = f"{path} cannot be written: {error.strerror}."
        raise InputError(problem, advice="Name a file in a folder that exists and that this user may write.") from error
    click.echo(f"Written to {path}; any browser shows it.")


def _lines(config: Config, by: str, levels: dict[int, PinLevel]) -> "list[Text]":
    from rich.text import Text

    from gateway.pictures.header import Wired, drawn, physical

    wired = [
        Wired(
            line.pin,
            " + ".join(line.sensors),
            _state(line, levels[line.pin]),
            _is_on(line, levels[line.pin]),
            levels[line.pin].is_high is None,
            (_kinds(config, line), _wiring(line), _remarks(line, levels[line.pin])),
        )
        for line in lines_of(config)
    ]
    wired += [
        Wired(pin, f"{part} of {resident}", "panel", None, is_lost=False, rest=("panel", "", ""))
        for pin, resident, part in _panels(config)
    ]
    wired.sort(key=lambda one: physical(one.pin))
    head = [Text(f"The pins of {config.home.id}", style="bold")]
    if not wired:
        return [*head, *drawn(()), Text("  No sensor is on a pin: home.toml has no `gpio`.")]
    mock = ' They are mock pins (pin_factory = "mock").' if config.gateway.pin_factory == "mock" else ""
    problems = dict.fromkeys(level.problem for level in levels.values() if level.problem)
    told = [Text(f"  {problem}", style="red") for problem in problems]
    return [*head, Text(f"{_BY[by]}{mock}"), Text("Seen with the USB ports below."), Text(), *drawn(wired), *told]


def _panels(config: Config) -> list[tuple[int, str, str]]:
    """Pin, resident and part of what the residents see and press. They are the daemon's to drive, and are not read."""
    return [(pin, one.resident, key.removesuffix("_pin")) for one in config.panels for key, pin in pins_of(one)]


def _tables(config: Config, line: Line) -> list[SensorTable]:
    return [sensor for sensor in config.sensors if sensor.id in line.sensors]


def _kinds(config: Config, line: Line) -> str:
    tables = _tables(config, line)
    return f"{' + '.join(one.kind for one in tables)}, {tables[0].place}"


def _wiring(line: Line) -> str:
    pull = "no pull" if line.pulled == "none" else f"pull-{line.pulled}"
    return f"on when {'low' if line.active_low else 'high'}, {pull}"


def _level(level: PinLevel) -> str | None:
    return None if level.is_high is None else "high" if level.is_high else "low"


def _is_on(line: Line, level: PinLevel) -> bool | None:
    """A meter's level is where its wheel happens to stand."""
    if level.is_high is None or line.meter is not None:
        return None
    return level.is_high is not line.active_low


def _state(line: Line, level: PinLevel) -> str:
    if level.is_high is None:
        return "?"
    if line.meter is not None:
        return _level(level) or ""
    return "on" if _is_on(line, level) else "off"


def _remarks(line: Line, level: PinLevel) -> str:
    found = ["cannot be read"] if level.is_high is None else [f"{_level(level)} now"]
    if line.meter is not None:
        found.append("pulses")
    if level.litres is not None:
        found.append(f"last draw {level.litres:g} l")
    if level.left_out:
        found.append(f"{level.left_out} edges left out")
    return ", ".join(found)
