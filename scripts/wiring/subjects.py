"""What each drawing is of: its lines of home.toml, from which all pins follow, and what must never be done."""

from collections.abc import Callable
from typing import Final, NamedTuple

from scripts.wiring import devices
from scripts.wiring.devices import Bench


class Subject(NamedTuple):
    """One drawing.

    Attributes:
        name: of its file, `wiring-NAME.svg`.
        title, subtitle: at its head.
        toml: the lines that belong to it, as they stand in home.toml.
        draw: draws the wires and the device.
        good: what to do and what it does, a line each.
        never: what must never be done, a line each.
    """

    name: str
    title: str
    subtitle: str
    toml: str
    draw: Callable[[Bench], None]
    good: tuple[str, ...]
    never: tuple[str, ...]


def _sensor(id_: str, kind: str, place: str, gpio: str, *, own: bool = True) -> str:
    resident = 'resident = "r1"\n' if own else ""
    return f'[[sensors]]\nid = "{id_}"\nkind = "{kind}"\nplace = "{place}"\n{resident}gpio = {{ {gpio} }}\n'


_NO_5V: Final = "Never 5 V on a GPIO: it takes 3.3 V at most, and 5 V kills the Pi."

SUBJECTS: Final = (
    Subject(
        "door",
        "Door contact (reed and magnet)",
        "Two wires, no polarity. Shut door: magnet near, contact closed, level low. Open door: high.",
        _sensor("front-door", "door", "outside-door", 'pin = 4, active = "high", pull = "up"', own=False),
        devices.door,
        (
            "Magnet on the leaf, reed on the frame, 3 to 10 mm apart when the door is shut.",
            "A torn wire looks like an open door: the safer way round.",
            "Changeover reed that closes when the door opens: leave active and pull out.",
            "Cupboard with two leaves: two reeds in series. Steel door: a reed for steel.",
        ),
        (
            _NO_5V,
            'Never active = "high" without pull = "up" here: it would be low for ever.',
            "Never a contact to 3V3 if ground will do: one short stops the Pi.",
        ),
    ),
    Subject(
        "pressure-pad",
        "Pressure pads: bed and seat",
        "Two foils each, closed under weight. Empty: open, level high. Somebody there: closed, low.",
        _sensor("bed", "bed", "bedroom", "pin = 22, debounce_ms = 1000")
        + "\n"
        + _sensor("chair", "seat", "lounge", "pin = 24, debounce_ms = 1000"),
        devices.pads,
        (
            "Bed: across the bed under the shoulders, above the slats, below the mattress.",
            "Seat: under the cushion, where the weight is; lead out at the back.",
            'Foils oxidise: 4.7 kΩ from the pin to 3V3 keeps them clean (then pull = "none").',
            "A flicker is one change a second at most; the first edge counts at once.",
        ),
        (
            _NO_5V,
            'Never fold or crease a pad: it closes for ever (told as "stuck").',
            "Never run the lead where a bed's castor or a recliner can cut it.",
        ),
    ),
    Subject(
        "motion",
        "Motion sensor (PIR)",
        "Takes 5 V, and must answer with 3.3 V: measure OUT before you connect it.",
        _sensor("bathroom-motion", "motion", "bathroom", 'pin = 27, active = "high"'),
        devices.motion,
        (
            "Meter first: OUT must read 0 V at rest and 3.3 V (never more) when it fires.",
            "Warm-up: fires falsely for up to 60 s after power; left out by warm_up_s (60).",
            "Hold as short as it goes; retrigger on (jumper H). Aim across where people walk.",
            "False alarms together with Wi-Fi: 100 µF between VCC and GND at the sensor.",
        ),
        (
            "Never an OUT of 5 V on a GPIO: add the divider of the flow meter's drawing.",
            "Never at a radiator, the sun, a fan or a curtain, nor at the street door.",
            "Never swap 5V and GND: most modules have their order printed under the lens.",
        ),
    ),
    Subject(
        "toilet",
        "Toilet flush (float or reed contact)",
        "Closes while the cistern is not full. Full: open, level high. After a flush: closed, low.",
        _sensor("toilet", "toilet", "bathroom", "pin = 25, debounce_ms = 2000"),
        devices.toilet,
        (
            "Reed at the handle instead: the same wires, and leave debounce_ms out.",
            'A float that opens when the water falls: active = "high", pull = "up".',
            "Two flushes while it refills (30 to 120 s) are one.",
            "A leaking cistern refills by the clock; that is told to the technician.",
        ),
        (
            _NO_5V,
            "Never a joint inside the cistern: the cable's end stays above the water.",
            "Never mains anywhere near: this is 3.3 V through two thin wires.",
        ),
    ),
    Subject(
        "flow-meter",
        "Tap: flow meter with 5 V output",
        "A turbine with a Hall sensor. Its pulses are 5 V high, so two resistors make 3.3 V of them.",
        _sensor("kitchen-tap", "tap", "kitchen", 'pin = 17, active = "high", pull = "none", sense = "pulses"')
        + "\n"
        + _sensor(
            "kitchen-water",
            "water",
            "kitchen",
            'pin = 17, active = "high", pull = "none", sense = "pulses", pulses_per_litre = 450',
        ),
        devices.flow_meter,
        (
            "One meter, two signals: the tap (is used) and its water (litres of a draw).",
            "The divider leaves 20 of 30 parts of 5 V: 3.3 V. Solder it at the Pi's end.",
            'pulses_per_litre is printed on the meter: "F = 7.5 Q" means 450.',
            "The arrow on the meter is the way the water runs; a fitter puts it in.",
        ),
        (
            "Never the yellow wire straight to the pin: it carries 5 V.",
            "Never swap the two resistors: 10 kΩ is in line, 20 kΩ goes to ground.",
            "Never open a water pipe yourself unless you are the fitter.",
        ),
    ),
    Subject(
        "flow-meter-open-collector",
        "Tap: flow meter with open collector",
        "Its output only pulls to ground. One resistor to 3V3 lifts it again: no 5 V comes near the pin.",
        _sensor("kitchen-tap", "tap", "kitchen", 'pin = 17, active = "low", pull = "none", sense = "pulses"'),
        devices.open_collector,
        (
            (
                "To be sure which one it is: feed it, leave the signal loose, turn the wheel, measure. Never more than "
                "0.3 V: open collector (NPN), this drawing. Near 5 V: the divider's."
            ),
            "A meter with a reed instead: the same, no 5V wire, and debounce_ms = 20.",
            "More than 3 m of cable: twisted pair, and 1 kΩ in line at the pin.",
        ),
        (
            "Never the pull-up to 5V: the resistor goes to 3V3, pin 1.",
            'Never trust the maker\'s word "NPN" alone: some have a pull-up to 5 V inside.',
            "Never use it if the loose signal reads 5 V: take the divider's drawing.",
        ),
    ),
    Subject(
        "help-button",
        "Help button or pull cord",
        "Two wires, no polarity. At rest: open, level high. Pressed: closed, low. The first edge is the call.",
        _sensor("help", "button", "bedroom", "pin = 23"),
        devices.help_button,
        (
            "Beside the bed or the toilet, where a hand from the floor reaches the cord.",
            'Better: a normally-closed one (active = "high", pull = "up"): a torn wire calls.',
            "It needs [alerts.help_button] with an owner who answers day and night.",
            "Press it at every visit: nobody learns of a torn wire unless it is closed at rest.",
        ),
        (
            _NO_5V,
            "Never the cord of the mains light or heater: this is 3.3 V and nothing else.",
            "Never the resident's only way to call: it replaces no pendant alarm.",
        ),
    ),
    Subject(
        "panel",
        "The resident's panel",
        "One lamp, two buttons and, where the resident wants it, a buzzer.",
        '[[panels]]\nresident = "r1"\nlight_pin = 5\nok_pin = 6\npause_pin = 13\nsound_pin = 19\n',
        devices.panel,
        (
            "Lamp: the long leg of the LED is +, towards the resistor; 330 Ω to 1 kΩ.",
            "Buttons: closed while pressed, to ground; the Pi's own pull-up is used.",
            "Buzzer: an active one for 5 V, switched by an NPN transistor (BC337, 2N2222).",
            "Without pause or buzzer: leave pause_pin or sound_pin out of home.toml.",
        ),
        (
            "Never a lamp without its resistor, nor one of mains voltage.",
            "Never the buzzer straight on a pin: a pin gives 8 mA, a buzzer takes 30.",
            "Never the buzzer's 5 V on a GPIO: its minus goes to the transistor alone.",
        ),
    ),
)
"""All drawings."""
