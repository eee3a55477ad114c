"""The resident's sheet as one HTML file: large print, black on white, A4 on both sides, nothing from elsewhere."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from gateway.resident_page.content import Content, Lamp
from gateway.resident_page.wording_resident import TITLE
from models.panel_light import PATTERNS, PERIOD_MS, Light

_STYLE: Final = """
@page { size: A4; margin: 7mm 11mm; }
* { box-sizing: border-box; }
html { background: #fff; color: #000; }
body { margin: 0 auto; max-width: 760px; padding: 24px;
  font: 18pt/1.4 "Atkinson Hyperlegible", Arial, "Liberation Sans", "Helvetica Neue", sans-serif; }
h1 { font-size: 25pt; line-height: 1.1; margin: 0 0 .3rem; }
h2 { font-size: 19pt; line-height: 1.12; margin: 1rem 0 .2rem; color: #0b3a66; }
p, ul { margin: .25rem 0; }
ul { padding-left: 1.1em; }
.alarm { border: 3px solid #9b1c1c; border-radius: 10px; padding: .3rem .7rem; margin: .2rem 0 .3rem; }
.alarm p:first-child { font-weight: 700; }
.places { columns: 2; column-gap: 1.5rem; list-style: none; padding: 0; }
.places li { break-inside: avoid; }
.lamps { display: grid; grid-template-columns: 104px 1fr; gap: 0 14px; margin: .15rem 0; }
.lamps dt { padding-top: .35em; }
.lamps dd { margin: 0; }
.lamps svg { display: block; width: 104px; height: 16px; }
@media print { body { padding: 0; max-width: none; line-height: 1.14; }
  h2 { margin: .32rem 0 .03rem; } p, ul { margin: .05rem 0; }
  p, li, dd { break-inside: avoid; } h2 { break-after: avoid; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; } }
"""
"""18 points are the least in which large print is printed for old eyes (RNIB, "Clear print guidelines": 16 to 18)."""


_IN_COLUMNS: Final = 6
"""More places than this run on in one paragraph, so that the sheet keeps to its two sides."""


def sheet(page: Content) -> str:
    """The whole document."""
    parts = [
        f"<h1>{escape(TITLE)}</h1>",
        f'<div class="alarm" role="note">{_paragraphs(page.no_alarm)}</div>',
        _part("What it sees", _paragraphs([page.how]) + _places(page.sees)),
        _part("What leaves your home", _list(page.leaves)),
        _part("What never leaves", _list(page.stays)),
        _part("Who hears of it", _heard(page)),
        *([_part("What the lamp says", _lamps(page.lamps))] if page.lamps else []),
        _part("How to pause", _paragraphs([*page.pause, *page.buttons])),
        _part("How to say no", _paragraphs(page.rights)),
        _part("Why", _paragraphs(page.why)),
    ]
    # the policy holds the promise that the page asks for nothing, whoever opens it
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="referrer" content="no-referrer">
<title>{escape(TITLE)}</title>
<style>{_STYLE}</style>
</head>
<body><main>
{"".join(parts)}</main></body>
</html>
"""


def _part(title: str, inner: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{inner}</section>\n"


def _paragraphs(sentences: Iterable[str]) -> str:
    return "".join(f"<p>{escape(one)}</p>" for one in sentences)


def _list(sentences: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(one)}</li>' for one in sentences)}</ul>"


def _places(sees: Sequence[tuple[str, str]]) -> str:
    if len(sees) > _IN_COLUMNS:
        return f"<p>{' '.join(f'<b>{escape(place)}:</b> {escape(what)}.' for place, what in sees)}</p>"
    items = (f"<li><b>{escape(place)}:</b> {escape(what)}</li>" for place, what in sees)
    return f'<ul class="places">{"".join(items)}</ul>'


def _heard(page: Content) -> str:
    if not page.hears:
        return "<p>Nobody is told of anything yet.</p>"
    return "".join(f"<p><b>{escape(one.who)}:</b> {escape(one.what)}</p>" for one in page.hears)


def _lamps(lamps: Iterable[Lamp]) -> str:
    rows = (f"<dt>{_bar(one.light)}</dt><dd><b>{escape(one.name)}:</b> {escape(one.meaning)}</dd>" for one in lamps)
    return f'<dl class="lamps">{"".join(rows)}</dl>'


def _bar(light: Light) -> str:
    """Four seconds of the lamp: filled while it is on."""
    shapes, at_ms = [], 0
    for index, length_ms in enumerate(PATTERNS[light]):
        if index % 2 == 0 and length_ms:
            shapes.append(f'<rect x="{at_ms}" y="150" width="{length_ms}" height="500" fill="#b35c00"/>')
        at_ms += length_ms
    spoken = ", ".join(
        f"{'on' if index % 2 == 0 else 'off'} for {length_ms / 1000:g} seconds"
        for index, length_ms in enumerate(PATTERNS[light][:4])
        if length_ms
    )
    return (
        f'<svg viewBox="-60 0 {PERIOD_MS + 120} 800" preserveAspectRatio="none" role="img" aria-label="{spoken}">'
        f'<rect x="-40" y="110" width="{PERIOD_MS + 80}" height="580" fill="#fff" stroke="#000" stroke-width="60"/>'
        f"{''.join(shapes)}</svg>"
    )
