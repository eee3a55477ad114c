"""Homes in which people would read every sort of sentence: changes over days, weak signs, what people told, nights."""

from collections.abc import Iterator
from dataclasses import replace

from models.home import Home
from models.kinds import AlertKind, SensorKind
from models.localtime import DAY_S, HOUR_S, MINUTE_S
from models.told import Outcome, Telling, Told
from models.vocabulary import HomeSpec, Reading, Said, Sensor
from tests.models.world import a_life, findings, morning_s, run, spec, trained

START_S = 1_717_200_000 + 7 * HOUR_S  # 2024-06-01T07:00:00Z
SLOW = HomeSpec(
    "h-slow",
    "UTC",
    ("r1",),
    (
        Sensor("bath", SensorKind.MOTION, "bathroom", "r1"),
        Sensor("bed", SensorKind.BED, "bedroom", "r1"),
        Sensor("chair", SensorKind.SEAT, "lounge", "r1"),
        Sensor("hall", SensorKind.MOTION, "hall", "r1"),
        Sensor("tap", SensorKind.TAP, "kitchen", "r1"),
        Sensor("watch", SensorKind.HEART_RATE, "worn", "r1"),
    ),
)


def _day(
    day: int, *, slower: int = 1, taps: int = 9, about: int = 20, nightly: int = 1, exits: int = 1, bpm: int = 60
) -> Iterator[Reading]:
    """From 07:00 to 07:00: fourteen ways from the chair to the bathroom by day, and up `exits` times by night."""
    seven_s, jitter = START_S + day * DAY_S, day * 7919 % 5
    night_s = seven_s + 16 * HOUR_S
    rows = [(seven_s + 60 + by * MINUTE_S, "hall" if by else "bed", float(by > 0)) for by in range(10)]
    rows += [(seven_s + 700 + by * 15 * HOUR_S // (about + jitter), "hall", 1.0) for by in range(about + jitter)]
    rows += [(seven_s + 5000 + use * 5000 + off, "tap", 1.0 - off // 20) for use in range(taps) for off in (0, 20)]
    for time in range(14):
        at_s, way_s = seven_s + HOUR_S + time * 3300, (20 + 7 * ((time + jitter) % 4)) * slower
        rows += [(at_s, "chair", 0.0), (at_s + way_s, "bath", 1.0), (at_s + 2 * way_s + 200, "chair", 1.0)]
    rows += [(night_s - HOUR_S, "bed", 1.0)]
    for out in range(exits + day % 2):
        out_s = night_s + 20 * MINUTE_S + out * 35 * MINUTE_S
        rows += [(out_s, "bed", 0.0), (out_s + 6 * MINUTE_S, "bed", 1.0)]
        rows += [(out_s + 2 * MINUTE_S, "bath", 1.0)] if out < nightly else []
    rows += [(night_s + by * 2 * MINUTE_S, "watch", float(bpm + (by + jitter) % 5)) for by in range(90) if day > 40]
    return (Reading(at_s * 1000, sensor, value) for at_s, sensor, value in sorted(rows))


def weeks() -> tuple[HomeSpec, list[Said]]:
    """Ten weeks with changes over days and weak signs, each followed by ordinary days."""
    home, said = Home(SLOW), list[Said]()
    spans: tuple[tuple[int, dict[str, int]], ...] = (
        (26, {}),
        (7, {"slower": 3}),
        (9, {}),
        (4, {"exits": 6, "nightly": 6, "taps": 2}),
        (7, {}),
        (4, {"taps": 2}),
        (8, {}),
        (5, {"exits": 6, "about": 90}),
        (5, {"bpm": 85}),
    )
    day = 0
    for days, others in spans:
        said += run(home, (row for number in range(day, day + days) for row in _day(number, **others)))
        day += days
    return SLOW, said


def _tell(home: Home, what: Telling, value: float, kind: AlertKind | None = None, who: str = "r1") -> list[Said]:
    return home.step(Reading(home.now_ms + 1000, Told(what, who, kind).name(), float(value)))


def _live(home: Home, until_s: int) -> list[Said]:
    worn = {sensor.id for sensor in home.spec.sensors}
    return run(home, [one for one in a_life(40) if home.now_ms < one.at_ms < until_s * 1000 and one.sensor in worn])


def told() -> tuple[HomeSpec, list[Said]]:
    """Away and in hospital, on time, early and not at all; and what people answered to alerts."""
    home = trained(21)
    said = _live(home, morning_s(22))
    said += _tell(home, Telling.AWAY, morning_s(24))  # comes home a day early, is out again at once and not heard of
    said += home.advance(morning_s(23, 9) * 1000)
    said += _live(home, morning_s(23, 9) + 3 * HOUR_S)
    said += [*run(home, [Reading(home.now_ms + 1, "bath-motion", 1)]), *home.advance(home.now_ms + 3 * HOUR_S * 1000)]
    said += _tell(home, Telling.AWAY, home.now_ms // 1000 + HOUR_S)  # is late
    said += home.advance(home.now_ms + 2 * DAY_S * 1000)
    said += _live(home, home.now_ms // 1000 + DAY_S)
    said += _tell(home, Telling.HOSPITAL, 1)
    said += run(home, [Reading(home.now_ms + HOUR_S * 1000, "hall", 1)])  # a neighbour looks in
    said += home.advance(home.now_ms + 2 * DAY_S * 1000)
    said += _tell(home, Telling.HOSPITAL, 0)
    said += _live(home, home.now_ms // 1000 + 3 * DAY_S)
    return home.spec, said


def nights() -> tuple[HomeSpec, list[Said]]:
    """Out of bed and not back; out at an outside door twice; and somebody says it is no use."""
    home = trained(21)
    said: list[Said] = []
    for day in range(22, 26):
        said += _live(home, morning_s(day, 22.5))
        night = [(23, "bed", 1), (26, "bed", 0), (26.02, "bath-motion", 1), (26.1, "hall", 1)]
        if day % 2:
            night = [(23, "bed", 1), (26, "bed", 0), (26.1, "front-door", 1), (26.3, "hall", 1)]
            night += [(26.5, "front-door", 1), (27, "hall", 1), (27.2, "bed", 1)]
        said += run(home, [Reading(morning_s(day, hours) * 1000, sensor, value) for hours, sensor, value in night])
        said += home.advance(morning_s(day, 30) * 1000)
        for kind in {one.kind for one in findings(said)}:
            _tell(home, Telling.OUTCOME, Outcome.NOT_USEFUL, kind)
    return home.spec, said


def pair() -> tuple[HomeSpec, list[Said]]:
    """Two people who share their sensors: one away, and the other alone at home and not seen."""
    worn = (SensorKind.HEART_RATE, SensorKind.STEPS)
    sensors = [replace(one, resident=None) for one in spec().sensors if one.kind not in worn]
    home = Home(spec(sensors, residents=("r1", "r2")))
    said = _live(home, morning_s(1))
    said += _tell(home, Telling.AWAY, morning_s(3), who="r2")
    said += _tell(home, Telling.ALONE, morning_s(3))
    said += home.advance(morning_s(2, 12) * 1000)  # nothing is learnt yet, so the fixed limit is what alerts
    return home.spec, said


def late() -> tuple[HomeSpec, list[Said]]:
    """Every other morning late up, and somebody says that it was of no use to know."""
    home, lived = trained(21), a_life(26)
    said: list[Said] = []
    for day in range(22, 25):
        life = [one for one in lived if morning_s(day, 4) <= one.at_ms // 1000 < morning_s(day, 28)]
        heard = run(home, [one for one in life if day % 2 or one.at_ms // 1000 >= morning_s(day, 10.5)])
        for one in findings(heard, AlertKind.LATE_START):
            heard += _tell(home, Telling.OUTCOME, Outcome.NOT_USEFUL, one.kind)
        said += heard
    return home.spec, said
