"""The shadow run of `wren evaluate --home`: another setting over a home's own recent past."""

import json
from pathlib import Path

import click

from gateway.cli.progress import progress


def shadow(home_db: Path, config_path: Path, proposed_path: Path, days: int, *, as_json: bool) -> None:
    """Print what the setting of `proposed_path` would have sent. Raises GatewayError."""
    from gateway.config.reading import load
    from gateway.evaluation import shadow_report
    from gateway.evaluation.shadow import kept, shadow_run
    from gateway.evaluation.showing import show

    present, proposed = load(config_path).spec(live=True), load(proposed_path).spec(live=True)
    past = kept(home_db)
    try:
        with progress(quiet=as_json) as (expect, tick):
            inputs = past.last_seq - past.first_seq + 1
            expect(inputs // _EVERY)
            found = shadow_run(
                past, present, proposed, days, lambda seq: None if seq % _EVERY else tick("living through it again")
            )
    finally:
        past.close()
    if as_json:
        click.echo(json.dumps(shadow_report.account(found), sort_keys=True))
        return
    click.echo(shadow_report.headline(found))
    click.echo()
    show(shadow_report.tables(found))


_EVERY = 1000
"""Inputs between two steps of the progress bar."""
