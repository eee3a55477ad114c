"""The daily counts of a living gateway: kept with what led to them, once, and forgotten when their time is over."""

from pathlib import Path

from gateway.clock import ManualClock
from gateway.config.places import places_of
from gateway.retention import FIRST_S
from gateway.store.habit_days import HabitDay
from gateway.store.ledger import Ledger
from models.localtime import DAY_S
from models.vocabulary import HabitTable

from .ground import START_S, Gateway, home_toml


def kept(gateway: Gateway) -> list[HabitDay]:
    places = places_of(gateway.config)
    ledger = Ledger.open(places.private, places.outbox)
    try:
        return list(ledger.journal.habit_days())
    finally:
        ledger.stop()


def told(gateway: Gateway) -> dict[tuple[str, str, str], float]:
    tables = [one for one in gateway.said if isinstance(one, HabitTable)]
    return {(table.day, table.resident, one.name): one.observed for table in tables for one in table.habits}


async def live(gateway: Gateway, days: int) -> None:
    for _ in range(days * 8):
        await gateway.feel("hall", after_s=3 * 3600)


async def test_what_is_said_of_a_day_is_kept(tmp_path: Path) -> None:
    clock = ManualClock(START_S)
    async with Gateway(tmp_path, clock) as gateway:
        await live(gateway, 3)
    found = kept(gateway)
    assert {one[:3]: one.observed for one in found} == told(gateway)
    assert {one.day for one in found} == {"2025-03-03", "2025-03-04", "2025-03-05"}


async def test_after_a_crash_nothing_is_doubled_and_nothing_missing(tmp_path: Path) -> None:
    clock = ManualClock(START_S)
    gateway = Gateway(tmp_path, clock)
    await gateway.__aenter__()
    await live(gateway, 2)
    said = told(gateway)
    await gateway.crash()
    async with Gateway(tmp_path, clock) as again:  # steps all inputs once more, from no checkpoint of a clean stop
        await live(again, 1)
    found = kept(again)
    assert len(found) == len({one[:3] for one in found})
    assert said.items() <= {one[:3]: one.observed for one in found}.items()


async def test_they_are_kept_for_longer_than_the_readings_and_then_forgotten(tmp_path: Path) -> None:
    clock = ManualClock(START_S)
    more = "habit_days = 30\nmessage_days = 30\n"
    toml = home_toml(tmp_path, retention_days=7).replace("[[residents]]", more + "[[residents]]", 1)
    async with Gateway(tmp_path, clock, toml=toml) as gateway:
        await live(gateway, 2)
        clock.move_s(27 * DAY_S)
        await gateway.until(lambda: "pruned" in gateway.log.events(), step_s=FIRST_S / 60)
    assert {one.day for one in kept(gateway)} >= {"2025-03-03", "2025-03-04"}
    clock.move_s(3 * DAY_S)
    async with Gateway(tmp_path, clock, toml=toml) as gateway:
        await gateway.until(lambda: "pruned" in gateway.log.events(), step_s=FIRST_S / 60)
    assert min(one.day for one in kept(gateway)) > "2025-03-03"
