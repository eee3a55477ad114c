"""A made-up recorded home: regular, with every sort of sensor that a change needs."""

from functools import cache
from pathlib import Path
from random import Random

from gateway.evaluation.life import Life, lives
from gateway.evaluation.recorded import Recorded
from models.kinds import SensorKind
from models.localtime import DAY_S, HOUR_S, LocalTime, utc_text
from models.vocabulary import HomeSpec, Reading, Sensor

DAYS = 36
FIRST_DAY = 18_690  # 2021-03-04

SENSORS = (
    Sensor("bathroom", SensorKind.MOTION, "bathroom", "r1"),
    Sensor("bed", SensorKind.BED, "bedroom", "r1"),
    Sensor("front-door", SensorKind.DOOR, "outside-door", "r1"),
    Sensor("kitchen", SensorKind.MOTION, "kitchen", "r1"),
    Sensor("lounge", SensorKind.MOTION, "lounge", "r1"),
    Sensor("seat", SensorKind.SEAT, "lounge", "r1"),
    Sensor("tap", SensorKind.TAP, "kitchen", "r1"),
)


@cache
def recorded(seed: int = 1) -> Recorded:
    """Five weeks of one person, with a morning out now and then."""
    rng = Random(seed)
    local = LocalTime("Europe/London")
    rows: list[Reading] = []

    def put(at_s: float, sensor: str, value: float = 1.0) -> None:
        rows.append(Reading(int(at_s * 1000), sensor, value))

    for day in range(FIRST_DAY, FIRST_DAY + DAYS):
        up_s = local.at_clock_s(day, 7 * HOUR_S) + rng.randrange(1200)
        put(up_s, "bed", 0.0)
        out = rng.random() < 0.3
        at_s = up_s + 30
        while at_s < up_s + 15 * HOUR_S:
            if out and at_s > up_s + 3 * HOUR_S:
                out = False
                put(at_s, "front-door")
                put(at_s + 5, "front-door", 0.0)
                at_s += 3 * HOUR_S
                put(at_s, "front-door")
                put(at_s + 5, "front-door", 0.0)
            room = rng.choice(("bathroom", "kitchen", "kitchen", "lounge", "lounge"))
            put(at_s, room)
            if room == "kitchen":
                put(at_s + 20, "tap")
                put(at_s + 30, "tap", 0.0)
            if room == "lounge":
                put(at_s + 20, "seat")
                put(at_s + 300, "seat", 0.0)
            at_s += 330 + rng.randrange(1500)
        bed_s = max(at_s, local.at_clock_s(day, 23 * HOUR_S))
        put(bed_s, "bed")
        for visit in range(2):
            out_s = bed_s + (visit + 1) * 2 * HOUR_S + rng.randrange(1800)
            put(out_s, "bed", 0.0)
            put(out_s + 60, "bathroom")
            put(out_s + 200, "bathroom")
            put(out_s + 300, "bed")
    rows.sort(key=lambda row: row.at_ms)
    return Recorded("made-up", HomeSpec("h", "Europe/London", ("r1",), SENSORS), rows, ())


def life(seed: int = 1) -> Life:
    """The one life in it."""
    return lives(recorded(seed))[0]


def write(folder: Path, home: Recorded, labels: str | None = None) -> Path:
    """The same as a folder."""
    folder.mkdir(parents=True)
    sensors = "".join(
        f'[[sensors]]\nid = "{s.id}"\nkind = "{s.kind}"\nplace = "{s.place}"\nresident = "r1"\n'
        for s in home.spec.sensors
    )
    toml = f'[home]\nid = "h"\ntimezone = "{home.spec.timezone}"\n[[residents]]\nid = "r1"\n{sensors}'
    (folder / "home.toml").write_text(toml)
    rows = "".join(f"{utc_text(row.at_ms // 1000)},{row.sensor},{row.value:g}\n" for row in home.readings)
    (folder / "readings.csv").write_text("time,sensor,value\n" + rows)
    if labels is not None:
        (folder / "labels.csv").write_text(labels)
    return folder


def day_s(day: int, hour: float) -> int:
    """UTC second of an hour of the clock, `day` days after the first."""
    return LocalTime("Europe/London").at_clock_s(FIRST_DAY + day, int(hour * HOUR_S))


WEEK_S = 7 * DAY_S
