"""One device that is heard and never connected to: a BTHome sensor, or a badge that only shows that it is there."""

from typing import TYPE_CHECKING, Final

from gateway.inbox import Edge, Sink
from gateway.sources.ble import bthome
from gateway.sources.ble.counters import Verdict
from gateway.sources.ble.device import BEACON, BTHOME, BleDevice
from gateway.sources.ble.memory import Known, Memory
from gateway.sources.ble.presence import Link
from gateway.sources.ble.stream import Counts
from gateway.sources.ble.thinning import Thinning
from models.kinds import SensorKind

if TYPE_CHECKING:
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import AdvertisementData

SERVICES: Final = {BTHOME: bthome.SERVICE}

NO_STRENGTH_DBM: Final = -127
"""What bleak gives where BlueZ has no strength: not an advert, but another property of the device that changed. bleak
calls back for all of them, and a badge must not be there because BlueZ forgot how loud it was."""

GONE_S: Final = 15 * 60.0
"""A badge whose interval is not known yet is gone after this long: a visit does not last until the next one. Home
Assistant takes any device for gone after as long."""


class Advertiser:
    """A `beacon` is there while anything is heard of it; of a `bthome` device only what is sealed, or new, is taken.

    Only that proves its link, too: a recording of it, sent again, does not.

    Args:
        device: which.
        sink: takes its edges.
        counts: where to count.
        memory: where its counter and its intervals are.
        now_s: the moment from which on it is listened to (monotonic).
    """

    def __init__(self, device: BleDevice, sink: Sink, counts: Counts, memory: Memory, now_s: float) -> None:
        kinds = {SensorKind(kind): sensor for kind, sensor in device.sensors.items()}
        self._device = device
        self._sink = sink
        self._counts = counts
        self._memory = memory
        self._known: Known = memory.of(device.identity)
        self._badge = kinds.pop(SensorKind.BADGE, None)
        self._sensors = kinds
        self._thinning = {kind: Thinning(kind) for kind in kinds}
        self._link = Link(() if self._badge else kinds.values(), sink)  # whoever wears it goes home with it
        self._is_there: bool | None = None
        self._last = b""
        self._packet_id: int | None = None
        self._is_triggered = False
        self._known.pace.listen(now_s)

    def heard(self, now_s: float, device: "BLEDevice", advert: "AdvertisementData") -> None:
        """Take one advert. Never raises: what is refused is counted."""
        if advert.rssi == NO_STRENGTH_DBM:
            return
        self._counts.adverts += 1
        if self._device.profile == BEACON:
            self._is_heard(now_s)
            return
        data = advert.service_data.get(bthome.SERVICE)
        if data is None:
            return  # its name, or what else it has to say
        try:
            self._take(now_s, device.address, data)
        except bthome.Refused as refused:
            self._counts.refused[refused.why] += 1

    def _take(self, now_s: float, address: str, data: bytes) -> None:
        head = bthome.head(data, has_key=self._device.key is not None)
        if head.counter is not None:
            verdict = self._known.counter.judge(head.counter, data)
            if verdict is not Verdict.NEW:
                self._counts.repeated += verdict is Verdict.REPEATED
                self._counts.replayed += verdict is Verdict.REPLAYED
                return
        packet = bthome.decode(address, data, self._device.key, self._sensors)
        is_new = data != self._last
        self._last = data
        if head.counter is not None:
            self._known.counter.take(head.counter, data)
            self._memory.changed(soon=SensorKind.BUTTON in packet.values)
        elif packet.packet_id is not None and packet.packet_id == self._packet_id:
            is_new = False
        self._packet_id = packet.packet_id
        self._counts.repeated += not is_new
        self._is_triggered = head.is_triggered
        self._is_heard(now_s)
        for kind, value in packet.values.items():
            if self._thinning[kind].passes(now_s, value, is_new=is_new):
                self._sink(Edge(now_s, self._sensors[kind], value))

    def _is_heard(self, now_s: float) -> None:
        pace = self._known.pace
        before_s = pace.limit_s
        pace.heard(now_s, regular=not self._is_triggered)
        if pace.limit_s != before_s:
            self._memory.changed()
        self._link.say(now_s, up=True)
        self._say_badge(now_s, there=True)

    def look(self, now_s: float) -> None:
        """Time has passed: is it missing? Whatever speaks only when something happens never is."""
        if not self._is_triggered and self._known.pace.is_missing(now_s):
            self._link.say(now_s, up=False)
        if self._badge is not None and self._known.pace.is_missing(now_s, unlearnt_s=GONE_S):
            if self._known.pace.limit_s is None:
                self._known.pace.left()
            self._say_badge(now_s, there=False)

    def _say_badge(self, now_s: float, *, there: bool) -> None:
        if self._badge is not None and there is not self._is_there:
            self._is_there = there
            self._sink(Edge(now_s, self._badge, float(there)))

    def forget_counter(self) -> None:
        """A technician changed the battery: the next sealed advert begins anew."""
        self._known.counter.forget()
        self._memory.changed()
