"""What of the walk reached the desk, as both databases on this gateway have it: heartbeats, and a call for help."""

from typing import NamedTuple

import msgspec

from gateway.answers import answered
from gateway.config.places import Places
from gateway.errors import StoreError
from gateway.transcript import STATUS, Entry, State, Transcript, read
from gateway.uplink import wire
from models.kinds import AlertKind
from models.localtime import utc_seconds
from models.vocabulary import HOUSEHOLD


class Call(NamedTuple):
    """How far a call for help has come. Times are UTC seconds, None where it has not come so far."""

    alert_id: str
    raised_s: int
    at_the_desk_s: int | None
    acknowledged_s: int | None


class DeskSide:
    """Looks at one moment; make another for the next.

    Args:
        places: the two databases, and answers.json.
    """

    def __init__(self, places: Places) -> None:
        self._places = places
        try:
            self._transcript = read(places)
        except StoreError:
            self._transcript = Transcript()

    def heartbeat(self) -> wire.Status | None:
        """The daemon's newest."""
        return self._transcript.heartbeat()

    def confirmed_heartbeat(self, since_s: int, *, test_call: bool = False) -> tuple[wire.Status, int] | None:
        """The newest one since then that the desk has confirmed, and when; with a test call announced, if asked for."""
        found = None
        for entry in self._transcript.entries:
            status = _decoded(entry)
            if not isinstance(status, wire.Status) or entry.state is not State.DELIVERED or entry.raised_s < since_s:
                continue
            if (status.test_call or not test_call) and entry.settled_s is not None:
                found = status, entry.settled_s
        return found

    def call(self, resident: str, since_s: int) -> Call | None:
        """The help button's alert of `resident` since then, or the news that it was pressed again."""
        found: tuple[str, Entry] | None = None
        for entry in self._transcript.entries:
            if entry.type == STATUS or entry.raised_s < since_s:
                continue
            message = _decoded(entry)
            if not isinstance(message, wire.Alert | wire.AlertUpdate) or message.kind is not AlertKind.HELP_BUTTON:
                continue
            if message.resident not in (resident, HOUSEHOLD):
                continue
            found = found or (message.id if isinstance(message, wire.Alert) else message.alert_id, entry)
        if found is None:
            return None
        alert_id, entry = found
        settled_s = entry.settled_s if entry.state is State.DELIVERED else None
        return Call(alert_id, entry.raised_s, settled_s, self._acknowledged(alert_id, entry.raised_s))

    def _acknowledged(self, alert_id: str, since_s: int) -> int | None:
        try:
            found = answered.read(self._places.answers)
        except StoreError:
            return None
        of_it = [one.at_s for one in (found.last if found else ()) if one.alert_id == alert_id and one.refused is None]
        return next((at_s for at_s in of_it if at_s >= since_s), None)

    def age_s(self, now_s: float) -> float | None:
        """How old the daemon's newest heartbeat is."""
        beat = self.heartbeat()
        return None if beat is None else now_s - utc_seconds(beat.raised_at)


def _decoded(entry: Entry) -> wire.Message | None:
    try:
        return wire.decode(entry.body)
    except msgspec.DecodeError:
        return None
