"""docs/pictures/watch.svg is what `wren watch` draws.

Draw it anew with `python -m tests.watch.test_watch_picture`.
"""

from pathlib import Path
from zoneinfo import ZoneInfo

from gateway.condition import Condition
from gateway.config.reading import parse
from gateway.live.forms import Begin, Heard, Seen, Told
from gateway.pictures.header import svg
from gateway.pictures.watch import screen
from gateway.uplink import wire
from gateway.watch.facts import Facts
from gateway.watch.moment import Now
from gateway.watch.view import View
from models.vocabulary import SENSOR_LINK
from tests.cli.house import NOW_S, Beat

PICTURE = Path(__file__).parents[2] / "docs" / "pictures" / "watch.svg"

_WIRED = (
    ("front-door", "door", "outside-door"), ("hall", "motion", "hallway"), ("kitchen-tap", "tap", "kitchen"),
    ("armchair", "seat", "lounge"), ("toilet", "toilet", "bathroom"),
)  # fmt: skip
_RADIO = (("pantry-door", "door", "pantry", "01"), ("lounge-air", "temperature", "lounge", "02"))


def drawn() -> str:
    """A moment of a home of seven sensors."""
    sensors = "".join(
        f'[[sensors]]\nid = "{one}"\nkind = "{kind}"\nplace = "{place}"\ngpio = {{ pin = {pin} }}\n'
        for pin, (one, kind, place) in enumerate(_WIRED, 22)
    ) + "".join(
        f'[[sensors]]\nid = "{one}"\nkind = "{kind}"\nplace = "{place}"\n'
        f'ble = {{ address = "C0:FF:EE:00:00:{end}", profile = "bthome" }}\n'
        for one, kind, place, end in _RADIO
    )
    config = parse(f'[home]\nid = "h-0001"\ntimezone = "Europe/London"\n[[residents]]\nid = "r1"\n{sensors}')
    view = View(config.sensors)
    shown = (
        Begin("0.1.0", "h-0001", 0.0, 0.0),
        Heard(("lounge-air",), -71, 2.0),
        Seen("lounge-air", 19.5, 2.0),
        Seen("hall", 1.0, 41.0),
        Seen("kitchen-tap", 1.0, 55.0),
        Seen("kitchen-tap", 0.0, 60.0),
        Seen(SENSOR_LINK + "armchair", 0.0, 71.0),
        Heard(("pantry-door",), -88, 96.0),
        Seen("pantry-door", 1.0, 96.0),
        Told("household", "sensor_silent", "raised", 96.1),
        Seen("front-door", 1.0, 98.0),
    )
    for line in shown:
        view.take(line, 99.0 if not isinstance(line, Begin) else 0.0)
    beat = wire.decode(Beat(NOW_S - 300, heard=7).encode(9))
    assert isinstance(beat, wire.Status)
    condition = Condition(NOW_S, beat, NOW_S - 300, 0, None, NOW_S - 120, (), (), ())
    facts = Facts(condition, "", "all 7 sensors, all day (as of 14:00)", "r1: 12 whole days, watching")
    now = Now(99.0, float(NOW_S), ZoneInfo("Europe/London"))
    page = screen("h-0001", view, facts, now, panel=True, width=80, height=26)
    return svg(page, "wren watch")


def test_the_picture_is_what_is_drawn() -> None:
    assert PICTURE.read_text(encoding="utf-8") == drawn()
    assert PICTURE.stat().st_size < 80_000


if __name__ == "__main__":
    PICTURE.write_text(drawn(), encoding="utf-8")
