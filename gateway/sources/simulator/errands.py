"""What people do by day, each as the sensors see it: a drink, a meal, the bathroom, a way out."""

from typing import Final

from gateway.sources.simulator.act import (
    BED,
    FRIDGE,
    FRONT_DOOR,
    KETTLE,
    KITCHEN_TAP,
    TELEVISION,
    TOILET,
    Posture,
)
from gateway.sources.simulator.body import Body
from gateway.sources.simulator.chance import spread
from models.localtime import MINUTE_S

_LONG_STAY_S: Final = (105 * MINUTE_S, 125 * MINUTE_S)
"""Beyond the fixed ceiling of 90 minutes in the bathroom (ALERTS, rule 6)."""


def drink(body: Body) -> None:
    """A glass of water, or more often a cup of tea."""
    body.go("kitchen")
    body.wait(spread(body.rng, 8.0, 0.5))
    body.use(KITCHEN_TAP, spread(body.rng, 7.0, 0.5))
    if body.rng.random() < 0.7:
        body.turn(KETTLE, on=True)
        body.potter(spread(body.rng, 150.0, 0.25))
        body.turn(KETTLE, on=False)
        if body.rng.random() < 0.8:
            body.use(FRIDGE, spread(body.rng, 6.0, 0.5))
    body.potter(spread(body.rng, 40.0, 0.6))


def meal(body: Body, *, cooking_s: float, drinks: float) -> None:
    """Cook and wash up in the kitchen, then sit down with the plate. `drinks` is how much the tap is used."""
    body.go("kitchen")
    end_s = body.now_s + cooking_s
    while body.now_s < end_s:
        chance = body.rng.random()
        if chance < 0.4:
            body.use(FRIDGE, spread(body.rng, 9.0, 0.7))
        elif chance < 0.4 + 0.3 * drinks:
            body.use(KITCHEN_TAP, spread(body.rng, 9.0, 0.7))
        body.potter(spread(body.rng, 110.0, 0.6))
    body.sit(spread(body.rng, 17 * MINUTE_S, 0.3))
    if body.rng.random() < 0.85:
        body.go("kitchen")
        if body.rng.random() < drinks:
            body.use(KITCHEN_TAP, spread(body.rng, 45.0, 0.6))
        body.potter(spread(body.rng, 4 * MINUTE_S, 0.5))


def bathroom(body: Body, *, flush: float = 0.95) -> None:
    """A visit to the toilet."""
    body.go("bathroom")
    lingers = body.rng.random() < 0.08
    body.potter(spread(body.rng, 12 * MINUTE_S if lingers else 2.5 * MINUTE_S, 0.4))
    if body.rng.random() < flush:
        body.fire(TOILET)
    body.potter(spread(body.rng, 35.0, 0.5), gap_s=20.0)


def long_bathroom_stay(body: Body) -> None:
    """Nearly two hours in the bathroom, with hardly a movement."""
    body.go("bathroom")
    body.take(Posture.SEATED)
    end_s = body.now_s + body.rng.uniform(*_LONG_STAY_S)
    while (gap := spread(body.rng, 11 * MINUTE_S, 0.4)) < end_s - body.now_s:
        body.wait(gap)
        body.stir()
    body.wait(end_s - body.now_s)
    body.take(Posture.ACTIVE)
    body.fire(TOILET)
    body.potter(MINUTE_S)


def shower(body: Body) -> None:
    """A shower; the strap lies on the shelf meanwhile."""
    body.go("bathroom")
    body.take(Posture.WASHING)
    body.potter(spread(body.rng, 14 * MINUTE_S, 0.3))
    body.take(Posture.ACTIVE)


def answer_door(body: Body) -> None:
    """The post, a neighbour, the bin: the front door opens and she stays at home."""
    body.go("hall")
    body.wait(spread(body.rng, 5.0, 0.4))
    body.use(FRONT_DOOR, spread(body.rng, 20.0, 0.8))
    body.wait(3.0)
    body.stir()


def go_out(body: Body, away_s: float) -> None:
    """Leave by the front door and come back after `away_s`; nothing is set off in between."""
    body.turn(TELEVISION, on=False)
    body.go("hall")
    body.potter(spread(body.rng, 75.0, 0.4), gap_s=20.0)
    body.use(FRONT_DOOR, spread(body.rng, 9.0, 0.4))
    body.take(Posture.OUT)
    body.wait(away_s)
    body.take(Posture.ACTIVE)
    body.use(FRONT_DOOR, spread(body.rng, 12.0, 0.4))
    body.wait(4.0)
    body.stir()
    body.potter(spread(body.rng, 80.0, 0.4), gap_s=20.0)
    body.go("kitchen")
    body.use(FRIDGE, spread(body.rng, 20.0, 0.5))


def watch_television(body: Body) -> None:
    """Switch the television on."""
    body.go("lounge")
    body.turn(TELEVISION, on=True)


def go_to_bed(body: Body) -> None:
    """Television off, a last look into the kitchen, the bathroom, bed."""
    body.turn(TELEVISION, on=False)
    body.go("kitchen")
    body.use(KITCHEN_TAP, spread(body.rng, 6.0, 0.4))
    bathroom(body)
    body.go("bedroom")
    body.wait(spread(body.rng, 5 * MINUTE_S, 0.4))
    body.turn(BED, on=True)
    body.take(Posture.ASLEEP)
