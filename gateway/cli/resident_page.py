"""`wren resident-page`: the sheet of paper that stays with the person who lives there."""

from pathlib import Path

import click

from gateway.cli.options import CONFIG


@click.command(
    epilog="""\b
Examples:
  wren resident-page --out page.html
  wren resident-page --contact "01632 960001, the care office" --emergency 999 --out page.html
"""
)
@CONFIG
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Write the page to this file.")
@click.option("--resident", help="For whom, in a home of several.")
@click.option("--contact", help="Whom to ring about the box, as it is to stand on the page; kept nowhere else.")
@click.option("--emergency", help="The number to ring in an emergency, such as 999.")
def resident_page(
    config_path: Path, out: Path, resident: str | None, contact: str | None, emergency: str | None
) -> None:
    """Write a page for the resident: what the box sees, what leaves, who hears, how to pause, how to say no.

    Large print, one sheet of A4 with both sides, filled with this home's own sensors, panel and recipients: open it
    in a browser and print it. What is not given is a line to write on. Ends with 0; 2 if the configuration or an
    option is refused, or the file cannot be written.
    """
    from gateway.config.reading import load
    from gateway.errors import InputError
    from gateway.resident_page.content import content
    from gateway.resident_page.sheet import sheet

    config = load(config_path)
    known = [one.id for one in config.residents]
    if resident is None and len(known) == 1:
        (resident,) = known
    if resident not in known:
        problem = "Several people live here." if resident is None else f"{resident[:48]!a} is no resident of this home."
        raise InputError(problem, advice=f"Name one of them: --resident {' or '.join(known)}.")
    try:
        out.write_text(sheet(content(config, resident, contact=contact, emergency=emergency)), encoding="utf-8")
    except OSError as error:
        advice = "Name a file in a folder that exists and that this user may write."
        raise InputError(f"{out} cannot be written: {error.strerror}.", advice=advice) from error
    click.echo(f"Written to {out}: open it in a browser and print it on both sides of one sheet.")
    blank = [name for name, given in (("--contact", contact), ("--emergency", emergency)) if not given]
    if blank:
        click.echo(f"Not given, so a line to write on: {' and '.join(blank)}.")
