"""A recorded home in memory: who lives there, every reading, and what is known to have happened."""

import csv
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from gateway.config.reading import load as load_config
from gateway.errors import InputError
from gateway.sources.replay import Recording
from models.localtime import DAY_S
from models.vocabulary import CLOCK_STEP, GATEWAY_LINK, HomeSpec, Reading


class Label(NamedTuple):
    """Something that people recorded of this person: a UTC second, and what."""

    at_s: int
    name: str


@dataclass(frozen=True)
class Recorded:
    """One recorded home.

    Attributes:
        name: the folder's name.
        spec: as the gateway would be configured, with every kind of alert on unless the file says otherwise.
        readings: every row, times ascending.
        labels: None where nobody labelled this home, which is not the same as that nothing happened.
    """

    name: str
    spec: HomeSpec
    readings: list[Reading]
    labels: tuple[Label, ...] | None = None

    @cached_property
    def start_s(self) -> int:
        """UTC second of the first reading."""
        return self.readings[0].at_ms // 1000

    @cached_property
    def end_s(self) -> int:
        """UTC second of the last reading."""
        return self.readings[-1].at_ms // 1000

    @cached_property
    def blind(self) -> list[tuple[int, int]]:
        """Stretches, in UTC seconds, in which the gateway was down."""
        stretches: list[tuple[int, int]] = []
        since_s: int | None = None
        for at_ms, sensor, value in self.readings:
            if sensor != GATEWAY_LINK:
                continue
            if value == 0 and since_s is None:
                since_s = at_ms // 1000
            elif value == 1 and since_s is not None:
                stretches.append((since_s, at_ms // 1000))
                since_s = None
        return stretches if since_s is None else [*stretches, (since_s, self.end_s)]

    def blind_s(self, start_s: int, end_s: int) -> int:
        """Seconds between `start_s` and `end_s` in which the gateway was down."""
        return sum(max(0, min(end_s, end) - max(start_s, start)) for start, end in self.blind)

    def person_days(self, from_s: int) -> float:
        """Days from `from_s` to the end that could be seen, times residents."""
        seen_s = self.end_s - from_s - self.blind_s(from_s, self.end_s)
        return max(0.0, len(self.spec.residents) * seen_s / DAY_S)


def find(folders: tuple[Path, ...]) -> list[Path]:
    """The recorded homes in `folders`: each one itself, or the folders in it that have a home.toml.

    Raises InputError where there is none.
    """
    homes: list[Path] = []
    for folder in folders:
        inside = [folder] if (folder / "home.toml").is_file() else sorted(p.parent for p in folder.glob("*/home.toml"))
        if not inside:
            advice = (
                "Give folders that hold home.toml and readings.csv or readings.csv.gz, or a folder of such folders."
            )
            raise InputError(f"{folder} holds no recorded home.", advice=advice)
        homes += inside
    return homes


def load(folder: Path) -> Recorded:
    """The home recorded in `folder`. Rows earlier than the one before are left out, as the home itself would.

    Raises ConfigError or InputError with the line and the next step.
    """
    config = load_config(folder / "home.toml")
    readings: list[Reading] = []
    last_ms = 0
    for number, reading in Recording(folder, (sensor.id for sensor in config.sensors)).readings():
        if reading.sensor == CLOCK_STEP:
            advice = "Changes are put into recordings by the clock; take one whose clock was never stepped."
            raise InputError(f"{folder}: line {number}: the clock was stepped.", advice=advice)
        if reading.at_ms >= last_ms:
            readings.append(reading)
            last_ms = reading.at_ms
    if not readings:
        raise InputError(f"{folder} has no readings.", advice="Give a recording that has some.")
    return Recorded(folder.name, config.spec(live=False), readings, _labels(folder / "labels.csv"))


def _labels(path: Path) -> tuple[Label, ...] | None:
    if not path.is_file():
        return None
    advice = "Its header is time,label; each row is such as 2024-03-01T07:15:00Z,agitation."
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [(row["time"], row["label"]) for row in csv.DictReader(file)]
        moments = [(datetime.fromisoformat(time), name) for time, name in rows]
    except (KeyError, ValueError, TypeError) as error:
        raise InputError(f"{path} cannot be read: {error}.", advice=advice) from error
    if any(moment.tzinfo is None for moment, _ in moments):
        raise InputError(f"{path}: a time without an offset from UTC.", advice=advice)
    return tuple(Label(int(moment.timestamp()), name) for moment, name in moments)
