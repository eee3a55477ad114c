"""From a press in the house to a person at the desk and back: real daemon, uplink, TLS and desk, one clock for all."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway import uplink_daemon
from gateway.answers import answered
from gateway.clock import ManualClock
from gateway.daemon import Daemon
from gateway.devices import panels_of
from gateway.systemd import Notifier
from gateway.uplink import wire
from gateway.uplink.client import Client
from gateway.uplink.replies import Receipt
from gateway.uplink_daemon import carry
from models.panel_light import Light
from models.vocabulary import Change
from tests.enrolled import enrolled
from tests.real_desk import RealDesk, real_desk
from tests.uplink.tls import authority

from .ground import START_S, Gateway, eventually, home_toml
from .test_panel import PANEL, House

MINUTE_S = 60


class Home(House):
    """A gateway with a panel, a second recipient and a desk."""

    def __init__(self, folder: Path, clock: ManualClock, toml: str) -> None:
        Gateway.__init__(self, folder, clock, toml=toml)
        from gpiozero.pins.mock import MockFactory

        self.pins = MockFactory()
        (self.panel,) = panels_of(self.config, clock, self.log, self.pins)
        self.daemon = Daemon(
            self.config, clock, self.log, Notifier({}, pid=0), [self.hand], said=self.said.append, panels=[self.panel]
        )

    def updates(self) -> list[wire.AlertUpdate]:
        messages = [wire.decode(message.body) for message in self.kept()]
        return [message for message in messages if isinstance(message, wire.AlertUpdate)]


class Sending(Client):
    """The real client, which can be seen to be at work."""

    under_way = 0

    def deliver(self, message_id: str, body: bytes) -> Receipt:
        Sending.under_way += 1
        try:
            return super().deliver(message_id, body)
        finally:
            Sending.under_way -= 1


@pytest.fixture(autouse=True)
def _seen_sending(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uplink_daemon, "Client", Sending)


@dataclass
class Whole:
    """All of it."""

    home: Home
    real: RealDesk
    clock: ManualClock

    async def at_the_desk(self, work: Callable[[], object]) -> object:
        return await asyncio.get_running_loop().run_in_executor(self.real.thread, work)

    async def until(self, true: Callable[[], object], *, within_s: float) -> float:
        """Time goes by, two seconds at once, until `true()` is, and stands still for deliveries; how long that took."""
        begun_s = self.clock.monotonic_s()

        def is_so() -> bool:
            if true():
                return True
            assert self.clock.monotonic_s() - begun_s < within_s, "not in time"
            if not Sending.under_way:
                self.clock.move_s(2.0)
            return False

        await eventually(is_so, within_s=60)
        return self.clock.monotonic_s() - begun_s


@asynccontextmanager
async def whole(folder: Path) -> AsyncIterator[Whole]:
    clock = ManualClock(START_S)
    (folder / "ca").mkdir()
    (folder / "desk").mkdir()
    ca = authority(folder / "ca")
    with real_desk(folder / "desk", clock, ca.sign("good")) as real:
        toml = home_toml(folder, more=PANEL)
        toml = toml.replace('owner = "team"\n', 'owner = "team"\nsecond = "night-team"\n')
        toml += '\n[[recipients]]\nid = "night-team"\nhours = "24h"\n'
        toml += f'[uplink]\nurl = "{real.server.url}"\nca_file = "{ca.ca_file}"\ndata_dir = "{folder / "uplink"}"\n'
        (folder / "home.toml").write_text(toml)
        real.know("h-test", enrolled(folder / "home.toml"))
        async with Home(folder, clock, toml) as home:
            stop = asyncio.Event()
            uplink = asyncio.create_task(carry(folder / "uplink", clock, home.log, Notifier({}, pid=0), stop))
            await home.feel("hall")
            try:
                yield Whole(home, real, clock)
            finally:
                stop.set()
                await uplink


@pytest.mark.parametrize("losing", [False, True], ids=["good line", "every second receipt lost"])
async def test_a_person_acknowledges_and_the_house_knows(tmp_path: Path, *, losing: bool) -> None:
    async with whole(tmp_path) as all_of_it:
        home, real = all_of_it.home, all_of_it.real
        if losing:
            real.loses = lambda: len(real.arrived) % 2 == 1
        await home.feel("button")
        (alert,) = home.alerts()
        await all_of_it.until(lambda: alert.id in real.arrived, within_s=60)
        await all_of_it.until(home.updates, within_s=11 * MINUTE_S)
        await all_of_it.until(lambda: home.panel.shows is Light.NOT_ANSWERED, within_s=MINUTE_S)
        assert [one.change for one in home.updates()] == [Change.UNANSWERED]

        await all_of_it.at_the_desk(lambda: real.desk.acknowledge(alert.id))
        took_s = await all_of_it.until(lambda: home.pipeline.home.unanswered() == (), within_s=4 * MINUTE_S)
        await all_of_it.until(lambda: home.panel.shows is Light.LEARNING, within_s=MINUTE_S)

        def has_come() -> bool:
            (given,) = real.do(lambda: real.desk.store.answers.given("h-test"))
            return given.taken_s is not None

        back_s = await all_of_it.until(has_come, within_s=4 * MINUTE_S)
        print(f"in the house after {took_s:.0f} s, seen at the desk {back_s:.0f} s later")
        assert losing or took_s <= MINUTE_S + 5
        assert losing or back_s <= 20
    written = answered.read(home.daemon._places.answers)
    assert written is not None
    assert list(written.acknowledged) == [alert.id]


async def test_nobody_acknowledges_and_it_goes_to_the_second_recipient(tmp_path: Path) -> None:
    async with whole(tmp_path) as all_of_it:
        home, real = all_of_it.home, all_of_it.real
        await home.feel("button")
        (alert,) = home.alerts()
        pressed_s = all_of_it.clock.utc_s()
        await all_of_it.until(home.updates, within_s=11 * MINUTE_S)
        assert 0 <= all_of_it.clock.utc_s() - pressed_s - 10 * MINUTE_S <= 6
        (update,) = home.updates()
        assert (update.change, update.to, update.alert_id) == (Change.UNANSWERED, "night-team", alert.id)
        assert alert.to == "team"
        await all_of_it.until(lambda: update.id in real.arrived, within_s=8)
        await all_of_it.until(lambda: home.panel.shows is Light.NOT_ANSWERED, within_s=30)
        assert [one.opened_s for one in home.pipeline.home.unanswered()] == [START_S]
        shown = json.loads(real.do(lambda: real.desk.people.get("/api/state")).text)
        assert shown
        assert "night-team" in str(shown)


async def test_without_the_line_what_people_answered_comes_with_the_first_receipt(tmp_path: Path) -> None:
    async with whole(tmp_path) as all_of_it:
        home, real = all_of_it.home, all_of_it.real
        await home.feel("button")
        (alert,) = home.alerts()
        await all_of_it.until(lambda: alert.id in real.arrived, within_s=60)
        await all_of_it.until(lambda: "delivered" in home.log.events(), within_s=60)
        await all_of_it.at_the_desk(lambda: real.desk.acknowledge(alert.id))
        real.loses = lambda: True  # the desk hears, and is not heard
        await home.wait(0)
        with pytest.raises(AssertionError, match="not in time"):
            await all_of_it.until(lambda: home.pipeline.home.unanswered() == (), within_s=5 * MINUTE_S)
        real.loses = lambda: False
        await all_of_it.until(lambda: home.pipeline.home.unanswered() == (), within_s=20 * MINUTE_S)
        await all_of_it.until(lambda: "answer_taken" in home.log.events(), within_s=MINUTE_S)
        assert home.log.events().count("answer_taken") == 1


async def test_away_until_from_the_desk_and_back_again(tmp_path: Path) -> None:
    """RELIABILITY, row 34: nobody is looked for while the resident is away, and what was learnt is kept."""
    async with whole(tmp_path) as all_of_it:
        home, real = all_of_it.home, all_of_it.real
        await home.feel("button")
        (alert,) = home.alerts()
        await all_of_it.until(lambda: alert.id in real.arrived, within_s=60)
        await all_of_it.at_the_desk(lambda: real.desk.acknowledge(alert.id))
        until_s = START_S + 2 * 86_400
        day = {"resident": "r1", "say": "away", "until": "2025-03-05 08:00"}
        await all_of_it.at_the_desk(lambda: real.desk.people.form(AT_HOME, form(real, day)))
        await all_of_it.until(lambda: ("@away/r1", until_s) in told(home), within_s=2 * MINUTE_S)
        assert home.pipeline.home.unanswered() == ()
        for _ in range(9):
            await home.wait(3600)
        assert [one.kind for one in home.alerts()] == [alert.kind], "a silence of nine hours in an empty home is none"

        back = {"resident": "r1", "say": "back"}
        await all_of_it.at_the_desk(lambda: real.desk.people.form(AT_HOME, form(real, back)))
        await all_of_it.until(lambda: ("@away/r1", 0) in told(home), within_s=16 * MINUTE_S)
        await home.feel("hall")
        for _ in range(18):  # eight waking hours
            await home.wait(3600)
        assert [one.kind for one in home.alerts()] == [alert.kind, "inactivity"]


AT_HOME = "/homes/h-test"


def form(real: RealDesk, said: dict[str, str]) -> dict[str, str]:
    return {"token": real.desk.token(AT_HOME), "person": "MO"} | said


def told(home: Home) -> list[tuple[str, float]]:
    return [(one.sensor, one.value) for one in home.durable() if one.sensor.startswith("@away")]
