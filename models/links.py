"""Which sensors the gateway can hear at all: what it knows of the links, apart from what the sensors say.

A link that is lost makes its sensor blind from that moment, and is no stillness. Of a wire nothing is known but that
its pin can be read; of a device on the radio, whether it was heard within its own interval.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from models.vocabulary import RADIO, SENSOR_LINK, Sensor


class Links:
    """The links of one home.

    Attributes:
        lost_s: for each sensor whose link is lost, since when (UTC seconds).
        radio_down_s: since when nothing can be heard by radio (UTC seconds), or None.
        muted: the sensors that chatter, with since when (`models.chatter`, whose own this is): as good as not heard.

    >>> from models.kinds import SensorKind
    >>> links = Links([Sensor("tap", SensorKind.TAP, "kitchen")])
    >>> links.take("@link/tap", 100, up=False), links.take("@link/tub", 100, up=False), links.lost_s
    (True, False, {'tap': 100})
    """

    def __init__(self, sensors: Iterable[Sensor]) -> None:
        self.lost_s: dict[str, int] = {}
        self.radio_down_s: int | None = None
        self.muted: Mapping[str, int] = {}
        sensors = tuple(sensors)
        self._sensors = frozenset(sensor.id for sensor in sensors)
        self._wireless = tuple(sensor.id for sensor in sensors if sensor.wireless)

    def take(self, name: str, at_s: int, *, up: bool) -> bool:
        """Take the input `name`; whether it is about a link of this home."""
        if name == RADIO:
            self.radio_down_s = None if up else at_s if self.radio_down_s is None else self.radio_down_s
            return True
        sensor = name.removeprefix(SENSOR_LINK)
        if not name.startswith(SENSOR_LINK) or sensor not in self._sensors:
            return False
        if up:
            self.lost_s.pop(sensor, None)
        else:
            self.lost_s.setdefault(sensor, at_s)
        return True

    def unheard_s(self) -> dict[str, int]:
        """The sensors that cannot be heard, or not for their own noise, and those that need a radio that is down."""
        by_radio = {} if self.radio_down_s is None else dict.fromkeys(self._wireless, self.radio_down_s)
        return {
            sensor: min(self.lost_s.get(sensor, at_s), at_s) for sensor, at_s in {**self.lost_s, **by_radio}.items()
        } | {sensor: min(self.lost_s.get(sensor, at_s), at_s) for sensor, at_s in sorted(self.muted.items())}

    def shift(self, by_s: int) -> None:
        """The clock was stepped: what happened `x` ago still happened `x` ago."""
        self.lost_s = {sensor: at_s + by_s for sensor, at_s in self.lost_s.items()}
        if self.radio_down_s is not None:
            self.radio_down_s += by_s

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {"lost_s": dict(sorted(self.lost_s.items())), "radio_down_s": self.radio_down_s}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said; sensors that are gone are forgotten."""
        self.lost_s = {sensor: at_s for sensor, at_s in state["lost_s"].items() if sensor in self._sensors}
        self.radio_down_s = state["radio_down_s"]
