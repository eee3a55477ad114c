"""What a recording itself says of where somebody is: at home, up, lived-in days, bathroom visits.

This is the yardstick, so it shares nothing with what is measured but the sensors' kinds and places. Every
definition is in docs/evaluation.md, in words.
"""

from bisect import bisect_left, bisect_right
from functools import cached_property
from typing import Final, NamedTuple

from gateway.evaluation.recorded import Recorded
from models.kinds import SensorKind
from models.localtime import HOUR_S, MINUTE_S, LocalTime
from models.vocabulary import BATHROOM, HOUSEHOLD, OUTSIDE_DOOR, Reading, Sensor
from models.whose import SIGNS_OF_LIFE, streams_of

CLEAN_DAYS: Final = 14
"""Two weeks without any change come before every measurement."""

NEAR_S: Final = 2 * HOUR_S
WAKING_H: Final = range(8, 22)
LIVED_HOURS: Final = 6
VISIT_APART_S: Final = 5 * MINUTE_S
UP_FROM_S: Final = 5 * HOUR_S

_NOT_A_PLACE: Final = frozenset({SensorKind.STEPS, SensorKind.BUTTON})


class Visit(NamedTuple):
    """One visit to the bathroom: UTC ms of its first and last reading there."""

    start_ms: int
    end_ms: int


class Life:
    """One stream of a recorded home: a resident, or the household.

    Attributes:
        stream: its name, as in alerts.
        sensors: those whose signs count for it, by id.
        alone: whether all of it is one person's doing; only then can a change be put into it.
    """

    def __init__(self, recorded: Recorded, stream: str, sensors: dict[str, Sensor]) -> None:
        self.recorded = recorded
        self.stream = stream
        self.sensors = sensors
        self.alone = stream != HOUSEHOLD or len(recorded.spec.residents) == 1
        self.local = LocalTime(recorded.spec.timezone)
        self._signs: list[int] = []
        self._indoor: list[int] = []
        self._at_door: list[bool] = []
        self._up: dict[int, int | None] = {}
        for reading in recorded.readings:
            sensor = sensors.get(reading.sensor)
            if sensor is None or not is_sign(sensor, reading):
                continue
            at_s = reading.at_ms // 1000
            self._signs.append(at_s)
            self._at_door.append(sensor.place == OUTSIDE_DOOR)
            if sensor.kind not in _NOT_A_PLACE and sensor.place != OUTSIDE_DOOR:
                self._indoor.append(at_s)

    @property
    def knows_places(self) -> bool:
        """Whether anything but what is worn is sensed."""
        return bool(self._indoor)

    def at_home(self, at_s: int) -> bool:
        """Whether somebody was at home at `at_s`, as far as can be told afterwards.

        The silence around `at_s` did not begin at an outside door; or somebody moved indoors within two hours
        before and within two hours after.
        """
        place = bisect_right(self._signs, at_s) - 1
        if place < 0 or self.recorded.blind_s(at_s - 1, at_s + 1):
            return False
        if not self._at_door[place]:
            return bool(self._indoor)
        before = bisect_right(self._indoor, at_s) - 1
        after = before + 1
        return (
            before >= 0
            and at_s - self._indoor[before] <= NEAR_S
            and after < len(self._indoor)
            and self._indoor[after] - at_s <= NEAR_S
        )

    @cached_property
    def days(self) -> list[int]:
        """Lived-in resident days, after two weeks, that are recorded from end to end."""
        local, recorded = self.local, self.recorded
        first, last = local.day(recorded.start_s) + CLEAN_DAYS + 1, local.day(recorded.end_s)
        return [day for day in range(first, last) if self.lived(day)]

    def lived(self, day: int) -> bool:
        """Whether somebody was seen indoors in at least six hours of `day`, and it could be seen."""
        start_s, end_s = self.span(day)
        if self.recorded.blind_s(start_s, end_s) > 0.2 * (end_s - start_s):
            return False
        low, high = bisect_left(self._indoor, start_s), bisect_left(self._indoor, end_s)
        return len({at_s // HOUR_S for at_s in self._indoor[low:high]}) >= LIVED_HOURS

    def span(self, day: int) -> tuple[int, int]:
        """UTC seconds from which and until which resident day `day` lasts."""
        return self.local.day_start_s(day), self.local.day_start_s(day + 1)

    def night(self, day: int) -> tuple[int, int]:
        """UTC seconds of 23:00 on `day` and 07:00 on the day after."""
        return self.local.at_clock_s(day, 23 * HOUR_S), self.local.at_clock_s(day + 1, 7 * HOUR_S)

    def waking_hours(self) -> list[int]:
        """UTC seconds of each full local hour from 08:00 to 21:00 of `days` at which somebody was at home."""
        hours = (self.local.at_clock_s(day, hour * HOUR_S) for day in self.days for hour in WAKING_H)
        return [at_s for at_s in hours if self.at_home(at_s)]

    def up_s(self, day: int) -> int | None:
        """When somebody was up on `day`: the first sign after 05:00 that begins half an hour with five, on two sensors.

        None if nobody was by noon.
        """
        if day not in self._up:
            self._up[day] = self._find_up_s(day)
        return self._up[day]

    def _find_up_s(self, day: int) -> int | None:
        from_s = self.local.at_clock_s(day, UP_FROM_S)
        low = bisect_left(self._signs, from_s)
        high = bisect_left(self._signs, from_s + 7 * HOUR_S)
        for place in range(low, high):
            if place + 4 < len(self._signs) and self._signs[place + 4] - self._signs[place] <= 30 * MINUTE_S:
                start_s = self._signs[place]
                rows = between(self.recorded.readings, start_s * 1000, (start_s + 30 * MINUTE_S) * 1000)
                if len({row.sensor for row in rows if row.sensor in self.sensors}) >= 2:
                    return start_s
        return None

    @cached_property
    def visits(self) -> list[Visit]:
        """Bathroom visits: readings of bathroom sensors less than five minutes apart are one."""
        visits: list[Visit] = []
        for at_ms, name, _ in self.recorded.readings:
            sensor = self.sensors.get(name)
            if sensor is None or sensor.place != BATHROOM:
                continue
            if visits and at_ms - visits[-1].end_ms < VISIT_APART_S * 1000:
                visits[-1] = visits[-1]._replace(end_ms=at_ms)
            else:
                visits.append(Visit(at_ms, at_ms))
        return visits

    def visits_between(self, start_s: int, end_s: int) -> list[Visit]:
        """Bathroom visits that begin in that time."""
        low = bisect_left(self.visits, start_s * 1000, key=lambda visit: visit.start_ms)
        high = bisect_left(self.visits, end_s * 1000, key=lambda visit: visit.start_ms)
        return self.visits[low:high]

    def next_elsewhere_s(self, at_s: int) -> int | None:
        """The first sign after `at_s` on a sensor that is not in the bathroom."""
        rows = self.recorded.readings
        for place in range(bisect_right(rows, at_s * 1000 + 999, key=lambda row: row.at_ms), len(rows)):
            sensor = self.sensors.get(rows[place].sensor)
            if sensor is not None and sensor.place != BATHROOM and is_sign(sensor, rows[place]):
                return rows[place].at_ms // 1000
        return None

    def last_days(self, day: int) -> range:
        """The two weeks before `day`."""
        return range(day - CLEAN_DAYS, day)


def lives(recorded: Recorded) -> list[Life]:
    """The streams of a home, as the home itself tells them apart."""
    whose = streams_of(recorded.spec)
    names = sorted({stream for streams in whose.values() for stream in streams})
    return [
        Life(recorded, name, {sensor.id: sensor for sensor in recorded.spec.sensors if name in whose[sensor.id]})
        for name in names
    ]


def is_sign(sensor: Sensor, reading: Reading) -> bool:
    """Whether somebody must have caused this reading."""
    if sensor.kind in (SensorKind.STEPS, SensorKind.APPLIANCE):
        return reading.value > 0
    return sensor.kind in SIGNS_OF_LIFE


def between(readings: list[Reading], start_ms: int, end_ms: int) -> list[Reading]:
    """The readings from `start_ms` up to but not at `end_ms` (ascending times)."""
    low = bisect_left(readings, start_ms, key=lambda row: row.at_ms)
    return readings[low : bisect_left(readings, end_ms, key=lambda row: row.at_ms)]
