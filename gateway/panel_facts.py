"""What the panels' lights depend on: the home, the sources, and what the provider has received.

An acknowledgement does not come back to the gateway yet, so "not answered" is said of what is known here: an urgent
alert that is open still, of which nobody has said here what became of it, and without a receipt after ten minutes.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from gateway import small_files
from gateway.clock import Clock
from gateway.errors import InputError, StoreError
from gateway.log import Log
from gateway.panel import Panel
from gateway.uplink import wire
from models.kinds import AlertKind, Audience, Severity
from models.localtime import MINUTE_S
from models.panel_light import Facts, Light
from models.vocabulary import HOUSEHOLD

if TYPE_CHECKING:
    from gateway.store.ledger import Ledger
    from gateway.store.writer import Writer
    from models.home import Home

EVERY_S: Final = 15.0

LIT_AFTER_S: Final = 2.0
"""A panel that has just been told that the home is watched lights its lamp within a second."""

NOT_ANSWERED_S: Final = 10 * MINUTE_S
"""After this an urgent alert without a receipt is shown to the person whom it is about (RELIABILITY, row 33)."""

SHOWN_AGAIN_S: Final = 10 * 60.0

_MOST_BYTES: Final = 1 << 16


class Shown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the panels show, for `wren panel`: the light of each resident's, at `at_s` (UTC)."""

    at_s: int
    lights: dict[str, str]


class _Open(NamedTuple):
    resident: str
    kind: AlertKind
    opened_s: int
    urgent: bool
    audience: Audience
    delivered: bool


class Outlook:
    """Looks every 15 s; a panel asks `facts` whenever it likes.

    Args:
        home: whom it asks and who pauses.
        ledger, writer: the outbox, and the thread that owns it.
        delivered: the ids of messages for which there is a receipt. Raises StoreError.
        senses: whether any source of readings is up.
        panels: whose lights are written to `path`.
    """

    def __init__(
        self, home: "Home", ledger: "Ledger", writer: "Writer", clock: Clock, log: Log, *,
        delivered: Callable[[], frozenset[str]], senses: Callable[[], bool], panels: Sequence[Panel], path: Path,
    ) -> None:  # fmt: skip
        self._home = home
        self._ledger = ledger
        self._writer = writer
        self._clock = clock
        self._log = log
        self._delivered = delivered
        self._senses = senses
        self._panels = panels
        self._path = path
        self._open: tuple[_Open, ...] = ()
        self._store_is_well = True
        self._written: tuple[dict[str, str], float] | None = None

    async def run(self) -> None:
        """Look until cancelled; then the panels are dark, and that is written, too."""
        try:
            await self.look()
            await self._clock.sleep_s(LIT_AFTER_S)
            while True:
                await self._show()
                await self._clock.sleep_s(EVERY_S)
                await self.look()
        finally:
            with suppress(OSError):
                dark = {panel.resident: str(Light.DARK) for panel in self._panels}
                _write(self._path, Shown(int(self._clock.utc_s()), dark))

    async def look(self) -> None:
        """What is open and what was received; a database that cannot be asked is trouble, and no reason to stop."""
        try:
            self._open = await self._writer.do(self._read)
            self._store_is_well = True
        except StoreError as error:
            if self._store_is_well:
                self._log.warning("panel_cannot_look", fault=error)
            self._store_is_well = False

    def _read(self) -> tuple[_Open, ...]:
        found = []
        delivered: frozenset[str] | None = None
        for alert in self._ledger.outbox.open_alerts():
            body = self._ledger.outbox.body(alert.id)
            message = None if body is None else _alert(body)
            if message is None:
                continue
            urgent = message.severity is Severity.URGENT
            if urgent and delivered is None:
                delivered = self._delivered()
            is_there = not urgent or alert.id in (delivered or ())
            found.append(_Open(alert.resident, message.kind, alert.opened_s, urgent, message.audience, is_there))
        return tuple(found)

    def facts(self, resident: str) -> Facts:
        """What the light of this resident's panel depends on, now."""
        now_s = self._clock.utc_s()
        panels = self._home.panels
        waits = any(
            one.urgent and not one.delivered and one.audience is Audience.CARE
            and one.resident in (resident, HOUSEHOLD) and now_s - one.opened_s >= NOT_ANSWERED_S
            and not panels.is_answered(one.resident, one.kind, one.opened_s)
            for one in self._open
        )  # fmt: skip
        faults = any(one.audience is Audience.TECHNICIAN for one in self._open)
        return Facts(
            watching=True,
            asking=resident in panels.asking(),
            not_answered=waits,
            trouble=faults or not self._store_is_well or not self._senses(),
            paused=resident in panels.paused(),
            learning=self._home.learning(),
        )

    async def _show(self) -> None:
        lights = {panel.resident: str(panel.shows) for panel in self._panels if panel.shows is not Light.HEARD}
        now_s = self._clock.monotonic_s()
        if self._written is not None and self._written[0] == lights and now_s - self._written[1] < SHOWN_AGAIN_S:
            return
        shown = Shown(int(self._clock.utc_s()), lights)
        try:
            await self._writer.do(lambda: _write(self._path, shown))
        except OSError as error:
            self._log.warning("panel_not_written", fault=error)
        self._written = (lights, now_s)


def _alert(body: bytes) -> wire.Alert | None:
    try:
        message = wire.decode(body)
    except msgspec.DecodeError:  # by another version
        return None
    return message if isinstance(message, wire.Alert) else None


def _write(path: Path, shown: Shown) -> None:
    small_files.write(path, msgspec.json.encode(shown))


def read(path: Path) -> Shown | None:
    """What was shown last; None before the first time. Raises InputError."""
    try:
        return msgspec.json.decode(small_files.read(path, _MOST_BYTES), type=Shown)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        raise InputError(f"{path} cannot be read.", advice="Run this as root, or as the daemon's user.") from error
