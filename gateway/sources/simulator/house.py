"""The simulated home's configuration, so that a demo runs the ordinary path through `gateway.config.reading`."""

import json
from pathlib import Path
from typing import Final, Literal, NamedTuple

from gateway.sources.simulator import act
from models.kinds import AlertKind, SensorKind
from models.vocabulary import BATHROOM, BEDROOM, KITCHEN, OUTSIDE_DOOR

HOME: Final = "h-simulated"
RESIDENT: Final = "r1"
STRAP_ADDRESS: Final = "02:57:52:45:4E:01"
"""Made up; the 2 in the first byte says "locally administered", so it is no maker's."""


class Wire(NamedTuple):
    """A sensor on a GPIO pin (BCM number); `active` is the level that means "on"."""

    id: str
    kind: SensorKind
    place: str
    pin: int
    active: Literal["low", "high"]


WIRES: Final = (
    Wire(act.FRONT_DOOR, SensorKind.DOOR, OUTSIDE_DOOR, 4, "low"),
    Wire(act.BED, SensorKind.BED, BEDROOM, 5, "low"),
    Wire(act.CHAIR, SensorKind.SEAT, "lounge", 6, "low"),
    Wire(act.KITCHEN_TAP, SensorKind.TAP, KITCHEN, 12, "low"),
    Wire(act.KETTLE, SensorKind.APPLIANCE, KITCHEN, 13, "low"),
    Wire(act.FRIDGE, SensorKind.FRIDGE, KITCHEN, 16, "low"),
    Wire(act.TELEVISION, SensorKind.APPLIANCE, "lounge", 17, "low"),
    Wire(act.TOILET, SensorKind.TOILET, BATHROOM, 18, "low"),
    Wire(act.HALL_MOTION, SensorKind.MOTION, "hallway", 22, "high"),
    Wire(act.BATHROOM_MOTION, SensorKind.MOTION, BATHROOM, 23, "high"),
    Wire(act.KITCHEN_MOTION, SensorKind.MOTION, KITCHEN, 24, "high"),
    Wire(act.LOUNGE_MOTION, SensorKind.MOTION, "lounge", 25, "high"),
    Wire(act.HELP_BUTTON, SensorKind.BUTTON, "lounge", 27, "low"),
)
"""Contacts close to ground; passive infrared sensors drive their line high."""

_STRAP: Final = ((act.PULSE, SensorKind.HEART_RATE), (act.STRAP_BATTERY, SensorKind.BATTERY))

_REASONS: Final = {
    AlertKind.HELP_BUTTON: "Asked for by the resident; replaces no pendant.",
    AlertKind.INACTIVITY: "Lives alone; nobody else would notice.",
    AlertKind.LONG_STAY: "Felt unsteady in the bathroom last winter.",
}
"""Simulated, like everything here."""

_PURPOSE: Final = """[purpose]
why = "To try Wren: nobody lives here, so nobody had to be asked."
basis = "consent"
decided_by = "resident"
habits = "all"
review = 2099-01-01
"""
"""A home that lives for a demo is never looked at again."""

_URGENT: Final = (AlertKind.HELP_BUTTON, AlertKind.INACTIVITY, AlertKind.LONG_STAY, AlertKind.NIGHT_EXIT)

_ANY_REASON: Final = "Agreed when Wren was installed: a change that somebody would want to ask about."


def home_toml(
    *,
    timezone: str = "Europe/London",
    data_dir: Path | None = None,
    uplink_url: str | None = None,
    uplink_dir: Path | None = None,
    ca_file: Path | None = None,
    second: str | None = None,
) -> str:
    """The text of a `home.toml` for the simulated home, which `gateway.config.reading.parse` accepts.

    Args:
        timezone: IANA name.
        data_dir: where `wren run` keeps its databases; None leaves the system's folder.
        uplink_url: the desk's address; None leaves the `[uplink]` table out.
        uplink_dir: where `wren uplink` keeps its database.
        ca_file: the certificate authority that vouches for the desk.
        second: who is told of an urgent alert that nobody answers; None leaves such a recipient out.
    """
    tables = [
        _table("[home]", id=HOME, timezone=timezone),
        _table("[gateway]", pin_factory="mock", data_dir=data_dir),
        _table("[[residents]]", id=RESIDENT),
        *(_wired(wire) for wire in WIRES),
        *(_worn(sensor, kind) for sensor, kind in _STRAP),
        *(_table("[[recipients]]", id=recipient, hours="24h") for recipient in ("on-call", second) if recipient),
        *(
            _table(f"[alerts.{kind}]", reason=reason, owner="on-call", second=second if kind in _URGENT else None)
            for kind, reason in _reasons()
        ),
        _PURPOSE,
    ]
    if uplink_url is not None:
        tables.append(_table("[uplink]", url=uplink_url, ca_file=ca_file, data_dir=uplink_dir))
    return "# A simulated home: nobody lives here.\n" + "\n".join(tables)


def _reasons() -> list[tuple[AlertKind, str]]:
    return [(kind, _REASONS.get(kind, _ANY_REASON)) for kind in AlertKind]


def _table(head: str, **values: str | Path | None) -> str:
    lines = [f"{key} = {_quoted(value)}\n" for key, value in values.items() if value is not None]
    return f"{head}\n{''.join(lines)}"


def _wired(wire: Wire) -> str:
    table = _table("[[sensors]]", id=wire.id, kind=wire.kind, place=wire.place, resident=RESIDENT)
    return f"{table}gpio = {{ pin = {wire.pin}, active = {_quoted(wire.active)} }}\n"


def _worn(sensor: str, kind: SensorKind) -> str:
    table = _table("[[sensors]]", id=sensor, kind=kind, place="worn", resident=RESIDENT)
    return f'{table}ble = {{ address = {_quoted(STRAP_ADDRESS)}, profile = "heart_rate" }}\n'


def _quoted(text: str | Path) -> str:
    # a JSON string is a TOML basic string, but for DEL, which no path of ours has
    return json.dumps(str(text), ensure_ascii=False)
