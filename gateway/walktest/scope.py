"""What there is to be walked to, by the configuration, and what makes each of them this one and no other."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any, Final, Literal, NamedTuple

from gateway.config.radio import identity
from gateway.config.tables import Config, PanelTable, SensorTable
from gateway.wiring import lines_of
from models.kinds import SensorKind
from models.vocabulary import HOUSEHOLD
from models.whose import owner_of

Seen = Literal["both", "one", "value"]

_MEASURES: Final = frozenset({
    SensorKind.HEART_RATE, SensorKind.STEPS, SensorKind.TEMPERATURE, SensorKind.HUMIDITY, SensorKind.BATTERY,
    SensorKind.WATER, SensorKind.BADGE,
})  # fmt: skip
_FIRES: Final = frozenset({SensorKind.BUTTON, SensorKind.MOTION, SensorKind.TOILET})


class Item(NamedTuple):
    """One thing to be walked to.

    Attributes:
        id: `sensor/<id>` or `panel/<resident>`.
        seen: what of it has to be seen.
        debounce_ms: of a contact on a wire; None where nothing bounces.
        by_radio: it is heard by radio; `counted`: enough of its adverts must have been.
        calls: whose call its press is; None of what is no button.
        panel: its table, of a panel.
    """

    id: str
    kind: SensorKind | Literal["panel"]
    place: str
    device: str
    seen: Seen = "both"
    debounce_ms: int | None = None
    by_radio: bool = False
    counted: bool = False
    calls: str | None = None
    panel: PanelTable | None = None

    @property
    def name(self) -> str:
        """The id without what it is of."""
        return self.id.partition("/")[2]


def items_of(config: Config) -> list[Item]:
    """All of `config`, in its order: sensors (help buttons last, for a call takes a while), then panels."""
    spec = config.spec(live=True)
    known = {sensor.id: sensor for sensor in spec.sensors}
    fires = {name for line in lines_of(config) if line.fires_only for name in line.sensors}
    found = [
        Item(
            f"sensor/{table.id}",
            table.kind,
            table.place,
            _device_of(table),
            "value" if table.kind in _MEASURES else "one" if table.id in fires or table.kind in _FIRES else "both",
            known[table.id].debounce_ms if table.gpio is not None and table.gpio.sense == "contact" else None,
            by_radio=table.ble is not None,
            counted=table.ble is not None and table.ble.profile != "heart_rate",  # connected, it advertises no more
            calls=(owner_of(known[table.id], spec) or HOUSEHOLD) if table.kind is SensorKind.BUTTON else None,
        )
        for table in config.sensors
    ]
    found.sort(key=lambda item: item.calls is not None)
    panels = [
        Item(f"panel/{one.resident}", "panel", "panel", _hash(["panel", one.resident, *_pins(one)]), panel=one)
        for one in config.panels
    ]
    return found + panels


def fingerprint(items: Iterable[Item]) -> str:
    """Over all of them: what decides whether a certificate is of this configuration. Their order does not matter."""
    return _hash(sorted([item.id, item.device] for item in items))


def _device_of(table: SensorTable) -> str:
    """Id, kind, and by what it is connected, and since when that is another one: not its place, key or debouncing."""
    gpio, ble = table.gpio, table.ble
    wire = None if gpio is None else [gpio.pin, gpio.active, gpio.sense]
    radio = None if ble is None else [ble.profile, identity(ble)]
    fitted = [] if table.fitted is None else [table.fitted]
    return _hash([table.id, table.kind, wire, radio, *fitted])


def _pins(panel: PanelTable) -> list[int | None]:
    return [panel.light_pin, panel.ok_pin, panel.pause_pin, panel.sound_pin]


def _hash(of: Any) -> str:  # noqa: ANN401 - plain JSON
    return hashlib.sha256(json.dumps(of, separators=(",", ":")).encode()).hexdigest()
