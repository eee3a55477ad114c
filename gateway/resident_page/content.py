"""What the resident's sheet says of one home: its own sensors, recipients, panel and purpose, in the sheet's order."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from gateway.config.purpose import day
from gateway.heartbeat import EVERY_S
from gateway.resident_page import wording_resident as wording
from models.kinds import TECHNICIAN, AlertKind, SensorKind
from models.localtime import MINUTE_S
from models.panel_light import Light
from models.wording import listed, spoken

if TYPE_CHECKING:
    from gateway.config.tables import Config, PanelTable, SensorTable

_LIGHTS: Final = (
    Light.SEEING, Light.LEARNING, Light.PAUSED, Light.LOOKED_AT, Light.ASKING, Light.HEARD, Light.NOT_ANSWERED,
    Light.TROUBLE, Light.DARK,
)  # fmt: skip
"""The most ordinary first: somebody looks up what they see most days."""

BLANK: Final = "____________________"
"""A line to write on."""

_FEW_PLACES: Final = 14
"""More than this are listed by room no longer: the sheet has two sides."""


class Heard(NamedTuple):
    """Who hears, and of what."""

    who: str
    what: str


class Lamp(NamedTuple):
    """What the lamp shows, how it is called, and what it means."""

    light: Light
    name: str
    meaning: str


class Content(NamedTuple):
    """The sheet, sentence by sentence; `sees` are places with what is noticed there."""

    no_alarm: list[str]
    how: str
    sees: list[tuple[str, str]]
    leaves: list[str]
    stays: list[str]
    hears: list[Heard]
    lamps: list[Lamp]
    buttons: list[str]
    pause: list[str]
    rights: list[str]
    why: list[str]


def content(config: "Config", resident: str, *, contact: str | None, emergency: str | None) -> Content:
    """What to tell `resident` of this home."""
    own = [sensor for sensor in config.sensors if sensor.resident in (None, resident)]
    panel = next((one for one in config.panels if one.resident == resident), None)
    sees = _sees(own)
    purpose = config.purpose
    told = frozenset[str]() if purpose is None else purpose.told()
    return Content(
        no_alarm=wording.no_alarm(
            emergency or BLANK, has_button=any(sensor.kind is SensorKind.BUTTON for sensor in own)
        ),
        how=wording.how_it_works(len(sees)),
        sees=sees if len(sees) <= _FEW_PLACES else [("All rooms", listed(sorted({what for _, what in sees})))],
        leaves=wording.leaves(
            has_way_out=config.uplink is not None,
            sign_min=int(EVERY_S) // MINUTE_S,
            habits=None if told is None else sorted(told),
        ),
        stays=wording.stays(config.gateway.retention_days, config.gateway.habit_days),
        hears=list(_hears(config)),
        lamps=[Lamp(light, *wording.light(light)) for light in _shown(panel, own)],
        buttons=[wording.ok_button()] if panel is not None and panel.ok_pin is not None else [],
        pause=wording.pause(
            has_button=panel is not None and panel.pause_pin is not None,
            holds_all=panel is not None and panel.pause == "everything",
        ),
        rights=wording.rights(
            contact or BLANK,
            decided_by=None if purpose is None else purpose.decided_by,
            decided_with=None if purpose is None else purpose.decided_with,
        ),
        why=wording.why_missing() if purpose is None else wording.why(purpose.why, day(purpose.review)),
    )


def _sees(sensors: "list[SensorTable]") -> list[tuple[str, str]]:
    """Place by place what is noticed there, in the order of the file."""
    places: dict[str, list[str]] = {}
    for sensor in sensors:
        if sensor.kind is not SensorKind.BATTERY:
            seen = places.setdefault(sensor.place, [])
            if wording.SEES[sensor.kind] not in seen:
                seen.append(wording.SEES[sensor.kind])
    return [("What you wear" if place == "worn" else spoken(place).capitalize(), listed(seen))
            for place, seen in places.items()]  # fmt: skip


def _hears(config: "Config") -> Iterator[Heard]:
    kinds = config.alerts or {}
    for recipient in config.recipients:
        own = [kind for kind in AlertKind if kind in kinds and kinds[kind].owner == recipient.id]
        care = [kind for kind in own if kind not in TECHNICIAN]
        second = any(alert.second == recipient.id for alert in kinds.values())
        faults = [kind for kind in own if kind in TECHNICIAN]
        if care or second:
            yield Heard(*wording.hears(recipient.id, recipient.hours, care, is_second=second))
        if faults:
            yield Heard(*wording.mends(recipient.id, recipient.hours))


def _shown(panel: "PanelTable | None", sensors: "list[SensorTable]") -> list[Light]:
    """The lights that this panel can show."""
    if panel is None:
        return []
    buttons = panel.ok_pin is not None or panel.pause_pin is not None
    possible = {
        Light.ASKING: panel.ok_pin is not None,
        Light.PAUSED: panel.pause_pin is not None,
        Light.HEARD: buttons or any(sensor.kind is SensorKind.BUTTON for sensor in sensors),
    }
    return [light for light in _LIGHTS if possible.get(light, True)]
