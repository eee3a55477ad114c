"""The turn of a resident's panel: each light is shown and confirmed by who looks at it, each button pressed."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from gateway.walktest.forms import PanelProof
from models.panel_light import Light
from models.told import Telling, Told

if TYPE_CHECKING:
    from gateway.walktest.scope import Item

LIGHTS: Final = tuple(light for light in Light if light not in (Light.DARK, Light.HEARD))
"""Those that are shown on asking. "Heard" comes by itself with the press of a button; dark is dark."""

MEANING: Final = {
    Light.ASKING: "on and off, once a second (it asks: are you all right)",
    Light.NOT_ANSWERED: "two short flashes, then a long pause: nobody has answered yet",
    Light.TROUBLE: "two seconds on, two off: something needs the technician",
    Light.LOOKED_AT: "long, short: somebody looks at raw data",
    Light.PAUSED: "a short flash every four seconds: paused",
    Light.LEARNING: "on, with a short gap every four seconds: still learning",
    Light.SEEING: "steady: Wren is watching",
}

Show = Callable[[Light | None, bool], None]
"""Has the panel show a light for a while, with its sound or without; None: what it would show by itself."""


class PanelTurn:
    """One panel.

    Args:
        item: whose.
        show: has it show a light.
    """

    def __init__(self, item: "Item", show: Show) -> None:
        assert item.panel is not None
        self.item = item
        self._table = item.panel
        self._show = show
        self._steps = [*LIGHTS, *(["sound"] if self._table.sound_pin is not None else [])]
        self._confirmed: list[str] = []
        self._not_seen = ""
        self._buttons: set[str] = set()
        self._paused = False
        self.ask()

    def ask(self) -> None:
        """Have the panel show what is asked for now."""
        step = self._step
        if step == "sound":
            self._show(Light.ASKING, True)
        else:
            self._show(Light(step) if step else None, False)

    @property
    def _step(self) -> str:
        left = [str(step) for step in self._steps if str(step) not in self._confirmed]
        return left[0] if left else ""

    def answer(self, *, seen: bool) -> None:
        """Somebody looked, and saw what was asked for or not."""
        step = self._step
        if not step:
            return
        self._not_seen = "" if seen else step
        if seen:
            self._confirmed.append(step)
        self.ask()

    def told(self, name: str, value: float) -> None:
        """A button of the panel was pressed."""
        resident = self._table.resident
        if name == Told(Telling.OK, resident).name():
            self._buttons.add("ok")
        elif name == Told(Telling.PAUSE, resident).name():
            self._paused = value > 0
            self._buttons.add("pause" if value > 0 else "resumed")

    def missing(self, _now_s: float) -> str:
        """What is asked for now."""
        step = self._step
        if step == "sound":
            asked = "does it sound? y: yes, x: no"
        elif step:
            asked = f"does the light show {MEANING[Light(step)]}? y: yes, x: no"
        elif self._table.ok_pin is not None and "ok" not in self._buttons:
            asked = 'press the button "I\'m OK" once'
        elif self._table.pause_pin is not None and "pause" not in self._buttons:
            asked = "press the pause button once: the home pauses"
        elif self._table.pause_pin is not None and (self._paused or "resumed" not in self._buttons):
            asked = "press the pause button once more: the home goes on"
        else:
            return ""
        return f"not seen: look at its pin and its polarity; {asked}" if self._not_seen == step and step else asked

    def proof(self) -> PanelProof:
        """What was confirmed."""
        return PanelProof(
            lights=tuple(one for one in self._confirmed if one != "sound"),
            buttons=tuple(one for one in ("ok", "pause") if one in self._buttons),
            sound="sound" in self._confirmed,
        )
