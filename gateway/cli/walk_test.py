"""`wren walk-test`: a technician sets off each sensor of the home, and what was proven is written down and signed."""

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.options import CONFIG
from gateway.errors import InputError

if TYPE_CHECKING:
    from gateway.config.tables import Config
    from gateway.walktest.forms import Certificate
    from gateway.walktest.scope import Item

_MOST_BYTES = 4 << 20


@click.command(
    "walk-test",
    epilog="""\b
Examples:
  wren walk-test --by t17
  wren walk-test --by t17 --html certificate.html
  wren walk-test --verify certificate.html
""",
)
@CONFIG
@click.option("--by", metavar="ID", help="Who walks: a technician's id, no name. Asked for if it is not given.")
@click.option("--anew", is_flag=True, help="Walk to everything again, also to what has passed already.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Also write the certificate's page here.")
@click.option("--json", "as_json", is_flag=True, help="Say how the walk stands as one JSON object; nothing is walked.")
@click.option("--verify", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Check a certificate.")
def walk_test(
    config_path: Path, by: str | None, html: Path | None, verify: Path | None, *, anew: bool, as_json: bool
) -> None:
    """Set off each sensor by hand and see that the running gateway sees it; call the desk; sign what was proven.

    Goes on where it was left: what has passed is not asked again until its sensor is another one or has drifted.
    Run it as root, beside the running daemon.

    Ends with 0 when the walk-test has passed, or a certificate is genuine; 1 if something is left to do, or the
    certificate was changed; 2 if the configuration or an option is refused, the daemon runs with another home.toml, or
    somebody else walks; 4 if the daemon does not answer or a file cannot be used.
    """
    if verify is not None:
        _verify(verify, as_json=as_json)
        return
    from gateway.config.reading import load
    from gateway.walktest.scope import items_of

    config = load(config_path)
    items = items_of(config)
    if as_json:
        sys.exit(_say(config, items))
    certificate = _walk(config, config_path, items, by, anew=anew, prints=html is not None)
    if certificate is None:
        sys.exit(1)
    _show(config, certificate, html)


def _walk(
    config: "Config", path: Path, items: "list[Item]", by: str | None, *, anew: bool, prints: bool
) -> "Certificate | None":
    """The certificate: of this walk, or the one that counts already; None if the walk has not come to its end.

    `prints`: a page is asked for, and of a home that is live nothing that was left out is walked to.
    """
    from gateway.config.places import places_of
    from gateway.walktest import issue, results, session, wish
    from gateway.walktest.scope import fingerprint
    from gateway.walktest.standing import drifted_since
    from gateway.walktest.walk import Means, Walk
    from gateway.walktest.words import waits

    places, home = places_of(config), config.home.id
    text, key = path.read_bytes(), issue.own_key(places)
    before = issue.current(places, home)
    drifted = drifted_since(places, before)
    whole = before is not None and all(proof.outcome == "proven" for proof in before.proofs)
    passed = before is not None and before.sensors == fingerprint(items) and not drifted
    if before is not None and passed and (whole or prints) and not anew:
        click.echo(f"The walk-test of {home} passed at {before.issued_at}, and nothing is to be walked again (--anew).")
        return before
    who = _who(by)
    means = Means(
        lambda of: results.write(places.walk_results, of),
        lambda of: wish.write(places.walk_wish, of),
        time.time,
        time.monotonic,
    )
    with session.alone(places.private):
        kept = results.Results(home=home) if anew else results.known(places.walk_results, before, home, drifted)
        walk = Walk(items, kept, who, means)
        walk.enrolled = key is not None
        session.sit(walk, places, home)
        if not walk.is_through or walk.gone or key is None or walk.beat is None:
            done = len(items) - len(walk.left)
            click.echo(f"{done} of {len(items)} done; what was done is kept. {waits(walk)}".rstrip())
            return None
        proofs = [proof for item in items if (proof := walk.proof(item)) is not None]
        return issue.issue(config, text, items, proofs, key=key, by=who, beat_s=walk.beat, utc_s=int(time.time()))


def _who(by: str | None) -> str:
    import msgspec

    from gateway.uplink.forms import Slug

    if by is None:
        if not sys.stdin.isatty():
            raise InputError("Nobody said who walks.", advice="Add --by with your id, such as --by t17.")
        by = click.prompt("Your id (no name), such as t17", err=True)
    try:
        return msgspec.convert(str(by).strip(), Slug)
    except msgspec.ValidationError:
        advice = "Lower-case letters, digits and hyphens, such as t17: an id, for the certificate has no names in it."
        raise InputError("That is no technician's id.", advice=advice) from None


def _say(config: "Config", items: "list[Item]") -> int:
    """The walk as one JSON object; the exit code."""
    import msgspec

    from gateway.config.places import places_of
    from gateway.walktest import issue, results
    from gateway.walktest.scope import fingerprint
    from gateway.walktest.standing import drifted_since

    places, home = places_of(config), config.home.id
    before = issue.current(places, home)
    drifted = drifted_since(places, before)
    proofs = results.known(places.walk_results, before, home, drifted).proofs
    known = {item.id: proofs[item.id] for item in items if item.id in proofs and proofs[item.id].device == item.device}
    passed = before is not None and before.sensors == fingerprint(items) and not drifted
    document = {
        "home": home,
        "enrolled": issue.own_key(places) is not None,
        "passed": passed,
        "certificate": None if before is None else before.issued_at,
        "left": [item.id for item in items if item.id not in known],
        "drifted": sorted(drifted),
        "items": msgspec.to_builtins(known),
    }
    click.echo(json.dumps(document, sort_keys=True))
    return 0 if passed else 1


def _show(config: "Config", certificate: "Certificate", html: Path | None) -> None:
    """Say where the certificate lies, and write its page."""
    from gateway.config.places import places_of
    from gateway.walktest import issue
    from gateway.walktest.page import page

    places = places_of(config)
    signed = places.walk_certificate.read_bytes()
    drawn = page(certificate, signed)
    at = places.walk_certificate.with_suffix(".html")
    issue.keep(at, drawn)
    if html is not None:
        issue.put(html, drawn)
    left_out = [proof.name for proof in certificate.proofs if proof.outcome != "proven"]
    click.echo(f"The walk-test of {certificate.home} has passed: this home is live.")
    if left_out:
        click.echo(f"  left out      {', '.join(left_out)}")
    click.echo(f"  certificate   {places.walk_certificate}")
    click.echo(f"  to print      {html or at}")
    click.echo("It proves what was seen today. It does not prove that anybody is well, or answers at night.")


def _verify(path: Path, *, as_json: bool) -> None:
    import msgspec

    from gateway.uplink.keys import fingerprint, key_of
    from gateway.walktest import sealing
    from gateway.walktest.page import signed_in

    with path.open("rb") as file:
        text = file.read(_MOST_BYTES)
    certificate = sealing.opened(signed_in(text))
    own = fingerprint(key_of(certificate.gateway_key))
    if as_json:
        click.echo(json.dumps({"genuine": True, "fingerprint": own, "certificate": msgspec.to_builtins(certificate)}))
        return
    proven = sum(proof.outcome == "proven" for proof in certificate.proofs)
    click.echo(f"Not a byte was changed since the gateway {own} signed it.")
    click.echo(f"  home      {certificate.home}, {certificate.issued_at}, by {certificate.by}")
    click.echo(f"  proven    {proven} of {len(certificate.proofs)}")
    for proof in certificate.proofs:
        if proof.outcome != "proven":
            click.echo(f"  left out  {proof.name}: {proof.reason}")
    click.echo("Whose gateway that is, the desk's page of this home shows: its fingerprint must be the same.")
