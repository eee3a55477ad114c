"""The wait after failures: capped, jittered, obedient within the cap, shorter for an alert."""

import random

from hypothesis import given
from hypothesis import strategies as st

from gateway.uplink.backoff import ALERT_CAP_S, CAP_S, Backoff

failures = st.lists(st.none() | st.floats(0, 1e9), min_size=1, max_size=200)


@given(failures, st.randoms(use_true_random=False))
def test_no_row_of_failures_keeps_an_alert_longer_than_a_minute(row: list[float | None], rng: random.Random) -> None:
    backoff = Backoff(rng.random)
    for retry_after_s in row:
        backoff.failed(retry_after_s)
        alert_s, other_s = backoff.wait_s(alert=True), backoff.wait_s(alert=False)
        assert 0 <= alert_s <= ALERT_CAP_S
        assert alert_s <= other_s <= CAP_S
        if retry_after_s is not None:
            assert other_s >= min(retry_after_s, CAP_S)
            assert alert_s >= min(retry_after_s, ALERT_CAP_S)


@given(failures, st.randoms(use_true_random=False))
def test_success_forgets(row: list[float | None], rng: random.Random) -> None:
    backoff = Backoff(rng.random)
    for retry_after_s in row:
        backoff.failed(retry_after_s)
    backoff.succeeded()
    assert backoff.wait_s(alert=False) == 0
    backoff.failed()
    assert backoff.wait_s(alert=False) <= 2


def test_full_jitter_spreads_the_homes_over_the_whole_wait() -> None:
    waits_s = []
    for seed in range(1000):
        backoff = Backoff(random.Random(seed).random)
        for _ in range(12):
            backoff.failed()
        waits_s.append(backoff.wait_s(alert=False))
    assert min(waits_s) < CAP_S * 0.02
    assert max(waits_s) > CAP_S * 0.98
    assert abs(sum(waits_s) / len(waits_s) - CAP_S / 2) < CAP_S * 0.05
