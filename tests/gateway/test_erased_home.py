"""A home of two that lives on without one of them: nothing of the past is said anew, and the other is learnt again."""

from pathlib import Path

from gateway.clock import ManualClock
from gateway.rights.erasing import erase
from models.localtime import DAY_S

from .ground import START_S, Gateway, home_toml

OTHERS = """[[sensors]]
id = "other-bed"
kind = "bed"
place = "bedroom"
resident = "r2"
[[sensors]]
id = "other-chair"
kind = "seat"
place = "lounge"
resident = "r2"
"""


def two(folder: Path) -> str:
    return home_toml(folder, more=OTHERS).replace('id = "r1"\n', 'id = "r1"\n[[residents]]\nid = "r2"\n', 1)


async def live(gateway: Gateway, days: int) -> None:
    for number in range(days * 6):
        await gateway.feel(("hall", "other-bed", "bed", "other-chair", "bath", "button")[number % 6], after_s=2 * 3600)
        await gateway.feel("bed", after_s=2 * 3600)


async def test_nothing_of_the_past_is_said_anew(tmp_path: Path) -> None:
    clock = ManualClock(START_S)
    async with Gateway(tmp_path, clock, toml=two(tmp_path)) as gateway:
        await live(gateway, 6)
        before = {one.id for one in gateway.kept()}
        config = gateway.config
    of_r2 = {one.id for one in gateway.kept() if b'"resident":"r2"' in one.body}
    assert of_r2
    assert len(before - of_r2) > 6
    erase(config, "r2", now_s=int(clock.utc_s()))
    async with Gateway(tmp_path, clock, toml=home_toml(tmp_path)) as again:
        new = [one for one in again.kept() if one.id not in before]
        assert [one.type for one in new] == ["erasure"]
        assert {reading.sensor for reading in again.durable()} <= {"hall", "bed", "bath", "button", "@gateway"}
        assert again.pipeline.home.now_ms  # it has lived through what is left
        await again.feel("button", after_s=DAY_S)
        assert [one.type for one in again.kept() if one.id not in before][1:]
