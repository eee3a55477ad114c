"""The panel's lights as bars of time: in a terminal, and as a picture for the documentation."""

from collections.abc import Iterator
from html import escape
from typing import Final

from models.panel_light import PERIOD_MS, Light, is_on
from models.wording_panel import LIGHTS

_CELL_MS: Final = 100
_SHOWN_MS: Final = 2 * PERIOD_MS
_ON, _OFF = "█", "·"
_TYPE: Final = 'font-family="sans-serif" font-size="13"'


def bar(light: Light) -> str:
    """Eight seconds of the lamp, a character for each tenth of a second.

    >>> bar(Light.TROUBLE)[:40]
    '████████████████████····················'
    """
    return "".join(_ON if is_on(light, at_ms)[0] else _OFF for at_ms in range(0, _SHOWN_MS, _CELL_MS))


def lines() -> Iterator[str]:
    """Each light with its bar and what it means."""
    for light in Light:
        yield f"  {light:<13} {bar(light)}"
        yield f"  {'':<13} {LIGHTS[light]}"


def svg() -> str:
    """The same as a picture: yellow is light, grey is none; the time runs from left to right."""
    row, left, scale = 46, 120, 0.075
    width, height = left + round(_SHOWN_MS * scale) + 20, len(Light) * row + 50
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" {_TYPE}>',
        "<title>What the light of a Wren panel shows</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    for number, light in enumerate(Light):
        top = 16 + number * row
        parts.append(f'<text x="12" y="{top + 13}" font-weight="bold">{light}</text>')
        parts.append(f'<text x="{left}" y="{top + 32}" font-size="11" fill="#444444">{escape(LIGHTS[light])}</text>')
        at_ms = 0
        while at_ms < _SHOWN_MS:
            lit, left_ms = is_on(light, at_ms)
            length_ms = min(left_ms, _SHOWN_MS - at_ms)
            parts.append(
                f'<rect x="{left + at_ms * scale:g}" y="{top}" width="{length_ms * scale:g}" height="16" '
                f'fill="{"#f2c200" if lit else "#d9d9d9"}"/>'
            )
            at_ms += length_ms
    foot = 16 + len(Light) * row + 14
    seconds = (
        f'<text x="{left + second * 1000 * scale:g}" y="{foot}" font-size="11">{second} s</text>'
        for second in range(_SHOWN_MS // 1000 + 1)
    )
    return "\n".join([*parts, *seconds, "</svg>\n"])
