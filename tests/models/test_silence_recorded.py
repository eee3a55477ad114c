"""What the silence learner makes of recorded homes."""

import csv
import gzip
import tomllib
from datetime import datetime
from itertools import islice

from models.kinds import SensorKind
from models.learners.silence import MIN_DEADLINE_S, Gap, Silence, context_of
from models.localtime import DAY_S, HOUR_S
from models.presence import Presence
from models.vocabulary import Sensor
from tests.models.silences import LONDON
from tests.shared_data import shared


def test_keeps_its_budget_in_recorded_homes() -> None:
    """Ten homes: false alerts after two weeks, a person-day, and waking hours (08 to 21) to notice."""
    alerts, days = 0, 0.0
    waits: list[float] = []
    for number in range(10):
        silence, gaps, blind_s = Silence("Europe/London", 0.05), *recorded(f"home-a0{number}")
        start = LONDON.day(gaps[0].start_s) + 14
        days += LONDON.day(gaps[-1].end_s) - start - blind_s / DAY_S
        for gap in gaps:
            if gap.end_s - gap.start_s >= MIN_DEADLINE_S and LONDON.day(gap.start_s) >= start:
                deadline_s = silence.deadline_s(gap.start_s, gap.context)
                if deadline_s is not None:
                    alerts += gap.end_s > deadline_s
                    hours = range(gap.start_s // HOUR_S + 1, gap.end_s // HOUR_S + 1)
                    awake = [hour * HOUR_S for hour in hours if 8 <= LONDON.second_of_day(hour * HOUR_S) / HOUR_S < 22]
                    waits.extend(max(0, deadline_s - at_s) / HOUR_S for at_s in awake)
            silence.learn_one(gap)
    assert 0.05 / 1.5 <= alerts / days <= 0.05 * 1.5
    assert sum(waits) / len(waits) < 5.0


def recorded(name: str) -> tuple[list[Gap], int]:
    """The silences of a recorded home that no blind stretch overlaps, and for how long it was blind."""
    folder = shared("homes") / name
    spec = tomllib.loads((folder / "home.toml").read_text())
    sensors = {
        sensor["id"]: Sensor(sensor["id"], SensorKind(sensor["kind"]), sensor["place"]) for sensor in spec["sensors"]
    }
    presence = Presence(LONDON)
    gaps: list[Gap] = []
    last_s: int | None = None
    context, blind_s = "", 0
    with gzip.open(folder / "readings.csv.gz", "rt") as rows:
        for time, name, value in islice(csv.reader(rows), 1, None):
            at_s = int(datetime.fromisoformat(time).timestamp())
            if name.startswith("@"):
                blind_s += at_s if float(value) else -at_s
                last_s = None
                continue
            sensor, silence = sensors[name], None
            if (understood := presence.understood(at_s, sensor)) is not None:
                gaps.append(understood)
            if last_s is not None:
                silence = (at_s - last_s, context)
                if at_s > last_s and (gap := presence.ended(Gap(last_s, at_s, context), sensor)) is not None:
                    gaps.append(gap)
            last_s, context = at_s, presence.context(at_s, silence, sensor, context_of(sensor, 1.0))
    return gaps, blind_s
