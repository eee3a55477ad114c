"""What could be seen as one page: a row for each sensor, a cell for each hour of seven days."""

from datetime import datetime, timedelta
from html import escape
from textwrap import shorten
from typing import Final
from zoneinfo import ZoneInfo

from gateway.pictures import words
from gateway.pictures.coverage import DAYS, MEANING, days, sentences
from gateway.pictures.page import bullets, page
from gateway.portrait import Portrait, Sensor

_LEFT: Final = 190
_CELL: Final = 5.5
_ROW: Final = 30
_TOP: Final = 40
_NAME: Final = 20
_SHADES: Final = {"s": "s1", "p": "s4", "b": "s6"}


def coverage_page(portrait: Portrait) -> str:
    """A whole document."""
    body = f"""
<h1>What could be seen</h1>
<p class="soft">{escape(portrait.home)}, the seven days until {escape(words.moment(portrait))}; one cell is one hour</p>
<div class="wide">{_heat_map(portrait) if portrait.sensors else "Nothing is known yet."}</div>
<h2>What this says, and what not</h2>
{bullets(sentences(portrait))}"""
    return page(f"What could be seen, {portrait.home}", [body], words.PRIVATE)


def _heat_map(portrait: Portrait) -> str:
    bottom = _TOP + len(portrait.sensors) * _ROW
    label = escape(f"What each sensor could see, hour by hour: {portrait.home}")
    drawn = [f'<svg viewBox="0 0 {_LEFT + DAYS * 24 * _CELL + 10:.0f} {bottom + 50}" role="img" aria-label="{label}">']
    for number, day in enumerate(days(portrait)):
        x = _LEFT + number * 24 * _CELL
        drawn.append(f'<text x="{x + 4:.0f}" y="24">{escape(day)}</text>')
        drawn.append(f'<path class="rule" d="M{x:.1f} 8V{bottom}"/>')
    zone = ZoneInfo(portrait.timezone)
    for number, one in enumerate(portrait.sensors):
        y = _TOP + number * _ROW
        name = escape(shorten(one.sensor, _NAME, placeholder="…"))
        drawn.append(f'<text x="{_LEFT - 12}" y="{y + 20}" text-anchor="end">{name}</text>')
        drawn += _cells(one, y, zone)
    for number, (mark, meaning) in enumerate(MEANING.items()):
        x = _LEFT + number * 120
        drawn.append(f'<rect class="{_SHADES[mark]}" x="{x}" y="{bottom + 18}" width="24" height="18" rx="3"/>')
        drawn.append(f'<text class="soft" x="{x + 32}" y="{bottom + 32}">{meaning}</text>')
    return "".join(drawn) + "</svg>"


def _cells(one: Sensor, y: int, zone: ZoneInfo) -> list[str]:
    """Hours alike and side by side are one box, which says from when to when."""
    boxes, start = [], 0
    for hour in range(1, len(one.hours) + 1):
        if hour < len(one.hours) and one.hours[hour] == one.hours[start]:
            continue
        begins, ends = (datetime.fromtimestamp(one.from_s, zone) + timedelta(hours=number) for number in (start, hour))
        told = f"{one.sensor}: {MEANING[one.hours[start]]} from {begins:%a %H:%M} to {ends:%a %H:%M}"
        boxes.append(
            f'<g><title>{escape(told)}</title><rect class="{_SHADES[one.hours[start]]}" '
            f'x="{_LEFT + start * _CELL:.1f}" y="{y}" width="{(hour - start) * _CELL:.1f}" height="{_ROW - 4}"/></g>'
        )
        start = hour
    return boxes
