"""A home at one hostile server after another: the real client, service and book, over real TLS on loopback."""

import io
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway.errors import GatewayError
from gateway.log import LibraryLogs, Log, open_log
from gateway.uplink.backoff import ALERT_CAP_S
from gateway.uplink.book import Book
from gateway.uplink.book_reader import BookReader
from gateway.uplink.client import Client
from gateway.uplink.letterbox import Letterbox
from gateway.uplink.replies import Receipt
from tests.enrolled import DESK
from tests.uplink.hostile.answers import ANSWERS, PACKED, PORTALS, RECEIPTS, STATUSES
from tests.uplink.hostile.case import EVIL, Case, Ground
from tests.uplink.hostile.forgeries import CLOCKS, NUMBERS, SIGNATURES
from tests.uplink.hostile.wires import FRAMES, HEADERS, SLOW, TLS
from tests.uplink.live import NOW_S, running
from tests.uplink.messages import Outbox, alert, status, summary
from tests.uplink.provider import Server, client_of, good, serving

MESSAGES: Final = (summary(1), alert(2), status(1), alert(3))
TABLE: Final = [
    *STATUSES, *PORTALS, *SIGNATURES, *RECEIPTS, *ANSWERS, *NUMBERS, *PACKED, *FRAMES, *HEADERS, *SLOW, *CLOCKS, *TLS,
]  # fmt: skip

_TRIES: Final = 4
"""Deliveries that a hostile server gets: more than one round of the queue."""


@dataclass(frozen=True)
class Row:
    """What a gateway made of a server: how often it tried, what it said, and what it took for delivered."""

    case: str
    tries: int
    made_of_it: str
    false_receipts: int

    @property
    def line(self) -> str:
        return f"{self.case:<52} {self.tries:>2}  {self.made_of_it}"


class _Watched:
    """The client, and what came of each delivery."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.ended = 0
        self.told: list[str] = []

    def deliver(self, message_id: str, body: bytes) -> Receipt:
        try:
            receipt = self.client.deliver(message_id, body)
        except GatewayError as error:
            self.told.append(error.problem)
            raise
        else:
            self.told.append("delivered")
            return receipt
        finally:
            self.ended += 1

    def abort(self) -> None:
        self.client.abort()


async def tried(case: Case, ground: Ground, folder: Path) -> Row:
    """Send four messages at this server, then at a good one. Raises AssertionError if anything was lost or believed."""
    outbox, page, path = Outbox(), io.StringIO(), folder / "uplink.db"
    outbox.put(*MESSAGES)
    before = dict(outbox.bodies)
    log = open_log(page, utc_s=lambda: NOW_S)
    with (
        _libraries_heard(log),
        Book(path, utc_s=lambda: NOW_S, log=log) as book,
        serving(ground.ca.sign("desk"), case.manner) as server,
    ):
        server.door = case.door(ground) if case.door else None
        patient = client_of(server.url, ground.ca, book, deadline_s=10.0, utc_s=lambda: case.utc_s)
        hasty = client_of(server.url, ground.ca, book, deadline_s=0.3, utc_s=lambda: case.utc_s)
        watched = _Watched(hasty if case.slow else patient)
        letterbox = Letterbox(book, DESK.public_key(), "h-0001", log)
        async with running(outbox, book, watched, log=log, answers=letterbox.take) as uplink:
            await uplink.until(lambda: watched.ended >= _TRIES)
            await uplink.idle()
            tries, settled = watched.ended, BookReader(path).settled()
            assert outbox.bodies == before
            assert BookReader(path).answers() == []
            assert BookReader(path).dead_letters() == []
            if not case.delivers:
                assert settled == frozenset(), "nothing that this server said counts"
                server.manner, server.door, watched.client, server.accepted = good, None, patient, []
                assert await uplink.until(lambda: bool(server.accepted)) <= ALERT_CAP_S + 1, "an alert does not wait"
                await uplink.until(lambda: all(each.id in book for each in MESSAGES))
                assert Counter(server.accepted) == Counter(each.id for each in MESSAGES), "each exactly once"
    assert BookReader(path).settled() == {each.id for each in MESSAGES}
    assert EVIL not in page.getvalue()
    _check(server)
    made = next(iter(Counter(watched.told[:tries]).most_common()))[0]
    return Row(case.name, tries, made, 0 if case.delivers else len(settled))


@contextmanager
def _libraries_heard(log: Log) -> Iterator[None]:
    """What `requests` and the others say goes where it goes in `wren uplink`."""
    handler = LibraryLogs(log)
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)


def _check(server: Server) -> None:
    """Every request was signed, to the one address, and had a number of its own."""
    numbers = [request.check().sequence for request in server.requests]
    assert numbers == sorted(set(numbers)), "no number twice, none smaller than one before"
    assert {(request.method, request.path) for request in server.requests} <= {("POST", "/v1/messages")}
    assert len({request.check().nonce for request in server.requests}) == len(server.requests)
