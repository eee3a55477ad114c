"""A home of two people that has lived for two days, with everything in it that a gateway can hold."""

import hashlib
import io
from pathlib import Path

from gateway.config.places import Places, make, places_of
from gateway.config.reading import load
from gateway.config.tables import Config
from gateway.log import open_log
from gateway.store.ledger import Ledger
from gateway.store.outbox import Draft
from gateway.store.outbox_reader import OutboxReader
from gateway.uplink.answers import Snooze, seal
from gateway.uplink.book import Book
from models.kinds import AlertKind
from models.localtime import utc_text
from models.vocabulary import GATEWAY_LINK, SENSOR_LINK, Habit, HabitTable, Reading

from .house import NOW_S, TOML, Beat, alert, summary

VALUE = 0.123456789
"""Of each resident's readings, plus their number: nothing else in the files looks like it."""

KEY = "00112233445566778899aabbccddeeff"

TWO = (
    TOML.replace('id = "r1"\n', 'id = "r1"\n\n[[residents]]\nid = "r2"\n', 1)
    + """
[[sensors]]
id = "other-bed"
kind = "bed"
place = "bedroom"
resident = "r2"

[[sensors]]
id = "hall-motion"
kind = "motion"
place = "hallway"

[[sensors]]
id = "other-door"
kind = "door"
place = "bedroom"
resident = "r2"
ble = { address = "C0:FF:EE:12:34:57", profile = "bthome", key = "KEY" }
""".replace("KEY", KEY)
)

SENSORS = {"kitchen-tap": "r1", "strap": "r1", "other-bed": "r2", "hall-motion": "household", "gone-sensor": None}


def home_of(folder: Path, *, residents: int = 2) -> Config:
    """Its home.toml in `folder`, with the databases under it."""
    toml = TWO if residents == 2 else TOML
    # what [gateway] has comes right behind its head
    toml = toml.replace('pin_factory = "mock"\n', f'pin_factory = "mock"\ndata_dir = "{folder / "data"}"\n', 1)
    toml += f'[uplink]\nurl = "https://127.0.0.1:9"\ndata_dir = "{folder / "uplink"}"\n'
    (folder / "home.toml").write_text(toml, encoding="utf-8")
    return load(folder / "home.toml")


def lived(folder: Path, *, residents: int = 2) -> Config:
    """What `wren run` and `wren uplink` would have left, both stopped in order."""
    config = home_of(folder, residents=residents)
    places = places_of(config)
    for place, mode in ((places.private, 0o700), (places.outbox, 0o750), (places.uplink, 0o750)):
        make(place, mode)
    ledger = Ledger.open(places.private, places.outbox)
    names = [*SENSORS, GATEWAY_LINK, SENSOR_LINK + "other-bed", "@away/r2", "@outcome/r1/inactivity"]
    rows = [
        (seq, Reading((NOW_S - 3600 + seq) * 1000, names[seq % len(names)], seq + VALUE)) for seq in range(1, 12_001)
    ]
    habits = (Habit("tap-morning", 4.567891, 1.0, 5.0, 2.5, "same"),)
    tables = [HabitTable(who, "2026-11-19", NOW_S, habits) for who in ("r1", "r2", "household")]
    ledger.commit(rows, [alert(1, NOW_S - 300), summary(2, NOW_S - 200), _of("r2", 3), _of("r2", 4)], tables=tables)
    ledger.journal.save_checkpoint(12_000, {"version": 1, "learnt": "learnt-by-heart"}, NOW_S * 1000)
    ledger.outbox.add_status(Beat(NOW_S).id, NOW_S, Beat(NOW_S).encode)
    ledger.stop()
    (places.private / "portrait.json").write_text('{"streams":[{"resident":"r1"},{"resident":"r2"}],"sensors":[]}')
    (places.private / "panel.json").write_text('{"panel":"of-both"}')
    (places.private / "home.db.before-0002_habit_days").write_bytes(b"old copy: other-bed")
    (places.private / "home.db.corrupt-20260101T000000Z").write_bytes(b"damaged: kitchen-tap")
    (places.uplink / "key.pem").write_text("the gateway's own secret")
    _book(places)
    return config


def _of(resident: str, number: int) -> Draft:
    draft = alert(number, NOW_S - 100 + number)
    encode = draft.encode
    opens = draft.opens
    assert opens is not None
    return draft.__class__(
        draft.id, draft.type, draft.rank, draft.raised_s,
        lambda seq: encode(seq).replace(b'"resident":"r1"', f'"resident":"{resident}"'.encode()),
        opens=opens.__class__(resident, opens.kind, opens.opened_s),
    )  # fmt: skip


def _book(places: Places) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    desk = Ed25519PrivateKey.from_private_bytes(b"d" * 32)
    with Book(places.uplink_db, utc_s=lambda: NOW_S, log=open_log(io.StringIO(), utc_s=lambda: 0.0)) as book:
        with OutboxReader(places.outbox_db) as outbox:
            for number in (1, 3):
                sha256 = hashlib.sha256(outbox.body(f"{number:032x}") or b"").hexdigest()
                book.delivered(f"{number:032x}", "alert", sha256=sha256, attempts=1)
        book.refused(f"{4:032x}", "alert", http_status=422, reason="no such kind")
        for seq, resident in ((7, "r1"), (8, "r2")):
            answer = Snooze(
                home="h-0001", seq=seq, given_at=utc_text(NOW_S), resident=resident, kind=AlertKind.LATE_START,
                until=utc_text(NOW_S + 86_400),
            )  # fmt: skip
            book.keep([(seq, seal(desk, answer))])
