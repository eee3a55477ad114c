"""What is watched for the home and not for one life: its help buttons, how cold or warm it is, and its sensors."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from models.agenda import Watch
from models.claims import Claim
from models.climate import Climate
from models.coverage import Coverage
from models.faults import Faults
from models.help import HelpButton
from models.kinds import AlertKind, SensorKind
from models.links import Links
from models.localtime import LocalTime
from models.retraction import retract
from models.signals import NEVER, Event, Line
from models.stream import Stream
from models.vocabulary import HOUSEHOLD, HomeSpec, Said, Sensor
from models.whose import owner_of


class House:
    """The watches of one home.

    Args:
        lines: every sensor of it.
        is_empty: whether nobody is at home.
        links: which of the sensors can be heard at all.
        streams: the lives that are lived there.

    Attributes:
        faults: what is wrong with the sensors, for the technician.
    """

    def __init__(
        self, spec: HomeSpec, local: LocalTime, coverage: Coverage, lines: list[Line], is_empty: Callable[[], bool],
        links: Links, streams: Sequence[Stream],
    ) -> None:  # fmt: skip
        self._lines, self._streams = lines, streams
        healths = [stream.health for stream in streams]
        self.faults = Faults(local, {line.sensor.id: line for line in lines}, links, coverage, healths)
        for stream in streams:
            stream.sight.ledger.broken = self.faults.broken
            stream.habits.masks.unused_s, stream.habits.masks.sees_all = self.faults.unused_s, stream.sight.sees_all
        self._owner_of = {sensor.id: owner_of(sensor, spec) for sensor in spec.sensors}
        self._buttons = {name: HelpButton(name, local, coverage) for name in sorted(set(self._owner_of.values()))}
        owners = {self._owner_of[one.id] for one in spec.sensors if one.kind is SensorKind.TEMPERATURE}
        resident = owners.pop() if len(owners) == 1 else HOUSEHOLD
        self._climates = [
            Climate(kind, resident, local, coverage, spec.sensors, is_empty)
            for kind in (AlertKind.COLD_HOME, AlertKind.HOT_HOME)
        ]

    def agenda(self) -> list[tuple[Watch, Callable[[int], list[Claim | Said]]]]:
        """What waits for its time, and what is done then."""
        acts: list[tuple[Watch, Callable[[int], list[Claim | Said]]]] = [
            (button, button.pass_time) for button in self._buttons.values()
        ]
        acts += [(climate, self._measuring(climate)) for climate in self._climates]
        return [*acts, (self.faults, self._look_at_sensors)]

    def _look_at_sensors(self, now_ms: int) -> list[Claim | Said]:
        muted = dict(self.faults.muted)
        said: list[Claim | Said] = [*self.faults.pass_time(now_ms)]
        return said if muted == self.faults.muted else [*said, *self._relinked(now_ms)]

    def _relinked(self, at_ms: int) -> list[Claim]:
        return [claim for stream in self._streams for claim in stream.relinking.links_changed(at_ms)]

    def mute(self, sensor: Sensor, at_ms: int) -> list[Claim]:
        """A line was found to chatter: what it said is taken back, and from now on it is not heard."""
        self.faults.chattering(at_ms // 1000)
        of_it = [stream for stream in self._streams if any(line.sensor is sensor for line in stream.lines)]
        claims = [claim for stream in of_it for claim in retract(stream, sensor, at_ms // 1000)]
        return [*claims, *self._relinked(at_ms)]

    def _measuring(self, climate: Climate) -> Callable[[int], list[Claim | Said]]:
        return lambda _now_ms: climate.pass_time(self._lines)

    def rings(self, event: Event) -> list[Claim]:
        """An event of a line that is muted: of a button it may be a call for help, which is heard once in a while."""
        button = self._buttons[self._owner_of[event.sensor.id]]
        return [] if button.due_ms != NEVER else button.press(event, self._lines)

    def see(self, event: Event) -> list[Claim] | None:
        """An event of any sensor. None: it is nothing to these watches, and none of them waits for another time now."""
        if event.sensor.kind is SensorKind.BADGE:
            return None
        faulty = self.faults.see(event)
        if event.sensor.kind is SensorKind.BUTTON:
            return self._buttons[self._owner_of[event.sensor.id]].press(event, self._lines)
        if event.sensor.kind is SensorKind.TEMPERATURE:
            return [claim for climate in self._climates for claim in climate.see(event)]
        return [] if faulty else None

    def seeing(self, at_s: int, blind_s: int) -> None:
        """The gateway sees again, at `at_s`, after `blind_s`."""
        self.faults.seeing(at_s, blind_s)
        for stream in self._streams if blind_s else ():
            stream.health.seeing()
        for climate in self._climates:
            climate.seeing(blind_s)

    def shift(self, by_ms: int) -> None:
        """The clock was stepped."""
        for button in self._buttons.values():
            button.shift(by_ms)
        for climate in self._climates:
            climate.shift(round(by_ms / 1000))
        self.faults.shift(by_ms)

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "buttons": {name: button.state() for name, button in self._buttons.items()},
            "climates": {str(climate.kind): climate.state() for climate in self._climates},
            "faults": self.faults.state(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said; who is new since then starts from nothing."""
        for name, button in self._buttons.items():
            if name in state["buttons"]:
                button.restore(state["buttons"][name])
        for climate in self._climates:
            climate.restore(state["climates"][climate.kind])
        self.faults.restore(state["faults"])
