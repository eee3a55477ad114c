"""A night and the day after it, lived by a `Body`."""

from collections.abc import Callable
from functools import partial
from typing import Final

from gateway.sources.simulator import errands
from gateway.sources.simulator.act import BED, Posture
from gateway.sources.simulator.body import Body, Room
from gateway.sources.simulator.chance import poisson, spread
from gateway.sources.simulator.illness import Condition
from gateway.sources.simulator.plan import Plan
from gateway.sources.simulator.routine import Routine
from models.localtime import HOUR_S, MINUTE_S

_FIRST_SLEEP_S: Final = 50 * MINUTE_S
_LAST_SLEEP_S: Final = 30 * MINUTE_S
_NIGHT_S: Final = 8 * HOUR_S
_DOZE_CHANCE: Final = 0.15
_DOZE_STILLNESS: Final = 5.0
"""Some sittings are a book or a doze: the longest gaps of a recorded day, 60 to 110 minutes, come from these."""

Errand = tuple[float, Callable[[Body], None]]
"""What is to be done, and from when on (UTC seconds)."""


def sleep(body: Body, until_s: float, routine: Routine, condition: Condition) -> None:
    """Lie in bed until `until_s`, up now and then; `body` is in bed."""
    last_s = until_s - _LAST_SLEEP_S
    room_s = last_s - body.now_s - _FIRST_SLEEP_S
    if room_s > 0:
        share = room_s / _NIGHT_S
        visits = poisson(body.rng, routine.night_visits * condition.night_visits * share)
        restless = poisson(body.rng, (0.3 + condition.restless) * share)
        first_s = last_s - room_s
        ups = [(body.rng.uniform(first_s, last_s), number < visits) for number in range(visits + restless)]
        for at_s, to_bathroom in sorted(ups):
            if at_s > body.now_s:
                body.wait(at_s - body.now_s)
                _get_up_at_night(body, to_bathroom=to_bathroom)
    body.wait(until_s - body.now_s)


def _get_up_at_night(body: Body, *, to_bathroom: bool) -> None:
    body.turn(BED, on=False)
    body.take(Posture.ACTIVE)
    if to_bathroom:
        errands.bathroom(body, flush=0.8)
        body.go("bedroom")
    body.wait(spread(body.rng, 25.0 if to_bathroom else 90.0, 0.6))
    body.turn(BED, on=True)
    body.take(Posture.ASLEEP)
    body.wait(5 * MINUTE_S)


def wake(body: Body, plan: Plan, routine: Routine, condition: Condition) -> None:
    """From getting up to lying down again; `body` is in bed."""
    body.turn(BED, on=False)
    body.take(Posture.ACTIVE)
    body.wait(spread(body.rng, 60.0, 0.6))
    errands.bathroom(body)
    if plan.shower:
        errands.shower(body)
    errands.drink(body)
    errands.meal(body, cooking_s=spread(body.rng, 8 * MINUTE_S, 0.3), drinks=condition.drinks)
    awake_s = plan.bed_s - body.now_s
    drink_gap_s = awake_s / max(routine.drinks_per_day * plan.thirst, 0.5)
    bathroom_gap_s = routine.bathroom_gap_s / plan.bladder
    agenda = _agenda(plan, condition)
    drink_due_s = body.now_s + spread(body.rng, drink_gap_s, 0.4)
    bathroom_due_s = body.now_s + spread(body.rng, bathroom_gap_s, 0.35)
    while body.now_s < plan.bed_s - 10 * MINUTE_S:
        if agenda and body.now_s >= agenda[0][0]:
            agenda.pop(0)[1](body)
        elif body.now_s >= bathroom_due_s:
            errands.bathroom(body)
            bathroom_due_s = body.now_s + spread(body.rng, bathroom_gap_s, 0.35)
        elif body.now_s >= drink_due_s:
            errands.drink(body)
            drink_due_s = body.now_s + spread(body.rng, drink_gap_s, 0.4)
        else:
            due_s = min(bathroom_due_s, drink_due_s, plan.bed_s, *(at_s for at_s, _ in agenda[:1]))
            _while_away_the_time(body, due_s, plan, routine, condition)
    errands.go_to_bed(body)


def _agenda(plan: Plan, condition: Condition) -> list[Errand]:
    lunch = partial(_lunch, nap_s=plan.nap_s, drinks=condition.drinks)
    agenda: list[Errand] = [(plan.lunch_s, lunch), (plan.supper_s, partial(_supper, drinks=condition.drinks))]
    agenda += [(at_s, errands.answer_door) for at_s in plan.post_s]
    agenda.append((plan.television_s, errands.watch_television))
    if plan.outing_s is not None:
        agenda.append((plan.outing_s, partial(errands.go_out, away_s=plan.away_s)))
    if plan.long_stay_s is not None:
        agenda.append((plan.long_stay_s, errands.long_bathroom_stay))
    return sorted(agenda, key=lambda errand: errand[0])


def _lunch(body: Body, nap_s: float, drinks: float) -> None:
    errands.meal(body, cooking_s=spread(body.rng, 20 * MINUTE_S, 0.4), drinks=drinks)
    if nap_s:
        body.sit(nap_s, still=9.0, posture=Posture.ASLEEP)


def _supper(body: Body, drinks: float) -> None:
    errands.meal(body, cooking_s=spread(body.rng, 15 * MINUTE_S, 0.4), drinks=drinks)


def _while_away_the_time(body: Body, due_s: float, plan: Plan, routine: Routine, condition: Condition) -> None:
    left_s = due_s - body.now_s + spread(body.rng, 2 * MINUTE_S, 0.8)
    evening = body.now_s >= plan.television_s
    on_feet = (0.2 if evening else 0.5) * plan.about
    if body.rng.random() < on_feet:
        busy_s = spread(body.rng, 6 * MINUTE_S, 0.7) * plan.about
        body.go(_busy_in(body))
        body.potter(min(busy_s, left_s))
    else:
        dozes = body.rng.random() < _DOZE_CHANCE
        sit_s = min(spread(body.rng, routine.sit_s, 0.6) * condition.sitting, left_s)
        body.sit(sit_s, still=plan.still * (_DOZE_STILLNESS if dozes else 1.0))


def _busy_in(body: Body) -> Room:
    rooms: tuple[Room, ...] = ("kitchen", "lounge", "hall", "bedroom")
    return body.rng.choices(rooms, (4, 3, 1, 2))[0]
