"""One sensor of a home dies in its third week: what the technician is told, and the summaries after it, in full.

Usage: scripts/killed_sensor [FOLDER] [--sensor ID] [--day N] [--days N] [--link]

FOLDER is a recorded home; without it a life is simulated. The same home untouched says what carers hear anyway.
Exit status 1: the technician was told nothing, or a carer was told what the untouched home would not have said.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from gateway.errors import GatewayError
from gateway.evaluation.editing import edited
from gateway.evaluation.recorded import Recorded, load
from gateway.sources.simulator.recording import record
from gateway.sources.simulator.scenario import Scenario
from models.home import Home
from models.kinds import Audience
from models.localtime import DAY_S, LocalTime
from models.vocabulary import SENSOR_LINK, Evidence, Finding, Reading, Said, Summary, Update

SEED = 5
KILLED_ON_DAY = 19
QUIET_DAYS = 33


def parsed() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, help="a recorded home (default: a simulated life)")
    parser.add_argument("--sensor", help="which one dies (default: the motion sensor that speaks most)")
    parser.add_argument("--day", type=int, default=KILLED_ON_DAY, help=f"on which day (default {KILLED_ON_DAY})")
    parser.add_argument("--days", type=int, default=7, help="for how many days (default 7); then it is mended")
    parser.add_argument("--link", action="store_true", help="the gateway knows that it cannot be heard")
    return parser.parse_args()


def killed(recorded: Recorded, sensor: str, from_s: int, to_s: int, *, link: bool) -> list[Reading]:
    """The readings without those of `sensor` between two UTC seconds."""
    name = f"{SENSOR_LINK}{sensor}"
    links = [Reading(from_s * 1000, name, 0.0), Reading(to_s * 1000 - 1, name, 1.0)] if link else []
    return edited(
        recorded.readings, from_s * 1000, to_s * 1000, lambda row: None if row.sensor == sensor else row, links
    )


def lived(recorded: Recorded, readings: list[Reading], until_s: int) -> list[Said]:
    """What the home says of them until `until_s`."""
    home = Home(recorded.spec)
    said = [word for row in readings if row.at_ms <= until_s * 1000 for word in home.step(row)]
    return said + home.advance(until_s * 1000)


def show(local: LocalTime, one: Said) -> None:
    """Print it in full."""
    if isinstance(one, Finding):
        print(f"\n{local.clock(one.opened_s)} {local.weekday(one.opened_s)}, to the {one.audience}: {one.kind}")
        for name in Evidence.__slots__:
            print(f"  {name.replace('_', ' ')}: {getattr(one.evidence, name)}")
    elif isinstance(one, Update):
        print(f"\n{local.clock(one.raised_s)} {local.weekday(one.raised_s)}, {one.kind} {one.change}: {one.observed}")
    elif isinstance(one, Summary):
        print(f"\n{local.clock(one.raised_s)} {local.weekday(one.raised_s)}, summary of the {one.period} {one.day}")
        for text in (one.headline, one.coverage, *one.lines):
            print(f"  {text}")
        for habit in one.habits:
            usual = "" if habit.usual_low is None else f" (usually {habit.usual_low:g} to {habit.usual_high:g})"
            print(f"  {habit.name}: {habit.per_day:g} a day{usual}")


def main() -> int:
    options = parsed()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary) / "home"
        if options.folder is None:
            record(folder, SEED, Scenario(quiet_days=QUIET_DAYS, illness_days=0, collapse=None))
        recorded = load(folder)
    counts = {one.id: sum(row.sensor == one.id for row in recorded.readings) for one in recorded.spec.sensors}
    motion = [one.id for one in recorded.spec.sensors if one.kind == "motion"] or list(counts)
    sensor = options.sensor or max(motion, key=lambda name: counts[name])
    if sensor not in counts:
        print(f"There is no sensor {sensor}; known are {', '.join(counts)}.", file=sys.stderr)
        return 2
    from_s = recorded.start_s + options.day * DAY_S
    to_s = from_s + options.days * DAY_S
    local, until_s = LocalTime(recorded.spec.timezone), min(to_s + 3 * DAY_S, recorded.end_s)
    day = f"{local.weekday(from_s)} {local.date(local.day(from_s))}"
    print(f"{recorded.name}: {sensor} says nothing from {local.clock(from_s)} on {day} on, for {options.days} days.")
    said = lived(recorded, killed(recorded, sensor, from_s, to_s, link=options.link), until_s)
    technician = {one.kind for one in said if isinstance(one, Finding) and one.audience is Audience.TECHNICIAN}
    for one in said:
        at_s = one.opened_s if isinstance(one, Finding) else one.raised_s
        is_news = isinstance(one, Finding | Summary) or (isinstance(one, Update) and one.kind in technician)
        if at_s >= from_s and is_news:
            show(local, one)
    return account(said, lived(recorded, recorded.readings, until_s), from_s)


def account(said: list[Said], untouched: list[Said], from_s: int) -> int:
    """The closing account, and the exit status."""
    told = [one for one in said if isinstance(one, Finding) and one.opened_s >= from_s]
    known = {(one.kind, one.resident) for one in untouched if isinstance(one, Finding) and one.opened_s >= from_s}
    faults = [one for one in told if one.audience is Audience.TECHNICIAN]
    extra = [one for one in told if one.audience is Audience.CARE and (one.kind, one.resident) not in known]
    kinds = f" ({', '.join(one.kind for one in extra)})" if extra else ""
    print(f"\n{len(faults)} told to the technician; {len(extra)} to carers that the home untouched does not{kinds}.")
    return 1 if extra or not faults else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except GatewayError as error:
        sys.exit(f"{error.problem} {error.advice}")
