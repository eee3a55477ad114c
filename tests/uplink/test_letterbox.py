"""What comes with receipts: kept if the desk sealed it for this home, and never a reason to send a message again."""

import asyncio
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.clock import ManualClock
from gateway.errors import StoreError
from gateway.uplink.answers import Acknowledged, seal
from gateway.uplink.book import Book
from gateway.uplink.book_reader import BookReader
from gateway.uplink.letterbox import Letterbox
from gateway.uplink.replies import Receipt, Sealed
from gateway.uplink.service import Service
from tests.enrolled import DESK
from tests.gateway.ground import eventually
from tests.notes import Notes

from .messages import LOG, Outbox, alert

FOREIGN = Ed25519PrivateKey.from_private_bytes(b"f" * 32)


def sealed(seq: int, key: Ed25519PrivateKey = DESK, *, home: str = "h-0001") -> Sealed:
    return seal(key, Acknowledged(home=home, seq=seq, given_at="2026-11-20T14:03:00Z", alert_id=f"{1:032x}"))


def kept(path: Path) -> list[tuple[int, Sealed]]:
    return [(given.seq, given.sealed) for given in BookReader(path).answers()]


def test_only_what_the_desk_sealed_for_this_home_is_kept(book: Book, tmp_path: Path) -> None:
    log = Notes()
    letterbox = Letterbox(book, DESK.public_key(), "h-0001", log)
    junk = Sealed(payload="QUJD", signature="REVG")
    good = [sealed(1), sealed(2)]
    letterbox.take([good[0], sealed(3, FOREIGN), sealed(4, home="h-0002"), junk, good[1]])
    letterbox.take([good[0], sealed(3, FOREIGN), junk, good[1]])
    assert kept(tmp_path / "uplink.db") == [(1, good[0]), (2, good[1])]
    assert letterbox.not_ours == 5
    assert log.events() == ["answer_not_sealed", "answers_came"]


class Provider:
    """Confirms everything, and brings the same answers each time."""

    def __init__(self, answers: tuple[Sealed, ...]) -> None:
        self.answers = answers
        self.delivered: list[str] = []

    def deliver(self, message_id: str, body: bytes) -> Receipt:
        self.delivered.append(message_id)
        return Receipt(id=message_id, sha256="0" * 64, answers=self.answers)

    def abort(self) -> None:
        """Nothing is under way."""


async def test_answers_that_cannot_be_kept_do_not_disturb_the_receipt(book: Book, tmp_path: Path) -> None:
    def full(_: object) -> None:
        raise StoreError("The disk is full.", advice="Make room.")

    outbox, provider = Outbox(), Provider((sealed(1),))
    outbox.put(alert(1), alert(2))
    service = Service(outbox, book, provider, ManualClock(), LOG, answers=full)
    running = asyncio.create_task(service.run())
    await eventually(lambda: len(BookReader(tmp_path / "uplink.db").settled()) == 2)
    service.stop()
    await running
    assert provider.delivered == [alert(1).id, alert(2).id]


async def test_answers_come_with_receipts(book: Book, tmp_path: Path) -> None:
    outbox, provider = Outbox(), Provider((sealed(1), sealed(2)))
    outbox.put(alert(1))
    letterbox = Letterbox(book, DESK.public_key(), "h-0001", LOG)
    service = Service(outbox, book, provider, ManualClock(), LOG, answers=letterbox.take)
    running = asyncio.create_task(service.run())
    await eventually(lambda: len(kept(tmp_path / "uplink.db")) == 2)
    service.stop()
    await running
