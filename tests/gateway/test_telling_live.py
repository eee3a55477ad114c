"""What a person tells a running gateway, through kill -9: it is taken once or again, and counts once."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateway import slips
from gateway.config.places import places_of
from gateway.config.reading import load
from gateway.errors import StoreError
from gateway.store.outbox_reader import OutboxReader
from models.kinds import AlertKind
from models.told import Outcome, Telling, Told

from .ground import home_toml
from .processes import ROOT, process

PATIENCE_S = 30.0


def until(true: Callable[[], Any]) -> Any:
    """What `true` gives once it gives something; another process has to do it first."""
    end_s = time.monotonic() + PATIENCE_S
    while not (found := true()):
        assert time.monotonic() < end_s, "it never came"
        time.sleep(0.05)
    return found


class House:
    """A daemon's folder, its pipe, and the command."""

    def __init__(self, folder: Path) -> None:
        self.config = folder / "home.toml"
        self.config.write_text(home_toml(folder / "data"))
        self.places = places_of(load(self.config))
        self.pipe = folder / "pipe"
        os.mkfifo(self.pipe)

    def run(self) -> Any:
        return process("run", "--config", self.config, "--feed", self.pipe)

    def press(self) -> None:
        with self.pipe.open("w") as pipe:
            pipe.write("button,1\n")

    def alert_ids(self) -> list[str]:
        try:
            with OutboxReader(self.places.outbox_db) as outbox:
                return sorted(outbox.open_ids())
        except StoreError:
            return []

    def wren(self, *words: str) -> dict[str, Any]:
        """What a command says; the exit code is not looked at, for a home without a provider needs a technician."""
        done = subprocess.run(
            [sys.executable, "-m", "gateway", words[0], "--config", str(self.config), *words[1:], "--json"],
            capture_output=True, timeout=PATIENCE_S, check=False, cwd=ROOT,
        )  # fmt: skip
        assert done.stdout, done.stderr
        said: dict[str, Any] = json.loads(done.stdout)
        return said

    def counted(self) -> tuple[int, int, int] | None:
        """Alerts of the help button, how many were answered as useful, and how many as not useful."""
        answers = self.wren("status")["answers"] or ()
        return next(((one["alerts"], one["useful"], one["not_useful"]) for one in answers), None)

    def waits(self) -> bool:
        return any(self.places.slips.glob("*.slip"))


@pytest.mark.slow
def test_an_outcome_counts_once_whenever_the_daemon_is_killed(tmp_path: Path) -> None:
    house = House(tmp_path)
    with house.run() as daemon:
        until(house.places.outbox_db.exists)
        house.press()
        (alert_id,) = until(house.alert_ids)
        assert house.wren("outcome", "r1/help_button", "not-useful")["taken"] is True
        until(lambda: house.counted() == (1, 0, 1))
        daemon.kill()
        daemon.wait()
    # nobody is there to take it: it waits, and is taken at the next start
    told = house.wren("outcome", alert_id[:8], "useful")
    assert told["taken"] is False
    assert house.waits()
    with house.run() as daemon:
        until(lambda: not house.waits())
        until(lambda: house.counted() == (1, 1, 0))
        # killed after the journal had it and before it was removed: it lies there still
        kind, _, opened_s = told["told"].removeprefix("@outcome/r1/").partition("/")
        again = Told(Telling.OUTCOME, "r1", AlertKind(kind), int(opened_s))
        slips.leave(house.places.slips, again, Outcome.USEFUL, at_s=time.time())
        daemon.kill()
        daemon.wait()
    with house.run():
        until(lambda: not house.waits())
        assert house.wren("hospital", "r1")["taken"] is True
        assert house.counted() == (1, 1, 0)


@pytest.mark.slow
def test_what_another_configuration_knows_is_refused_and_told(tmp_path: Path) -> None:
    house = House(tmp_path)
    with house.run():
        until(house.places.home_db.exists)
        path = slips.leave(house.places.slips, Told(Telling.HOSPITAL, "r7"), 1, at_s=time.time())
        until(lambda: not path.exists())
    assert (path.parent / slips.REFUSED / path.name).exists()
