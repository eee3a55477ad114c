"""What the panels' lights depend on: the home, the sources, and which alerts are open.

"Not answered" is said of an urgent alert that is open still and that no person has acknowledged in time; a receipt is
from a machine, and plays no part in it (RELIABILITY, row 33).
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from gateway import small_files
from gateway.clock import Clock
from gateway.errors import InputError
from gateway.log import Log
from gateway.panel.lamp import Panel
from models.kinds import TECHNICIAN
from models.panel_light import Facts, Light

if TYPE_CHECKING:
    from gateway.store.ledger import Ledger
    from gateway.store.writer import Writer
    from models.home import Home

EVERY_S: Final = 15.0

LIT_AFTER_S: Final = 2.0
"""A panel that has just been told that the home is watched lights its lamp within a second."""

SHOWN_AGAIN_S: Final = 10 * 60.0

_MOST_BYTES: Final = 1 << 16


class Shown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the panels show, for `wren panel`: the light of each resident's, at `at_s` (UTC)."""

    at_s: int
    lights: dict[str, str]


class Outlook:
    """Looks every 15 s; a panel asks `facts` whenever it likes.

    Args:
        home: whom it asks and who pauses.
        ledger, writer: the outbox, and the thread that owns it.
        senses: whether any source of readings is up.
        looked_at: whether raw data were looked at just now.
        panels: whose lights are written to `path`.
    """

    def __init__(
        self, home: "Home", ledger: "Ledger", writer: "Writer", clock: Clock, log: Log, *,
        senses: Callable[[], bool], looked_at: Callable[[], bool],
        panels: Sequence[Panel], path: Path,
    ) -> None:  # fmt: skip
        self._home = home
        self._ledger = ledger
        self._writer = writer
        self._clock = clock
        self._log = log
        self._senses = senses
        self._looked_at = looked_at
        self._panels = panels
        self._path = path
        self._open: frozenset[tuple[str, str, int]] = frozenset()
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
        """What is open at home."""
        alerts = await self._writer.do(self._ledger.outbox.open_alerts)
        self._open = frozenset((one.resident, one.kind, one.opened_s) for one in alerts)

    def facts(self, resident: str) -> Facts:
        """What the light of this resident's panel depends on, now."""
        panels = self._home.panels
        waits = not self._open.isdisjoint(panels.not_answered(resident, self._clock.utc_s()))
        faults = any(kind in TECHNICIAN for _, kind, _ in self._open)
        return Facts(
            watching=True,
            asking=resident in panels.asking(),
            not_answered=waits,
            trouble=faults or not self._senses(),
            looked_at=self._looked_at(),
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
