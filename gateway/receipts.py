"""Which messages need nothing more, by the messenger's word: for the count of what waits, and what may be let go."""

from pathlib import Path

from gateway.aside import Aside
from gateway.errors import StoreError
from gateway.log import Log
from gateway.uplink.book_reader import BookReader


class Receipts:
    """What uplink.db says was delivered or refused.

    The messenger's file is no reason to stop watching: what cannot be looked up counts as not delivered.
    """

    def __init__(self, path: Path, aside: Aside, log: Log) -> None:
        self._book = BookReader(path)
        self._aside = aside
        self._log = log

    async def settled(self) -> frozenset[str]:
        """The ids of all messages that were delivered or refused."""
        try:
            return await self._aside.do(self._book.settled)
        except StoreError as error:
            self._log.warning("receipts_unreadable", fault=error)
            return frozenset()
