"""Two courses of raw data that conclude the same leave the same bytes: what leaves is a function of conclusions."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice

import pytest

from gateway.messages import drafts_of
from gateway.store.outbox import Draft
from models.vocabulary import Finding, Period, Said, Summary

from .pairs import Pair, Run, bodies, pairs, unlike

PAIRS = 1_000
SEED = 5


def found(count: int) -> tuple[list[Pair], int]:
    """`count` pairs, and how many attempts were none."""
    taken: list[Pair] = []
    misses = 0
    for pair in pairs(SEED):
        if pair is None:
            misses += 1
        else:
            taken.append(pair)
        if len(taken) == count:
            break
    return taken, misses


def report(taken: Sequence[Pair], misses: int) -> dict[str, int]:
    """What the pairs were like."""
    said = [one for pair in taken for one in pair.one.said]
    kinds = Counter(str(one.kind) for one in said if isinstance(one, Finding))
    raw = sorted(map(unlike, taken))
    return {
        "pairs": len(taken),
        "no pair": misses,
        "seconds differ too": sum(pair.seconds_too for pair in taken),
        "other sensors of the room": sum(pair.twins_too for pair in taken),
        "with alerts": sum(any(isinstance(one, Finding) for one in pair.one.said) for pair in taken),
        "with a week's habits": sum(any(isinstance(one, Summary) and one.habits for one in p.one.said) for p in taken),
        "bodies": sum(len(bodies(pair.one)) for pair in taken),
        "raw readings that differ, least": raw[0],
        "raw readings that differ, median": raw[len(raw) // 2],
        **{f"alerts of {kind}": count for kind, count in sorted(kinds.items())},
    }


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
