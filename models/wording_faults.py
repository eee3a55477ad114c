"""The sentences for the technician: which sensor, since when, what was seen of it, and one next step.

Times are exact here: they name a line in a log, not a habit of anybody's.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from models.coverage import duration
from models.kinds import AlertKind, SensorKind
from models.localtime import DAY_S, LocalTime
from models.trouble import Fault
from models.vocabulary import Evidence, Sensor
from models.wording import listed, spoken
from models.wording_absence import date
from models.wording_walk import SINCE_THE_WALK, as_walked, until_looked_at

_MOST_NAMED: Final = 4
_MOST_IN_DETAILS: Final = 10

_WHOM: Final = {
    SensorKind.BUTTON: "a press of it is not heard: see to it that help can be called in another way",
    SensorKind.HEART_RATE: "no pulse is known, which says nothing of how anybody is",
    SensorKind.STEPS: "no steps are known, which says nothing of how anybody is",
    SensorKind.TEMPERATURE: "how warm it is there is not known",
    SensorKind.HUMIDITY: "how damp it is there is not known",
}


def sensor_named(sensor: Sensor) -> str:
    """A sensor by its id, what it is, and where.

    >>> sensor_named(Sensor("front", SensorKind.DOOR, "outside-door"))
    'front (door, outside door)'
    """
    return f"{sensor.id} ({spoken(sensor.kind)}, {spoken(sensor.place)})"


def evidence(
    kind: AlertKind, faults: Sequence[Fault], *,
    joins: bool, local: LocalTime, sensors: Mapping[str, Sensor], coverage: str,
) -> Evidence:  # fmt: skip
    """What is wrong with one sensor, or with several at once; `joins`: others are known to be."""
    first, *others = faults
    observed, usual, because, cannot_tell, to_do = _sentences(first, local, sensors.get(first.sensor))
    named = [sensor_named(sensors[one.sensor]) for one in others]
    if named:
        more = len(named) - _MOST_NAMED
        observed += f" Also: {listed([*named[:_MOST_NAMED], *([f'{more} more'] if more > 0 else [])])}."
    since = [f"{one.sensor or 'the radio'} since {date(local, one.since_s)}" for one in faults[:_MOST_IN_DETAILS]]
    return Evidence(
        observed=f"Also: {observed}" if joins else observed,
        usual=usual,
        because=because,
        coverage=f"{_sight(kind, faults, sensors)} {coverage}",
        cannot_tell=f"This cannot tell {cannot_tell}.",
        to_do=f"{to_do}; then `wren status`.",
        details=f"Not well: {listed(since)}.",
    )


def all_well(
    kind: AlertKind, faults: Sequence[Fault], at_s: int, *, local: LocalTime, sensors: Mapping[str, Sensor]
) -> str:
    """What was wrong is so no longer."""
    if kind is AlertKind.RADIO_DOWN:
        return f"Something has been heard by radio again since {date(local, at_s)}."
    known = [sensor_named(sensors[one.sensor]) for one in faults if one.sensor in sensors]
    if not known:
        return f"What was wrong is no longer configured, seen at {date(local, at_s)}."
    names = listed([*known[:_MOST_NAMED], *([f"{len(known) - _MOST_NAMED} more"] if len(known) > _MOST_NAMED else [])])
    one = len(known) == 1
    if kind is AlertKind.SENSOR_SILENT:
        said = "is heard again" if one else "are heard again"
    elif kind is AlertKind.SENSOR_CHATTER:
        said = "has been calm for 10 minutes and is used again" if one else "have been calm and are used again"
    elif kind is AlertKind.WALK_TEST_DRIFT:
        return as_walked(names, date(local, at_s), one=one)
    elif kind is AlertKind.BATTERY_LOW:
        return f"No battery is low any more, seen at {date(local, at_s)}: {names}."
    else:
        said = "works as usual again" if one else "work as usual again"
    return f"{'The sensor' if one else 'The sensors'} {names} {said}, seen at {date(local, at_s)}."


def _sight(kind: AlertKind, faults: Sequence[Fault], sensors: Mapping[str, Sensor]) -> str:
    """What this means for what can be seen."""
    if kind is AlertKind.RADIO_DOWN:
        names = sorted(one.id for one in sensors.values() if one.wireless and one.kind is not SensorKind.BATTERY)
        which = f": {listed(names[:_MOST_IN_DETAILS])}" if 0 < len(names) <= _MOST_IN_DETAILS else ""
        return f"Until it is mended, nothing is known of what comes by radio{which}."
    if kind is AlertKind.WALK_TEST_DRIFT:
        return until_looked_at(faults[0].what)
    if kind is AlertKind.BATTERY_LOW:
        return "Until it is empty, what it powers is still heard."
    first = sensors[faults[0].sensor]
    if len(faults) > 1:
        text = "Until they are mended, nothing can be said of what these sensors see."
    elif (missing := _WHOM.get(first.kind)) is not None:
        text = f"Until it is mended, {missing}."
    else:
        place = spoken(first.place)
        seen = (
            f"the {place}" if first.kind in (SensorKind.MOTION, SensorKind.PRESENCE) else f"this {spoken(first.kind)}"
        )
        text = f"Until it is mended, nothing can be said of {seen} by it."
    if kind is not AlertKind.SENSOR_CHATTER:
        return text
    if first.kind is SensorKind.BUTTON and len(faults) == 1:
        return (
            "While it chatters, a press of it is heard once in 10 minutes at most: see to it that help can be called in"
            " another way."
        )
    return f"{text} While it chatters, nothing that it says is used."


def _sentences(fault: Fault, local: LocalTime, sensor: Sensor | None) -> tuple[str, str, str, str, str]:
    """What was seen, what is usual, the rule, what is not known (after "This cannot tell"), and the next step."""
    since = date(local, fault.since_s)
    if sensor is None:
        return (
            f"Nothing has been heard by radio since {since}.",
            "Some device nearby is ordinarily heard every few seconds.",
            "No adapter, no Bluetooth service or not one signal for 40 s raises this.",
            "whether the adapter, the Bluetooth service or something that disturbs the radio is the cause",
            "Look at the Bluetooth adapter and at `systemctl status bluetooth`",
        )
    name, short = sensor_named(sensor), sensor.id
    by_radio = sensor.wireless
    if fault.what in ("link", "worn"):
        return (
            f"The sensor {name} has not been heard since {since}.",
            "A device counts as lost when it is silent for longer than it usually is." if by_radio
            else "A sensor on a wire can always be asked.",
            "Something worn that cannot be heard for a whole day raises this." if fault.what == "worn"
            else "A sensor that cannot be reached for 30 s raises this, whatever anybody does at home.",
            "whether its battery, its distance or the device is the cause" if by_radio
            else "whether its wire, its plug or its pin is the cause",
            f"Look at the battery of {short}" if by_radio else f"Look at the wire of {short}",
        )  # fmt: skip
    return _SEEN[fault.what](fault, name, short, since)


_Sentences = tuple[str, str, str, str, str]


def _quiet(fault: Fault, name: str, short: str, since: str) -> _Sentences:
    longest_min, days, now_min = fault.numbers
    usual = (
        f"On {days:.0f} days before, others were active for {duration(60 * longest_min)} at most until it spoke, too"
    )
    usual += f"; now for {duration(60 * now_min)}."
    return (
        f"The sensor {name} has said nothing since {since}, while other sensors saw somebody.",
        usual,
        "Three times its longest silence, counted while others are active, and a day at least, raises this.",
        "whether its battery, its wire or its place is the cause, or whether it is simply not used any more",
        f"Ask whether {short} is still used; if so, look at its battery and its wire",
    )


def _never(_: Fault, name: str, short: str, __: str) -> _Sentences:
    return (
        f"The sensor {name} has never said anything, while other sensors saw somebody for days.",
        "Nothing is known of what is usual for it.",
        "A sensor that is configured and not heard once in many hours of others being active raises this.",
        "whether it is connected at all, or nobody has used it yet",
        f"Set off {short} by hand and look whether it is heard",
    )


def _clockwork(_: Fault, name: str, short: str, since: str) -> _Sentences:
    return (
        f"The sensor {name} repeats itself like a clock, or for hours without a pause; seen at {since}.",
        "Nobody moves so evenly, or for so long without a pause.",
        "More than thirty equal intervals in a row, or six hours without three quiet minutes, raise this.",
        "whether the sensor is broken, or something else sets it off, such as a curtain or a heater",
        f"Look what {short} looks at, and replace it if nothing moves there",
    )


def _level(fault: Fault, name: str, short: str, since: str) -> _Sentences:
    longest_s, days = fault.numbers
    known = f"On {days:.0f} days before it was never on for longer than {_long(longest_s)}."
    return (
        f"The sensor {name} has been on since {since}, while other sensors saw somebody elsewhere.",
        known if days else "It is not known to have been on for long before.",
        "On for twice as long as it ever was, and for many hours at least, raises this.",
        "whether the contact is stuck, or something has really been left so",
        f"Look whether {short} is really on, and free its contact if it is not",
    )


def _values(fault: Fault, name: str, short: str, since: str) -> _Sentences:
    return (
        f"The sensor {name} has given {fault.numbers[0]:.0f} values since {since} that cannot be.",
        "What a person or a room can give lies within fixed limits.",
        "Values beyond these limits that keep coming raise this; none of them was used.",
        "whether the sensor is broken, badly connected or, if it is worn, lying somewhere",
        f"Look at how {short} is connected or worn",
    )


def _chatter(_: Fault, name: str, short: str, since: str) -> _Sentences:
    return (
        f"The sensor {name} changed more than 20 times a second for 5 seconds, from {since} on.",
        "A contact bounces for a moment and then rests.",
        "More than 20 changes a second for 5 s raise this; it is used again when it has been calm for 10 minutes.",
        "whether a contact is loose, a wire is broken or something nearby disturbs it",
        f"Look at the wire and the contact of {short}",
    )


def _low(fault: Fault, name: str, short: str, _: str) -> _Sentences:
    return (
        f"The battery {name} is at {fault.numbers[0]:.0f} %.",
        "A battery is told of from 15 % down, and no more from 30 % up.",
        "15 % or less raises this.",
        "for how long it will last: a cold room or an old battery shortens it",
        f"Change or charge the battery {short}",
    )


def _falling(fault: Fault, name: str, short: str, _: str) -> _Sentences:
    level, days = fault.numbers
    return (
        f"The battery {name} is at {level:.0f} % and would be empty in about {max(1, round(days))} days.",
        "By its own course over the last days; a good one lasts for months.",
        "A battery that falls so that it is empty within 14 days raises this.",
        "whether the battery is weak, or the device works harder than it should",
        f"Change the battery {short} at the next visit",
    )


_SEEN: Final = {
    "quiet": _quiet, "never": _never, "clockwork": _clockwork, "level": _level, "values": _values, "chatter": _chatter,
    "low": _low, "falling": _falling, **SINCE_THE_WALK,
}  # fmt: skip


def _long(seconds: float) -> str:
    return duration(seconds) if seconds < 2 * DAY_S else f"{seconds / DAY_S:.0f} days"
