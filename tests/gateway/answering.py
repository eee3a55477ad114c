"""A desk's answers as the messenger leaves them: sealed by the desk's key, in uplink.db."""

from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway import desk_key
from gateway.answers import answered
from gateway.answers.answered import Answered
from gateway.config.places import Places, make, places_of
from gateway.config.reading import parse
from gateway.uplink.answers import Answer, seal
from gateway.uplink.book import Book
from gateway.uplink.keys import text_of
from models.localtime import utc_text
from tests.enrolled import DESK
from tests.uplink.messages import LOG

from .ground import home_toml

FOREIGN = Ed25519PrivateKey.from_private_bytes(b"f" * 32)
"""The key of somebody else."""


def utc(at_s: float) -> str:
    return utc_text(int(at_s))


class Desk:
    """The desk of one home: it numbers what people answer."""

    def __init__(self, folder: Path, *, home: str = "h-test", last_answer: int = 0) -> None:
        self.places: Places = places_of(parse(home_toml(folder)))
        self.home = home
        self.seq = last_answer
        make(self.places.private, 0o700)
        make(self.places.uplink, 0o750)
        self.enrol(last_answer=last_answer)

    def enrol(self, key: Ed25519PrivateKey = DESK, *, last_answer: int = 0) -> None:
        desk = desk_key.DeskFile(desk_key=text_of(key.public_key()), last_answer=last_answer)
        desk_key.write(self.places.desk, desk)

    def answer(self, what: type[Answer], /, *, given_s: float, key: Ed25519PrivateKey = DESK, **fields: Any) -> int:
        """People answer, and the messenger keeps it; the answer's number."""
        self.seq += 1
        self.keep(what(home=self.home, seq=self.seq, given_at=utc(given_s), **fields), key)
        return self.seq

    def keep(self, answer: Answer, key: Ed25519PrivateKey = DESK, *, under: int | None = None) -> None:
        with Book(self.places.uplink_db, utc_s=lambda: 0.0, log=LOG) as book:
            book.keep([(under or answer.seq, seal(key, answer))])

    def written(self) -> Answered | None:
        """What the home has written down."""
        return answered.read(self.places.answers)
