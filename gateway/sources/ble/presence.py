"""Can this device be heard? What is said of its link, once each time that it changes."""

from collections.abc import Iterable
from typing import Final

from gateway.inbox import Edge, Sink
from models.vocabulary import SENSOR_LINK

REMADE_WITHIN_S: Final = 60.0
"""A connected device whose link is lost: straps are lost for seconds all day, when somebody lies on the aerial."""


class Link:
    """What is said of the link of one device: `SENSOR_LINK` edges, one for each of its sensors.

    Args:
        sensors: ids of its sensors.
        sink: takes the edges.
    """

    def __init__(self, sensors: Iterable[str], sink: Sink) -> None:
        self._sensors = tuple(sensors)
        self._sink = sink
        self._said: bool | None = None

    def say(self, now_s: float, *, up: bool) -> None:
        """It is heard, or missing."""
        if up is self._said:
            return
        self._said = up
        for sensor in self._sensors:
            self._sink(Edge(now_s, f"{SENSOR_LINK}{sensor}", float(up)))


class Bond:
    """The link of a device that is connected to.

    It is lost when a connection is not made anew within `REMADE_WITHIN_S`, and proven by the next payload. Before the
    first it counts as just lost.
    """

    def __init__(self, link: Link, now_s: float) -> None:
        self._link = link
        self._lost_s: float | None = now_s

    def lost(self, now_s: float) -> None:
        """The connection ended."""
        if self._lost_s is None:
            self._lost_s = now_s

    def made(self) -> None:
        """There is a connection; what it is worth its payloads will show."""
        self._lost_s = None

    def proven(self, now_s: float) -> None:
        """A payload came."""
        self._link.say(now_s, up=True)

    def look(self, now_s: float) -> None:
        """Time has passed."""
        if self._lost_s is not None and now_s - self._lost_s >= REMADE_WITHIN_S:
            self._link.say(now_s, up=False)
