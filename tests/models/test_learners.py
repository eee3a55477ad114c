"""What every learner keeps to, whatever it learns; one suite over all of `models.learners`."""

import importlib
import json
import pickle
import pkgutil
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from river import base
from river.checks import common

import models.learners
from models.learners.drift import NEEDED as NEEDED_WEEKS
from models.learners.drift import Drift
from models.learners.profile import Look, Profile
from models.learners.pulse import NEEDED as NEEDED_NIGHTS
from models.learners.pulse import Pulse
from models.learners.recent import NEEDED, Recent
from models.learners.silence import Gap, Silence
from models.learners.stay import REMEMBERED, Dwell, Stay
from models.learners.tally import Tally
from models.learners.timing import NEEDED as NEEDED_MORNINGS
from models.learners.timing import Timing
from models.learners.transit import Transit


@dataclass(frozen=True)
class Case:
    """How to teach one learner, and what to ask of it."""

    make: Callable[[], Any]
    lesson: Callable[[random.Random, int], Any]
    question: Any
    needed: int
    answers: Callable[[Any], Any]


def _gap(rng: random.Random, index: int) -> Gap:
    start_s = 1_741_000_000 + index * 5000
    return Gap(start_s, start_s + rng.choice([60, 1500, 4000, 4900]), rng.choice(["door", "kitchen", "other"]))


def _dwell(rng: random.Random, index: int) -> Dwell:
    start_s = 1_741_000_000 + index * 9000
    return Dwell(start_s, start_s + rng.randrange(30, 900))


CASES = {
    Silence: Case(
        lambda: Silence("Europe/London", 0.05),
        _gap,
        Gap(1_742_900_000, 1_742_920_000, "kitchen"),
        80,
        lambda learner: (learner.deadline_s(1_742_900_000, "door"), learner.usual_s(1_742_900_000, "other")),
    ),
    Stay: Case(
        lambda: Stay(0.02),
        _dwell,
        5000.0,
        25,  # and two days and a half: a visit every 9000 s
        lambda learner: (learner.limit_s(), learner.usual_s(), learner.known),
    ),
    Recent: Case(
        lambda: Recent(4, -1),
        lambda rng, _: rng.choice([None, *range(12), *range(12)]),
        None,
        NEEDED + 12,
        lambda learner: learner.usual(),
    ),
    Pulse: Case(
        lambda: Pulse(3, 20),
        lambda rng, _: float(rng.randrange(58, 66)),
        72.0,
        NEEDED_NIGHTS + 2,
        lambda learner: (learner.usual(), learner.last(), learner.direction(72.0), learner.chance_one(72.0)),
    ),
    Profile: Case(
        lambda: Profile(20),
        lambda rng, _: Look(16, rng.random() < 0.7),
        Look(16, seen=True),
        3,
        lambda learner: (learner.seen_days(), learner.looked_days()),
    ),
    Timing: Case(
        lambda: Timing(20.0),
        lambda rng, _: rng.randrange(23_000, 33_000),
        36_000,
        NEEDED_MORNINGS,
        lambda learner: (learner.usual(), learner.limit_s(0.03), learner.known),
    ),
    Drift: Case(
        lambda: Drift(1),
        lambda rng, _: float(rng.randrange(9, 15)),
        12.0,
        NEEDED_WEEKS - 1,  # today is one of them
        lambda learner: (learner.slope(), learner.course(), learner.usual()),
    ),
    Transit: Case(
        lambda: Transit(5),
        lambda rng, _: [rng.lognormvariate(3, 1.2) for _ in range(4)],
        [30.0, 60.0],
        17,  # forty trips before the last five days, old ones counting less
        lambda learner: (learner.slower(), learner.weight, learner.beyond_first([20.0])),
    ),
    Tally: Case(
        lambda: Tally(14.0),
        lambda rng, _: rng.randrange(12),
        3,
        3,
        lambda learner: (learner.usual(), learner.direction(3), learner.days),
    ),
}


def _all_learners() -> set[type]:
    found = set()
    for info in pkgutil.iter_modules(models.learners.__path__):
        module = importlib.import_module(f"models.learners.{info.name}")
        found |= {
            thing
            for thing in vars(module).values()
            if isinstance(thing, type) and thing.__module__ == module.__name__ and hasattr(thing, "learn_one")
        }
    return found


def _taught(case: Case, lessons: int, learner: Any = None, *, seed: int = 7) -> Any:
    rng, learner = random.Random(seed), learner or case.make()
    for index in range(lessons):
        learner.learn_one(case.lesson(rng, index))
    return learner


def _is_answer(score: object) -> bool:
    return isinstance(score, float) and score == score


def test_every_learner_is_under_these_tests() -> None:
    assert {learner for learner in _all_learners() if learner.__name__ != "Presence"} == set(CASES)


@pytest.fixture(params=CASES, ids=lambda kind: kind.__name__)
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param]


def test_it_is_a_river_estimator(case: Case) -> None:
    learner = case.make()
    assert isinstance(learner, base.Estimator)
    assert type(learner).__doc__


@pytest.mark.parametrize(
    "check",
    [
        common.check_repr,
        common.check_str,
        common.check_tags,
        common.check_clone_same_class,
        common.check_clone_is_idempotent,
        common.check_init_has_default_params_for_tests,
        common.check_init_default_params_are_not_mutable,
        common.check_doc,
        common.check_clone_changes_memory_addresses,
        common.check_mutate_can_be_idempotent,
        common.check_pickling_supports_roundtrip,
        common.check_repr_roundtrips_clone,
        common.check_clone_with_new_params_applies,
        common.check_get_params_matches_signature,
    ],
    ids=lambda check: check.__name__,
)
def test_rivers_own_checks_that_need_no_data_set_pass(case: Case, check: Callable[[Any], None]) -> None:
    check(case.make())
    check(type(case.make())())
    check(_taught(case, case.needed))


def test_a_clone_is_fresh_and_has_the_same_parameters(case: Case) -> None:
    learner = _taught(case, case.needed)
    clone = learner.clone()
    assert clone.state() == case.make().state()
    before = pickle.dumps(clone)
    _taught(case, 20, learner)
    assert pickle.dumps(clone) == before
    _taught(case, case.needed, clone)
    assert clone.state() == _taught(case, case.needed).state()


def test_it_says_none_before_it_is_ready_and_a_number_after(case: Case) -> None:
    assert case.make().score_one(case.question) is None
    if case not in (CASES[Silence], CASES[Recent]):  # which count days and what was seen, not lessons
        assert _taught(case, case.needed - 1).score_one(case.question) is None
    assert _is_answer(_taught(case, case.needed).score_one(case.question))


def test_asking_teaches_nothing(case: Case) -> None:
    learner = _taught(case, case.needed + 20)
    before = json.dumps(learner.state())
    for _ in range(3):
        learner.score_one(case.question)
        case.answers(learner)
    assert json.dumps(learner.state()) == before
    untouched = _taught(case, case.needed + 20)
    assert _taught(case, 20, learner, seed=9).state() == _taught(case, 20, untouched, seed=9).state()


@pytest.mark.parametrize("lessons", [0, 1, 2, 30, 300])
def test_the_state_makes_the_same_learner_to_the_last_bit(case: Case, lessons: int) -> None:
    learner = _taught(case, lessons)
    text = json.dumps(learner.state(), allow_nan=False)
    other = type(learner).from_state(json.loads(text))
    assert json.dumps(other.state()) == text
    assert other.score_one(case.question) == learner.score_one(case.question)
    assert case.answers(other) == case.answers(learner)
    assert _taught(case, 40, other, seed=3).state() == _taught(case, 40, learner, seed=3).state()
    assert case.answers(other) == case.answers(learner)


def test_the_state_that_was_handed_out_is_nobody_elses(case: Case) -> None:
    learner = _taught(case, 60)
    handed = learner.state()
    kept = json.dumps(handed)
    other = type(learner).from_state(handed)
    _taught(case, 40, learner, seed=3)
    _taught(case, 40, other, seed=4)
    assert json.dumps(handed) == kept


def test_the_state_is_bounded(case: Case) -> None:
    learner = _taught(case, 1500)
    size = len(json.dumps(learner.state()))
    _taught(case, 1500, learner, seed=8)
    assert len(json.dumps(learner.state())) < 1.1 * size
    assert size < 60_000


def test_the_same_lessons_teach_the_same(case: Case) -> None:
    assert _taught(case, 200).state() == _taught(case, 200).state()


def test_a_stay_is_rarer_the_longer_it_is() -> None:
    stay = _taught(CASES[Stay], 200)
    scores = [stay.score_one(length_s) for length_s in range(60, 20_000, 60)]
    assert scores == sorted(scores, reverse=True)
    limit_s = stay.limit_s()
    assert stay.score_one(limit_s) <= stay.budget_per_day * 1.001
    assert stay.score_one(limit_s - 60) > stay.budget_per_day


def test_a_stay_forgets_what_is_long_ago() -> None:
    stay = _taught(CASES[Stay], 1000)
    assert stay.known == REMEMBERED


def test_stays_that_were_shifted_with_the_clock_teach_the_same() -> None:
    one, other = _taught(CASES[Stay], 100), _taught(CASES[Stay], 100)
    other.shift(-63_072_000)
    assert (one.limit_s(), one.score_one(3000.0)) == (other.limit_s(), other.score_one(3000.0))


def test_a_tallys_usual_range_holds_most_of_what_comes() -> None:
    rng, tally, inside = random.Random(5), Tally(), 0
    for day in range(400):
        count = sum(rng.random() < 0.3 for _ in range(30))
        usual = tally.usual()
        inside += usual is not None and usual.low <= count <= usual.high
        score = tally.score_one(count)
        assert (usual is None) == (score is None) == (day < 3)
        assert score is None or 0 <= score <= 1
        tally.learn_one(count)
    assert 350 < inside <= 397


def test_a_tally_knows_less_from_more() -> None:
    tally = Tally()
    assert tally.direction(4) == "unknown"
    for _ in range(30):
        tally.learn_one(10)
    assert [tally.direction(count) for count in (0, 10, 30, 5000)] == ["less", "same", "more", "more"]
    assert 0 < (tally.score_one(5000) or 0) < 1e-5
    quiet = Tally()
    for _ in range(30):
        quiet.learn_one(0)
    assert quiet.direction(0) == "same"
    assert quiet.usual() is not None


def test_a_week_is_rarer_the_slower_it_is() -> None:
    transit = _taught(CASES[Transit], 40)
    scores = [transit.score_one([30.0 * factor] * 12) for factor in (0.5, 1, 2, 4, 8)]
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] < 0.02  # twelve slow trips, and four ordinary days judged with them


def test_a_slow_week_that_is_doubted_becomes_usual_more_slowly() -> None:
    believed, doubted = _taught(CASES[Transit], 40), _taught(CASES[Transit], 40)
    for _ in range(20):
        for transit in (believed, doubted):
            transit.learn_one([200.0, 240.0, 300.0, 260.0])
        doubted.doubt()
    assert doubted.slower() > 1.5 * believed.slower()


def test_a_week_that_teaches_nothing_never_becomes_usual() -> None:
    transit = _taught(CASES[Transit], 40)
    usual = transit.state()["usual"]
    for _ in range(5):
        transit.learn_one([300.0, 280.0], weight=0.0)
    settled = transit.state()["usual"]
    for _ in range(20):
        transit.learn_one([300.0, 280.0], weight=0.0)
    assert transit.state()["usual"] == settled
    assert settled != usual  # the ordinary days that were judged with them
    assert transit.slower() > 5


def test_a_trend_is_rare_and_days_that_only_resemble_their_neighbours_are_not() -> None:
    rng = random.Random(3)
    rare = 0
    for _ in range(150):
        wandering, drift, level = [], Drift(-1), 0.0
        for _day in range(60):
            level = 0.4 * level + rng.gauss(0, 2)
            wandering.append(20 + level)
        for value in wandering[:-1]:
            drift.learn_one(value)
        rare += (drift.score_one(wandering[-1]) or 1.0) < 0.01
    assert rare <= 9  # 1.5 expected of independent days; the correction leaves a few of dependent ones
    falling = Drift(-1)
    for day in range(60):
        falling.learn_one(20 - day / 10 + rng.gauss(0, 2))
    assert (falling.score_one(13.0) or 1.0) < 0.001


def test_a_week_in_which_a_sensor_was_out_makes_no_trend() -> None:
    rng, drift = random.Random(5), Drift(-1)
    for day in range(60):
        drift.learn_one(0.0 if 40 <= day < 47 else 20 + rng.gauss(0, 3))
    assert (drift.score_one(20.0) or 0.0) > 0.01
