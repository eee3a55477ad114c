"""Homes in which people would read every sort of sentence: changes over days, weak signs, what people told, nights."""

from collections.abc import Iterator
from dataclasses import replace

from models.home import Home
from models.kinds import AlertKind, SensorKind
from models.localtime import DAY_S, HOUR_S, MINUTE_S
from models.told import Outcome, Telling, Told
from models.vocabulary import WALK_DRIFT, HomeSpec, PanelSpec, Reading, Recipients, Said, Sensor
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


def unanswered() -> tuple[HomeSpec, list[Said]]:
    """Silences and calls that nobody answers, one of them over by itself; a snooze, and another budget."""
    known = trained(21)
    owned = replace(known.spec, recipients={kind: Recipients("day-team", "night-team") for kind in AlertKind})
    home, said = Home.restore(owned, known.state()), list[Said]()
    lived = a_life(30)
    said += home.step(Reading(home.now_ms + 1, Told(Telling.BUDGET, "household").name(), 0.3))
    said += _tell(home, Telling.SNOOZE, morning_s(33), AlertKind.LATE_START)
    for day in range(22, 25):
        life = [one for one in lived if morning_s(day, 10.2) <= one.at_ms // 1000 < morning_s(day, 28)]
        said += run(home, [one for one in life if one.at_ms > home.now_ms])
    said += _live(home, morning_s(25, 14))
    deadline_s = home.silence_deadlines_s()["r1"]
    assert deadline_s is not None
    said += home.advance((deadline_s + 60) * 1000)
    said += run(home, [Reading((deadline_s + after_s) * 1000, "hall", 1) for after_s in (120, 1200)])
    said += home.step(Reading((deadline_s + 1800) * 1000, "button", 1))
    return home.spec, said + home.advance(morning_s(29, 8) * 1000)


_TROUBLED = HomeSpec(
    "h-faults",
    "UTC",
    ("r1",),
    (
        Sensor("hall", SensorKind.MOTION, "hall", "r1"),
        Sensor("bedroom", SensorKind.MOTION, "bedroom", "r1"),
        Sensor("attic", SensorKind.MOTION, "attic", "r1"),
        Sensor("tap", SensorKind.TAP, "kitchen", "r1"),
        Sensor("front-door", SensorKind.DOOR, "outside-door", "r1", wireless=True),
        Sensor("help", SensorKind.BUTTON, "hall", "r1"),
        Sensor("strap", SensorKind.HEART_RATE, "worn", "r1", wireless=True),
        Sensor("band", SensorKind.STEPS, "worn", "r1", wireless=True),
        Sensor("cell", SensorKind.BATTERY, "outside-door", "r1", wireless=True),
        Sensor("warm", SensorKind.TEMPERATURE, "lounge", "r1"),
    ),
)


def _troubled_day(day: int) -> list[tuple[float, str, float]]:
    """From the tenth day on: a dead bedroom, a tap that runs, a wild thermometer, lost links, a line that chatters."""
    from_s, worn = START_S + day * DAY_S, ("front-door", "strap", "band")
    rows: list[tuple[float, str, float]] = []
    rows += [(from_s + turn * 400 + turn * 7 % 5 * 9, "hall", 1.0) for turn in range(130)]
    rows += [(from_s + 200 + turn * 5000, "bedroom", 1.0) for turn in range(8) if day < 10]
    rows += [(from_s + 300 + on, "tap", float(not on)) for on in (0, 30) if not on or day < 10]
    rows += [(from_s + 100, "cell", 90.0 - 5 * day if day < 12 else 14.0 if day < 14 else 95.0)]
    rows += [(from_s + 900 * turn, "warm", 85.0) for turn in range(30) if day == 10]
    if day in (10, 12):
        rows += [(from_s + 2000, f"@link/{name}", 0.0) for name in worn]
        rows += [(from_s + DAY_S - 9000, "@link/help", 0.0), (from_s + DAY_S - 8000, "@link/help", 1.0)]
        rows += [(from_s + 30_000 + edge / 50, "hall", 1.0) for edge in range(500)]
    if day in (11, 13):
        rows += [(from_s + 9000, "@radio", 0.0), (from_s + 12_000, "@radio", 1.0)]
        rows += [(from_s + 13_000, f"@link/{name}", 1.0) for name in worn]
    rows += [(from_s + 60_000 + turn * 60, "hall", 1.0) for turn in range(100) if day == 14]
    return sorted(rows)


def faulty() -> tuple[HomeSpec, list[Said]]:
    """A home in which every sort of sensor trouble comes, and goes."""
    home, said = Home(_TROUBLED), list[Said]()
    for day in range(16):
        said += run(home, [Reading(round(at_s * 1000), name, value) for at_s, name, value in _troubled_day(day)])
    last_s = home.now_ms // 1000 + 60
    again = [("bedroom", 1.0), ("tap", 0.0), ("attic", 1.0)]
    said += run(home, [Reading(last_s * 1000, name, value) for name, value in again])
    said += home.advance((last_s + HOUR_S) * 1000)
    numbers = {"unseen": 30.0, "margin": -84.0, "weak": 13.0, "bounce": 70.0, "press": 190.0}
    for sign, number in numbers.items():
        for value in (number, 0.0):
            said += home.step(Reading(home.now_ms + 1000, f"{WALK_DRIFT}{sign}/bedroom", value))
            said += home.advance(home.now_ms + 3 * HOUR_S * 1000)
    return _TROUBLED, said


def panel() -> tuple[HomeSpec, list[Said]]:
    """Asked before an alert, answered twice, and a pause in which nobody gets up."""
    known = trained(21)
    home = Home.restore(replace(known.spec, panels={"r1": PanelSpec()}), known.state())
    said = _tell(home, Telling.PANEL, 1)
    said += _live(home, morning_s(22, 10))
    deadline_s = home.silence_deadlines_s()["r1"]
    assert deadline_s is not None
    for at_s in (deadline_s - MINUTE_S, deadline_s + HOUR_S):  # the second one while the alert is open
        said += home.step(Reading(at_s * 1000, Told(Telling.OK, "r1").name(), 1))
    said += _live(home, morning_s(24, 3))
    said += home.advance(morning_s(24, 7) * 1000)
    said += _tell(home, Telling.PAUSE, morning_s(24, 10.5))
    said += home.advance(morning_s(24, 12) * 1000)
    said += _live(home, morning_s(30, 12))
    return home.spec, said


def unheard() -> tuple[HomeSpec, list[Said]]:
    """Links that are lost for an afternoon, for a moment of everything, for a day of it; and a sensor that dies."""
    home = trained(21)
    eyes = [sensor.id for sensor in home.spec.sensors if sensor.id not in ("button", "pulse")]

    def links(names: list[str], up: float) -> list[Said]:
        return run(home, [Reading(home.now_ms + 1000, f"@link/{name}", up) for name in names])

    said: list[Said] = []
    for day, names, lasts_h in ((22, ["tap"], 6), (23, eyes, 3), (24, eyes, 14), (26, ["tap", "kettle"], 70)):
        said += _live(home, morning_s(day, 10))
        said += links(names, 0.0)
        lived = [one for one in a_life(34) if home.now_ms < one.at_ms < morning_s(day, 10 + lasts_h) * 1000]
        said += run(home, [one for one in lived if one.sensor not in names])
        said += [*home.advance(morning_s(day, 10 + lasts_h) * 1000), *links(names, 1.0)]
    lived = [one for one in a_life(34) if one.at_ms > home.now_ms]
    said += run(home, [one for one in lived if one.sensor != "hall"])
    return home.spec, said


def rooms() -> tuple[HomeSpec, list[Said]]:
    """A home that is too cold, then too warm, and right again."""
    home = Home(spec([Sensor("t-bed", SensorKind.TEMPERATURE, "bedroom", "r1")]))
    start_s, course = morning_s(1), [14.0] * 5 + [20.0] + [29.0] * 5 + [22.0]
    rows = [Reading((start_s + by * HOUR_S) * 1000, "t-bed", degrees) for by, degrees in enumerate(course)]
    return home.spec, run(home, rows)
