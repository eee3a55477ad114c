"""Twenty times kill -9 in the suite; `scripts/kill_test --kills 200` at length."""

from pathlib import Path

import pytest

from .killing import trial

KILLS = 20


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_kill_9_loses_nothing_acknowledged_and_doubles_no_alert(tmp_path: Path) -> None:
    account = trial(KILLS, tmp_path, seed=7)
    assert account.faults == []
    assert (account.kills, account.lost, account.duplicates) == (KILLS, 0, 0)
    assert account.uplink_kills == KILLS // 5
    # and it was under load
    assert account.durable > 100 * KILLS
    assert account.alerts + account.updates > KILLS
    assert account.seen > KILLS
    assert account.clear_presses > KILLS / 2
