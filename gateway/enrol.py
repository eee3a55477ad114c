"""How a gateway becomes known to its desk: in which order files are written, so that it can stop anywhere.

A new key lies durably in key.pem.new before the desk hears of it, and until everything else is in its place. Whatever
ends this in between, be it power, network or a person: the same command, with the same token, goes on with the same
key, and the desk gives the same answer. The old key and the old enrolment stay until then.
"""

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gateway import desk_key as desk_file
from gateway import small_files
from gateway.config.places import Places, make, places_of
from gateway.config.tables import Config
from gateway.errors import ConfigError, NotEnrolled, StoreError, UplinkUnavailable
from gateway.uplink import enrolment, key_file
from gateway.uplink.board import bonds
from gateway.uplink.book_reader import BookReader
from gateway.uplink.keys import key_of, text_of
from gateway.uplink.registrar import NotTaken, Registrar
from gateway.walktest.standing import another_gateway, note_key
from models.localtime import utc_text

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

    from gateway.uplink.replies import Enrolled

_MOST_CA_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it.

    Attributes:
        home: its id.
        key: the gateway's own, by which the desk knows it now.
        bound_to: what that key is bound to, such as "serial number".
        last_seq: the highest number of a message that the desk had heard of this home before, 0 for none.
    """

    home: str
    key: "Ed25519PublicKey"
    bound_to: str
    last_seq: int


@dataclass(slots=True)
class Enroller:
    """One gateway's enrolment; `prepare` first.

    Args:
        config: the home, with its [uplink].
        utc_s: the wall clock.
        board: what a key is bound to.
    """

    config: Config
    utc_s: Callable[[], float]
    board: key_file.Bonds = bonds
    _ca_pem: str | None = field(init=False, default=None)

    @property
    def _places(self) -> Places:
        return places_of(self.config)

    @property
    def _fresh(self) -> Path:
        return self._places.key.with_name(f"{self._places.key.name}.new")

    def prepare(self) -> Registrar:
        """Check all that can be checked before anybody is asked: the folders and the authority.

        Returns whom to ask. Raises ConfigError, StoreError.
        """
        uplink = self.config.uplink
        if uplink is None:
            raise ConfigError(
                "The configuration has no [uplink] table, so there is nobody to enrol with.",
                advice="Add [uplink] with the provider's url (docs/configuration.md).",
            )
        if not enrolment.is_url(uplink.url):
            raise ConfigError(
                "`url` in [uplink] is not an address at which a desk can be.",
                advice="Write https://, the host in ASCII (xn--… for other letters), port and path, and no more.",
            )
        self._ca_pem = None if uplink.ca_file is None else _read_authority(Path(uplink.ca_file))
        for folder, mode in ((self._places.private, 0o700), (self._places.uplink, 0o750)):
            make(folder, mode)
            if not os.access(folder, os.W_OK | os.X_OK):
                raise StoreError(f"{folder} cannot be written to by this user.", advice="Run this as root.")
        return Registrar(uplink.url, self.config.home.id, ca_pem=self._ca_pem, utc_s=self.utc_s)

    def enrol(self, registrar: Registrar, desk_key: "Ed25519PublicKey", token: str) -> Outcome:
        """Make a key, have the desk know it, and put everything in its place.

        Raises NotTaken: the desk refuses; UplinkUnavailable: it is not known whether it took the key, so do the same
        again; StoreError: a file cannot be written.
        """
        key, bound_to, enrolled = self._ask(lambda key: registrar.enrol(key, desk_key, token))
        desk_file.write(
            self._places.desk,
            desk_file.DeskFile(
                desk_key=text_of(desk_key),
                last_seq=enrolled.last_seq,
                last_status_seq=enrolled.last_status_seq,
                last_answer=enrolled.last_answer,
            ),
        )
        another_gateway(self._places, text_of(key.public_key()))
        self._put_in_place(desk_key)
        return Outcome(enrolled.home, key.public_key(), bound_to, enrolled.last_seq)

    def rotate(self, registrar: Registrar) -> Outcome:
        """Have the desk know a new key instead of the present one, which signs for it. The daemon need not know.

        Raises as `enrol` does, and NotEnrolled: there is no key here that works.
        """
        desk_key = self.desk_key()
        old = key_file.load(self._places.key, self.board)
        left = self._left_over()
        if left is not None and text_of(left.public_key()) == text_of(old.public_key()):
            key, bound_to, last_seq = left, next(iter(self.board())).to, 0  # only the last steps were missing
        else:
            sequence = self._next_sequence()
            key, bound_to, enrolled = self._ask(lambda key: registrar.rotate(old, key, desk_key, sequence=sequence))
            last_seq = enrolled.last_seq
        note_key(self._places.own_keys, text_of(old.public_key()), text_of(key.public_key()), after=True)
        self._put_in_place(desk_key)
        return Outcome(self.config.home.id, key.public_key(), bound_to, last_seq)

    def desk_key(self) -> "Ed25519PublicKey":
        """The key of the desk that this gateway is enrolled with. Raises NotEnrolled, StoreError."""
        return key_of(enrolment.read(self._places.enrolment).desk_key)

    def _ask(self, ask: "Callable[[Ed25519PrivateKey], Enrolled]") -> "tuple[Ed25519PrivateKey, str, Enrolled]":
        """Ask with the key that an earlier try left; with a new one if there is none, or the desk refuses that one.

        Returns the key, what it is bound to, and the desk's answer.
        """
        left = self._left_over()
        if left is not None:
            try:
                return self._ask_with(left, ask)
            except NotTaken:
                pass  # such as that it was enrolled and then revoked
        return self._ask_with(key_file.make(), ask)

    def _ask_with(
        self, key: "Ed25519PrivateKey", ask: "Callable[[Ed25519PrivateKey], Enrolled]"
    ) -> "tuple[Ed25519PrivateKey, str, Enrolled]":
        bound_to = key_file.write(self._fresh, key, self.board, given=False)
        try:
            return key, bound_to, ask(key)
        except NotTaken:
            self._fresh.unlink(missing_ok=True)
            raise
        except UplinkUnavailable as error:
            advice = f"{error.advice} Then run the same command again: the desk may know the new key already."
            raise UplinkUnavailable(error.problem, advice=advice) from error

    def _left_over(self) -> "Ed25519PrivateKey | None":
        """The folder is the messenger's: whoever was in it once may have left a key that he has a copy of."""
        try:
            return key_file.load(self._fresh, self.board, own=True)
        except (NotEnrolled, StoreError):  # none, one of another board, or one that somebody else put there
            return None

    def _next_sequence(self) -> int:
        try:
            return BookReader(self._places.uplink_db).counted() + 1
        except StoreError:
            return 1  # the desk says from where to go on

    def _put_in_place(self, desk_key: "Ed25519PublicKey") -> None:
        """key.pem, then enrolment.json, at whose change the messenger is started anew; then nothing is left to do."""
        assert self.config.uplink is not None
        known = enrolment.Enrolment(
            home=self.config.home.id,
            url=self.config.uplink.url,
            ca_pem=self._ca_pem,
            desk_key=text_of(desk_key),
            outbox=str(self._places.outbox.absolute()),
            enrolled_at=utc_text(int(self.utc_s())),
        )
        key_file.copy(self._fresh, self._places.key)
        enrolment.write(self._places.enrolment, known)
        with contextlib.suppress(OSError):  # what stays is the key that is in its place
            self._fresh.unlink(missing_ok=True)
            small_files.flush(self._places.uplink)


def _read_authority(path: Path) -> str:
    try:
        with path.open("rb") as file:  # it may well be a link
            return file.read(_MOST_CA_BYTES + 1).decode("ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{path}: not readable as a certificate authority.",
            advice="Set `ca_file` in [uplink] to the provider's certificate in PEM form, readable by this user.",
        ) from error
