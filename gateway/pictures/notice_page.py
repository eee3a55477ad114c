"""The time to notice as one page: a bar for each hour of the day."""

from html import escape
from typing import Final

from gateway.pictures import words
from gateway.pictures.page import bullets, page
from gateway.portrait import Portrait, Stream
from models.coverage import duration
from models.localtime import HOUR_S
from models.wording import notice as notice_sentence

_LEFT: Final = 176
_WIDTH: Final = 640
_LENGTH_X: Final = 86
_ROW: Final = 32
_TOP: Final = 44
_LEAST_H: Final = 4
_STEP_H: Final = 2
_NIGHT: Final = frozenset({22, 23, 0, 1, 2, 3, 4, 5, 6})


def notice_page(portrait: Portrait) -> str:
    """A whole document."""
    sections = [_section(portrait, stream) for stream in portrait.streams]
    return page(f"How soon a silence is noticed, {portrait.home}", sections, words.PRIVATE)


def _section(portrait: Portrait, stream: Stream) -> str:
    return f"""
<h1>How soon a silence is noticed</h1>
<p class="soft">{escape(words.whose(stream).capitalize())}, {escape(portrait.home)}, as known on
{escape(words.moment(portrait))}. {escape(words.learnt(stream))}</p>
<div class="lead">{escape(notice_sentence(stream.notice_s) or words.sooner(stream))}
<p>{escape(words.NO_FALL_ALARM)}</p><p>{escape(words.now(portrait, stream))}</p></div>
<h2>If all movement stopped at this hour, an alert would open after</h2>
<p class="soft">Softer bars: silences that begin between 22:00 and 7:00, hours that do not count towards the fixed
limit of 8 waking hours.</p>
<div class="wide">{_bars(portrait, stream)}</div>
<h2>What this does not say</h2>
{bullets([words.IT_DEPENDS, words.ANYBODY, *words.not_seen(stream)])}"""


def _bars(portrait: Portrait, stream: Stream) -> str:
    known = [seconds for seconds in stream.notice_s if seconds is not None]
    most_h = max([_LEAST_H, *(-(-seconds // HOUR_S) for seconds in known)])
    an_hour = _WIDTH / most_h
    bottom = _TOP + 24 * _ROW
    label = escape(f"How long a silence lasts before an alert, by the hour at which it begins: {words.whose(stream)}")
    drawn = [f'<svg viewBox="0 0 {_LEFT + _WIDTH + 190} {bottom + 12}" role="img" aria-label="{label}">']
    for hours in range(0, most_h + 1, _STEP_H):
        x = _LEFT + hours * an_hour
        drawn.append(f'<line class="grid" x1="{x:.0f}" x2="{x:.0f}" y1="{_TOP - 8}" y2="{bottom}"/>')
        drawn.append(f'<text class="soft" x="{x:.0f}" y="24" text-anchor="middle">{hours} h</text>')
    first = portrait.parts[0].begins_h
    for number in range(24):
        hour = (first + number) % 24
        drawn.append(_bar(hour, stream.notice_s[hour], _TOP + number * _ROW, an_hour, words.no_hour(stream)))
    return "".join(drawn) + "</svg>"


def _bar(hour: int, notice_s: int | None, y: int, an_hour: float, unknown: str) -> str:
    name = f'<text x="62" y="{y + 21}" text-anchor="end">{hour:02d}:00</text>'
    if notice_s is None:
        return f'{name}<text class="soft" x="{_LENGTH_X}" y="{y + 21}">{unknown}</text>'
    long = notice_s / HOUR_S * an_hour
    kind = "s3" if hour in _NIGHT else "bar"
    bar = f'<rect class="{kind}" x="{_LEFT}" y="{y + 3}" width="{long:.0f}" height="{_ROW - 7}" rx="4"/>'
    told = f'<text x="{_LENGTH_X}" y="{y + 21}" font-weight="600">{duration(notice_s)}</text>'
    due = f'<text class="soft" x="{_LEFT + long + 10:.0f}" y="{y + 21}">at {words.due(hour, notice_s)}</text>'
    return name + bar + told + due
