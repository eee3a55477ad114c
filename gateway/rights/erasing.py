"""Everything of a resident goes: out of all three databases, the small files and the copies; the desk is told.

The daemon must be stopped: home.db opens for one process alone. Each step can be done again, so a run that was cut off
is completed by the next one, and `wren status` says so until then. The messages come last: by them it is known which
receipts and answers are theirs.
"""

import base64
import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Final

from gateway.config.places import Places, places_of
from gateway.config.tables import Config
from gateway.errors import StoreError, StoreUnavailable
from gateway.rights import leftovers, unfinished
from gateway.rights.home import require
from gateway.rights.scope import Scope
from gateway.store import erasure
from gateway.store.connection import Connection
from gateway.store.journal import LAYOUT
from gateway.store.opening import mark_stop, open_database
from gateway.store.outbox import Draft, Outbox
from gateway.store.outbox_rows import Rank
from gateway.store.trail import Note, What
from gateway.trail import wording_trail
from gateway.uplink import wire
from gateway.uplink.book_file import move_aside, open_to_write
from gateway.uplink.book_file import told as told_of_book
from gateway.uplink.ids import identity
from models.localtime import utc_text
from models.vocabulary import HOUSEHOLD

STEPS: Final = 5


@dataclass(frozen=True)
class Erased:
    """What went. `messages` counts those whose text went now or earlier."""

    inputs: int
    messages: int
    files: int
    is_all: bool


def erase(config: Config, resident: str, *, now_s: int, tick: Callable[[str], None] = lambda _: None) -> Erased:
    """Erase `resident`; `tick` is called before each of `STEPS` steps.

    Raises InputError if nobody of that id lives there, StoreUnavailable while the daemon runs or before it ever has,
    StoreError.
    """
    return _erase(config, Scope(config, resident), [resident], now_s, tick)


def erase_home(config: Config, *, now_s: int, tick: Callable[[str], None] = lambda _: None) -> Erased:
    """Erase everybody and the household, as `erase` does: this gateway leaves the home. Raises as it does."""
    return _erase(config, Scope(config, None), [one.id for one in config.residents], now_s, tick)


def _erase(config: Config, scope: Scope, whom: list[str], now_s: int, tick: Callable[[str], None]) -> Erased:
    places = places_of(config)
    resident = scope.resident or HOUSEHOLD
    whose = None if scope.is_all else resident
    with _home(places) as home, closing(Outbox.open(places.outbox_db)) as outbox:
        unfinished.begin(places, resident, now_s)
        ids = outbox.ids_of(whose, lambda body: _names(resident, body))
        tick("receipts and answers")
        _receipts(places, scope, ids, now_s)
        tick("readings and what was learnt")
        # a sensor that the configuration no longer has is nobody's that is known: what it said may be theirs
        inputs = erasure.erase_home(
            home, whose, lambda name: scope.is_all or scope.owner(name) in (resident, None), now_s * 1000
        )
        tick("small files and copies")
        files = leftovers.erase(places, scope, ids)
        tick("messages, and a word to the desk")
        note = Note(What.ERASED, resident, wording_trail.erased(resident), now_s)
        outbox.erase(whose, ids, lambda body: _names(resident, body), note)
        told = [*whom, HOUSEHOLD] if whose is None else whom
        outbox.add([_to_the_desk(config.home.id, one, now_s) for one in told])
        outbox.mark_clean_stop()
        tick("the end")
        leftovers.give_back(places)
    unfinished.end(places)
    return Erased(inputs, len(ids), files, scope.is_all)


@contextmanager
def _home(places: Places) -> Iterator[Connection]:
    """home.db, for this process alone until the end."""
    require(places.home_db)
    try:
        home, _ = open_database(places.home_db, LAYOUT)
    except StoreUnavailable as error:
        advice = "Stop it first: `systemctl stop wren wren-uplink`. Then say this again, and start them afterwards."
        raise StoreUnavailable("Wren is running, and goes on recording.", advice=advice) from error
    with closing(home):
        yield home
        mark_stop(home, clean=True)


def _to_the_desk(home: str, resident: str, now_s: int) -> Draft:
    message_id = identity(erasure.ERASURE, home, resident, now_s)

    def encode(seq: int) -> bytes:
        raised_at = utc_text(now_s)
        return wire.encode(wire.Erasure(id=message_id, home=home, seq=seq, raised_at=raised_at, resident=resident))

    # like what is urgent it goes first, and no allowance of a day holds it back
    return Draft(message_id, erasure.ERASURE, Rank.URGENT, now_s, encode)


def _receipts(places: Places, scope: Scope, ids: set[str], now_s: int) -> None:
    """What cannot be gone through is moved aside, and goes with the other copies: messages are then sent once more.

    The folder is the messenger's: whoever got into it must neither keep anything from being erased nor lead root away.
    """
    path = places.uplink_db
    if not os.path.lexists(path):
        return
    if not stat.S_ISREG(path.lstat().st_mode):
        move_aside(path, now_s)
        return
    resident = scope.resident or ""

    def names(payload: object) -> bool:
        try:
            said = base64.b64decode(payload if isinstance(payload, str) else "?", validate=True)
        except ValueError:
            return True  # nobody can say of whom it is
        return scope.is_all or _names(resident, said) or any(one.encode() in said for one in ids)

    try:
        with closing(open_to_write(path)) as raw, told_of_book(path):
            erasure.erase_receipts(raw, None if scope.is_all else ids, names)
    except StoreUnavailable:
        raise
    except StoreError:
        move_aside(path, now_s)


def _names(resident: str, text: bytes) -> bool:
    """Whether `resident` stands in it as a word of its own.

    >>> _names("r1", b'{"resident":"r1"}'), _names("r1", b"@away/r1"), _names("r1", b"r11, x-r1")
    (True, True, False)
    """
    return re.search(rb"(?<![a-z0-9-])" + re.escape(resident.encode()) + rb"(?![a-z0-9-])", text) is not None
