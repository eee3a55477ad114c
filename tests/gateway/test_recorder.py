"""What the daemon enters by itself: starts and stops, changes, what people told, and who looked at raw data."""

import shutil
import subprocess
import sys
from pathlib import Path

import asyncinotify
import pytest
from msgspec import structs

from gateway import desk_key
from gateway.clock import ManualClock
from gateway.condition import judge
from gateway.config.places import places_of
from gateway.daemon import Daemon
from gateway.store.outbox_reader import OutboxReader
from gateway.systemd import Notifier
from gateway.trail import accesses
from gateway.trail.recorder import APART_S, EVERY_S, LIT_S
from gateway.trail.trail_check import verify
from gateway.transcript import read
from gateway.uplink import wire
from gateway.uplink.book import Book
from models.panel_light import Light
from models.told import Telling, Told
from tests.gateway.ground import START_S, Gateway, eventually
from tests.gateway.test_panel import House

TELL_S = START_S + 3600.0


def entries(gateway: Gateway) -> list[tuple[str, str, str]]:
    """Sort, reference and text of all entries but messages and heartbeats."""
    with OutboxReader(places_of(gateway.config).outbox_db) as outbox:
        return [
            (one.what, one.ref, (one.body or b"").decode())
            for one in outbox.trail()
            if one.what not in ("message", "heartbeat")
        ]


def of(gateway: Gateway, what: str) -> list[tuple[str, str]]:
    return [(ref, text) for word, ref, text in entries(gateway) if word == what]


def other_process(*command: str | Path) -> None:
    subprocess.run([*map(str, command)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


async def looks(gateway: Gateway, *command: str | Path) -> None:
    """Another process opens the recordings, as soon as they are watched."""

    def opened() -> bool:
        other_process(*command)
        return bool([ref for ref, _ in of(gateway, "access") if ref == "recordings"])

    await eventually(opened)


async def test_starts_stops_and_changes_are_entered(tmp_path: Path) -> None:
    clock = ManualClock(START_S)
    for configuration in ("a" * 64, "a" * 64, "b" * 64):
        gateway = Gateway(tmp_path, clock)
        gateway.daemon = Daemon(
            gateway.config, clock, gateway.log, Notifier({}, pid=0), [gateway.hand], configuration=configuration
        )
        async with gateway:
            await gateway.feel("hall", after_s=60)
    await (await Gateway(tmp_path, clock).__aenter__()).crash()
    async with Gateway(tmp_path, clock) as gateway:
        assert [word for word, *_ in entries(gateway)] == [
            "begun", "configuration", "start", "stop", "start", "stop", "configuration", "start", "stop",
            "start", "unclean stop", "unclean stop", "start",
        ]  # fmt: skip
        assert [text for _, text in of(gateway, "configuration")] == [
            "The configuration that is used from here on is noted.",
            "The configuration was changed.",
        ]
    assert verify(places_of(gateway.config)).broken is None


async def test_a_replaced_sensor_is_named_once(tmp_path: Path) -> None:
    clock = ManualClock(START_S)
    for fitted in (None, "2026-11-20T14:02:00Z", "2026-11-20T14:02:00Z", "2026-11-21T09:00:00Z"):
        gateway = Gateway(tmp_path, clock)
        hall, *others = gateway.config.sensors
        config = structs.replace(gateway.config, sensors=(structs.replace(hall, fitted=fitted), *others))
        gateway.daemon = Daemon(config, clock, gateway.log, Notifier({}, pid=0), [gateway.hand])
        async with gateway:
            await gateway.feel("hall", after_s=60)
    said = f"Another device is in the place of the sensor {hall.id}."
    assert of(gateway, "fitted") == [("2026-11-20T14:02:00Z", said), ("2026-11-21T09:00:00Z", said)]


async def test_what_was_told_is_entered_without_the_moment(tmp_path: Path) -> None:
    async with Gateway(tmp_path, ManualClock(START_S)) as gateway:
        name = Told(Telling.AWAY, "r1").name()
        await gateway.feel(name, TELL_S)
        await gateway.feel(Told(Telling.PANEL, "r1").name(), 1)
        await gateway.feel("hall", after_s=70)
        assert of(gateway, "told") == [(name, "Told: r1 is away.")]
        assert str(int(TELL_S)) not in str(entries(gateway))


async def test_a_receipt_is_entered_with_the_next_heartbeat_and_once(tmp_path: Path) -> None:
    clock = ManualClock(START_S)
    async with Gateway(tmp_path, clock) as gateway:
        places = places_of(gateway.config)
        await gateway.feel("button")
        await gateway.feel("button", after_s=600)
        alert, news = gateway.kept()
        places.uplink.mkdir(exist_ok=True)
        with (
            OutboxReader(places.outbox_db) as outbox,
            Book(places.uplink_db, utc_s=clock.utc_s, log=gateway.log) as book,
        ):
            await eventually(outbox.statuses)
            status = outbox.statuses()[-1]
            book.delivered(alert.id, "alert", sha256="c" * 64, attempts=1)
            book.refused(news.id, "alert_update", http_status=422, reason="no")
            book.delivered(status.id, "status", sha256="f" * 64, attempts=1)

        async def beaten() -> None:
            with OutboxReader(places.outbox_db) as outbox:
                before = len(outbox.statuses()), outbox.trail_head()
                await gateway.wait(901)
                await eventually(lambda: outbox.trail_head() != before[1])

        for _ in range(3):
            await beaten()
        assert {ref for ref, _ in of(gateway, "delivered")} == {status.id, alert.id}
        assert len(of(gateway, "delivered")) == 2
        assert of(gateway, "refused") == [
            (news.id, "The desk refused a message (422). It is kept here and not sent again.")
        ]
    async with Gateway(tmp_path, clock) as again:
        await again.wait(1)
        assert len(of(again, "delivered")) == 2, "what was seen before the restart is not entered again"


async def test_a_heartbeat_names_the_entry_before_it(tmp_path: Path) -> None:
    async with Gateway(tmp_path, ManualClock(START_S)) as gateway:
        with OutboxReader(places_of(gateway.config).outbox_db) as outbox:
            await eventually(outbox.statuses)
            found = list(outbox.trail())
        ((at, beat),) = [(at, one) for at, one in enumerate(found) if one.what == "heartbeat"]
        assert beat.body is not None
        said = wire.decode(beat.body)
        assert isinstance(said, wire.Status)
        assert said.trail is not None
        assert (said.trail.entries, said.trail.sha256) == (found[at - 1].n, found[at - 1].hash)


@pytest.mark.parametrize("name", ["home.db", "home.db-wal"])
async def test_another_process_that_opens_the_recordings_is_entered(tmp_path: Path, name: str) -> None:
    clock = ManualClock(START_S)
    async with Gateway(tmp_path, clock) as gateway:
        path = places_of(gateway.config).private / name
        await gateway.feel("hall")
        assert of(gateway, "access") == [], "the daemon's own opening is none"
        await looks(gateway, "cat", path)
        text = "The recordings were opened by something other than Wren's daemon."
        assert of(gateway, "access") == [("recordings", text)]
        for _ in range(5):
            other_process("cat", path)
            await gateway.wait(2)
        assert len(of(gateway, "access")) == 1, "one a minute at most"
        clock.move_s(APART_S)
        await gateway.until(lambda: len(of(gateway, "access")) == 2, step_s=EVERY_S)


async def test_a_copy_under_another_name_is_watched_too(tmp_path: Path) -> None:
    async with Gateway(tmp_path, ManualClock(START_S)):
        pass
    private = tmp_path / "private"
    shutil.copy(private / "home.db", private / "home.db.before-0009_later")
    async with Gateway(tmp_path, ManualClock(START_S + 60)) as gateway:
        link = tmp_path / "elsewhere"
        link.hardlink_to(private / "home.db.before-0009_later")
        await looks(gateway, sys.executable, "-c", f"open({str(link)!r}).close()")


async def test_the_panel_says_for_a_quarter_of_an_hour_that_somebody_looked(tmp_path: Path) -> None:
    clock = ManualClock(START_S)
    house = House(tmp_path, clock)
    async with house:
        await house.shows(Light.LEARNING)
        await looks(house, "cat", places_of(house.config).home_db)
        await house.shows(Light.LOOKED_AT)
        clock.move_s(LIT_S - 60)
        await house.settle()
        assert house.panel.shows is Light.LOOKED_AT
        clock.move_s(60)
        await house.shows(Light.LEARNING)


@pytest.mark.parametrize(("command", "lit"), [("pins", True), ("routine", False)])
async def test_a_command_that_shows_what_is_not_sent_is_entered(tmp_path: Path, command: str, lit: bool) -> None:
    clock = ManualClock(START_S)
    house = House(tmp_path, clock)
    async with house:
        await house.shows(Light.LEARNING)
        places = places_of(house.config)
        accesses.leave(places.accesses, command)
        await house.until(lambda: bool(of(house, "access")))
        assert of(house, "access") == [(command, f"Somebody on this gateway looked with `wren {command}`.")]
        await house.until(lambda: not list(places.accesses.iterdir()))
        await house.until(lambda: house.panel.shows is (Light.LOOKED_AT if lit else Light.LEARNING))


async def test_an_enrolment_and_another_key_are_entered(tmp_path: Path) -> None:
    clock = ManualClock(START_S)
    async with Gateway(tmp_path, clock) as gateway:
        desk = places_of(gateway.config).desk
        for number, key in enumerate(("A" * 43 + "=", "B" * 42 + "A=")):
            desk_key.write(desk, desk_key.DeskFile(desk_key=key))
            await gateway.until(lambda number=number: len(of(gateway, "key")) > number, step_s=EVERY_S)  # type: ignore[misc]
        assert [text for _, text in of(gateway, "key")] == [
            "This gateway was enrolled.",
            "This gateway was enrolled again, or its key was changed.",
        ]
    async with Gateway(tmp_path, clock) as gateway:
        assert len(of(gateway, "key")) == 2, "the same key after a restart is no news"


async def test_without_inotify_the_daemon_goes_on_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(*_: object, **__: object) -> None:
        raise OSError(24, "inotify instance limit reached")

    monkeypatch.setattr(asyncinotify, "Inotify", none_left)
    async with Gateway(tmp_path, ManualClock(START_S)) as gateway:
        await eventually(lambda: of(gateway, "unwatched"))
        await gateway.feel("button")
        assert len(gateway.alerts()) == 1
        assert gateway.log.events().count("recordings_not_watched") == 1
        config, now_s = gateway.config, int(gateway.clock.utc_s())
        problems = [one.problem for one in judge(config, read(places_of(config)), now_s).problems]
        assert [one for one in problems if "recordings" in one] == [
            "Nobody is told when the recordings are opened: this machine has no inotify for it."
        ]
    monkeypatch.undo()
    async with Gateway(tmp_path, ManualClock(START_S + 60)) as gateway:
        assert not read(places_of(gateway.config)).unwatched


def test_a_note_fails_nobody(tmp_path: Path) -> None:
    accesses.leave(tmp_path / "nowhere" / "accesses", "pins")
    assert not (tmp_path / "nowhere").exists()
    (tmp_path / "accesses").write_text("a file in its place")
    accesses.leave(tmp_path / "accesses", "pins")
    for _ in range(accesses.MOST_WAITING + 5):
        folder = tmp_path / "full"
        folder.mkdir(exist_ok=True)
        (folder / f"{_:015d}-1-pins").touch()
    accesses.leave(tmp_path / "full", "pins")
    assert len(list((tmp_path / "full").iterdir())) == accesses.MOST_WAITING + 5
    assert len(accesses.waiting(tmp_path / "full")) == accesses.MOST_WAITING
    (tmp_path / "full" / "000000000000001-1-dance").touch()
    assert {one.command for one in accesses.waiting(tmp_path / "full")} == {"pins"}
