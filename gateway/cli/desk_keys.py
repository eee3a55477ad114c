"""`wren desk token`, `revoke`, `homes`: which gateway the desk believes. They work while it runs."""

import json
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from gateway.cli.desk import folder_of
from gateway.errors import InputError

if TYPE_CHECKING:
    from desk.gateways_book import KeyLine
    from desk.store import Store

_SLUG: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,47}")

_DATA = click.option(
    "--data",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="The desk's folder.  [default: that of `wren desk`]",
)


@click.command(
    epilog="""\b
Examples:
  wren desk token h-0001
  wren desk token h-0001 --replace
"""
)
@click.argument("home")
@click.option("--replace", is_flag=True, help="The new gateway takes the place of the one that the home has.")
@_DATA
@click.pass_context
def token(context: click.Context, home: str, folder: Path | None, *, replace: bool) -> None:
    """Make the word by which a technician enrols the gateway of HOME: once, and within 15 minutes.

    It is printed once, alone, on standard output; beside it, on standard error, the fingerprint of this desk, which the
    technician compares. Only its hash is kept. A token that was made for the home before and not used ends. With
    --replace, the home's present key is revoked at the moment at which the new gateway is enrolled; what is known of
    the home stays. Ends with 0; 2 if HOME is no id, if it has a gateway already and --replace is not given, or if there
    is no desk; 4 if the database cannot be used.
    """
    from desk import tokens
    from desk.own_key import own_key
    from gateway.uplink.keys import fingerprint

    if not _SLUG.fullmatch(home):
        raise InputError(f"{home!a} is no home's id.", advice="Take `id` from [home] in its home.toml.")
    path = _folder(context, folder)
    with _store(path) as store:
        if store.gateways.key_of_home(home) is not None and not replace:
            raise InputError(
                f"The home {home} has a gateway.",
                advice="With --replace a new one takes its place; without its key the old one is heard no more.",
            )
        made = tokens.make(store.database, home, replaces=replace, now_s=int(time.time()))
    minutes = tokens.TOKEN_S // 60
    click.echo(made)
    click.echo(f"This token is for {home}, once, within {minutes} minutes: for `wren enrol` on the gateway.", err=True)
    click.echo(f"The desk's fingerprint, to be compared there:  {fingerprint(own_key(path).public_key())}", err=True)


@click.command(
    epilog="""\b
Examples:
  wren desk revoke h-0001
"""
)
@click.argument("home")
@_DATA
@click.pass_context
def revoke(context: click.Context, home: str, folder: Path | None) -> None:
    """Believe the gateway of HOME no longer: lost, stolen, copied or taken out of use.

    Nothing that it sends is taken from then on, nor a token that was made for the home; what was received stays. Ends
    with 0; 2 if the home has no gateway or there is no desk, 4 if the database cannot be used.
    """
    from gateway.uplink.keys import fingerprint, key_of

    with _store(_folder(context, folder)) as store:
        key = store.gateways.revoke(home, now_s=int(time.time()))
    if key is None:
        raise InputError(f"No gateway of a home {home!a} is known.", advice="`wren desk homes` shows them.")
    click.echo(f"Revoked: {fingerprint(key_of(key))} of {home}. A new gateway needs `wren desk token {home}`.")


@click.command(
    epilog="""\b
Examples:
  wren desk homes
  wren desk homes --json
"""
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@_DATA
@click.pass_context
def homes(context: click.Context, folder: Path | None, *, as_json: bool) -> None:
    """Show the keys of all homes: since when, the number of the last request, and what does not fit.

    Steps back are requests of the last day with a number that was used before: one or two after a card was put back
    from a copy; if they go on, two gateways use one key. Ends with 0; 2 if there is no desk, 4 if the database cannot
    be used.
    """
    now_s = int(time.time())
    with _store(_folder(context, folder)) as store:
        known = _homes(store, now_s)
    if as_json:
        click.echo(json.dumps({"homes": known}, sort_keys=True))
        return
    from desk.words import Words

    when = Words(now_s, None)
    if not known:
        click.echo("No home is known yet. `wren desk token HOME` makes the word by which its gateway enrols.")
    for home in known:
        heard = "never heard" if home["heard_s"] is None else f"last heard {when.moment(home['heard_s'])}"
        click.echo(f"{home['home']}: {heard}")
        for key in home["keys"]:
            click.echo(f"  {key['fingerprint']}  {_course(key, when)}")
        if not home["keys"]:
            click.echo("  no key: nothing that it sends is taken until its gateway is enrolled")
        if home["head"] is not None:
            click.echo(f"  its own record: the last entry is {home['head']['entries']}:{home['head']['sha256']}")
        for cut in home["cuts"]:
            click.echo(f"  its own record was cut or is kept twice: {cut['times']}x, last {when.moment(cut['last_s'])}")
        for erasure in home["erased"]:
            click.echo(f"  erased {when.moment(erasure['at_s'])}: {erasure['pieces']} pieces")


def _homes(store: "Store", now_s: int) -> list[dict[str, Any]]:
    heard = {home: last_s for home, _, last_s in store.homes()}
    keys: dict[str, list[KeyLine]] = {}
    for line in store.gateways.lines(now_s):
        keys.setdefault(line.home, []).append(line)
    heads = {
        head.home: {"entries": head.entries, "sha256": head.sha256, "at_s": head.at_s} for head in store.heads.last()
    }
    return [
        {
            "home": home,
            "heard_s": heard.get(home),
            "keys": [_key(line) for line in keys.get(home, [])],
            "head": heads.get(home),
            "cuts": [{"times": c.times, "last_s": c.last_s} for c in store.heads.cuts() if c.home == home],
            "erased": [{"at_s": e.at_s, "pieces": e.pieces} for e in store.erasures() if e.home == home],
        }
        for home in sorted({*heard, *keys})
    ]


def _key(line: "KeyLine") -> dict[str, Any]:
    from gateway.uplink.keys import fingerprint, key_of

    shown = {"key": line.key, "fingerprint": fingerprint(key_of(line.key))}
    counted = {"heard_s": line.heard_s, "sequence": line.sequence, "steps_back": line.steps_back}
    return shown | {"enrolled_s": line.enrolled_s, "revoked_s": line.revoked_s} | counted


def _course(key: dict[str, Any], when: Any) -> str:  # noqa: ANN401 - desk.words is imported late
    told = f"since {when.moment(key['enrolled_s'])}, last request number {key['sequence']}"
    if key["revoked_s"] is not None:
        return f"{told}; revoked {when.moment(key['revoked_s'])}"
    return told + (f"; {_counted(key['steps_back'], 'step')} back in the last day" if key["steps_back"] else "")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _folder(context: click.Context, folder: Path | None) -> Path:
    """`--data` may stand before the command or after it."""
    above = None if context.parent is None else context.parent.params.get("folder")
    return folder_of(folder or above)


def _store(folder: Path) -> "Store":
    from desk.store import Store

    path = folder / "desk.db"
    if not path.is_file():
        raise InputError(f"There is no desk in {folder}.", advice="Start `wren desk` there once, or give --data.")
    return Store(path)
