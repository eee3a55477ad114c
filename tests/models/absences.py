"""Somebody who is told away, and what is then seen at home: what the tests of absence stand on."""

from models.home import Home
from models.kinds import SensorKind
from models.localtime import DAY_S
from models.told import Telling, Told
from models.vocabulary import Period, Reading, Said
from tests.models.world import (
    SENSORS,
    a_life,
    morning_s,
    run,
    spec,
    summaries,
    trained,
)

LEARNT = 21
MINUTE = 60_000


def tell(what: Telling, value: float, at_s: int, who: str = "r1") -> Reading:
    return Reading(at_s * 1000, Told(what, who).name(), float(value))


def life(home: Home, until_s: int, *, days: int = 60) -> list[Said]:
    """The ordinary life goes on until `until_s`."""
    return run(home, [one for one in a_life(days) if home.now_ms < one.at_ms < until_s * 1000])


def gone(*, days: float, what: Telling = Telling.AWAY) -> tuple[Home, int, int]:
    """A home whose resident leaves at 10:00 for so many days; UTC seconds of leaving and of the return told."""
    home = trained(LEARNT)
    left_s = morning_s(LEARNT + 1)
    back_s = left_s + round(days * DAY_S)
    life(home, left_s)
    home.step(tell(what, back_s if what is Telling.AWAY else 1, left_s))
    return home, left_s, back_s


def day_lines(said: list[Said]) -> list[str]:
    days = [one for one in summaries(said) if one.period is Period.DAY]
    return [text for one in days for text in (one.headline, *one.lines)]


def moving(from_s: int, minutes: int, sensors: tuple[str, ...] = ("hall", "lounge")) -> list[Reading]:
    """Somebody who moves about for so long."""
    return [
        Reading((from_s + minute * 60) * 1000, sensors[minute // 5 % len(sensors)], 1)
        for minute in range(0, minutes + 1, 5)
    ]


SHARED = tuple(
    one for one in (sensor for sensor in SENSORS if sensor.kind not in (SensorKind.HEART_RATE, SensorKind.STEPS))
)


def shared() -> Home:
    """Two people, and sensors that are nobody's own."""
    sensors = [type(one)(one.id, one.kind, one.place, None) for one in SHARED]
    home = Home(spec(sensors, residents=("r1", "r2")))
    run(home, [one for one in a_life(12) if one.sensor not in ("steps", "pulse")])
    return home
