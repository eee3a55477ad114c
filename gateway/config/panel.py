"""What a well-formed `[[panels]]` may still get wrong, and a help button that would call nobody."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gateway.errors import ConfigError
from models.kinds import AlertKind, SensorKind

if TYPE_CHECKING:
    from gateway.config.tables import Config, PanelTable

Contradiction = tuple[tuple[str | int, ...], str, str]
"""Where (a path of keys), what is wrong, and the next step."""

_ANSWER_IT = (
    'Add [alerts.help_button] with an owner of hours = "24h", or take the button out. '
    "A help button replaces no pendant."
)


def misfits(config: "Config") -> Iterator[Contradiction]:
    """Panels of nobody, two of one person, and pins that something else is on."""
    residents = [resident.id for resident in config.residents]
    pins = {sensor.gpio.pin: sensor.id for sensor in config.sensors if sensor.gpio}
    owners: list[str] = []
    for index, panel in enumerate(config.panels):
        here = ("panels", index)
        if panel.resident not in residents:
            problem = f"a panel belongs to unknown resident `{panel.resident}`"
            yield (*here, "resident"), problem, f"Known: {', '.join(residents)}."
        if panel.resident in owners:
            problem = f"`{panel.resident}` has two panels"
            yield (*here, "resident"), problem, "Keep one: a light that is asked about twice is answered once."
        owners.append(panel.resident)
        for key in _idle(panel):
            yield (*here, key), f"`{key}` does nothing without `{key}_pin`", f"Give `{key}_pin`, or leave `{key}` out."
        for key, pin in pins_of(panel):
            if pin in pins:
                problem = f"pin {pin} is used by `{pins[pin]}` and by the panel of `{panel.resident}`"
                yield (*here, key), problem, "Give each its own pin."
            pins[pin] = f"{key} of {panel.resident}"


def _idle(panel: "PanelTable") -> Iterator[str]:
    """The settings that do nothing, where they are not what is left out anyway."""
    if panel.sound_pin is None and panel.sound != "day":
        yield "sound"
    if panel.pause_pin is None and panel.pause != "attention":
        yield "pause"


def pins_of(panel: "PanelTable") -> list[tuple[str, int]]:
    """The pins that a panel needs, by their keys."""
    pins = {
        "light_pin": panel.light_pin, "ok_pin": panel.ok_pin,
        "pause_pin": panel.pause_pin, "sound_pin": panel.sound_pin,
    }  # fmt: skip
    return [(key, pin) for key, pin in pins.items() if pin is not None]


def unanswered_button(config: "Config") -> Contradiction | None:
    """A help button that calls nobody who answers day and night, where alerts are configured at all."""
    index = next((at for at, sensor in enumerate(config.sensors) if sensor.kind is SensorKind.BUTTON), None)
    if index is None or config.alerts is None or AlertKind.HELP_BUTTON in config.alerts:
        return None  # who owns it is looked at with the other owners
    problem = f"`{config.sensors[index].id}` is a help button, and a press of it would call nobody"
    return ("sensors", index, "kind"), problem, _ANSWER_IT


def refuse_unanswered_button(config: "Config") -> None:
    """Before a home is watched: a button without any `[alerts]` table calls nobody. Raises ConfigError."""
    buttons = [sensor.id for sensor in config.sensors if sensor.kind is SensorKind.BUTTON]
    if buttons and config.alerts is None:
        problem = f"A press of {', '.join(buttons)} would call nobody: there is no [alerts] table."
        raise ConfigError(problem, advice=_ANSWER_IT)
