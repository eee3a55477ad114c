"""The routine as one page: when each habit is seen, and today's numbers against the usual ones."""

from html import escape
from textwrap import shorten
from typing import Final

from gateway.pictures import words
from gateway.pictures.page import bullets, page
from gateway.pictures.words import Against
from gateway.portrait import Count, Habit, Portrait, Stream

_LEFT: Final = 204
_CELL: Final = 19
_ROW: Final = 38
_NAME: Final = 22
_TOP: Final = 56
_GAP_AFTER_FIRST: Final = 10
_ODD: Final = {Against.MORE: "▲ more", Against.FEWER: "▼ fewer"}


def routine_page(portrait: Portrait) -> str:
    """A whole document."""
    sections = [_section(portrait, stream) for stream in portrait.streams]
    return page(f"The routine, {portrait.home}", sections, words.PRIVATE)


def _section(portrait: Portrait, stream: Stream) -> str:
    different = words.differences(portrait, stream)
    lead = escape(words.today(stream, different)) + (bullets(different) if different else "")
    return f"""
<h1>The routine of {escape(words.whose(stream))}</h1>
<p class="soft">{escape(portrait.home)}, until {escape(words.moment(portrait))}. {escape(words.learnt(stream))}</p>
<div class="lead">{lead}</div>
<h2>When in the day</h2>
<p>The stronger the colour of a half hour, the more often something was seen in it in the last four weeks.
An orange dot: seen today. The day is drawn from {portrait.parts[0].begins_h}:00 to {portrait.parts[0].begins_h}:00,
because a night belongs to the evening before it.</p>
<div class="wide">{_heat_map(portrait, stream)}</div>
<h2>How often</h2>
<p>Today's number is bold. Below it is the usual range: nine in ten of the days here lie within it.</p>
<div class="wide">{_table(portrait, stream)}</div>
<h2>What this does not say</h2>
{bullets([words.RANGES, *words.NOT_SHOWN, *words.not_seen(stream)])}"""


def _heat_map(portrait: Portrait, stream: Stream) -> str:
    order = words.half_hours(portrait.parts)
    habits = words.rows(stream)
    width = _LEFT + len(order) * _CELL + 12
    bottom = _TOP + len(habits) * _ROW + _GAP_AFTER_FIRST
    drawn = [f'<svg viewBox="0 0 {width} {bottom + 76}" role="img" aria-label="{_label(stream)}">']
    for part in portrait.parts:
        x = _x(order.index(part.begins_h * 2))
        drawn.append(f'<text x="{x + 4}" y="20" font-weight="600">{escape(part.name.capitalize())}</text>')
        drawn.append(f'<path class="rule" d="M{x} 6V26M{x} {_TOP - 6}V{bottom}"/>')  # the hours stand in between
    drawn += [
        f'<text class="soft" x="{_x(index) + 4}" y="44">{words.clock(order[index])}</text>'
        for index in range(0, len(order), 4)
    ]
    for number, habit in enumerate(habits):
        y = _TOP + number * _ROW + (_GAP_AFTER_FIRST if number else 0)
        weight = "400" if number else "600"
        name = escape(shorten(words.named(habit, stream).capitalize(), _NAME, placeholder="…"))
        drawn.append(f'<text x="{_LEFT - 12}" y="{y + 24}" text-anchor="end" font-weight="{weight}">{name}</text>')
        drawn += [_cell(habit, half_hour, _x(index), y) for index, half_hour in enumerate(order)]
    drawn.append(_legend(bottom + 30))
    return "".join(drawn) + "</svg>"


def _cell(habit: Habit, half_hour: int, x: int, y: int) -> str:
    shade = words.shade(habit, half_hour)
    kind = "n" if shade == words.NEVER_LEARNT else f"s{shade}"
    seen, looked = habit.seen_days[half_hour], habit.looked_days[half_hour]
    today = "; seen today" if half_hour in habit.today else ""
    told = f"{words.clock(half_hour)} to {words.clock(half_hour + 1)}: on {seen} of {looked} days{today}"
    box = f'<rect class="{kind}" x="{x + 1}" y="{y}" width="{_CELL - 2}" height="{_ROW - 4}" rx="3"/>'
    dot = f'<circle class="dot" cx="{x + _CELL / 2:g}" cy="{y + _ROW / 2 - 2:g}" r="5.5"/>' if today else ""
    return f"<g><title>{told}</title>{box}{dot}</g>"


def _legend(y: int) -> str:
    drawn, x = [f'<text class="soft" x="{_LEFT}" y="{y + 20}">never</text>'], _LEFT + 50
    for shade in range(words.SHADES + 1):
        drawn.append(f'<rect class="s{shade}" x="{x}" y="{y}" width="32" height="28" rx="3"/>')
        x += 34
    drawn.append(f'<text class="soft" x="{x + 8}" y="{y + 20}">every day</text>')
    drawn.append(f'<circle class="dot" cx="{x + 120}" cy="{y + 14}" r="6.5"/>')
    drawn.append(f'<text class="soft" x="{x + 134}" y="{y + 20}">seen today</text>')
    drawn.append(f'<rect class="n" x="{x + 250}" y="{y + 1}" width="30" height="26" rx="3"/>')
    drawn.append(f'<text class="soft" x="{x + 290}" y="{y + 20}">fewer than three days known</text>')
    return "".join(drawn)


def _table(portrait: Portrait, stream: Stream) -> str:
    parts = [f"{part.name.capitalize()}<br>from {part.begins_h}:00" for part in portrait.parts]
    heads = "".join(f'<th scope="col">{head}</th>' for head in ["", *parts, "Whole day"])
    body = "".join(
        f'<tr><th scope="row">{escape(words.named(habit, stream).capitalize())}</th>'
        f"{''.join(map(_td, (*habit.parts, habit.day)))}</tr>"
        for habit in stream.habits
    )
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def _td(count: Count) -> str:
    how = words.against(count)
    usual = "learning" if count.low is None else f"usually {words.usual(count)}"
    if how is Against.LATER:
        return f'<td><span class="soft">later; {usual}</span></td>'
    shown = "?" if how is Against.UNSEEN else str(count.today)
    so_far = " so far" if count.today is not None and not count.ended else ""
    odd = f" <b>{_ODD[how]}</b>" if how in _ODD else ""
    kind = ' class="odd"' if how in _ODD else ""
    return f'<td{kind}><b>{shown}</b>{so_far}{odd}<br><span class="soft">{usual}</span></td>'


def _label(stream: Stream) -> str:
    return escape(f"Heat map: in which half hours of the day each habit of {words.whose(stream)} is usually seen")


def _x(index: int) -> int:
    return _LEFT + index * _CELL
