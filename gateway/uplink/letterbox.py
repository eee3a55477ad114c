"""What people answered, as it comes in with receipts: kept for the daemon, byte for byte, if this desk sealed it.

The messenger looks at the seal so that it does not fill its file with what is nobody's; who acts on it checks again.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gateway.uplink.answers import NotSealed, opened
from gateway.uplink.replies import Sealed

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from gateway.log import Log
    from gateway.uplink.book import Book


class Letterbox:
    """Puts answers into the book.

    Args:
        book: where they are kept.
        desk: the key of the desk that this home is enrolled with.
        home: whom they must be for.
        log: told once of answers that are not of this desk to this home.

    Attributes:
        not_ours: how many of those there were.
    """

    def __init__(self, book: "Book", desk: "Ed25519PublicKey", home: str, log: "Log") -> None:
        self.not_ours = 0
        self._book = book
        self._desk = desk
        self._home = home
        self._log = log

    def take(self, answers: Sequence[Sealed]) -> None:
        """Keep those of `answers` that are sealed, all of them or none. Raises StoreError."""
        good: list[tuple[int, Sealed]] = []
        for sealed in answers:
            try:
                good.append((opened(self._desk, sealed, home=self._home).seq, sealed))
            except NotSealed as error:
                self._refuse(error)
        if good and (fresh := self._book.keep(good)):
            self._log.info("answers_came", count=fresh)

    def _refuse(self, error: NotSealed) -> None:
        if not self.not_ours:  # the desk brings the same ones with each receipt
            self._log.error("answer_not_sealed", fault=error)
        self.not_ours += 1
