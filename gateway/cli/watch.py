"""`wren watch`: a live view for somebody who stands in the home: what fires just now, and what changes slowly."""

import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import click

from gateway.cli.options import CONFIG
from gateway.config.places import places_of
from gateway.config.reading import load
from gateway.config.tables import Config
from gateway.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.live.forms import Line
    from gateway.live.listen import Listening
    from gateway.watch.view import Event, View

_PICTURES_A_SECOND: Final = 2.0
"""At most: a person sees no more of them, and a poor Wi-Fi carries no more."""

_NO_CURSOR: Final = ("", "dumb", "unknown")
"""Terminals that cannot be drawn on, by their TERM: they get lines, as a pipe does."""

_TICK_S: Final = 1.0
_TRY_S: Final = 1.0
"""How often a daemon that has ended is looked for."""


@click.command(
    epilog="""\b
Examples:
  wren watch
  wren watch | tee watch.txt
  wren watch --json | jq 'select(.type == "seen")'
"""
)
@CONFIG
@click.option(
    "--json", "as_json", is_flag=True, help="One JSON object a line, every advert too; times are UTC seconds."
)
def watch(config_path: Path, *, as_json: bool) -> None:
    """Show what fires just now: each sensor, its radio, and beside it coverage, outbox, learning and open alerts.

    On a terminal it is one screen; q or Ctrl-C leaves. A pipe gets a line for each event. While it runs the resident's
    panel says that somebody looks, and the trail has noted it. Values are as the drivers see them, before anything is
    debounced: nothing here is a finding. When the daemon ends it says so and waits for it. Run it as root or as the
    daemon's user. Ends with 0; 2 if the configuration is refused, 4 if the daemon does not answer at the start, or
    this user may not look.
    """
    from gateway.live.listen import Listening

    config = load(config_path)
    watching = _Watching(config, Listening(places_of(config).live))
    try:
        if as_json or not sys.stdout.isatty() or os.environ.get("TERM", "dumb") in _NO_CURSOR:
            _print(watching, config, as_json=as_json)
        else:
            _draw(watching, config)
    except KeyboardInterrupt:
        pass
    except BrokenPipeError:
        sys.stderr.close()  # whoever read it has gone: no more can be said to them
    finally:
        watching.close()


class _Watching:
    """The line to the daemon, which is made anew as often as it takes."""

    def __init__(self, config: Config, line: "Listening") -> None:
        self._path = places_of(config).live
        self.line: Listening | None = line
        self._next_s = 0.0

    def lines(self, within_s: float) -> "list[Line] | None":
        """What came within that time; None if no daemon answers."""
        from gateway.live.listen import Listening

        if self.line is None:
            if time.monotonic() < self._next_s:
                return None
            try:
                self.line = Listening(self._path)
            except StoreUnavailable:
                self._next_s = time.monotonic() + _TRY_S
                return None
        try:
            return self.line.lines(within_s)
        except StoreUnavailable:
            self.close()
            self._next_s = time.monotonic() + _TRY_S
            return None

    def close(self) -> None:
        if self.line is not None:
            self.line.__exit__(None, None, None)
            self.line = None


def _took(watching: _Watching, view: "View", within_s: float) -> "Iterator[tuple[Line | str, Event | None]]":
    """What came within that time, with the event that it is; that the daemon has gone, when it has."""
    lines = watching.lines(within_s)
    if lines is None:
        gone = view.lost(time.monotonic())
        if gone is not None:
            yield gone.line, gone
        return
    for line in lines:
        yield line, view.take(line, time.monotonic())


def _print(watching: _Watching, config: Config, *, as_json: bool) -> None:
    """A line for each event."""
    from gateway.watch import saying
    from gateway.watch.moment import Now
    from gateway.watch.view import View

    view, zone = View(config.sensors), ZoneInfo(config.home.timezone)
    if not as_json:
        click.echo(f"Watching {config.home.id}. The trail says that somebody looks, and so does a panel.", err=True)
    while True:
        for line, event in _took(watching, view, _TICK_S):
            now = Now(time.monotonic(), time.time(), zone)
            if as_json:
                at_s = now.utc_s if event is None else now.utc_of(event.at_s)
                row = None if event is None else event.row
                click.echo(json.dumps({"at_s": round(at_s, 3)} | saying.document(line, row), sort_keys=True))
            elif event is not None:
                of, said = saying.event(event)
                click.echo(f"{now.clock(event.at_s)}  {of}: {said}")
        sys.stdout.flush()
        if watching.line is None:
            time.sleep(_TRY_S)


def _draw(watching: _Watching, config: Config) -> None:
    """The screen, until somebody leaves."""
    from rich.console import Console

    from gateway.pictures.watch import screen
    from gateway.watch import terminal
    from gateway.watch.facts import EVERY_S, Facing
    from gateway.watch.moment import Now
    from gateway.watch.view import View

    view, zone, facing = View(config.sensors), ZoneInfo(config.home.timezone), Facing(config)
    facts, read_s, drawn_s = facing.read(int(time.time())), time.monotonic(), float("-inf")
    with terminal.keys() as with_keys, terminal.Screen(Console(highlight=False)) as shown:
        while True:
            list(_took(watching, view, 0))
            now = Now(time.monotonic(), time.time(), zone)
            if now.monotonic_s - read_s >= EVERY_S:
                facts, read_s = facing.read(int(now.utc_s)), now.monotonic_s
            if now.monotonic_s - drawn_s >= 1 / _PICTURES_A_SECOND:
                width, height = shown.size
                panel = bool(config.panels)
                shown.show(screen(config.home.id, view, facts, now, panel=panel, width=width, height=height))
                drawn_s = now.monotonic_s
            pressed = terminal.wait(watching.line, _pause_s(drawn_s, view), with_keys=with_keys)
            if any(key in terminal.LEAVE for key in pressed):
                return


def _pause_s(drawn_s: float, view: "View") -> float:
    """Until the next picture at the soonest if something came just now, else a second."""
    now_s = time.monotonic()
    came_s = view.events[-1].at_s if view.events else float("-inf")
    return (1 / _PICTURES_A_SECOND if came_s > drawn_s else _TICK_S) - (now_s - drawn_s)
