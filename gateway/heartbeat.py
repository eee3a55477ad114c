"""The heartbeat: a status leaves the house, this home can be heard. It is no part of the journal.

Every 15 minutes; every minute while people are asked for an answer to an urgent alert, since what they say comes back
with the receipt; and at once when an answer was dealt with, so that they see it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final, Protocol

from gateway import VERSION
from gateway.clock import Clock, nap
from gateway.uplink import wire
from gateway.uplink.ids import identity, walked
from models.kinds import Audience, SensorKind, Severity
from models.localtime import DAY_S, HOUR_S, utc_text
from models.vocabulary import Change, Finding, Said, Update

if TYPE_CHECKING:
    from gateway.store.ledger import Ledger
    from gateway.store.writer import Writer
    from gateway.trail.receipts_seen import ReceiptsSeen
    from models.home import Home

EVERY_S: Final = 15 * 60.0

ASKING_EVERY_S: Final = 60.0
"""A person's word is in the house within about a minute, nine before an alert goes to the second recipient."""

ASKING_FOR_S: Final = HOUR_S
"""After the last word of the home on an urgent alert; then it is asked for as seldom as ever."""


class Account(Protocol):
    """How far the home has got with what people answered: `gateway.answers.way_back.WayBack`."""

    @property
    def taken(self) -> int:
        """The number of the last answer that was dealt with."""

    @property
    def refused(self) -> tuple[int, ...]:
        """The numbers of the last ones that were refused."""


class Heartbeat:
    """Writes statuses.

    Args:
        home: asked for what it hears.
        ledger, writer: where statuses go.
        clock: paces them.
        settled: gives the ids of messages that were delivered or refused, from uplink.db.
        account: what of the desk's answers was dealt with.
        seen: what of uplink.db goes into the trail with a heartbeat.
        walked: how this home stands to its walk-test, and whether a test call is announced.
    """

    def __init__(
        self,
        home: "Home",
        ledger: "Ledger",
        writer: "Writer",
        clock: Clock,
        settled: Callable[[], Awaitable[frozenset[str]]],
        account: Account,
        seen: "ReceiptsSeen | None" = None,
        walked: "Callable[[], tuple[wire.WalkTest | None, bool]]" = lambda: (None, False),
    ) -> None:
        self._home = home
        self._ledger = ledger
        self._writer = writer
        self._clock = clock
        self._settled = settled
        self._account = account
        self._seen = seen
        self._walked = walked
        self._nudged = False
        self._asked_s = 0
        self._told: int | None = None
        self._woken = asyncio.Event()

    async def run(self) -> None:
        """Beat at once and then as often as it takes, until cancelled. Raises StoreError."""
        while True:
            self._told = self._account.taken
            self._nudged = False
            beaten_s = self._clock.monotonic_s()
            await self.beat()
            while (nap_s := beaten_s + self._every_s() - self._clock.monotonic_s()) > 0:
                self._woken.clear()
                await nap(self._clock, nap_s, self._woken.wait())

    def hear(self, said: Said) -> None:
        """The home said this: if it asks people for an answer, beats come sooner."""
        if isinstance(said, Finding):
            asks = said.severity is Severity.URGENT and said.audience is Audience.CARE
        else:
            asks = isinstance(said, Update) and said.change in (Change.REPEATED, Change.UNANSWERED)
        if asks:
            self._asked_s = max(self._asked_s, int(self._clock.utc_s()))
            self._woken.set()

    def answered(self) -> None:
        """Answers were dealt with: the desk is told at once."""
        self._woken.set()

    def nudge(self) -> None:
        """Something changed that the desk is to know at once: how the walk-test stands, or that a test call comes."""
        self._nudged = True
        self._woken.set()

    def _every_s(self) -> float:
        if self._nudged or self._account.taken != self._told:
            return 0.0
        unanswered = self._home.unanswered()
        if not unanswered:
            return EVERY_S
        asked_s = max(self._asked_s, *(one.opened_s for one in unanswered))
        return ASKING_EVERY_S if self._clock.utc_s() - asked_s < ASKING_FOR_S else EVERY_S

    async def beat(self) -> None:
        """Write one status."""
        home, at_s = self._home, int(self._clock.utc_s())
        heard = home.heard_since((at_s - DAY_S) * 1000)
        learning, synchronised = home.learning(), self._clock.synchronised()
        paused = bool(home.panels.paused())
        taken, refused = self._account.taken, self._account.refused
        walk_test, test_call = self._walked()
        status_id = identity("status", home.spec.id, at_s, taken, *walked(walk_test, test_call))
        settled = await self._settled()
        found = await self._seen.look() if self._seen else []

        def write() -> None:
            outbox = self._ledger.outbox
            notes = self._seen.notes(outbox, found) if self._seen else []
            waiting = len(outbox.waiting(settled))

            def body(seq: int) -> bytes:
                head = outbox.trail.head()
                return wire.encode(
                    wire.Status(
                        id=status_id,
                        home=home.spec.id,
                        seq=seq,
                        raised_at=utc_text(at_s),
                        version=VERSION,
                        sensors=sum(sensor.kind is not SensorKind.BADGE for sensor in home.spec.sensors),
                        sensors_heard_today=heard,
                        learning=learning,
                        clock_synchronised=synchronised,
                        waiting=waiting,
                        paused=paused,
                        answers_taken=taken,
                        answers_refused=refused,
                        trail=wire.TrailHead(entries=head.entries, sha256=head.sha256),
                        walk_test=walk_test,
                        test_call=test_call,
                    )
                )

            outbox.add_status(status_id, at_s, body, notes)

        await self._writer.do(write)
