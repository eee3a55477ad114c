"""The wires and the device of each drawing. A pin is asked for by what home.toml says of it, never by its number."""

from typing import Final

from gateway.config.tables import Config
from gateway.pictures.header import physical
from scripts.wiring.sheet import COLOURS, EXIT_X, Sheet

_INK: Final = "#30343a"
_WOOD, _PALE, _METAL = "#e7d3b5", "#f3f5f8", "#c9d1db"


class Bench:
    """A sheet, and the home whose pins are drawn on it."""

    def __init__(self, sheet: Sheet, config: Config) -> None:
        self.sheet = sheet
        self._config = config

    def gpio(self, sensor: str, role: str = "signal") -> float:
        """The wire of a sensor's pin leaves the header; returns its y."""
        (pin,) = (one.gpio.pin for one in self._config.sensors if one.id == sensor and one.gpio is not None)
        return self.sheet.pin(physical(pin), role, bcm=pin)

    def panel(self, key: str, role: str) -> float:
        """The same for a pin of the panel."""
        pin = getattr(self._config.panels[0], key)
        return self.sheet.pin(physical(pin), role, bcm=pin)

    def power(self, number: int, role: str) -> float:
        """The same for 3V3, 5V or GND at a physical pin."""
        return self.sheet.pin(number, role)

    def run(self, role: str, y: float, lane: float, to_x: float, to_y: float) -> None:
        """A wire from the header's edge at `y`, up or down at x = `lane`, to (`to_x`, `to_y`)."""
        self.sheet.wire(f"{EXIT_X},{y:g} {lane:g},{y:g} {lane:g},{to_y:g} {to_x:g},{to_y:g}", role)

    def two_wires(self, x: float, top: float, bottom: float, label: str, under: str, *, is_open: bool = True) -> None:
        """A box with a contact between two terminals at its left."""
        sheet = self.sheet
        sheet.box(x, top - 26, 150, bottom - top + 52, _PALE, _INK)
        for y in (top, bottom):
            sheet.over(f'<path d="M{x:g} {y:g}H{x + 70:g}" stroke="{_INK}" stroke-width="3"/>')
            sheet.terminal(x, y)
        sheet.contact(x + 70, top, bottom, is_open=is_open)
        sheet.text(x + 75, bottom + 46, label, "b o")
        sheet.text(x + 75, bottom + 64, under, "m o")


def door(bench: Bench) -> None:
    """Reed to ground; the leaf with its magnet beside it."""
    bench.run("signal", bench.gpio("front-door"), 470, 560, 190)
    bench.run("GND", bench.power(9, "GND"), 470, 560, 300)
    bench.two_wires(560, 190, 300, "reed", "open while the door is open")
    sheet = bench.sheet
    sheet.box(770, 130, 170, 290, "#fff", _WOOD, round_=2)
    sheet.box(786, 146, 138, 274, _WOOD, _INK, round_=2)
    sheet.over(f'<circle cx="908" cy="290" r="6" fill="{_METAL}" stroke="{_INK}" stroke-width="2"/>')
    sheet.box(800, 122, 46, 15, "#fff", _INK, round_=4)
    sheet.box(800, 151, 46, 15, "#d65a4a", _INK, round_=4)
    sheet.text(823, 114, "reed, on the frame", "m o")
    sheet.text(857, 184, "magnet, on the leaf", "m o")
    sheet.text(855, 443, "3 to 10 mm apart when shut", "m o")


def pads(bench: Bench) -> None:
    """Two pads, each to a ground of its own."""
    bench.run("GND", bench.power(14, "GND"), 470, 560, 150)
    bench.run("signal", bench.gpio("bed"), 500, 560, 230)
    bench.run("second", bench.gpio("chair", "second"), 500, 560, 350)
    bench.run("GND", bench.power(20, "GND"), 470, 560, 430)
    bench.two_wires(560, 150, 230, "bed pad", "closed under weight")
    bench.two_wires(560, 350, 430, "seat pad", "closed under weight")
    sheet = bench.sheet
    # a bed from the side
    sheet.box(762, 168, 190, 30, "#dfe7f1", _INK)
    sheet.box(762, 207, 190, 12, _WOOD, _INK, round_=3)
    sheet.over(f'<path d="M768 219v34M946 219v34M762 150v70" stroke="{_INK}" stroke-width="5"/>')
    sheet.box(786, 199, 70, 7, COLOURS["signal"], COLOURS["signal"], round_=3)
    sheet.box(768, 152, 44, 16, "#fff", _INK)
    sheet.text(857, 276, "mattress, pad, slats", "m o")
    # an armchair from the side
    sheet.box(800, 388, 112, 22, "#dfe7f1", _INK)
    sheet.box(796, 419, 120, 26, _WOOD, _INK, round_=3)
    sheet.box(784, 330, 20, 116, _WOOD, _INK, round_=6)
    sheet.over(f'<path d="M806 446v22M908 446v22" stroke="{_INK}" stroke-width="5"/>')
    sheet.box(826, 411, 60, 7, COLOURS["second"], COLOURS["second"], round_=3)
    sheet.text(857, 490, "cushion, pad, seat", "m o")


def motion(bench: Bench) -> None:
    """Three wires; the order on the module is VCC, OUT, GND."""
    bench.run("5V", bench.power(2, "5V"), 520, 620, 180)
    bench.run("signal", bench.gpio("bathroom-motion"), 500, 620, 240)
    bench.run("GND", bench.power(20, "GND"), 500, 620, 300)
    sheet = bench.sheet
    sheet.box(620, 140, 250, 200, "#e3efe6", _INK)
    for y, label in ((180, "VCC 5 V"), (240, "OUT 3.3 V"), (300, "GND")):
        sheet.terminal(620, y, label)
    sheet.over(
        f'<circle cx="790" cy="240" r="66" fill="#fff" stroke="{_INK}" stroke-width="2.5"/>'
        '<path d="M790 174v132M724 240h132M743 193l94 94M837 193l-94 94" stroke="#c9d1db" stroke-width="2"/>'
        f'<circle cx="790" cy="240" r="33" fill="none" stroke="#c9d1db" stroke-width="2"/>'
    )
    sheet.text(745, 366, "PIR module", "b o")
    sheet.box(560, 396, 380, 62, "#fff7e0", "#b35c00")
    sheet.text(750, 422, "OUT: measure it first. 3.3 V: connect.", "b o")
    sheet.text(750, 444, "5 V: divider of 10 kΩ and 20 kΩ, as for the flow meter.", "m o")


def toilet(bench: Bench) -> None:
    """A float in the cistern."""
    bench.run("GND", bench.power(20, "GND"), 470, 560, 230)
    bench.run("signal", bench.gpio("toilet"), 470, 560, 340)
    bench.two_wires(560, 230, 340, "float contact", "open while the cistern is full")
    sheet = bench.sheet
    sheet.box(770, 170, 170, 230, "#fff", _INK)
    sheet.over('<rect x="773" y="236" width="164" height="161" rx="6" fill="#d6ebf7"/>')
    sheet.over('<path d="M773 236q20-9 41 0t41 0t41 0t41 0" fill="none" stroke="#5aa3cf" stroke-width="3"/>')
    sheet.over(f'<path d="M800 150V268" stroke="{_INK}" stroke-width="5"/>')
    sheet.box(786, 226, 28, 34, "#f7d774", _INK, round_=6)
    sheet.over(f'<path d="M794 270h12" stroke="{_INK}" stroke-width="4"/>')
    sheet.text(826, 222, "float on its stem", "m")
    sheet.text(855, 424, "cistern", "b o")
    sheet.over(f'<path d="M800 150V138H740" fill="none" stroke="{COLOURS["signal"]}" stroke-width="3"/>')
    sheet.text(812, 156, "joint outside, dry", "m")


def _meter(sheet: Sheet, x: float, terminals: tuple[tuple[float, str], ...]) -> None:
    top, bottom = terminals[0][0] - 36, terminals[-1][0] + 36
    sheet.box(x, top, 190, bottom - top, "#e8edf5", _INK)
    mid = (top + bottom) / 2
    sheet.over(f'<circle cx="{x + 132}" cy="{mid}" r="40" fill="#fff" stroke="{_INK}" stroke-width="2.5"/>')
    sheet.over(
        f'<path d="M{x + 132} {mid - 34}v68M{x + 98} {mid}h68M{x + 108} {mid - 24}l48 48M{x + 156} {mid - 24}l-48 48" '
        'stroke="#7d94b3" stroke-width="5" stroke-linecap="round"/>'
    )
    for y, label in terminals:
        sheet.terminal(x, y, label)
    sheet.text(x + 95, bottom + 24, "flow meter, on the cold pipe", "b o")


def flow_meter(bench: Bench) -> None:
    """A Hall sensor with a 5 V output, divided to 3.3 V."""
    sheet = bench.sheet
    bench.run("5V", bench.power(2, "5V"), 700, 760, 170)
    bench.run("signal", bench.gpio("kitchen-tap"), 500, 760, 250)
    ground = bench.power(14, "GND")
    sheet.wire(f"{EXIT_X},{ground:g} 450,{ground:g} 450,400 710,400 710,330 760,330", "GND")
    sheet.wire("560,250 560,400", "signal")
    sheet.joint(560, 250, "signal")
    sheet.joint(560, 400, "GND")
    sheet.resistor(650, 250, "10 kΩ")
    sheet.resistor(560, 325, "20 kΩ", upright=True)
    sheet.text(492, 284, "3.3 V", "k o")
    sheet.text(712, 238, "5 V", "k o")
    _meter(sheet, 760, ((170, "red"), (250, "yellow"), (330, "black")))
    sheet.text(530, 428, "10 kΩ in line, 20 kΩ from the pin's side to ground", "m")


def open_collector(bench: Bench) -> None:
    """An output that only pulls to ground, lifted by one resistor to 3.3 V."""
    sheet = bench.sheet
    sheet.wire(f"{EXIT_X},{bench.power(2, '5V'):g} 425,132 425,108 700,108 700,170 760,170", "5V")
    up = bench.power(1, "3V3")
    sheet.wire(f"{EXIT_X},{up:g} 580,{up:g} 580,250", "3V3")
    bench.run("signal", bench.gpio("kitchen-tap"), 500, 760, 250)
    sheet.joint(580, 250, "signal")
    ground = bench.power(14, "GND")
    sheet.wire(f"{EXIT_X},{ground:g} 450,{ground:g} 450,400 710,400 710,330 760,330", "GND")
    sheet.resistor(580, 192, "4.7 kΩ", upright=True)
    sheet.text(655, 240, "0 V or 3.3 V", "k o")
    _meter(sheet, 760, ((170, "red"), (250, "yellow"), (330, "black")))
    sheet.text(480, 428, "the resistor goes to 3V3, never to 5V", "m")


def help_button(bench: Bench) -> None:
    """A button to ground, and the cord that may be on it."""
    bench.run("GND", bench.power(14, "GND"), 470, 560, 190)
    bench.run("signal", bench.gpio("help"), 470, 560, 300)
    bench.two_wires(560, 190, 300, "button", "closes while pressed or pulled")
    sheet = bench.sheet
    sheet.box(776, 150, 76, 96, "#fff", _INK)
    sheet.over(f'<circle cx="814" cy="198" r="26" fill="#c62828" stroke="{_INK}" stroke-width="2.5"/>')
    sheet.text(814, 270, "button, at the bed", "m o")
    sheet.box(886, 140, 54, 30, "#fff", _INK)
    sheet.over('<path d="M913 170V404" stroke="#c62828" stroke-width="4"/>')
    sheet.over('<circle cx="913" cy="412" r="11" fill="none" stroke="#c62828" stroke-width="5"/>')
    sheet.over(f'<path d="M760 436H956" stroke="{_INK}" stroke-width="4"/>')
    sheet.text(846, 410, "10 cm above", "m o")
    sheet.text(846, 426, "the floor", "m o")
    sheet.text(913, 456, "pull cord", "m o")


def panel(bench: Bench) -> None:
    """Lamp, two buttons and a buzzer, with one common ground."""
    sheet = bench.sheet
    five = bench.power(2, "5V")
    rows = {
        "light_pin": ("signal", 190),
        "ok_pin": ("third", 265),
        "pause_pin": ("second", 325),
        "sound_pin": ("fourth", 440),
    }
    sheet.raw(
        '<rect x="540" y="150" width="345" height="336" rx="12" fill="#fafbfc" stroke="#9aa5b3" stroke-width="1.5" '
        'stroke-dasharray="7 5"/>'
    )
    sheet.text(846, 474, "panel", "b e")
    ground = bench.power(39, "GND")
    sheet.wire(f"{EXIT_X},{ground:g} 430,{ground:g} 430,510 860,510 860,190", "GND")
    for index, (key, (role, y)) in enumerate(rows.items()):
        lane = 430 + 24 * index
        bench.run(role, bench.panel(key, role), lane, 600 if key == "sound_pin" else 860, y)
    for y in (190, 265, 325):
        sheet.joint(860, y, "GND")
        if y > 190:
            sheet.wire(f"745,{y} 860,{y}", "GND")
    # lamp
    sheet.resistor(650, 190)
    sheet.text(650, 218, "330 Ω to 1 kΩ", "p o")
    sheet.wire("770,190 860,190", "GND")
    sheet.over(
        f'<circle cx="745" cy="190" r="23" fill="#fff3bf" stroke="{_INK}" stroke-width="2.5"/>'
        f'<path d="M733 178v24l22-12zM755 178v24" fill="{_INK}" stroke="{_INK}" stroke-width="3"/>'
        f'<path d="M762 166l12-12m0 8v-8h-8M772 176l12-12m0 8v-8h-8" fill="none" stroke="{_INK}" stroke-width="2"/>'
    )
    sheet.text(560, 176, "light_pin", "p")
    sheet.text(806, 182, "LED", "p")
    sheet.text(715, 182, "+", "k o")
    # buttons
    for y, key, label in ((265, "ok_pin", "I'm OK"), (325, "pause_pin", "Pause")):
        sheet.over(f'<rect x="676" y="{y - 12}" width="68" height="20" fill="#fafbfc"/>')
        sheet.over(
            f'<path d="M674 {y}h10M736 {y}h10M684 {y - 12}h52M710 {y - 12}v-12M698 {y - 24}h24" fill="none" '
            f'stroke="{_INK}" stroke-width="4" stroke-linecap="round"/>'
            f'<circle cx="684" cy="{y}" r="4" fill="{_INK}"/><circle cx="736" cy="{y}" r="4" fill="{_INK}"/>'
        )
        sheet.text(560, y - 12, key, "p")
        sheet.text(756, y - 12, label, "p")
    # buzzer and its transistor
    sheet.text(560, 426, "sound_pin", "p")
    sheet.resistor(612, 440)
    sheet.text(612, 468, "1 kΩ", "p o")
    sheet.wire("636,440 676,440", "fourth")
    sheet.wire("704,420 704,390 770,390", "fourth")
    sheet.wire("704,462 704,510", "GND")
    sheet.joint(704, 510, "GND")
    sheet.wire(f"{EXIT_X},{five:g} 920,{five:g} 920,390 812,390", "5V", over=True)
    sheet.over(
        f'<circle cx="694" cy="440" r="27" fill="#fff" stroke="{_INK}" stroke-width="2.5"/>'
        f'<path d="M666 440h18M684 424v32M684 433l20-14M684 447l20 14m-2-9l2 9-10-1" fill="none" stroke="{_INK}" '
        'stroke-width="3"/>'
    )
    sheet.text(728, 445, "NPN", "p")
    sheet.over(f'<circle cx="791" cy="390" r="24" fill="#fff" stroke="{_INK}" stroke-width="2.5"/>')
    sheet.over(f'<circle cx="791" cy="390" r="5" fill="{_INK}"/>')
    sheet.text(791, 432, "buzzer 5 V", "p o")
    sheet.text(826, 381, "+", "k o")
