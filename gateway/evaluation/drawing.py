"""The pictures of an evaluation as SVG: time to notice against false alerts, recall bars, asked against realised."""

import math
from collections.abc import Sequence
from html import escape
from typing import Any, Final, NamedTuple

_WIDTH: Final = 900
_LEFT: Final = 78
_TOP: Final = 24
_HIGH: Final = 300
_BAR: Final = 17
_NAME: Final = 320
_LONG: Final = 480


class Mark(NamedTuple):
    """A point of a curve: what was asked for, what came of it, and the two measures at it."""

    asked: float
    realised: float | None
    low: float | None
    high: float | None


def silence_curve(budgets: Sequence[dict[str, Any]]) -> str:
    """Hours to notice (mean, and nine in ten) against false alerts a person-day; asked as rings, realised as dots."""
    marks = [Mark(b["asked"], b["realised"], b["notice_mean_h"], b["notice_p90_h"]) for b in budgets]
    known = [mark for mark in marks if mark.realised is not None and mark.low is not None and mark.high is not None]
    most_x = _nice(max([mark.asked for mark in marks] + [mark.realised or 0 for mark in marks]))
    most_y = max(4, 2 * math.ceil(max([mark.high or 0 for mark in known], default=4) / 2 + 0.2))
    right = _WIDTH - 190

    def x(value: float) -> float:
        return _LEFT + value / most_x * (right - _LEFT)

    def y(hours: float) -> float:
        return _TOP + _HIGH - hours / most_y * _HIGH

    drawn = [_svg(_HIGH + _TOP + 62, "Hours until a silence is noticed, against false alerts a person-day")]
    for whole in range(0, most_y + 1, 2 if most_y <= 14 else 4):
        drawn.append(f'<line class="grid" x1="{_LEFT}" x2="{right}" y1="{y(whole):.0f}" y2="{y(whole):.0f}"/>')
        drawn.append(_text(_LEFT - 10, y(whole) + 6, f"{whole} h", soft=True, anchor="end"))
    for step in range(6):
        value = most_x * step / 5
        drawn.append(_text(x(value), _TOP + _HIGH + 24, f"{value:g}", soft=True, anchor="middle"))
    drawn.append(_text((_LEFT + right) / 2, _TOP + _HIGH + 50, "false alerts a person-day", soft=True, anchor="middle"))
    for name, of in (("nine in ten within", "high"), ("mean", "low")):
        points = sorted((x(mark.realised or 0), y(getattr(mark, of))) for mark in known)
        line = " ".join(f"{px:.1f},{py:.1f}" for px, py in points)
        drawn.append(f'<polyline class="rule" fill="none" points="{line}"/>')
        if points:
            drawn.append(_text(points[-1][0] + 14, points[-1][1] + 6, name))
    for mark in known:
        for hours in (mark.low or 0, mark.high or 0):
            drawn.append(f'<line class="grid" x1="{x(mark.asked):.1f}" x2="{x(mark.realised or 0):.1f}" ')
            drawn.append(f'y1="{y(hours):.1f}" y2="{y(hours):.1f}"/>')
            drawn.append(f'<circle class="rule" fill="none" cx="{x(mark.asked):.1f}" cy="{y(hours):.1f}" r="7"/>')
            drawn.append(f'<circle class="dot" cx="{x(mark.realised or 0):.1f}" cy="{y(hours):.1f}" r="7"/>')
    return "".join(drawn) + "</svg>"


class Bars(NamedTuple):
    """One change: who noticed which share of its copies, and which share chance alone gives each (None: no copies)."""

    name: str
    shares: tuple[tuple[str, float | None, float | None], ...]


def recall_bars(groups: Sequence[Bars]) -> str:
    """A group of bars for each change; a mark on each bar says what chance alone would give."""
    rows = sum(len(group.shares) for group in groups)
    high = _TOP + rows * _BAR + len(groups) * 16 + 30
    drawn = [_svg(high, "Share of changes that were noticed")]
    for tenth in (0, 2, 4, 6, 8, 10):
        at = _NAME + tenth / 10 * _LONG
        drawn.append(f'<line class="grid" x1="{at:.0f}" x2="{at:.0f}" y1="{_TOP}" y2="{high - 8}"/>')
        drawn.append(_text(at, 16, f"{tenth * 10} %", soft=True, anchor="middle"))
    y = _TOP + 12
    for group in groups:
        drawn.append(_text(_NAME - 14, y + len(group.shares) * _BAR / 2 + 5, group.name, anchor="end"))
        for place, (_, share, chance) in enumerate(group.shares):
            drawn.append(_share(y, place, share, chance))
            y += _BAR
        y += 16
    return "".join(drawn) + "</svg>"


KINDS_OF_BAR: Final = ("bar", "s3", "s1")


def _share(y: float, place: int, share: float | None, chance: float | None) -> str:
    if share is None:
        return _text(_NAME + 6, y + 13, "no such copy", soft=True) if place == 0 else ""
    long = max(2.0, share * _LONG)
    kind = KINDS_OF_BAR[min(place, len(KINDS_OF_BAR) - 1)]
    drawn = f'<rect class="{kind}" x="{_NAME}" y="{y}" width="{long:.0f}" height="{_BAR - 3}" rx="3"/>'
    if chance is not None:
        at = _NAME + chance * _LONG
        drawn += f'<rect class="dot" x="{at - 2.5:.1f}" y="{y - 1}" width="5" height="{_BAR - 1}"/>'
    return drawn + _text(_NAME + max(long, (chance or 0) * _LONG) + 10, y + 12, f"{share * 100:.0f} %", soft=True)


def asked_and_realised(lines: Sequence[tuple[float, float | None, tuple[float, float] | None]], what: str) -> str:
    """Realised against asked, both on a logarithmic scale; the band is a factor of 1.5 either way."""
    values = [asked for asked, _, _ in lines] + [one for _, one, _ in lines if one]
    if not values:
        return ""
    least, most = math.log(min(values) / 2), math.log(max(values) * 2)
    side = 340

    def at(value: float) -> float:
        return max(0.0, min(1.0, (math.log(max(value, 1e-9)) - least) / (most - least))) * side

    def x(value: float) -> float:
        return _LEFT + 20 + at(value)

    def y(value: float) -> float:
        return _TOP + side - at(value)

    label = escape(f"{what}: realised against asked")
    drawn = [f'<svg viewBox="0 0 520 {_TOP + side + 66}" role="img" aria-label="{label}">']
    low, high = math.exp(least), math.exp(most)
    band = ((low, low * 1.5), (high / 1.5, high), (high, high), (high, high / 1.5), (low * 1.5, low), (low, low))
    drawn.append(f'<polygon class="s1" points="{" ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in band)}"/>')
    drawn.append(f'<line class="rule" x1="{x(low):.1f}" y1="{y(low):.1f}" x2="{x(high):.1f}" y2="{y(high):.1f}"/>')
    for asked, realised, interval in lines:
        drawn.append(_text(x(asked), _TOP + side + 24, f"{asked:g}", soft=True, anchor="middle"))
        drawn.append(_text(_LEFT + 10, y(asked) + 5, f"{asked:g}", soft=True, anchor="end"))
        if interval is not None:
            ends = (y(interval[0]), y(interval[1]))
            drawn.append(f'<line class="rule" x1="{x(asked):.1f}" x2="{x(asked):.1f}" y1="{ends[0]:.1f}" ')
            drawn.append(f'y2="{ends[1]:.1f}"/>')
        if realised:
            drawn.append(f'<circle class="dot" cx="{x(asked):.1f}" cy="{y(realised):.1f}" r="7"/>')
    drawn.append(_text(_LEFT + 20 + side / 2, _TOP + side + 52, f"asked: {what}", soft=True, anchor="middle"))
    drawn.append(f'<text class="soft" transform="translate(24 {_TOP + side / 2}) rotate(-90)" text-anchor="middle">')
    drawn.append("realised</text>")
    return "".join(drawn) + "</svg>"


def _svg(high: float, label: str) -> str:
    return f'<svg viewBox="0 0 {_WIDTH} {high:.0f}" role="img" aria-label="{escape(label)}">'


def _text(x: float, y: float, text: str, *, soft: bool = False, anchor: str = "start") -> str:
    kind = ' class="soft"' if soft else ""
    return f'<text{kind} x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{escape(text)}</text>'


def _nice(value: float) -> float:
    """A round end for a scale that has to reach `value`."""
    for end in (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0):
        if value <= end:
            return end
    return float(math.ceil(value))
