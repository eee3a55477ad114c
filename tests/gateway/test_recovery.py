"""At start: the home as it was, whatever became of the checkpoint, and every alert exactly once."""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from gateway.clock import ManualClock
from gateway.errors import StoreError
from gateway.messages import drafts_of
from gateway.recovery import SLICE, recover
from gateway.store.ledger import Ledger
from gateway.store.outbox import Draft, Outbox
from gateway.store.trail import Note
from gateway.store.writer import Writer
from gateway.uplink import wire
from models.home import Home
from models.kinds import AlertKind
from models.vocabulary import GATEWAY_LINK, Change, Reading, Summary
from tests.models.world import a_life, spec
from tests.notes import Notes

from .ground import START_S, Gateway, home_toml

START_MS = START_S * 1000
LIFE = a_life(8)
CUT = len(LIFE) * 2 // 3


def as_written(raw: sqlite3.Connection) -> None:
    """Nothing happened to it."""


def bits_flipped(raw: sqlite3.Connection) -> None:
    raw.execute(
        "UPDATE checkpoints SET state = replace(state, '1', '7') WHERE number = (SELECT max(number) FROM checkpoints)"
    )


def of_a_newer_version(raw: sqlite3.Connection) -> None:
    _rewritten(raw, lambda state: state.update(version=99))


def of_an_older_version(raw: sqlite3.Connection) -> None:
    _rewritten(raw, lambda state: state.update(version=1))


def without_streams(raw: sqlite3.Connection) -> None:
    _rewritten(raw, lambda state: state.pop("streams"))


def with_a_list_for_a_number(raw: sqlite3.Connection) -> None:
    _rewritten(raw, lambda state: state["lines"]["hall"].pop("left_out"))


def all_damaged(raw: sqlite3.Connection) -> None:
    raw.execute("UPDATE checkpoints SET sha256 = 'x'")


def none_at_all(raw: sqlite3.Connection) -> None:
    raw.execute("DELETE FROM checkpoints")


def _rewritten(raw: sqlite3.Connection, change: Callable[[dict[str, Any]], object]) -> None:
    ((number, text),) = raw.execute("SELECT number, state FROM checkpoints ORDER BY number DESC LIMIT 1").fetchall()
    state = json.loads(text)
    change(state)
    text = json.dumps(state)
    digest = hashlib.sha256(text.encode()).hexdigest()
    raw.execute("UPDATE checkpoints SET state = ?, sha256 = ? WHERE number = ?", (text, digest, number))


@pytest.mark.parametrize(
    ("harm", "aside"),
    [
        (as_written, 0),
        (bits_flipped, 1),
        (of_a_newer_version, 0),
        (of_an_older_version, 0),
        (without_streams, 1),
        (with_a_list_for_a_number, 1),
        (all_damaged, 2),
        (none_at_all, 0),
    ],
)
async def test_whatever_became_of_the_checkpoint_the_home_is_as_if_nothing_had_been(
    tmp_path: Path, harm: Callable[[sqlite3.Connection], None], aside: int
) -> None:
    home = Home(spec())
    said = []
    ledger = Ledger.open(tmp_path)
    for seq, reading in enumerate(LIFE, 1):
        said += home.step(reading)
        ledger.journal.append([(seq, reading)]) if seq in {CUT // 2, CUT} else None
        if seq in {CUT // 2, CUT}:
            ledger.journal.save_checkpoint(seq, home.state(), home.now_ms)
    ledger.commit(list(enumerate(LIFE, 1)), alive_ms=home.now_ms + 5)
    ledger.stop()
    with closing(sqlite3.connect(tmp_path / "home.db")) as raw:
        harm(raw)
        raw.commit()

    progress: list[int] = []
    notes = Notes()
    async with Writer() as writer:
        ledger = await writer.do(lambda: Ledger.open(tmp_path))
        recovered = await recover(spec(), ledger, writer, notes, lambda: progress.append(1))
        await writer.do(ledger.stop)
    assert recovered.home.state() == home.state()
    assert recovered.last_seq == len(LIFE)
    assert recovered.blind_from_ms == home.now_ms + 5
    others = (of_a_newer_version, of_an_older_version)
    stepped = len(LIFE) - (CUT if harm is as_written else CUT // 2 if aside == 1 or harm in others else 0)
    assert len(progress) == -(-stepped // SLICE)
    assert [draft.id for draft in drafts_of("h", recovered.said)] == [draft.id for draft in drafts_of("h", said)][
        -len(drafts_of("h", recovered.said)) :
    ]
    with closing(sqlite3.connect(tmp_path / "home.db")) as raw:
        assert raw.execute("SELECT count(*) FROM checkpoints WHERE set_aside").fetchone() == (aside,)
        if harm is not none_at_all:  # kept aside, never deleted
            assert raw.execute("SELECT count(*) FROM checkpoints").fetchone() == (2,)
    # a checkpoint that cannot be read is the store's affair; one that can but makes no sense is told
    assert notes.events() == ["state_set_aside"] * (
        harm in others or (aside and harm not in (bits_flipped, all_damaged))
    )


async def test_after_a_change_of_version_only_what_is_open_still_is_told(tmp_path: Path) -> None:
    """Another version may find other alerts in the same weeks; here the one before had told of none."""
    clock = ManualClock(START_S)
    async with Gateway(tmp_path, clock) as gateway:
        for hours in (9, 3, 3, 9, 9):  # a silence that ended, and one that goes on
            await gateway.feel("hall", after_s=5)
            await gateway.wait(hours * 3600)
        raised = [alert.raised_at for alert in gateway.alerts()]
    assert len(raised) == 2
    with closing(sqlite3.connect(tmp_path / "private" / "home.db")) as raw:
        of_an_older_version(raw)
        raw.execute("DELETE FROM checkpoints WHERE number < (SELECT max(number) FROM checkpoints)")
        raw.execute("INSERT INTO checkpoints SELECT number + 1, seq, at_ms, state, sha256, set_aside FROM checkpoints")
        raw.commit()
    (tmp_path / "outbox" / "outbox.db").unlink()
    async with Gateway(tmp_path, clock) as again:
        aside = [fields["reason"] for event, fields in again.log.lines if event == "state_set_aside"]
        assert aside == ["StateTooOld"], "one line, whatever goes"
        assert [alert.raised_at for alert in again.alerts()] == raised[1:]
        assert {message.type for message in again.kept()} == {"alert"}
        await again.crash()  # before there is a checkpoint of this version
    async with Gateway(tmp_path, clock) as again:
        assert [alert.raised_at for alert in again.alerts()] == raised[1:]
        assert {message.type for message in again.kept()} == {"alert"}


async def test_what_was_over_stays_over_though_nobody_had_answered_it(tmp_path: Path) -> None:
    """The second recipient was told of it after its end: that is news, and it is not open again for it."""
    clock = ManualClock(START_S)
    toml = home_toml(tmp_path, more='second = "others"\n[[recipients]]\nid = "others"\nhours = "24h"\n')
    toml = toml.replace("[alerts.long_stay]", "[alerts.long-stay]").replace("[alerts.inactivity]", "[alerts.long_stay]")
    toml = toml.replace("[alerts.long-stay]", "[alerts.inactivity]")  # the last one has a second
    async with Gateway(tmp_path, clock, toml=toml) as gateway:
        await gateway.feel("hall", after_s=5)
        await gateway.wait(8 * 3600 + 60)
        await gateway.feel("hall", after_s=5)  # a minute after the alert
        await gateway.wait(3600)
        await gateway.feel("hall", after_s=5)
        await gateway.wait(61)
        changes = [one.change for one in map(wire.decode, bodies(gateway)) if isinstance(one, wire.AlertUpdate)]
    assert changes == [Change.RESOLVED, Change.UNANSWERED]
    with closing(sqlite3.connect(tmp_path / "private" / "home.db")) as raw:
        of_an_older_version(raw)
        raw.execute("DELETE FROM checkpoints WHERE number < (SELECT max(number) FROM checkpoints)")
        raw.commit()
    (tmp_path / "outbox" / "outbox.db").unlink()
    async with Gateway(tmp_path, clock, toml=toml) as again:
        assert list(bodies(again)) == []
        assert [one.kind for one in again.pipeline.home.unanswered()] == [AlertKind.INACTIVITY]


def bodies(gateway: Gateway) -> list[bytes]:
    return [message.body for message in gateway.kept()]


async def test_the_very_first_start_was_never_blind(tmp_path: Path) -> None:
    async with Gateway(tmp_path, ManualClock(START_S)) as gateway:
        await gateway.feel("hall", after_s=61)
    assert gateway.durable() == [Reading(START_MS + 61_000, "hall", 1.0)]


@pytest.mark.parametrize("clean", [True, False])
async def test_three_hours_without_power_are_blind_hours_and_no_silence(tmp_path: Path, clean: bool) -> None:
    clock = ManualClock(START_S)
    async with Gateway(tmp_path, clock) as gateway:
        await gateway.feel("hall", after_s=60)
        await gateway.wait(6 * 3600)
        before_ms = round(clock.utc_s() * 1000)
        if not clean:
            await gateway.crash()
    clock.move_s(3 * 3600)
    async with Gateway(tmp_path, clock) as again:
        after_ms = before_ms + 3 * 3_600_000
        assert again.durable()[-2:] == [Reading(before_ms, GATEWAY_LINK, 0.0), Reading(after_ms, GATEWAY_LINK, 1.0)]
        assert ("unclean_stop" in again.log.events()) is not clean
        assert again.alerts() == []  # nine hours without a sign of life, three of them unseen
        await again.wait(7 * 3600)
        assert again.alerts() == []
        await again.wait(17 * 3600)
        summaries = [one for one in again.said if isinstance(one, Summary)]
        assert any("could not see for 3 h " in one.headline for one in summaries)


async def test_a_crash_loses_at_most_the_last_minute_and_says_until_when_it_could_see(tmp_path: Path) -> None:
    clock = ManualClock(START_S)
    async with Gateway(tmp_path, clock) as gateway:
        await gateway.feel("hall", after_s=1)
        await gateway.wait(60)
        await gateway.feel("kettle", after_s=30)
        await gateway.crash()
    clock.move_s(10)
    async with Gateway(tmp_path, clock) as again:
        assert again.durable() == [
            Reading(START_MS + 1_000, "hall", 1.0),
            Reading(START_MS + 61_000, GATEWAY_LINK, 0.0),
            Reading(START_MS + 101_000, GATEWAY_LINK, 1.0),
        ]


@pytest.mark.parametrize("clean", [True, False])
async def test_an_open_alert_is_the_same_after_a_restart(tmp_path: Path, clean: bool) -> None:
    clock = ManualClock(START_S)
    async with Gateway(tmp_path, clock) as gateway:
        await gateway.feel("hall")
        await gateway.wait(9 * 3600)
        await gateway.feel("button")
        before = [(message.seq, message.id, message.body) for message in gateway.kept()]
        assert [alert.kind for alert in gateway.alerts()] == [AlertKind.INACTIVITY, AlertKind.HELP_BUTTON]
        if not clean:
            await gateway.crash()
    for _ in range(3):
        clock.move_s(30)
        async with Gateway(tmp_path, clock) as again:
            kept = [(message.seq, message.id, message.body) for message in again.kept()]
            assert [one for one in kept if b'"type":"alert"' in one[2]] == [
                one for one in before if b'"type":"alert"' in one[2]
            ]
            if not clean:
                await again.crash()
    async with Gateway(tmp_path, clock) as again:
        await again.feel("button", after_s=30)  # within ten minutes: news of the same alert
    updates = [wire.decode(message.body) for message in again.kept() if message.type == "alert_update"]
    assert [one.alert_id for one in updates if isinstance(one, wire.AlertUpdate)][-1] == again.alerts()[-1].id
    assert len(again.alerts()) == 2


@pytest.mark.parametrize("how", ["input", "silence"])
async def test_an_alert_that_the_outbox_did_not_get_is_raised_at_the_next_start(
    tmp_path: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Outbox, drafts: Sequence[Draft], notes: Sequence[Note]) -> list[bool]:
        raise StoreError("The card is full.", advice="Free space.")

    clock = ManualClock(START_S)
    with pytest.RaisesGroup(StoreError):
        async with Gateway(tmp_path, clock) as gateway:
            await gateway.feel("hall")
            with monkeypatch.context() as broken:
                broken.setattr(Outbox, "add", fail)
                if how == "input":
                    await gateway.feel("button", after_s=60)
                else:
                    await gateway.wait(8 * 3600 + 5)
    assert gateway.alerts() == []
    raised = "2025-03-03T08:01:00Z" if how == "input" else "2025-03-03T16:00:00Z"
    for _ in range(2):
        clock.move_s(3600)
        async with Gateway(tmp_path, clock) as again:
            assert [alert.raised_at for alert in again.alerts()] == [raised]


async def test_a_boot_in_the_past_learns_nothing_wrong_and_goes_on(tmp_path: Path) -> None:
    clock = ManualClock(START_S)
    async with Gateway(tmp_path, clock) as gateway:
        await gateway.feel("hall", after_s=120)
    ahead_s = clock.utc_s()
    clock = ManualClock(1_000.0)  # 1970, as a Pi without a network boots
    clock.is_synchronised = False
    async with Gateway(tmp_path, clock) as again:
        await again.feel("kettle", after_s=5)
        clock.step_s(ahead_s + 3600 - 1_005)
        clock.is_synchronised = True
        await again.feel("hall", after_s=5)
    moments = [(round(reading.at_ms / 1000 - ahead_s), reading.sensor) for reading in again.durable()]
    assert moments == [
        (0, "hall"),
        (0, GATEWAY_LINK),
        (0, GATEWAY_LINK),
        (5, "kettle"),
        (10, "hall"),
        (3605, "@clock"),
    ]
    assert again.pipeline.home.earlier == 0
