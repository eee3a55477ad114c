"""The moment from which on the person does nothing any more."""

from gateway.sources.simulator.act import (
    BATHROOM_MOTION,
    BED,
    CHAIR,
    HALL_MOTION,
    KITCHEN_MOTION,
    MOMENTARY,
    TELEVISION,
    Posture,
)
from gateway.sources.simulator.body import Body

_LAST_WAY_S = 60.0
"""Before the collapse she got up from where she was and walked over."""


def collapsed(body: Body, at_s: float, place: str) -> Body:
    """What is left of the acts of `body` if she goes into `place` and collapses there at `at_s`.

    The last act is the motion in that room, at `at_s` exactly. The television, if it was on, stays on.
    `at_s` must lie between the first act and the last.
    """
    cut_s = at_s - _LAST_WAY_S
    kept = [act for act in body.acts if act.at_s < cut_s]
    level = {act.sensor: act.value for act in kept if act.sensor not in MOMENTARY}
    on = {sensor for sensor, value in level.items() if value}
    if BED not in level:  # a night begins in bed
        on.add(BED)
    rest = Body(body.rng, cut_s, on=on)
    rest.acts = kept
    rest.postures = [(since_s, posture) for since_s, posture in body.postures if since_s < cut_s]
    for sensor in sorted(on - {TELEVISION, BED, CHAIR}):
        rest.wait(2.0)
        rest.turn(sensor, on=False)
    rest.take(Posture.ACTIVE)
    for sensor in sorted(on & {BED, CHAIR}):
        rest.wait(3.0)
        rest.turn(sensor, on=False)
    rest.wait(at_s - 9.0 - rest.now_s)
    rest.fire(HALL_MOTION)
    rest.wait(at_s - rest.now_s)
    rest.fire(BATHROOM_MOTION if place == "bathroom" else KITCHEN_MOTION)
    rest.take(Posture.DOWN)
    return rest
