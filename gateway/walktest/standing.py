"""Whether this home is live, as the daemon knows it: by the certificate that lies in its private folder.

Alerts go out whatever this says. A home that is watched without a certificate is better than silence; that nobody has
shown yet that its sensors and its button work is said wherever its alerts are read.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from gateway import small_files
from gateway.clock import Clock
from gateway.config.places import Places, places_of
from gateway.config.tables import Config
from gateway.errors import StoreError
from gateway.log import Log
from gateway.uplink.forms import PublicKey
from gateway.walktest import counts, sealing, wish
from gateway.walktest.scope import fingerprint, items_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.uplink.wire import WalkTest
    from gateway.walktest.forms import Certificate
    from models.panel_light import Light

POLL_S: Final = 1.0
"""Two files are asked for their time as often; a light that was asked for follows within a second."""

_MOST_KEYS: Final = 4096


class Standing:
    """Reads what `wren walk-test` left.

    Args:
        config: the home.
        clock: paces it.
        log: told of a certificate that does not count.

    Attributes:
        sensors: what makes the sensors that the daemon runs with these (`gateway.walktest.scope.fingerprint`).
        drifted: the sensors that have drifted since; set by who knows.
        changed: called when something changed that the desk should hear at once.
    """

    def __init__(self, config: Config, clock: Clock, log: Log) -> None:
        places = places_of(config)
        self._home = config.home.id
        self.sensors = fingerprint(items_of(config))
        self._certificate_at, self._wish_at, self._keys_at = places.walk_certificate, places.walk_wish, places.own_keys
        self._clock = clock
        self._log = log
        self._certificate: Certificate | None = None
        self._wish = wish.NOTHING
        self._times: dict[Path, int | None] = {}
        self.drifted: Callable[[], bool] = lambda: False
        self.changed: Callable[[], None] = lambda: None
        self.look()

    def said(self) -> "tuple[WalkTest, bool]":
        """What the desk is told: how this home stands, and whether a test call is announced."""
        return self.state(), self._wish.calls(self._clock.utc_s())

    def state(self) -> "WalkTest":
        """How this home stands."""
        if self._certificate is None:
            return "never"
        if self._certificate.sensors != self.sensors:
            return "other_config"
        if self.drifted():
            return "drifted"
        return "passed" if all(proof.outcome == "proven" for proof in self._certificate.proofs) else "in_part"

    def certificate(self) -> "Certificate | None":
        """The one that there is of this gateway, also if the configuration has another sensor by now."""
        return self._certificate

    def shows(self, resident: str) -> "tuple[Light, bool] | None":
        """What this resident's panel is asked to show."""
        return self._wish.shows(resident, self._clock.utc_s())

    async def run(self) -> None:
        """Look each second until cancelled."""
        before = (self.said(), self._wish.beat)
        while True:
            await self._clock.sleep_s(POLL_S)
            self.look()
            if (now := (self.said(), self._wish.beat)) != before:
                before = now
                self.changed()

    def look(self) -> None:
        """Read what has changed."""
        if self._is_new(self._wish_at):
            self._wish = wish.read(self._wish_at)
        if self._is_new(self._certificate_at) | self._is_new(self._keys_at):
            self._certificate = self._genuine()

    def _is_new(self, path: Path) -> bool:
        try:
            time: int | None = path.lstat().st_mtime_ns
        except OSError:
            time = None
        known = path in self._times and self._times[path] == time
        self._times[path] = time
        return not known

    def _genuine(self) -> "Certificate | None":
        try:
            text = small_files.kept(self._certificate_at, sealing.MOST_BYTES, reader="wren run")
            certificate = None if text is None else sealing.opened(text)
        except (sealing.NotGenuine, StoreError) as error:
            self._log.warning("walk_certificate_refused", fault=error)
            return None
        return certificate if certificate is not None and is_own(certificate, self._home, self._keys_at) else None


def is_own(certificate: "Certificate", home: str, keys_at: Path) -> bool:
    """Whether it is of `home` and signed by this gateway, by the keys that are written down at `keys_at`."""
    return certificate.home == home and certificate.gateway_key in (own_keys(keys_at) or ())


def own_keys(path: Path) -> tuple[str, ...] | None:
    """By which keys the desk has known this gateway; None where it is not written down. Of what is damaged: none."""
    try:
        return msgspec.json.decode(small_files.read(path, _MOST_KEYS), type=tuple[PublicKey, ...])
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return ()


def note_key(path: Path, *keys: str, after: bool = False) -> None:
    """Write down that the desk knows this gateway by `keys`; `after`: those before them go on being its own.

    Raises StoreError.
    """
    before = (own_keys(path) or ()) if after else ()
    kept = (*(one for one in before if one not in keys), *keys)[-_MOST_ROTATED:]
    small_files.keep(path, msgspec.json.encode(kept))


def another_gateway(places: Places, key: str) -> None:
    """The desk knows this gateway by `key` from now on, which no key before signed for: what was walked before is void.

    Raises StoreError.
    """
    before = own_keys(places.own_keys)
    if before is not None and key not in before:
        try:
            places.walk_results.unlink(missing_ok=True)
        except OSError as error:
            problem = f"{places.walk_results} cannot be removed: {error.strerror}."
            raise StoreError(problem, advice="Run this as root.") from error
    note_key(places.own_keys, key)


_MOST_ROTATED: Final = 50


def drifted_since(places: Places, certificate: "Certificate | None") -> frozenset[str]:
    """The sensors that have drifted since `certificate`, by the counts that the daemon keeps. Raises StoreError."""
    kept = counts.read(places.walk_month)
    if certificate is None or kept.certificate != certificate.issued_at:
        return frozenset()
    return frozenset(one.partition("/")[2] for one in kept.told)
