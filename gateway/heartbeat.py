"""Every 15 minutes a status leaves the house: this home can be heard. It is no part of the journal."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from gateway import VERSION
from gateway.clock import Clock
from gateway.messages import identity
from gateway.uplink import wire
from models.kinds import SensorKind
from models.localtime import DAY_S, utc_text

if TYPE_CHECKING:
    from gateway.store.ledger import Ledger
    from gateway.store.writer import Writer
    from models.home import Home

EVERY_S: Final = 15 * 60.0


class Heartbeat:
    """Writes statuses.

    Args:
        home: asked for what it hears.
        ledger, writer: where statuses go.
        clock: paces them.
        settled: the ids of messages that were delivered or refused, from uplink.db.
    """

    def __init__(
        self, home: "Home", ledger: "Ledger", writer: "Writer", clock: Clock, settled: Callable[[], frozenset[str]]
    ) -> None:
        self._home = home
        self._ledger = ledger
        self._writer = writer
        self._clock = clock
        self._settled = settled

    async def run(self) -> None:
        """Beat at once and then every 15 minutes until cancelled. Raises StoreError."""
        while True:
            await self.beat()
            await self._clock.sleep_s(EVERY_S)

    async def beat(self) -> None:
        """Write one status."""
        home, at_s = self._home, int(self._clock.utc_s())
        heard = home.heard_since((at_s - DAY_S) * 1000)
        learning, synchronised = home.learning(), self._clock.synchronised()
        paused = bool(home.panels.paused())
        status_id = identity("status", home.spec.id, at_s)

        def write() -> None:
            waiting = len(self._ledger.outbox.waiting(self._settled()))

            def body(seq: int) -> bytes:
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
                    )
                )

            self._ledger.outbox.add_status(status_id, at_s, body)

        await self._writer.do(write)
