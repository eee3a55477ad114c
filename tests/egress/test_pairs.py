"""Two courses of raw data that conclude the same leave the same bytes: what leaves is a function of conclusions."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice

import pytest

from gateway.messages import drafts_of
from gateway.store.outbox import Draft
from models.vocabulary import Period, Said, Summary

from .pairs import SEED, Pair, Run, bodies, found, pairs, report

PAIRS = 1_000


def check(taken: Sequence[Pair]) -> None:
    for pair in taken:
        assert bodies(pair.one) == bodies(pair.other)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_thousand_pairs_with_different_raw_data_leave_identical_bodies() -> None:
    taken, misses = found(PAIRS)
    check(taken)
    told = report(taken, misses)
    print(told)
    assert told["with a week's habits"] == PAIRS
    assert told["with alerts"] >= PAIRS // 2
    assert told["seconds differ too"] >= PAIRS // 10
    assert told["other sensors of the room"] >= PAIRS // 4
    assert told["raw readings that differ, least"] >= 60
    assert misses < PAIRS // 2
    assert sum(name.startswith("alerts of") for name in told) >= 4


def test_a_few_pairs() -> None:
    taken, _ = found(6)
    check(taken)
    assert all(one.period in Period for pair in taken for one in pair.one.said if isinstance(one, Summary))


LEAKS: dict[str, Callable[[Run], str]] = {
    "the last pulse": lambda run: f"{[r.value for r in run.readings if r.sensor == 'pulse'][-1]:.1f}",
    "a millisecond": lambda run: str(run.readings[-1].at_ms % 1000),
    "which sensor": lambda run: next(r.sensor for r in run.readings if r.sensor.startswith(("hall", "lounge"))),
    "how many": lambda run: str(len(run.readings)),
}


@pytest.mark.parametrize("leak", LEAKS)
def test_the_comparison_sees_a_leak(leak: str) -> None:
    """A line in a summary that says a little of what was sensed: nearly every pair differs."""
    taken = [pair for pair in islice(pairs(SEED), 12) if pair is not None]

    def leaking(one: Run) -> list[tuple[str, bytes]]:
        def leave(home: str, said: Sequence[Said]) -> list[Draft]:
            more = [replace(s, lines=(*s.lines, LEAKS[leak](one))) if isinstance(s, Summary) else s for s in said]
            return drafts_of(home, more)

        return bodies(one, leave)

    assert any(leaking(pair.one) != leaking(pair.other) for pair in taken)
