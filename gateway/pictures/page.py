"""One HTML page in one file: no script, no font, no picture from elsewhere; light, dark and on paper.

The colours are cividis-like blues with an orange mark, which stay apart for people who do not tell red from
green, and in grey print. Text is large: it is read at a kitchen table.
"""

from collections.abc import Iterable
from html import escape
from typing import Final

_STYLE: Final = """
:root { color-scheme: light dark; --paper: #fdfcf9; --ink: #1c2430; --soft: #566072; --line: #d9d5cb; --card: #fff;
  --mark: #c2410c; --ring: #fff; --bar: #2b7a9b; --never: #efece4;
  --s1: #d5e4ee; --s2: #abcbe0; --s3: #7aaccc; --s4: #4a89b1; --s5: #246590; --s6: #0c4069; }
@media (prefers-color-scheme: dark) { :root { --paper: #12161c; --ink: #eceff3; --soft: #a5b0bf; --line: #343d49;
  --card: #191f27; --mark: #ffb454; --ring: #12161c; --bar: #6cb6d6; --never: #20262f;
  --s1: #1f3a50; --s2: #25546f; --s3: #2f7192; --s4: #4592b4; --s5: #74b6d2; --s6: #b4dcec; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 19px/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", "Liberation Sans", sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 2.2rem 1.6rem 3rem; }
h1 { font-size: 2.1rem; line-height: 1.2; margin: 0 0 .3rem; letter-spacing: -.01em; }
h2 { font-size: 1.4rem; margin: 2.2rem 0 .3rem; }
p { margin: .4rem 0; max-width: 52rem; }
.soft { color: var(--soft); }
.lead { font-size: 1.25rem; margin: 1.2rem 0; padding: .9rem 1.2rem; background: var(--card);
  border-left: 6px solid var(--bar); border-radius: 4px; max-width: none; }
.lead p { max-width: none; }
.wide { overflow-x: auto; margin: .8rem 0; }
.wide svg { display: block; width: 100%; min-width: 700px; height: auto; }
svg text { fill: var(--ink); font-size: 17px; font-family: inherit; }
svg .soft { fill: var(--soft); font-size: 15px; }
svg .rule { stroke: var(--soft); stroke-width: 1.5; }
svg .grid { stroke: var(--line); stroke-width: 1; }
.n { fill: none; stroke: var(--line); }
.s0 { fill: var(--never); } .s1 { fill: var(--s1); } .s2 { fill: var(--s2); }
.s3 { fill: var(--s3); } .s4 { fill: var(--s4); } .s5 { fill: var(--s5); } .s6 { fill: var(--s6); }
.bar { fill: var(--bar); }
.dot { fill: var(--mark); stroke: var(--ring); stroke-width: 2; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .45rem .7rem .45rem 0; text-align: left; vertical-align: baseline;
  border-bottom: 1px solid var(--line); }
thead th { font-size: .95rem; color: var(--soft); font-weight: 500; }
tbody th { font-weight: 500; }
td b { font-size: 1.15rem; } td.odd b { color: var(--mark); } td .soft { font-size: .9rem; white-space: nowrap; }
ul { padding-left: 1.3rem; max-width: 52rem; margin: .4rem 0; } li { margin: .35rem 0; }
footer { margin-top: 2rem; padding-top: .8rem; border-top: 1px solid var(--line); color: var(--soft);
  font-size: .95rem; }
@media print { :root { --paper: #fff; --card: #fff; } body { font-size: 11pt; } main { padding: 0; max-width: none; }
  .wide { overflow: visible; } .wide svg { min-width: 0; }
  section { break-before: page; } section:first-child { break-before: auto; }
  svg, table { break-inside: avoid; } * { -webkit-print-color-adjust: exact; print-color-adjust: exact; } }
@page { size: A4 landscape; margin: 14mm; }
"""


def page(title: str, sections: Iterable[str], footer: str) -> str:
    """A whole document; `title` and `footer` are plain text, `sections` HTML."""
    # the policy holds the promise that the page asks for nothing, whoever opens it
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="referrer" content="no-referrer">
<title>{escape(title)}</title>
<style>{_STYLE}</style>
</head>
<body><main>
{"".join(f"<section>{section}</section>" for section in sections)}
<footer>{escape(footer)}</footer>
</main></body>
</html>
"""


def bullets(sentences: Iterable[str]) -> str:
    """A list of plain sentences."""
    return f"<ul>{''.join(f'<li>{escape(sentence)}</li>' for sentence in sentences)}</ul>"
