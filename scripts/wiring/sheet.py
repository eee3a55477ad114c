"""A sheet of paper in SVG: the header of the Pi at the left, wires, and the symbols that hang on them.

One user unit is a pixel at 100 %. Nothing on it asks anybody for a font or a picture.
"""

from html import escape
from typing import Final

from gateway.pictures.header import HEADER

WIDTH: Final = 1000
COLOURS: Final = {
    "signal": "#1565c0",
    "second": "#6a1b9a",
    "third": "#00695c",
    "fourth": "#ad1457",
    "3V3": "#b35c00",
    "5V": "#c62828",
    "GND": "#30343a",
}
"""What a wire carries; each wire has its name beside it as well, for those who do not tell colours apart."""

_BOARD_X, _TOP, _PITCH = 176, 132, 18
_LEFT_X, _RIGHT_X = _BOARD_X + 20, _BOARD_X + 44
EXIT_X: Final = 404
"""Where wires leave the header's part of the sheet."""
_SANS: Final = "system-ui,-apple-system,'Segoe UI','Noto Sans','DejaVu Sans',sans-serif"
_MONO: Final = "ui-monospace,'DejaVu Sans Mono','Liberation Mono',Menlo,monospace"
_STYLE: Final = (
    f"text{{font-family:{_SANS};font-size:14px;fill:#1c2430}}"
    ".h{font-size:25px;font-weight:700}.s{font-size:15px;fill:#4a5463}.b{font-weight:700}"
    ".m{font-size:12.5px;fill:#4a5463}.w{fill:#fff;font-weight:700}.k{font-size:15.5px;font-weight:700}"
    f".c{{font-family:{_MONO};font-size:13.5px;white-space:pre}}.n{{font-size:10px;fill:#cfe3d6}}"
    ".p{font-size:12.5px;font-weight:700}.e{text-anchor:end}.o{text-anchor:middle}"
)


class Sheet:
    """What has been drawn so far.

    Args:
        title, subtitle: at the head.
    """

    def __init__(self, title: str, subtitle: str) -> None:
        self._title = title
        self._parts: list[str] = []
        self._over: list[str] = []
        self.text(32, 46, title, "h")
        self.text(32, 72, subtitle, "s")
        self._header()

    def text(self, x: float, y: float, text: str, style: str = "") -> None:
        """One line of text; `style` names classes of the sheet."""
        self._over.append(f'<text x="{x:g}" y="{y:g}" class="{style}">{escape(text, quote=False)}</text>')

    def raw(self, svg: str) -> None:
        """A shape as it is."""
        self._parts.append(svg)

    def over(self, svg: str) -> None:
        """A shape above the wires."""
        self._over.append(svg)

    def box(self, x: float, y: float, w: float, h: float, fill: str, line: str, *, round_: int = 8) -> None:
        """A rectangle above the wires."""
        self.over(
            f'<rect x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}" rx="{round_}" fill="{fill}" stroke="{line}" '
            'stroke-width="2"/>'
        )

    def pin(self, number: int, role: str, *, bcm: int | None = None) -> float:
        """A wire leaves physical pin `number`; returns the y at which it crosses `EXIT_X`.

        Raises ValueError where the header has something else at that number: the drawing would be wrong.
        """
        name = HEADER[number - 1]
        wanted = role if bcm is None else f"GPIO{bcm}"
        if name != wanted:
            raise ValueError(f"pin {number} is {name}, not {wanted}")
        row, is_left = (number - 1) // 2, bool(number % 2)
        y = _TOP + row * _PITCH
        colour = COLOURS[role]
        x = _LEFT_X if is_left else _RIGHT_X
        out = y + _PITCH / 2 if is_left else y
        # out of the inner column the wire passes between two pins of the outer one
        bend = f"{x + 9:g},{out:g} " if is_left else ""
        self.wire(f"{x},{y} {bend}{EXIT_X},{out:g}", role, data=f' data-pin="{number}" data-name="{name}"')
        self.over(f'<circle cx="{x}" cy="{y}" r="6" fill="{colour}" stroke="#fff" stroke-width="2"/>')
        label = f"{name} · pin {number}"
        if is_left:
            self._chip(_BOARD_X - 10 - 128, y - 8, 128, label, colour)
        else:
            self._chip(_RIGHT_X + 44, y - 8, 128 if len(label) > 12 else 104, label, colour)
        return out

    def wire(self, points: str, role: str, *, data: str = "", over: bool = False) -> None:
        """A line through `points` ("x,y x,y"); `over`: those that it crosses pass under it."""
        way = f'<polyline points="{points}" fill="none" stroke-linejoin="round"'
        if over:
            self.raw(f'{way} stroke="#fff" stroke-width="12"/>')
        self.raw(f'{way} stroke-linecap="round" stroke="{COLOURS[role]}" stroke-width="3.5"{data}/>')

    def joint(self, x: float, y: float, role: str) -> None:
        """Two wires meet."""
        self.over(f'<circle cx="{x:g}" cy="{y:g}" r="5" fill="{COLOURS[role]}"/>')

    def resistor(self, x: float, y: float, value: str = "", *, upright: bool = False) -> None:
        """A resistor whose middle is at (x, y)."""
        w, h = (20, 46) if upright else (46, 20)
        self.box(x - w / 2, y - h / 2, w, h, "#f6efe0", "#30343a", round_=4)
        if upright:
            self.text(x + 16, y + 5, value, "p")
        else:
            self.text(x, y - 16, value, "p o")

    def terminal(self, x: float, y: float, label: str = "", *, left: bool = False) -> None:
        """A screw terminal with its name inside the device, at its right."""
        self.over(f'<circle cx="{x:g}" cy="{y:g}" r="6.5" fill="#e9edf2" stroke="#30343a" stroke-width="2"/>')
        self.over(f'<path d="M{x - 3.5:g} {y + 3.5:g}l7-7" stroke="#30343a" stroke-width="1.6"/>')
        if label:
            self.text(x + (-13 if left else 13), y + 5, label, "p e" if left else "p")

    def contact(self, x: float, top: float, bottom: float, *, is_open: bool = True) -> None:
        """A contact between two upright ends."""
        mid = (top + bottom) / 2
        tip = f"{x + 22:g} {mid - 17:g}" if is_open else f"{x + 3:g} {mid - 22:g}"
        self.over(
            f'<path d="M{x:g} {top:g}V{mid - 20:g}M{x:g} {bottom:g}V{mid + 20:g}L{tip}" fill="none" '
            'stroke="#30343a" stroke-width="4" stroke-linecap="round"/>'
        )
        self.over(f'<circle cx="{x:g}" cy="{mid - 20:g}" r="4" fill="#fff" stroke="#30343a" stroke-width="2.5"/>')
        self.over(f'<circle cx="{x:g}" cy="{mid + 20:g}" r="4" fill="#30343a"/>')

    def _chip(self, x: float, y: float, w: float, label: str, colour: str) -> None:
        self.over(
            f'<rect x="{x:g}" y="{y:g}" width="{w:g}" height="16" rx="8" fill="#fff" stroke="{colour}" '
            'stroke-width="1.8"/>'
        )
        self.text(x + w / 2, y + 12.5, label, "p o")

    def _header(self) -> None:
        height = len(HEADER) // 2 * _PITCH
        self.raw(
            f'<rect x="{_BOARD_X - 6}" y="{_TOP - 40}" width="92" height="{height + 72}" rx="10" fill="#2e6b4a"/>'
            f'<rect x="{_BOARD_X + 8}" y="{_TOP - 12}" width="48" height="{height + 6}" rx="4" fill="#1d2126"/>'
        )
        self.over(f'<text x="{_BOARD_X + 40}" y="{_TOP - 22}" class="w o" style="font-size:12px">Pi header</text>')
        foot = _TOP + height + 15
        self.over(f'<text x="{_BOARD_X + 40}" y="{foot}" class="w o" style="font-size:11px">USB ports</text>')
        self.over(f'<path d="M{_BOARD_X + 34} {foot + 5}h12l-6 9z" fill="#fff"/>')
        for index in range(len(HEADER)):
            x = _RIGHT_X if index % 2 else _LEFT_X
            y = _TOP + index // 2 * _PITCH
            shape = f'<circle cx="{x}" cy="{y}" r="4.5" fill="#d9b64e"/>'
            if index == 0:
                shape = f'<rect x="{x - 5}" y="{y - 5}" width="10" height="10" fill="#d9b64e"/>'
            self.raw(shape)

    def finish(self, height: int) -> str:
        """The whole picture."""
        return "\n".join([
            (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
            f'height="{height}" role="img">'),
            f"<title>{escape(self._title)}</title><style>{_STYLE}</style>",
            f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
            *self._parts,
            *self._over,
            "</svg>\n",
        ])  # fmt: skip
