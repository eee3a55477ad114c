"""The end of a walk: the certificate, signed with this gateway's key and put where the daemon looks for it."""

import platform
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from gateway import VERSION, small_files
from gateway.config.places import Places, places_of
from gateway.config.tables import Config
from gateway.errors import GatewayError, InputError, NotEnrolled
from gateway.uplink import key_file
from gateway.uplink.board import bonds
from gateway.uplink.keys import text_of
from gateway.walktest import radio, sealing
from gateway.walktest.forms import FORMAT, Certificate, Proof
from gateway.walktest.scope import Item, fingerprint
from gateway.walktest.standing import is_own, note_key
from models.localtime import utc_text

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class NotPassed(GatewayError):
    """The walk cannot pass as it is; nothing was signed."""


PROVEN_OF: Final = 3
"""Of so many sensors one may be left out, our own choice: beyond a third it is another home than the one that was
meant, and its silence says little. Help buttons, the heartbeat and the clock are never left out."""


def own_key(places: Places, board: key_file.Bonds = bonds) -> "Ed25519PrivateKey | None":
    """This gateway's key; None if it is not enrolled. Raises StoreError: this user may not read it."""
    if not places.enrolment.exists():
        return None
    try:
        return key_file.load(places.key, board)
    except NotEnrolled:
        return None


def refused(items: list[Item], proofs: list[Proof]) -> str:
    """Why these proofs do not pass; empty if they do."""
    known = {proof.item: proof for proof in proofs}
    missing = [item.name for item in items if item.id not in known]
    if missing:
        return f"Not walked to yet: {', '.join(missing)}."
    gone = [proof.name for proof in proofs if proof.outcome == "gone"]
    if gone:
        return f"Not there any more, but in home.toml: {', '.join(gone)}."
    unproven = [item.name for item in items if item.calls is not None and not _has_called(known[item.id])]
    if unproven:
        return f"No call went to the desk and back from {', '.join(unproven)}."
    sensors = [known[item.id] for item in items if item.panel is None]
    left_out, most = sum(proof.outcome != "proven" for proof in sensors), len(sensors) // PROVEN_OF
    if left_out > most or left_out == len(sensors):
        return f"{left_out} of {len(sensors)} sensors were left out; at most {most} may be."
    return ""


def _has_called(proof: Proof) -> bool:
    return proof.outcome == "proven" and proof.call is not None


def issue(
    config: Config, text: bytes, items: list[Item], proofs: list[Proof], *,
    key: "Ed25519PrivateKey", by: str, beat_s: int, utc_s: int,
) -> Certificate:  # fmt: skip
    """Sign what was proven and put it in its place. `text` is home.toml; `beat_s` when the desk confirmed a heartbeat.

    Raises NotPassed, StoreError.
    """
    if why := refused(items, proofs):
        raise NotPassed(f"The walk-test has not passed. {why}", advice="Run `sudo wren walk-test` again.")
    import hashlib

    places = places_of(config)
    certificate = Certificate(
        format=FORMAT,
        home=config.home.id,
        issued_at=utc_text(utc_s),
        issued_local=datetime.fromtimestamp(utc_s, ZoneInfo(config.home.timezone)).isoformat(" ", "minutes"),
        by=by,
        wren=VERSION,
        python=platform.python_version(),
        system=_plain(f"{platform.system()} {platform.machine()}"),
        gateway_key=text_of(key.public_key()),
        configuration=hashlib.sha256(text).hexdigest(),
        sensors=fingerprint(items),
        heartbeat=utc_text(beat_s),
        clock_synchronised=True,
        sensitivity_dbm=radio.SENSITIVITY_DBM,
        margin_db=radio.MARGIN_DB,
        proofs=tuple(proofs),
    )
    note_key(places.own_keys, certificate.gateway_key, after=True)
    small_files.keep(places.walk_certificate, sealing.seal(key, certificate))
    return certificate


def read(path: Path) -> Certificate | None:
    """The certificate at `path`; None if there is none. Raises NotGenuine, StoreError."""
    text = small_files.kept(path, sealing.MOST_BYTES, reader="wren run")
    return None if text is None else sealing.opened(text)


def current(places: Places, home: str) -> Certificate | None:
    """The one that lies in the private folder, if it is genuine, of this home and gateway. Raises StoreError."""
    try:
        found = read(places.walk_certificate)
    except sealing.NotGenuine:
        return None
    return found if found is not None and is_own(found, home, places.own_keys) else None


def put(path: Path, text: bytes) -> None:
    """Write a copy for people to `path`. Raises InputError."""
    try:
        path.write_bytes(text)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}.", advice="Name another file.") from error


def _plain(text: str) -> str:
    return "".join(one for one in text if " " <= one <= "~")[:80]


def keep(path: Path, text: bytes) -> None:
    """Put a page beside the certificate. Raises StoreError."""
    small_files.keep(path, text)
