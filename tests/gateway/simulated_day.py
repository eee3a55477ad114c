"""A simulated day as its resident would read it afterwards: `python -m tests.gateway.simulated_day` prints it.

The demo's home, the real daemon, a messenger that brings everything to a desk at once. On the third day the help button
is pressed and somebody at the desk acknowledges it, the resident pauses, somebody looks at the routine, and somebody
copies the recordings.
"""

import asyncio
import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from gateway import desk_key, slips, small_files
from gateway.config.places import Places, make, places_of
from gateway.rehearsal import Rehearsal
from gateway.sources.simulator.act import Act
from gateway.sources.simulator.house import home_toml
from gateway.sources.simulator.life import Life
from gateway.sources.simulator.scenario import Scenario
from gateway.sources.slips import SlipSource
from gateway.store.outbox_reader import OutboxReader
from gateway.store.outbox_rows import Message
from gateway.trail import leaving
from gateway.trail.trail_check import Verdict, verify
from gateway.transcript import read
from gateway.uplink import wire
from gateway.uplink.answers import Acknowledged, seal
from gateway.uplink.book import Book
from gateway.uplink.keys import text_of
from models.kinds import AlertKind
from models.localtime import utc_text
from models.told import Telling, Told
from tests.enrolled import DESK
from tests.uplink.messages import LOG

SEED = 7
DAYS = Scenario(quiet_days=2, illness_days=1, collapse=None)
BREATH_S = 30.0


class _Street:
    """The home, its messenger and its desk."""

    def __init__(self, folder: Path) -> None:
        self.life = Life(SEED, DAYS)
        path = folder / "home.toml"
        path.write_text(home_toml(data_dir=folder, uplink_url="https://desk.example", uplink_dir=folder / "uplink"))
        self.home = Rehearsal(path, self.life.start_s, LOG, seed=SEED)
        self.places: Places = places_of(self.home.config)
        for place in (self.places.private, self.places.uplink):
            make(place, 0o700)
        desk_key.write(self.places.desk, desk_key.DeskFile(desk_key=text_of(DESK.public_key())))
        self.resident = self.home.config.residents[0].id
        source = SlipSource(self.places.slips, [self.resident], self.home.clock, LOG)
        daemon = self.home._daemon
        daemon._sources = (*daemon._sources, source)
        self.answered = False

    async def live(self) -> None:
        morning_s = self.life.local.at_clock_s(self.life.first_day + 2, 0)
        hour_s = 3600
        steps: list[tuple[float, Callable[[], object]]] = [
            (morning_s + 10 * hour_s, lambda: self._pause(morning_s + 11 * hour_s + 1800)),
            (morning_s + 14 * hour_s + 600, lambda: self._look("routine")),
            (morning_s + 20 * hour_s + 300, self._copy),
        ]
        async with self.home as home:
            acts = iter(self.life)
            await home.live(_until(acts, morning_s), breath_s=BREATH_S * 10, pause=self._carry)
            for at_s, what in steps:
                await home.live(_until(acts, at_s), breath_s=BREATH_S, pause=self._carry)
                what()
                await asyncio.sleep(1.0)  # the kernel's word that a file was opened comes by a thread
            await home.live(acts, breath_s=BREATH_S, pause=self._carry)

    async def _carry(self) -> None:
        """What waits is brought to the desk; an alert is acknowledged there three minutes later."""
        with OutboxReader(self.places.outbox_db) as outbox, self._book() as book:
            waiting = outbox.pending(book)
            newest = max((one.seq for one in outbox.statuses()), default=0)
            for one in waiting:
                body = outbox.body(one.id)
                if body is None or (one.type == "status" and one.seq != newest):
                    continue
                book.delivered(one.id, one.type, sha256=hashlib.sha256(body).hexdigest(), attempts=1)
            calls = [m for m in map(_decoded, outbox.messages()) if getattr(m, "kind", "") == AlertKind.HELP_BUTTON]
        if calls and not self.answered:
            raised_s = datetime.fromisoformat(calls[0].raised_at).timestamp()
            if self.home.clock.utc_s() >= raised_s + 180:
                self.answered = True
                self._acknowledge(calls[0].id)
        # what the daemon's threads have to do takes no simulated time, so a busy machine gets more of the real one
        await asyncio.sleep(0.25 if self._waits() else 0.004)

    def _waits(self) -> bool:
        """Whether something that people did has not been taken yet."""
        left = [*self.places.slips.glob("*.slip"), *self.places.accesses.glob("*")]
        return bool(left) or (self.answered and not self.places.answers.exists())

    def _acknowledge(self, alert_id: str) -> None:
        given = utc_text(int(self.home.clock.utc_s()))
        answer = Acknowledged(home=self.home.config.home.id, seq=1, given_at=given, alert_id=alert_id)
        with self._book() as book:
            book.keep([(1, seal(DESK, answer))])

    def _pause(self, until_s: float) -> None:
        told = Told(Telling.PAUSE, self.resident)
        slips.leave(self.places.slips, told, until_s, at_s=self.home.clock.utc_s())

    def _look(self, command: str) -> None:
        with small_files.leaving(self.places.accesses):
            small_files.mark(self.places.accesses / f"{round(self.home.clock.utc_s() * 1000):015d}-1-{command}")

    def _copy(self) -> None:
        subprocess.run(["cat", str(self.places.home_db)], check=True, stdout=subprocess.DEVNULL)

    def _book(self) -> Book:
        return Book(self.places.uplink_db, utc_s=self.home.clock.utc_s, log=LOG)

    def told(self) -> list[str]:
        zone = ZoneInfo(self.home.config.home.timezone)
        day = self.life.local.at_clock_s(self.life.first_day + 2, 0)
        found = [
            one for one in leaving.days(self.places, read(self.places), zone, day) if one.day.day == _day(day, zone)
        ]
        return [line for line, _ in leaving.text(found, zone)]


def _day(at_s: int, zone: ZoneInfo) -> int:
    return datetime.fromtimestamp(at_s, zone).day


def _decoded(message: Message) -> wire.Message:
    return wire.decode(message.body)


def _until(acts: Iterator[Act], until_s: float) -> list[Act]:
    found = []
    for act in acts:
        found.append(act)
        if act.at_s >= until_s:
            break
    return found


async def a_day(folder: Path) -> tuple[list[str], Verdict]:
    """The lines that `wren outbox --plain` says of the third day, and what `wren audit verify` finds."""
    street = _Street(folder)
    await street.live()
    return street.told(), verify(street.places)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        lines, found = asyncio.run(a_day(Path(folder)))
    assert found.broken is None, found.broken
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
