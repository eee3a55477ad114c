"""The walk-test repeated by itself: what came in is counted, and once a month held against the certificate.

What has drifted is handed to the home as an input, like a lost link: journalled, so that a replay tells the same. While
something is told it is looked at each day, so that it ends when it is mended.
"""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from gateway.clock import Clock
from gateway.config.radio import identity
from gateway.config.tables import Config
from gateway.inbox import Edge, Sink
from gateway.log import Log
from gateway.walktest import counts as book
from gateway.walktest.counts import Counter
from gateway.walktest.drift import MONTH_DAYS, drifted
from gateway.walktest.forms import Proof
from gateway.walktest.scope import items_of
from gateway.walktest.standing import Standing
from models.kinds import SensorKind
from models.localtime import DAY_S
from models.vocabulary import WALK_DRIFT

TICK_S: Final = 60.0
KEPT_EVERY_S: Final = 3600.0
"""A power cut loses an hour of counts at most, and the card is written to 24 times a day."""

_MOST_WAITING: Final = 50_000


class Month:
    """Counts, and looks once a month; a `gateway.inbox.Source` of what has drifted.

    Args:
        config: the home.
        clock: says which day it is; while it is not set, nothing is looked at.
        log: told when the counts cannot be kept.
        proofs: what the certificate says now, and when it was issued; None: there is none that counts.
    """

    name = "walk-month"

    def __init__(
        self, config: Config, clock: Clock, log: Log, proofs: Callable[[], tuple[str, Sequence[Proof]] | None]
    ) -> None:
        from gateway.config.places import places_of

        items = items_of(config)
        self._path = places_of(config).walk_month
        self._clock = clock
        self._log = log
        self._proofs = proofs
        self._debounce_ms = {item.name: item.debounce_ms for item in items if item.debounce_ms is not None}
        self._sensors = {sensor.id for sensor in config.sensors}
        self._cell_of, self._cells = _batteries(config)
        self._levels: dict[str, float] = {}
        buttons = frozenset(item.name for item in items if item.kind is SensorKind.BUTTON)
        self._counter = Counter(book.read(self._path), frozenset(self._debounce_ms), buttons)
        self._waiting: deque[Edge | tuple[tuple[str, ...], int]] = deque(maxlen=_MOST_WAITING)
        self._kept_s = float("-inf")
        self._looked = -1

    @property
    def told(self) -> frozenset[str]:
        """The sensors that were told of."""
        return frozenset(map(_sensor, self._counter.counts.told))

    def saw(self, edge: Edge) -> None:
        """A value came in; from any thread."""
        self._waiting.append(edge)

    def heard(self, sensors: tuple[str, ...], rssi_dbm: int) -> None:
        """An advert of a device of the home came in."""
        self._waiting.append((sensors, rssi_dbm))

    async def run(self, sink: Sink) -> None:
        """Count and look until cancelled."""
        try:
            while True:
                self.look(sink)
                await self._clock.sleep_s(TICK_S)
        finally:
            self._add_up()
            self._keep()

    def look(self, sink: Sink) -> None:
        """What came in since the last time is counted; what is due is looked at."""
        day = self._add_up()
        if self._clock.synchronised():
            self._counter.counts.not_beyond(day)
            self._begin_anew(day, sink)
            found = self._proofs()
            if found is not None and day != self._looked:
                self._look(day, found[1], sink)
                self._looked = day
        if self._clock.monotonic_s() - self._kept_s >= KEPT_EVERY_S:
            self._keep()

    def _look(self, day: int, proofs: Sequence[Proof], sink: Sink) -> None:
        counts = self._counter.counts
        whole = day - max(counts.looked_day, counts.since_day) >= MONTH_DAYS
        if not whole and not counts.told:
            return
        levels = {name: self._levels[cell] for name, cell in self._cell_of.items() if cell in self._levels}
        now = drifted(counts, proofs, day=day, debounce_ms=self._debounce_ms, batteries=levels)
        if not whole:  # of another sensor nothing new is told before the month is over
            now = {one: value for one, value in now.items() if _sensor(one) in self.told}
        self._tell(now, sink, again=whole)
        if whole:
            counts.looked_day = day

    def _add_up(self) -> int:
        day = int(self._clock.utc_s()) // DAY_S
        while self._waiting:
            one = self._waiting.popleft()
            if not isinstance(one, Edge):
                for sensor in one[0]:
                    self._counter.hear(sensor, one[1], day)
            elif one.sensor in self._sensors:
                self._counter.take(one, day)
                if one.sensor in self._cells:
                    self._levels[one.sensor] = one.value
        self._counter.settle(self._clock.monotonic_s(), day)
        return day

    def _begin_anew(self, day: int, sink: Sink) -> None:
        """Another certificate is another beginning: what was told of the one before is over."""
        found = self._proofs()
        counts = self._counter.counts
        if found is None or counts.certificate == found[0]:
            return
        counts.certificate, counts.since_day, counts.looked_day = found[0], day, 0
        buttons = {proof.name for proof in found[1] if proof.call is not None}
        counts.pressed_day = {name: at for name, at in counts.pressed_day.items() if name in buttons}
        self._tell({}, sink)
        self._keep()

    def _tell(self, now: dict[str, float], sink: Sink, *, again: bool = False) -> None:
        """Hand in what has changed, what is over last: a sensor that has another sign by now was not well in between.

        `again`: also what has not changed, for a home whose state was lost.
        """
        counts = self._counter.counts
        at_s = self._clock.monotonic_s()
        for name, value in {**now, **{one: 0.0 for one in counts.told if one not in now}}.items():
            if again or counts.told.get(name) != value:
                sink(Edge(at_s, f"{WALK_DRIFT}{name}", value, self._keep))
        counts.told = now

    def _keep(self) -> None:
        counts = self._counter.counts
        if self._clock.synchronised():
            counts.forget(int(self._clock.utc_s()) // DAY_S)
        self._kept_s = self._clock.monotonic_s()
        try:
            book.write(self._path, msgspec.json.encode(counts))
        except OSError as error:
            self._log.warning("walk_month_not_kept", fault=error)


def _sensor(told: str) -> str:
    """Of whom `sign/sensor` is."""
    return told.partition("/")[2]


def _batteries(config: Config) -> tuple[dict[str, str], frozenset[str]]:
    """By sensor the one that says how full the battery of its device is; and all that do."""
    cells = {identity(one.ble): one.id for one in config.sensors if one.ble and one.kind is SensorKind.BATTERY}
    of = {one.id: cells[identity(one.ble)] for one in config.sensors if one.ble and identity(one.ble) in cells}
    return of, frozenset(cells.values())


def of_home(config: Config, clock: Clock, log: Log) -> tuple[Standing, Month]:
    """How a home stands, and the month that is held against its certificate: each knows of the other."""
    standing = Standing(config, clock, log)
    devices = {item.device for item in items_of(config)}

    def proofs() -> tuple[str, Sequence[Proof]] | None:
        certificate = standing.certificate()
        if certificate is None:
            return None
        return certificate.issued_at, [proof for proof in certificate.proofs if proof.device in devices]

    month = Month(config, clock, log, proofs)
    standing.drifted = lambda: bool(month.told)
    return standing, month
