"""What `wren retire` and `wren redeploy` share: what is said, what is asked, and the way out."""

import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from gateway.config.places import places_of
from gateway.config.reading import load
from gateway.config.tables import Config
from gateway.errors import InputError
from gateway.leaving import mark, saying

if TYPE_CHECKING:
    from gateway.leaving.mark import How, Leaving

PATIENCE_MIN: Final = 10.0
"""A messenger that was offline tries again every minute or so for what is urgent, as an erasure is."""

OPTIONS: Final = (
    click.option("--yes", is_flag=True, help="Do not ask; for scripts."),
    click.option("--anyway", is_flag=True, help="Leave although something has not reached the provider."),
    click.option("--without-desk", is_flag=True, help="Go on if the desk does not confirm in time."),
    click.option(
        "--patience", type=click.FloatRange(min=0), default=PATIENCE_MIN, show_default=True, metavar="MINUTES",
        help="How long the desk is waited for.",
    ),
    click.option("--receipt", type=click.Path(path_type=Path), help="Where the receipt goes.  [default: this folder]"),
    click.option("--json", "as_json", is_flag=True, help="The receipt as one JSON object on standard output."),
)  # fmt: skip


def options(command: Callable[..., None]) -> Callable[..., None]:
    """Those that both have."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def leave(how: "How", config_path: Path, *, keep_wifi: bool, **said: Any) -> "Leaving":  # noqa: ANN401 - click's
    """Go the whole way, or what is left of it. Raises GatewayError."""
    with mark.alone(config_path):
        return _leave(how, config_path, keep_wifi=keep_wifi, **said)


def _leave(how: "How", config_path: Path, *, keep_wifi: bool, **said: Any) -> "Leaving":  # noqa: ANN401 - click's
    ended = mark.at_its_end(config_path)
    mark.refuse_other(ended, how)
    if ended is not None:
        from gateway.leaving.steps import finish

        finish(config_path)
        _show(ended, as_json=said["as_json"])
        return ended
    from gateway.leaving.services import services
    from gateway.leaving.steps import STEPS, Way
    from gateway.leaving.unsent import refuse_trial, refuse_unsent
    from gateway.wifi.leaving import Traces

    config = load(config_path)
    receipt = (said["receipt"] or Path(f"wren-{how}-{config.home.id}.json")).absolute()
    if not receipt.parent.is_dir() or not os.access(receipt.parent, os.W_OK):
        problem = f"{receipt.parent} is no folder that can be written to."
        raise InputError(problem, advice="Name a --receipt in one that can.")
    places = places_of(config)
    way = Way(
        config_path, config, how, services(places.uplink), None if keep_wifi else Traces(), receipt,
        patience_s=60 * said["patience"], without_desk=said["without_desk"],
    )  # fmt: skip
    if way.is_begun:
        click.echo(f"`wren {how}` was begun and cut off: it goes on.", err=True)
    else:
        refuse_trial()
        if not said["anyway"]:
            refuse_unsent(config)
        if not said["yes"]:
            _ask(how, config)
    signal.signal(
        signal.SIGHUP, signal.SIG_IGN
    )  # the connection may end with its Wi-Fi: what was begun ends all the same

    def tick(what: str) -> None:
        with suppress(OSError):
            click.echo(f"  {[said for _, said in STEPS].index(what) + 1}/{len(STEPS)}  {what}", err=True)

    try:
        left = way.go(tick)
    except KeyboardInterrupt:
        click.echo(f"Cut off, and nobody is watched here. Say `wren {how}` again: it goes on.", err=True)
        raise
    with suppress(OSError):
        _show(left, as_json=said["as_json"])
    return left


def _ask(how: "How", config: Config) -> None:
    url = None if config.uplink is None else config.uplink.url
    for line in saying.before(how, config.home.id, [one.id for one in config.residents], url):
        click.echo(line, err=True)
    if not sys.stdin.isatty():
        raise InputError("Nobody is there to type the home's id.", advice="A script says --yes.")
    if click.prompt("Type the home's id to go on", err=True) != config.home.id:
        raise InputError("That is another id: nothing was done.", advice="It stands in [home] of home.toml.")


def _show(left: "Leaving", *, as_json: bool) -> None:
    if as_json:
        from gateway.leaving.steps import document

        click.echo(json.dumps(json.loads(document(left)), sort_keys=True))
        return
    for line in saying.receipt(left):
        click.echo(line)
