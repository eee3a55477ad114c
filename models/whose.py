"""Whose sign of life an event is, where sensors belong to a resident or to the household.

A *stream* is a life that is watched as one: a resident, or the household where signs cannot be told apart
(ALERTS, rule 12). Silence, stays and habits are learnt for each stream on its own.
"""

from collections.abc import Collection, Iterable

from models.kinds import SensorKind
from models.signals import Event, Phase
from models.vocabulary import HOUSEHOLD, HomeSpec, Sensor, UsualDay

SIGNS_OF_LIFE = frozenset(
    {
        SensorKind.DOOR,
        SensorKind.SEAT,
        SensorKind.BED,
        SensorKind.TAP,
        SensorKind.TOILET,
        SensorKind.MOTION,
        SensorKind.PRESENCE,
        SensorKind.FRIDGE,
        SensorKind.CUPBOARD,
        SensorKind.APPLIANCE,
        SensorKind.STEPS,
        SensorKind.BUTTON,
    }
)
"""Kinds whose events somebody must have caused. A pulse is not one: it goes on after a collapse."""


NO_EYES = frozenset({SensorKind.BUTTON, SensorKind.STEPS})
"""Signs of life that see nothing of the home: what is pressed, and what is taken along."""


def is_only_worn(sensors: Collection[Sensor]) -> bool:
    """Whether a wearable, which can be taken off, is all that is seen by the `sensors` that show signs of life."""
    return bool(sensors) and all(sensor.kind is SensorKind.STEPS for sensor in sensors)


def is_sign(event: Event) -> bool:
    """Whether somebody must have caused this event: not a minute of no steps, nor a kettle switching itself off."""
    if event.sensor.kind is SensorKind.APPLIANCE:
        return event.phase is not Phase.OFF
    return event.sensor.kind is not SensorKind.STEPS or event.value > 0


def streams_of(spec: HomeSpec) -> dict[str, tuple[str, ...]]:
    """For each sensor id, the streams to which its events belong.

    Where one person lives, whatever is sensed is theirs. Where more do, a sensor with an owner counts for
    its owner, and every sensor counts for the household if any sensor has no owner. A badge belongs to none of them
    (see `concerns`).

    >>> tap = Sensor("tap", SensorKind.TAP, "kitchen")
    >>> streams_of(HomeSpec("h", "UTC", ("r1", "r2"), (tap, Sensor("bed", SensorKind.BED, "bedroom", "r1"))))
    {'tap': ('household',), 'bed': ('r1', 'household')}
    """
    alive = [sensor for sensor in spec.sensors if sensor.kind in SIGNS_OF_LIFE]
    only = _only_resident(spec, alive)
    if only is not None:
        return {sensor.id: () if sensor.kind is SensorKind.BADGE else (only,) for sensor in spec.sensors}
    shared = is_shared(spec)
    streams: dict[str, tuple[str, ...]] = {}
    for sensor in spec.sensors:
        owners = (sensor.resident,) if sensor.resident else ()
        counts_for_all = shared and sensor.kind in SIGNS_OF_LIFE
        streams[sensor.id] = (*owners, HOUSEHOLD) if counts_for_all or not owners else owners
        if sensor.kind is SensorKind.BADGE:
            streams[sensor.id] = ()
    return streams


def concerns(sensor: Sensor, stream: str, theirs: Collection[str]) -> bool:
    """Whether events of `sensor`, which belongs to the streams `theirs`, are news to `stream`.

    A badge's are to whom its wearer comes: to one resident, or to everybody.

    >>> badge = Sensor("badge", SensorKind.BADGE, "worn", "r1")
    >>> [concerns(badge, stream, ()) for stream in ("r1", "r2", HOUSEHOLD)]
    [True, False, True]
    """
    if sensor.kind is SensorKind.BADGE:
        return stream == HOUSEHOLD or sensor.resident in (None, stream)
    return stream in theirs


def is_shared(spec: HomeSpec) -> bool:
    """Whether several people live there and some signs of life may be anybody's.

    Then only the household can be missed: who has a bed of their own and shares the other rooms would
    otherwise be missed all day.
    """
    return len(spec.residents) > 1 and any(
        sensor.resident is None for sensor in spec.sensors if sensor.kind in SIGNS_OF_LIFE
    )


def _only_resident(spec: HomeSpec, alive: Iterable[Sensor]) -> str | None:
    owned = {sensor.resident for sensor in alive if sensor.resident}
    if len(spec.residents) == 1:
        return spec.residents[0] if owned else HOUSEHOLD
    return None


def streams_about(resident: str, spec: HomeSpec) -> frozenset[str]:
    """The streams that what is told of `resident` is about: the household's too, if nobody else lives there.

    >>> streams_about("r1", HomeSpec("h", "UTC", ("r1",), ())) == {"r1", HOUSEHOLD}
    True
    """
    alone = spec.residents in ((resident,), ()) or resident == HOUSEHOLD
    return frozenset({resident, HOUSEHOLD} if alone else {resident})


def streams_around(resident: str, spec: HomeSpec) -> frozenset[str]:
    """The streams that need to know where `resident` is: the household's always does.

    >>> sorted(streams_around("r1", HomeSpec("h", "UTC", ("r1", "r2"), ())))
    ['household', 'r1']
    >>> sorted(streams_around(HOUSEHOLD, HomeSpec("h", "UTC", ("r1", "r2"), ())))
    ['household', 'r1', 'r2']
    """
    return frozenset({HOUSEHOLD, *(spec.residents if resident == HOUSEHOLD else {resident})})


def usual_day_of(stream: str, spec: HomeSpec) -> UsualDay | None:
    """What was told of the usual day by the one person whose stream it is; None of a household of several."""
    only = spec.residents[0] if len(spec.residents) == 1 else stream
    return spec.usual_days.get(only)


def owner_of(sensor: Sensor, spec: HomeSpec) -> str:
    """Who is named in a finding about this one sensor."""
    if sensor.resident is not None:
        return sensor.resident
    return spec.residents[0] if len(spec.residents) == 1 and _has_owned(spec) else HOUSEHOLD


def _has_owned(spec: HomeSpec) -> bool:
    return any(sensor.resident for sensor in spec.sensors)
