"""The fault matrix as one page: a cell for each scenario, then the tables."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from gateway.evaluation.matrix.judging import Verdict
from gateway.evaluation.matrix.reporting import tables, totals
from gateway.evaluation.matrix.scenarios import ROUNDS
from gateway.evaluation.report import Shown
from gateway.pictures.page import bullets, page

_NAME: Final = 300
_CELL: Final = 88
_HIGH: Final = 24
_TOP: Final = 58
_WIDTH: Final = _NAME + _CELL * len(ROUNDS) + 20

_FOOTER: Final = (
    "Made by scripts/fault_matrix from simulated lives: no result on a simulated life says how Wren does in a home. "
    "The judge's rules, and what was changed in them after results had been seen: docs/decisions/0029."
)


def matrix_page(verdicts: Sequence[Verdict], seed: int) -> str:
    """A whole document."""
    return page("What is told when sensors fail", _sections(verdicts, seed), _FOOTER)


def _sections(verdicts: Sequence[Verdict], seed: int) -> Iterator[str]:
    found = totals(verdicts)
    lead = (
        f"{found['scenarios']} scenarios, seed {seed}. Unsafe silences: {found['unsafe']} in {found['collapses']} "
        f"collapses. Care alerts for a fault: {found['false_care']}. Told the technician in time: "
        f"{found['by_link_in_time']} of {found['by_link']} that a link, the radio or a chatter shows."
    )
    yield f'<h1>What is told when sensors fail</h1><div class="lead"><p>{escape(lead)}</p></div>'
    yield f"""<h2>Every scenario</h2><p class="soft">A row for each sort of fault, a column for each course. Orange: a
silence that nobody was told of, or a care alert for a fault. Blue: told that she could not be seen, or an alert for
what was exactly like her. Pale: as it should be. Numbers name the scenario.</p>
<div class="wide">{_cells(verdicts)}</div>"""
    yield "".join(map(_table, tables(verdicts)))


def _cells(verdicts: Sequence[Verdict]) -> str:
    sorts = list(dict.fromkeys(one.fault for one in verdicts))
    drawn = []
    for column, place in enumerate(ROUNDS):
        x = _NAME + column * _CELL
        kind, _, where = str(place.course).partition(", ")
        second = "gateway down" if place.down_min else "a week" if place.judged_s > 3 * 86_400 else ""
        for line, text in enumerate((where or kind, second or ("collapse" if where else ""))):
            drawn.append(f'<text class="soft" x="{x}" y="{18 + 20 * line}">{escape(text[:14])}</text>')
    for row, name in enumerate(sorts):
        y = _TOP + row * _HIGH
        drawn.append(f'<text x="0" y="{y + 16}">{escape(name)}</text>')
        for column, one in enumerate(some for some in verdicts if some.fault == name):
            drawn.append(_cell(_NAME + column * _CELL, y, one))
    high = _TOP + len(sorts) * _HIGH
    return f'<svg viewBox="0 0 {_WIDTH} {high}" role="img" aria-label="Every scenario">{"".join(drawn)}</svg>'


def _cell(x: int, y: int, one: Verdict) -> str:
    failed = one.unsafe or bool(one.false_care)
    look = "dot" if failed else "s3" if one.could_not_see or one.like_her else "s1"
    said = [one.fault, one.course, *one.breaks, *one.false_care, *one.could_not_see, *one.like_her]
    return (
        f'<g><title>{escape("; ".join(said))}</title><rect class="{look}" x="{x}" y="{y}" width="{_CELL - 4}" '
        f'height="{_HIGH - 4}" rx="3"/><text class="soft" x="{x + 6}" y="{y + 15}">{one.number}</text></g>'
    )


def _table(shown: Shown) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in shown.header)
    rows = "".join(
        f"<tr><th>{escape(row[0])}</th>{''.join(f'<td>{escape(cell)}</td>' for cell in row[1:])}</tr>"
        for row in shown.rows
    )
    table = f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    return f"<h2>{escape(shown.title)}</h2>{table}{bullets(shown.notes) if shown.notes else ''}"
