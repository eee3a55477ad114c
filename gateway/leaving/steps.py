"""The way out of a home, step by step. Each step can be done again, and what was done is written down before the next.

The order is what makes it whole: the erasure leaves a word to the desk in the outbox, the desk confirms it by a receipt
that it signs, and only then go key and databases, by which alone it could be said again. The configuration goes last.
"""

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

import msgspec

from gateway import VERSION, small_files
from gateway.config.places import Places, places_of
from gateway.config.tables import Config
from gateway.errors import GatewayError, InputError, StoreError, StoreUnavailable, UplinkRejected, UplinkUnavailable
from gateway.leaving import mark
from gateway.leaving.mark import Desk, How, Leaving
from gateway.leaving.services import Services
from gateway.rights.erasing import erase_home
from gateway.store.erasure import ERASURE
from gateway.transcript import Entry, State, read

STEPS: Final = (
    ("stop", "the services are stopped"),
    ("erase", "everything that was sensed, learnt, told and sent is erased"),
    ("tell", "the desk erases, and confirms it"),
    ("remove", "key, enrolment and databases are removed"),
    ("disable", "the services are not started any more"),
    ("receipt", "the receipt is written"),
    ("profiles", "the Wi-Fi profiles that Wren made are removed"),
    ("end", "the configuration is removed"),
)
"""Names and what they do, in their order."""

_AGAIN: Final = ("stop", "erase", "tell")
_AGAIN_LATE: Final = ("stop", "remove")
"""Done again by whoever goes on: after a power cut systemd has started the daemon, which has recorded since. Without
its key, which goes with `remove`, it has told nobody."""

_POLL_S: Final = 1.0


class Profiles(Protocol):
    """The Wi-Fi profiles of Wren's making."""

    def made(self) -> tuple[str, ...]:
        """Their UUIDs."""

    def remove(self, uuid: str) -> None:
        """One goes; nothing if it is gone already."""

    def forget(self) -> None:
        """What is known of the last change goes."""


@dataclass
class Way:
    """One gateway's way out.

    Args:
        config_path: the home's configuration.
        config: what is in it.
        how: which command.
        services: of this machine.
        profiles: of this machine; None keeps them.
        receipt: where the receipt goes.
        patience_s: how long the desk is waited for.
        without_desk: go on if it does not confirm.
    """

    config_path: Path
    config: Config
    how: How
    services: Services
    profiles: Profiles | None
    receipt: Path
    patience_s: float
    without_desk: bool
    utc_s: Callable[[], float] = time.time
    monotonic_s: Callable[[], float] = time.monotonic
    sleep_s: Callable[[float], None] = time.sleep
    leaving: Leaving = field(init=False)

    def __post_init__(self) -> None:
        found = mark.read(self.config_path)
        if found is not None and found.home != self.config.home.id:
            found = None  # of the home before this one
        mark.refuse_other(found, self.how)
        if found is not None and found.done:
            again = _AGAIN_LATE if found.removing else _AGAIN
            done = tuple(name for name in found.done if name not in again)
            self.leaving = msgspec.structs.replace(found, done=done)
            return
        self.leaving = Leaving(
            how=self.how,
            home=self.config.home.id,
            version=VERSION,
            began_s=int(self.utc_s()),
            configuration=mark.sha_of(self.config_path),
        )

    @property
    def is_begun(self) -> bool:
        """Whether an earlier run was cut off after it had begun to erase."""
        return self.leaving.erased_s > 0

    @property
    def _places(self) -> Places:
        return places_of(self.config)

    def go(self, tick: Callable[[str], None] = lambda _: None) -> Leaving:
        """Do what is not done yet; `tick` is told before each step. Raises GatewayError: say the command again."""
        self._note()  # where nothing can be written down, nothing is stopped
        for name, said in STEPS:
            if name in self.leaving.done:
                continue
            if name != "disable" or self.how == "retire":
                tick(said)
            getattr(self, f"_{name}")()
            if name != "end":
                self._note(done=(*self.leaving.done, name))
        return self.leaving

    def _note(self, **changes: object) -> None:
        self.leaving = msgspec.structs.replace(self.leaving, **changes)
        mark.keep(self.config_path, self.leaving)

    def _stop(self) -> None:
        self.services.stop()

    def _erase(self) -> None:
        now_s = int(self.utc_s())
        if not self._places.home_db.exists() and not self._places.outbox_db.exists():
            self._note(erased_s=now_s, desk="nothing_to_erase")
            return
        self._note(erased_s=now_s)  # from here on nobody is asked again
        erased = erase_home(self.config, now_s=now_s)
        self._note(
            inputs=self.leaving.inputs + erased.inputs,
            messages=max(self.leaving.messages, erased.messages),
            files=self.leaving.files + erased.files,
            erased_s=now_s,
        )

    def _tell(self) -> None:
        desk: Desk
        if self.config.uplink is None:
            desk = "none"
        elif not os.path.lexists(self._places.enrolment):
            desk = "not_enrolled"
        elif self.leaving.desk == "nothing_to_erase":
            desk = "nothing_to_erase"
        else:
            desk = self._told()
        self._note(desk=desk, desk_s=int(self.utc_s()))

    def _told(self) -> Desk:
        try:
            self.services.start_messenger()
            self._await_receipts()
        except GatewayError:  # also a messenger that does not start
            if not self.without_desk:
                raise
            return "not_confirmed"
        finally:
            self.services.stop()
        return "confirmed"

    def _await_receipts(self) -> None:
        until_s = self.monotonic_s() + self.patience_s
        while True:
            words = self._words()
            if words and all(entry.state is State.DELIVERED for entry in words):
                return
            refused = next((entry for entry in words if entry.state is State.REFUSED), None)
            if refused is not None:
                raise UplinkRejected(
                    f"The desk refuses to erase: {(refused.reason or 'without a reason').rstrip('.')}.",
                    advice=f"Tell the provider. `wren {self.how} --without-desk` goes on without its confirmation.",
                    status=409,
                )
            if self.monotonic_s() >= until_s:
                raise UplinkUnavailable(
                    "The desk has not confirmed in that time that it erased.",
                    advice="Here all is erased but the word to the desk; `journalctl -u wren-uplink` says why. "
                    f"Say `wren {self.how}` again where there is a line, or with --without-desk: then the provider has "
                    "to erase by hand.",
                )
            self.sleep_s(_POLL_S)

    def _words(self) -> list[Entry]:
        try:
            return [entry for entry in read(self._places).entries if entry.type == ERASURE]
        except StoreUnavailable:
            return []

    def _remove(self) -> None:
        self._note(removing=True)
        removed = sum(_emptied(folder) for folder in (self._places.uplink, self._places.outbox, self._places.private))
        profiles = () if self.profiles is None else self.profiles.made()
        profiles = tuple(dict.fromkeys((*self.leaving.profiles, *profiles)))
        self._note(removed=self.leaving.removed + removed, profiles=profiles)

    def _disable(self) -> None:
        if self.how == "retire":
            self.services.disable()

    def _receipt(self) -> None:
        self._note(ended_s=int(self.utc_s()), receipt=str(self.receipt))
        try:
            small_files.write(self.receipt, document(self.leaving), flushed=True)
        except OSError as error:
            problem = f"{self.receipt} cannot be written: {error.strerror}."
            raise InputError(problem, advice="Say the same again with --receipt in a folder that exists.") from error

    def _profiles(self) -> None:
        if self.profiles is not None:
            for uuid in self.leaving.profiles:
                self.profiles.remove(uuid)
            self.profiles.forget()

    def _end(self) -> None:
        finish(self.config_path)


def finish(config_path: Path) -> None:
    """Take away home.toml and all that stands beside it under its name; the mark goes last. Raises StoreError."""
    own = mark.path_of(config_path)
    names = (config_path.name, config_path.resolve().name)
    try:
        for place in dict.fromkeys((config_path.resolve(), config_path)):  # where a link leads, and the link
            for path in [*place.parent.iterdir()]:
                if path.name.removeprefix(".").startswith(names) and path.name != own.name:
                    path.unlink(missing_ok=True)
            small_files.flush(place.parent)
        own.unlink(missing_ok=True)
        small_files.flush(config_path.parent)
    except OSError as error:
        raise StoreError(
            f"{error.filename} cannot be removed: {error.strerror}.", advice="Run this as root."
        ) from error


def document(leaving: Leaving) -> bytes:
    """The receipt as JSON."""
    named = msgspec.to_builtins(leaving)
    kept = {key: value for key, value in named.items() if key not in ("done", "removing", "profiles", "receipt")}
    return msgspec.json.format(msgspec.json.encode({"receipt": "wren", **kept, "wifi_profiles": len(leaving.profiles)}))


def _emptied(folder: Path) -> int:
    """Take away all that is in `folder`, which stays; returns how many files.

    It is the daemon's or the messenger's: nothing in its place, and nothing in it, leads root elsewhere.
    """
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return 0
    except OSError as error:
        advice = "Look who put something else there; take it away, and say it again."
        raise StoreError(f"{folder} is no folder that can be emptied: {error.strerror}.", advice=advice) from error
    try:
        count = sum(len(files) for _, _, files, _ in os.fwalk(".", dir_fd=handle))
        for entry in list(os.scandir(handle)):
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.name, dir_fd=handle)
            else:
                os.unlink(entry.name, dir_fd=handle)
        os.fsync(handle)
    except OSError as error:
        raise StoreError(f"{folder} cannot be emptied: {error.strerror}.", advice="Run this as root.") from error
    finally:
        os.close(handle)
    return count
