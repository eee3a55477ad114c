"""What an erasure takes away beside the databases: small files, slips, and copies of databases that were set aside."""

import os
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

import msgspec

from gateway import slips, small_files
from gateway.answers import answered
from gateway.config.places import Places
from gateway.errors import InputError, StoreError
from gateway.rights import handover, unfinished
from gateway.rights.papers import DATABASES, copies
from gateway.rights.scope import Scope

_OF_ALL: Final = ("portrait.json", "panel.json", "walk-month.json", handover.QUESTION, handover.PART, handover.COPY)
"""What is of all residents in one: the daemon writes it anew."""

_LIVE: Final = ("home.db", "home.db-wal", "home.db-shm", "home.db-journal")


def erase(places: Places, scope: Scope, ids: Collection[str]) -> int:
    """Take them away; returns how many. `ids` are the messages that went. Raises StoreError."""
    try:
        _forget_answers(places, scope, ids)
        gone = list(dict.fromkeys((*copies(places), *_private(places, scope))))
        for path in gone:
            path.unlink(missing_ok=True)
        for folder in {path.parent for path in gone}:
            small_files.flush(folder)
    except OSError as error:
        advice = "Run this as root, or as the daemon's user; then say it again."
        raise StoreError(f"{error.filename} cannot be removed: {error.strerror}.", advice=advice) from error
    return len(gone)


def give_back(places: Places) -> None:
    """What root had to make anew belongs to whom its folder belongs to, as everything there. Raises StoreError."""
    if os.geteuid() != 0:
        return
    for folder in dict.fromkeys((places.private, places.outbox, places.uplink)):
        if folder.is_dir() and (owner := folder.stat()).st_uid != 0:
            for path in folder.iterdir():
                found = path.lstat()
                if found.st_uid == 0 and path.name.startswith((*DATABASES, places.answers.name)):
                    os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _private(places: Places, scope: Scope) -> Iterator[Path]:
    if not places.private.is_dir():
        return
    if scope.is_all:
        stays = {*_LIVE, unfinished.NAME, places.desk.name, places.answers.name}
        yield from (path for path in places.private.rglob("*") if not path.is_dir() and path.name not in stays)
        return
    for path in places.private.iterdir():
        # the second: one that was being written when its writer was killed
        if path.name in _OF_ALL or (path.name.startswith(".") and path.is_file()):
            yield path
    for path in places.slips.rglob(f"*{slips.SUFFIX}"):
        if _is_theirs(path, scope):
            yield path


def _is_theirs(path: Path, scope: Scope) -> bool:
    try:
        told = slips.read(path).told
    except (InputError, OSError):
        return True  # nobody can say of whom it is
    return told is not None and scope.has(told.resident)


def _forget_answers(places: Places, scope: Scope, ids: Collection[str]) -> None:
    try:
        kept = answered.read(places.answers)
    except StoreError:
        places.answers.unlink(missing_ok=True)  # it is written anew with the next answer
        return
    if kept is None:
        return
    last = tuple(
        one for one in kept.last if not scope.is_all and one.resident != scope.resident and one.alert_id not in ids
    )
    acknowledged = {one: at_s for one, at_s in kept.acknowledged.items() if not scope.is_all and one not in ids}
    kept = msgspec.structs.replace(kept, last=last, acknowledged=acknowledged)  # the number of the last one stays
    answered.write(places.answers, kept)
