"""From facts to findings: every check, in the order of causes. Pure."""

from collections.abc import Iterator

from gateway.doctor import catalogue
from gateway.doctor.checks import (
    board,
    clock,
    disk,
    files,
    home,
    key,
    machine,
    messages,
    pins,
    radio,
    records,
    services,
    way,
)
from gateway.doctor.facts import (
    Board,
    Disk,
    Facts,
    Files,
    Key,
    Pins,
    Radio,
    Records,
    Release,
    Unseen,
    Upkeep,
    Way,
)  # fmt: skip
from gateway.doctor.findings import Finding, skipped

_OF_PART = {
    "board": ("board.power", "board.heat", "board.memory"),
    "disk": ("disk.writable", "disk.space"),
    "time": ("clock.network_time",),
    "files": ("files.owners",),
    "pins": ("pins.claims",),
    "radio": ("radio.adapter",),
    "key": ("key.enrolled", "key.opens"),
    "way": ("desk.name",),
    "records": ("database.outbox",),
    "release": ("release.current",),
    "upkeep": ("upkeep.journal",),
}
"""The checks that say why a part was not looked at."""


def judge(facts: Facts) -> list[Finding]:
    """Everything that is right and wrong, causes before what they cause."""
    return catalogue.settled(_all(facts))


def _all(facts: Facts) -> Iterator[Finding]:
    for part, checks in _OF_PART.items():
        unseen = getattr(facts, part)
        if isinstance(unseen, Unseen):
            yield from (skipped(one, unseen.why, unseen.step) for one in checks)
    yield from home.check(facts)
    yield from services.check(facts)
    yield from clock.check(facts)
    yield from machine.check_running(facts)
    if isinstance(facts.board, Board):
        yield from board.check(facts.board)
    if isinstance(facts.disk, Disk):
        yield from disk.check(facts.disk)
    if isinstance(facts.files, Files):
        yield from files.check(facts.files)
    if isinstance(facts.release, Release):
        yield from machine.check_release(facts.release)
    if isinstance(facts.way, Way):
        yield from way.check(facts.home.config, facts.key, facts.way)
    if isinstance(facts.upkeep, Upkeep):
        yield from machine.check_upkeep(facts.upkeep)
    if isinstance(facts.records, Records):
        yield from records.check(facts, facts.records)
    if facts.home.config is not None:
        yield from _of_home(facts)


def _of_home(facts: Facts) -> Iterator[Finding]:
    config = facts.home.config
    assert config is not None
    if isinstance(facts.pins, Pins):
        yield from pins.check(config, facts.pins)
    if isinstance(facts.radio, Radio):
        yield from radio.check(config, facts.radio)
    if isinstance(facts.key, Key):
        yield from key.check(config, facts.key)
    if isinstance(facts.records, Records):
        yield from messages.check(facts, config, facts.records)
