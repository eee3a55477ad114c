"""An evaluation as one page: the pictures first, then every table."""

from collections.abc import Iterator
from html import escape
from typing import Any, Final

from gateway.evaluation.drawing import Bars, asked_and_realised, recall_bars, silence_curve
from gateway.evaluation.report import Shown, tables
from gateway.evaluation.rivalry import NAMES
from gateway.pictures.page import bullets, page

_FOOTER: Final = (
    "Made by wren evaluate from recorded homes; docs/evaluation.md defines every measure. Changes are put in by rule, "
    "not lived, and every care alert of an untouched recording counts as false."
)


def evaluation_page(account: dict[str, Any]) -> str:
    """A whole document of `Evaluation.account`."""
    return page("What Wren notices, and how often it is wrong", _sections(account), _FOOTER)


def _sections(account: dict[str, Any]) -> Iterator[str]:
    yield _head(account)
    if "silence" in account:
        yield _silence(account["silence"])
    if "changes" in account:
        yield _changes(account)
    if "calibration" in account:
        yield _calibration(account["calibration"])
    yield "<h2>In full</h2>" + "".join(map(_table, tables(account)))


def _head(account: dict[str, Any]) -> str:
    homes = len(account["homes"])
    drawn = f"seed {account['seed']}, up to {account['per_home']} copies of each home with each change"
    lead = [f"{homes} recorded home{'' if homes == 1 else 's'}; {drawn}. Intervals are 95 %, over people."]
    if "twins" in account:
        part = account["twins"]
        attention, urgent = part["attention_per_person_week"]["rate"], part["urgent_per_person_month"]["rate"]
        if attention is not None and urgent is not None:
            lead.append(
                f"Untouched, over {part['person_days']:.0f} person-days: {attention:.2f} alerts for attention a "
                f"person-week and {urgent:.2f} urgent ones a person-month, all counted as false."
            )
    said = "".join(f"<p>{escape(one)}</p>" for one in lead)
    return f'<h1>What Wren notices, and how often it is wrong</h1><div class="lead">{said}</div>'


def _silence(part: dict[str, Any]) -> str:
    if not part["budgets"]:
        return "<h2>How soon a silence is noticed</h2><p>No waking moment at home can be told here.</p>"
    return f"""<h2>How soon a silence is noticed, and what it costs</h2>
<p class="soft">At waking moments at home: hours until an alert if all movement stopped. Rings: the false alerts that
were asked for. Dots: those that came. Wren notices in hours, not minutes: it is no fall alarm.</p>
<div class="wide">{silence_curve(part["budgets"])}</div>"""


def _changes(account: dict[str, Any]) -> str:
    rivals = {one["change"]: one for one in account["rivals"]["changes"]} if "rivals" in account else {}
    groups = []
    for one in account["changes"]["changes"]:
        shares = [("Wren", one["recall"], one["by_chance"])]
        if one["trials"] and one["change"] in rivals:
            versus = rivals[one["change"]]
            shares += [(name, versus[name]["recall"], versus[name]["by_chance"]) for name in NAMES]
        groups.append(Bars(one["change"], tuple(shares)))
    who = "Dark: Wren."
    if rivals:
        who += f" Middle: {NAMES[0]}. Light: {NAMES[1]}. Both were asked to alert as often as Wren did."
    return f"""<h2>Changes put into recordings: which share is noticed</h2>
<p class="soft">{escape(who)} The mark on a bar is what the untouched recording would have given by chance.</p>
<div class="wide">{recall_bars(groups)}</div>"""


def _calibration(part: dict[str, Any]) -> str:
    pictures = []
    for key, what in (
        ("inactivity_per_person_day", "inactivity alerts a person-day"),
        ("attention_per_person_week", "attention alerts a person-week"),
    ):
        lines = [(one["asked"], one["realised"], one["interval"]) for one in part[key]]
        pictures.append(f'<div style="flex:1 1 440px;max-width:560px">{asked_and_realised(lines, what)}</div>')
    lines = [(one["said"], one["found"], one["interval"]) for one in part["habits"]]
    pictures.append(
        f'<div style="flex:1 1 440px;max-width:560px">{asked_and_realised(lines, "habits said to be so rare")}</div>'
    )
    return f"""<h2>Does it keep to what was asked, and is what it calls rare rare?</h2>
<p class="soft">On the line: exactly as asked. In the band: within a factor of {part["within"]:g}. Bars are 95 %.</p>
<div style="display:flex;flex-wrap:wrap;gap:1rem">{"".join(pictures)}</div>"""


def _table(shown: Shown) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in shown.header)
    rows = "".join(
        f"<tr><th>{escape(row[0])}</th>{''.join(f'<td>{escape(cell)}</td>' for cell in row[1:])}</tr>"
        for row in shown.rows
    )
    table = f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    return f"<h3>{escape(shown.title)}</h3>{table}{bullets(shown.notes) if shown.notes else ''}"
