"""The home: readings in, findings out. The one door of the pure core.

`step(reading)` equals `advance(reading.at_ms)` and then the step; `advance(a); advance(b)` equals `advance(b)`.
Time passes as a row of moments at which something is due, each dealt with at its own time, so a home that
is asked often says exactly what a home says that is asked seldom.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Self

from models.agenda import Agenda
from models.claims import Claim
from models.coverage import Coverage
from models.errors import StateCorrupt, StateTooNew, StateTooOld
from models.habits import PARTS
from models.house import House
from models.kinds import SensorKind
from models.links import Links
from models.localtime import DAY_S, HOUR_S, LocalTime
from models.panel import Panels
from models.portrait import HomePortrait, Part
from models.signals import NEVER, Event, Line
from models.stream import Stream
from models.stream_portrait import portrait_of, sensors_of
from models.told import Told, parse
from models.unanswered import Unanswered
from models.vocabulary import CLOCK_STEP, GATEWAY_LINK, SENSOR_LINK, HomeSpec, Reading, Said
from models.voice import Voice
from models.whose import SIGNS_OF_LIFE, concerns, streams_about, streams_around, streams_of

STATE_VERSION: Final = 5

_LONGEST_STEP_S: Final = 1 << 31
"""A clock that starts in 1970 is stepped by less; what is no number, or more, is none of the gateway's."""


class Home:
    """One home's residents, sensors and everything learnt of them.

    Args:
        spec: who lives there and what can be sensed. Raises ZoneInfoNotFoundError for an unknown time zone.

    Attributes:
        now_ms: the latest moment that it knows of (UTC, ms); 0 before the first.
        earlier: readings that came too late (before `now_ms`): counted, not learnt.
        unknown: readings of sensors that the configuration does not have.
        panels: whom the residents' panels ask, and who pauses.
    """

    def __init__(self, spec: HomeSpec) -> None:
        self.spec = spec
        self.local = LocalTime(spec.timezone)
        self.now_ms = 0
        self.earlier = 0
        self.unknown = 0
        self._coverage = Coverage(self.local)
        self._links = Links(sensor for sensor in spec.sensors if sensor.kind is not SensorKind.BADGE)
        self._lines = {sensor.id: Line(sensor) for sensor in spec.sensors}
        self._watched = [line for line in self._lines.values() if line.sensor.kind is not SensorKind.BADGE]
        whose = streams_of(spec)
        self._streams = [
            Stream(
                name, spec, self.local, self._coverage, [self._lines[s] for s in whose if name in whose[s]], self._links
            )
            for name in sorted({stream for streams in whose.values() for stream in streams})
        ]
        self._voice = Voice(spec, self.local, self._streams)
        self._streams_of = {
            sensor: tuple(one for one in self._streams if concerns(line.sensor, one.resident, whose[sensor]))
            for sensor, line in self._lines.items()
            if line.sensor.kind in SIGNS_OF_LIFE or line.sensor.kind in (SensorKind.HEART_RATE, SensorKind.BADGE)
        }
        self._house = House(spec, self.local, self._coverage, self._watched, self._is_empty, self._links, self._streams)
        acts = [act for stream in self._streams for act in stream.agenda()]
        acts += [*self._house.agenda(), (self._voice.answering, self._voice.answering.pass_time)]
        self.panels = Panels(spec, self._streams, self._voice)
        self._agenda = Agenda(
            [(watch, self._saying(act)) for watch, act in acts], self._lines.values(), self._happened,
            lambda: self.panels.plan(self.now_ms),
        )  # fmt: skip

    def step(self, reading: Reading) -> list[Said]:
        """Take one input and say what follows from it. Earlier ones than `now_ms` are counted and left."""
        at_ms, name, value = reading
        if name == CLOCK_STEP and abs(value) < _LONGEST_STEP_S:
            return self._clock_stepped(at_ms, value)
        if at_ms < self.now_ms:
            self.earlier += 1
            return []
        said = self.advance(at_ms)
        if name == GATEWAY_LINK:
            self._linked(at_ms, up=bool(value))
        elif (line := self._lines.get(name)) is not None:
            if name in self._links.lost_s:  # what is heard can be heard, whoever has not said so
                self._links.take(SENSOR_LINK + name, at_ms // 1000, up=True)
                said += self._relinked(at_ms)
            settles_ms = line.settles_ms
            if line.sensor.kind is not SensorKind.BADGE and self._house.faults.chatters(name, at_ms):
                said += self._say(self._house.mute(line.sensor, at_ms))
            event = line.take(at_ms, value)
            if line.settles_ms != settles_ms:
                self._agenda.resettle()
                self._agenda.look_ahead()
            if event is not None:
                said += self._happened(event)
        elif self._links.take(name, at_ms // 1000, up=bool(value)):
            said += self._relinked(at_ms)
        elif (told := parse(name)) is not None:
            said += self._say(self._told(told, at_ms, value))
        elif self._house.faults.drifted(name, at_ms // 1000, value):
            self._agenda.look_ahead()
        else:
            self.unknown += 1
        return said

    def advance(self, now_ms: int) -> list[Said]:
        """Let time pass until `now_ms` (UTC, ms) and say what follows from nothing having happened."""
        if now_ms < self._agenda.due_ms and self.now_ms:
            self.now_ms = max(self.now_ms, now_ms)
            return []
        if self.now_ms == 0:
            self._coverage.hidden(now_ms // 1000 - 8 * DAY_S, now_ms // 1000)  # nobody was looking before
            for stream in self._streams:
                stream.summaries.begin(now_ms // 1000)
            self._agenda.look_ahead()
        said: list[Said] = []
        while self._agenda.due_ms <= now_ms:
            self.now_ms = max(self.now_ms, self._agenda.due_ms)
            said += self._agenda.do_first()
            self._agenda.look_ahead()
        self.now_ms = max(self.now_ms, now_ms)
        return said

    def deadline_ms(self) -> int | None:
        """When the home next needs to be asked if nothing happens (UTC, ms). None before the first reading."""
        return None if self._agenda.due_ms == NEVER else self._agenda.due_ms

    def silence_deadlines_s(self) -> dict[str, int | None]:
        """For each stream, the UTC second at which `inactivity` opens if nothing more is seen.

        None while learning, away or blind (the `--deadlines` contract).
        """
        return {stream.resident: stream.inactivity.learnt_deadline_s() for stream in self._streams}

    def portrait(self) -> HomePortrait:
        """What was learnt so far and how today compares, to be looked at; changes nothing."""
        now_s = self.now_ms // 1000
        parts = tuple(Part(name, begins_s // HOUR_S) for name, begins_s in PARTS)
        streams = tuple(portrait_of(stream, now_s) for stream in self._streams)
        sensors = sensors_of(self._streams, self.local, now_s)
        answers, spec = self._voice.portrait(now_s), self.spec
        return HomePortrait(spec.id, spec.timezone, now_s, parts, streams, answers, sensors)

    def left_out(self) -> dict[str, int]:
        """How many readings were not used, by reason."""
        lines = self._lines.values()
        return {
            "earlier": self.earlier,
            "unknown_sensor": self.unknown,
            "bounce": sum(line.bounces for line in lines),
            "duplicate": sum(line.duplicates for line in lines),
            "implausible": sum(line.implausible for line in lines),
        }

    def heard_since(self, at_ms: int) -> int:
        """How many sensors have said anything since `at_ms`; of badges that would tell who came."""
        return sum(1 for line in self._watched if line.heard_ms is not None and line.heard_ms >= at_ms)

    def learning(self) -> bool:
        """Whether any stream is still in its first days, when only fixed limits apply."""
        return any(one.inactivity.learning(self.now_ms // 1000) for one in self._streams if one.watches_silence)

    def unanswered(self) -> tuple[Unanswered, ...]:
        """The urgent alerts for carers of the last week that no person has acknowledged, the oldest first."""
        return self._voice.answering.names()

    def _happened(self, event: Event) -> list[Said]:
        claims: list[Claim | Said] = []
        sensor, moved = event.sensor, False
        if sensor.id in self._house.faults.muted:
            claims += self._house.rings(event)
            self._agenda.look_ahead()
            return self._say(claims)
        for stream in self._streams_of.get(sensor.id, ()):
            if stream.whereabouts.takes(event) and (seen := stream.see(event)) is not None:
                claims += seen
                moved = True
        if (of_house := self._house.see(event)) is not None:
            claims += of_house
            moved = True
        if moved:  # most of what a wearable says moves nothing that is waited for
            self._agenda.look_ahead()
        return self._say(claims) if claims else []

    def _say(self, claims: Iterable[Claim | Said]) -> list[Said]:
        said = self._voice.say(claims)
        self._agenda.look_ahead()  # what was said may wait for an answer
        return said

    def _is_empty(self) -> bool:
        return all(stream.whereabouts.is_empty for stream in self._streams)

    def _saying(self, act: Callable[[int], list[Claim | Said]]) -> Callable[[], list[Said]]:
        return lambda: self._voice.say(act(self.now_ms))

    def _linked(self, at_ms: int, *, up: bool) -> None:
        at_s = at_ms // 1000
        if up:
            was_blind = self._coverage.blind_since_s is not None
            blind_s = self._coverage.found(at_s)
            self._house.seeing(at_s, blind_s)
            for stream in self._streams if was_blind else ():
                stream.seeing(at_ms, blind_s)
        else:
            self._coverage.lost(at_s)
            for stream in self._streams:
                stream.blind()
        self._agenda.look_ahead()

    def _relinked(self, at_ms: int) -> list[Said]:
        self._house.faults.linked(at_ms // 1000)
        return self._say(claim for one in self._streams for claim in one.relinking.links_changed(at_ms))

    def _told(self, told: Told, at_ms: int, value: float) -> list[Claim | Said]:
        self._voice.told(told, at_ms // 1000, value)
        whom = (streams_around if told.kind is None else streams_about)(told.resident, self.spec)
        theirs = [stream for stream in self._streams if stream.resident in whom]
        claims = [claim for stream in theirs for claim in stream.told(told, at_ms, value)]
        claims += self.panels.told(told, at_ms // 1000)
        self._agenda.look_ahead()
        return claims

    def _clock_stepped(self, at_ms: int, step_s: float) -> list[Said]:
        by_ms = round(step_s * 1000)
        said = self.advance(max(self.now_ms, at_ms - by_ms))
        self._coverage.shift(round(step_s))
        self._links.shift(round(step_s))
        self._voice.shift(round(step_s))
        for line in self._lines.values():
            line.shift(by_ms)
        self._house.shift(by_ms)
        for stream in self._streams:
            stream.shift(at_ms, by_ms)
        self.now_ms = at_ms
        self._agenda.look_ahead()
        return said + self.advance(at_ms)  # what the clock has jumped over is due now

    def state(self) -> dict[str, Any]:
        """Everything known and learnt, as plain JSON; `restore` of it makes a home that says the same."""
        return {
            "version": STATE_VERSION,
            "now_ms": self.now_ms,
            "earlier": self.earlier,
            "unknown": self.unknown,
            "coverage": self._coverage.state(),
            "links": self._links.state(),
            "voice": self._voice.state(),
            "lines": {name: line.state() for name, line in sorted(self._lines.items())},
            "house": self._house.state(),
            "streams": {stream.resident: stream.state() for stream in self._streams},
        }

    @classmethod
    def restore(cls, spec: HomeSpec, state: Mapping[str, Any]) -> Self:
        """The home that said `state`; sensors and residents that are new since then start from nothing.

        Raises StateTooNew, StateTooOld or StateCorrupt; the caller keeps the state aside and rebuilds from the journal.
        """
        advice = "It is kept aside; the routine is rebuilt from the journal."
        if not isinstance(version := state.get("version"), int):
            raise StateCorrupt("The learnt state has no version.", advice=advice)
        if version != STATE_VERSION:
            kind = StateTooNew if version > STATE_VERSION else StateTooOld
            raise kind(f"The learnt state is of version {version}.", advice=advice)
        home = cls(spec)
        try:
            home._take_over(state)
        except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
            raise StateCorrupt(f"The learnt state cannot be read ({type(error).__name__}).", advice=advice) from error
        return home

    def _take_over(self, state: Mapping[str, Any]) -> None:
        self.now_ms, self.earlier, self.unknown = (state[name] for name in ("now_ms", "earlier", "unknown"))
        self._coverage.restore(state["coverage"])
        self._links.restore(state["links"])
        self._voice.restore(state["voice"])
        for name, line in self._lines.items():
            if name in state["lines"]:
                line.restore(state["lines"][name])
        self._agenda.resettle()
        self._house.restore(state["house"])
        sensors = {name: line.sensor for name, line in self._lines.items()}
        for stream in self._streams:
            known = state["streams"].get(stream.resident)
            if known is None:
                stream.summaries.begin(self.now_ms // 1000)
                continue
            stream.restore(known, sensors)
        if self.now_ms:
            self._agenda.look_ahead()
