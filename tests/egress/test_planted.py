"""A month of 10^5 planted readings through the real daemon, messenger and TLS: none is in anything that comes out."""

from pathlib import Path

import pytest

from gateway import messages
from gateway.uplink import wire
from models.kinds import AlertKind

from .month import felt, lived
from .scanner import Planted, hits


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_no_planted_value_leaves_in_any_encoding(tmp_path: Path) -> None:
    month = await lived(tmp_path, felt(11))
    planted = month.planted
    assert len(planted.floats) >= 100_000
    assert month.readings >= 100_000

    # it is not for want of messages
    left = [wire.decode(body) for body in month.bodies]
    kinds = {one.kind for one in left if isinstance(one, wire.Alert)}
    assert kinds >= {AlertKind.HELP_BUTTON, AlertKind.LONG_STAY, AlertKind.COLD_HOME, AlertKind.BATTERY_LOW}
    assert sum(isinstance(one, wire.Summary) for one in left) >= 30
    assert sum(isinstance(one, wire.Status) for one in left) >= 30 * 40  # the others were replaced by newer ones
    assert len({one.id for one in left}) == len(left)

    outgoing = b"\n".join(month.requests)
    assert hits(outgoing, planted) == []
    assert hits(month.status, planted) == []
    assert month.logs.count(b"delivered") == len(left)
    assert hits(month.logs, month.of_readings()) == []
    assert hits(month.line, Planted(secrets=planted.secrets)) == []  # TLS: an eavesdropper sees no more than chance


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_one_leaked_reading_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    readings = felt(11)
    pulse = next(one for one in readings if one.sensor == "pulse")
    monkeypatch.setattr(messages, "plain", lambda text: f"{text[:500]} At {pulse.value:.9g}.")
    two_days = await lived(tmp_path, readings, days=2)
    found = hits(b"\n".join(two_days.requests), two_days.planted)
    assert {hit.form for hit in found} == {"rounded"}


def test_the_month_is_the_same_every_time() -> None:
    month = felt(11)
    assert month == felt(11)
    assert len({round(one.at_s * 1000) for one in month}) > 100_000
