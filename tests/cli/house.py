"""A home's files, made by the code that makes them in a real one."""

import io
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gateway.answers.answered import Answered, Dealt, Refused
from gateway.config.places import make, places_of
from gateway.config.reading import load
from gateway.config.tables import Config
from gateway.log import open_log
from gateway.store.ledger import Ledger
from gateway.store.outbox import Draft, Opens
from gateway.store.outbox_rows import Rank
from gateway.uplink import wire
from gateway.uplink.book import Book
from models.kinds import AlertKind, Audience, Severity
from models.localtime import utc_text
from models.vocabulary import Change, Period, Reading

NOW_S = 1_795_183_320
"""2026-11-20 14:02 in London."""

TOML = """
[home]
id = "h-0001"
timezone = "Europe/London"

[[residents]]
id = "r1"

[[sensors]]
id = "kitchen-tap"
kind = "tap"
place = "kitchen"
resident = "r1"
gpio = { pin = 17, active = "low" }

[[sensors]]
id = "strap"
kind = "heart_rate"
place = "worn"
resident = "r1"
ble = { address = "C0:FF:EE:12:34:56", profile = "heart_rate" }

[[recipients]]
id = "team"
hours = "24h"

[alerts.inactivity]
reason = "lives alone"
owner = "team"

[purpose]
why = "Lives alone and wants to stay."
basis = "consent"
decided_by = "resident"
review = 2099-05-01

[gateway]
pin_factory = "mock"
"""


@dataclass
class House:
    """A configuration and its databases in one folder."""

    folder: Path
    uplink: str | None = "https://127.0.0.1:9"
    ca_file: Path | None = None
    seq: int = 0

    @property
    def path(self) -> Path:
        return self.folder / "home.toml"

    def write(self, extra: str = "") -> "House":
        text = TOML + f'data_dir = "{self.folder / "data"}"\n'
        if self.uplink:
            text += f'[uplink]\nurl = "{self.uplink}"\ndata_dir = "{self.folder / "uplink"}"\n'
            text += f'ca_file = "{self.ca_file}"\n' if self.ca_file else ""
        self.path.write_text(text + extra, encoding="utf-8")
        return self

    @property
    def config(self) -> Config:
        return load(self.path)

    def says(self, *drafts: Draft, beats: Sequence["Beat"] = ()) -> None:
        """What `wren run` would have written."""
        places = places_of(self.config)
        make(places.private, 0o700)
        make(places.outbox, 0o750)
        ledger = Ledger.open(places.private, places.outbox)
        ledger.commit([], drafts)
        for beat in beats:
            ledger.outbox.add_status(beat.id, beat.at_s, beat.encode)
        ledger.stop()

    def has_recorded(self) -> None:
        """Readings in home.db."""
        places = places_of(self.config)
        ledger = Ledger.open(places.private, places.outbox)
        ledger.commit([(1, Reading(NOW_S * 1000, "kitchen-tap", 1.0))])
        ledger.stop()

    def book(self, now_s: int) -> Book:
        """What `wren uplink` would have written."""
        places = places_of(self.config)
        make(places.uplink, 0o750)
        return Book(places.uplink_db, utc_s=lambda: now_s, log=open_log(io.StringIO(), utc_s=lambda: 0.0))


@dataclass(frozen=True)
class Beat:
    """A heartbeat."""

    at_s: int
    heard: int = 2
    synchronised: bool = True

    @property
    def id(self) -> str:
        return f"{self.at_s:032x}"

    def encode(self, seq: int) -> bytes:
        return wire.encode(
            wire.Status(
                id=self.id,
                home="h-0001",
                seq=seq,
                raised_at=utc_text(self.at_s),
                version="0.1.0",
                sensors=2,
                sensors_heard_today=self.heard,
                learning=True,
                clock_synchronised=self.synchronised,
                waiting=0,
            )
        )


def alert(
    number: int, at_s: int, *, kind: AlertKind = AlertKind.INACTIVITY, audience: Audience = Audience.CARE
) -> Draft:
    message_id = f"{number:032x}"

    def encode(seq: int) -> bytes:
        return wire.encode(
            wire.Alert(
                id=message_id,
                home="h-0001",
                seq=seq,
                raised_at=utc_text(at_s),
                resident="r1",
                kind=kind,
                severity=Severity.URGENT,
                audience=audience,
                opened_at=utc_text((at_s - 3600) // 60 * 60),
                observed="No movement seen since 12:00 (kitchen).",
                usual="Gaps at this time are usually under 1 h 50.",
                because="The gap is longer than 1 in 50 days would have.",
                coverage="All sensors heard.",
                cannot_tell="This cannot tell whether she is asleep or unwell.",
                to_do="Ring her.",
                details="At 1 h 40 this would not have been raised.",
            )
        )

    return Draft(message_id, "alert", Rank.URGENT, at_s, encode, opens=Opens("r1", kind, at_s))


def resolved(number: int, alert_number: int, at_s: int) -> Draft:
    return _news(number, alert_number, at_s, Change.RESOLVED, "Movement was seen again (hall).")


def repeated(number: int, alert_number: int, at_s: int, observed: str) -> Draft:
    return _news(number, alert_number, at_s, Change.REPEATED, observed)


def _news(number: int, alert_number: int, at_s: int, change: Change, observed: str) -> Draft:
    about = f"{alert_number:032x}"
    message_id = f"{number:032x}"

    def encode(seq: int) -> bytes:
        return wire.encode(
            wire.AlertUpdate(
                id=message_id,
                home="h-0001",
                seq=seq,
                raised_at=utc_text(at_s),
                alert_id=about,
                resident="r1",
                kind=AlertKind.INACTIVITY,
                change=change,
                observed=observed,
            )
        )

    resolves = about if change is Change.RESOLVED else None
    reopens = about if change is Change.REPEATED else None
    return Draft(message_id, "alert_update", Rank.ALERT, at_s, encode, resolves=resolves, reopens=reopens)


def summary(number: int, at_s: int) -> Draft:
    message_id = f"{number:032x}"

    def encode(seq: int) -> bytes:
        return wire.encode(
            wire.Summary(
                id=message_id,
                home="h-0001",
                seq=seq,
                raised_at=utc_text(at_s),
                resident="r1",
                period=Period.DAY,
                day="2026-11-19",
                headline="The sensors worked all day. This does not mean that she is well.",
                coverage="24 of 24 hours seen, 16 °C.",
            )
        )

    return Draft(message_id, "summary", Rank.SUMMARY, at_s, encode)


def acknowledging(number: int, at_s: int) -> Answered:
    """What `wren run` has written down: the alert of that number was acknowledged, and a snooze refused."""
    kind = AlertKind.INACTIVITY
    seen = Dealt(seq=4, at_s=at_s, what="acknowledged", resident="r1", kind=kind, alert_id=f"{number:032x}")
    refused = Dealt(
        seq=5, at_s=at_s, what="snooze", resident="r1", kind=kind, until_s=at_s + 7200, refused=Refused.NOT_THIS_KIND
    )
    return Answered(desk_key="A" * 43 + "=", taken=3).with_one(seen).with_one(refused)


def wren(*arguments: str | Path, **environ: str) -> subprocess.CompletedProcess[bytes]:
    """The command as a process of its own, its output piped."""
    return subprocess.run(
        [sys.executable, "-m", "gateway", *map(str, arguments)],
        capture_output=True,
        timeout=30,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **environ},
    )
