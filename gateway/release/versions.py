"""Versions of Wren side by side: `/opt/wren/versions/NAME/`, one of them `current`, one `steady`.

`current` is what the services run (`/opt/wren/current/bin/wren`), `steady` the last one that is known to be good: the
gate (`gateway.release.gate`) runs from there and goes back to it. Both are symbolic links that are switched by one
rename, so at a power cut they lead to the old version or to the new one. A version is whole once the
file `complete` is in it, which is written last; without it, it is made anew.

The first installation, resumable by doing it again after a cut at any moment::

    with open_bundle(path, Signers.of(root)) as bundle:
        name = versions.install(bundle, told)   # nothing runs differently yet
    versions.switch(name)                       # what the units will start
    versions.trust(name)                        # nothing else to go back to
    # then: versions.folder(name) / "share/wren/systemd/install"
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from gateway.errors import InputError, StoreError
from gateway.release.bundle import Bundle, Told, untold
from gateway.release.durable import flush_all, remove, remove_tree, switch, touch
from gateway.release.environment import Build, build
from gateway.release.manifest import MANIFEST, SIGNATURE, Manifest, is_name, parse

HOME: Final = Path("opt/wren")
"""Below the root file system."""

COMPLETE: Final = "complete"
CURRENT: Final = "current"
STEADY: Final = "steady"

_ROOM: Final = 5
"""How many times a bundle's size a version takes at most while it is made: wheels, unpacked, and byte code."""


class Versions:
    """The versions on a gateway.

    Args:
        root: its root file system; another one than `/` in tests (an environment only works where it was made).
        make: what makes an environment from unpacked wheels.
    """

    def __init__(self, root: Path = Path("/"), make: Build = build) -> None:
        self._home = root / HOME
        self._make = make

    def folder(self, name: str) -> Path:
        """Where the version `name` lies, or would. In it: `bin/wren`, `share/wren/systemd`."""
        return self._home / "versions" / name

    def current(self) -> str | None:
        """The version that the services start; None before the first."""
        return self._linked(CURRENT)

    def steady(self) -> str | None:
        """The last version that is known to be good; None before the first."""
        return self._linked(STEADY)

    def is_complete(self, name: str) -> bool:
        """Whether the version `name` was installed to its end."""
        return is_name(name) and (self.folder(name) / COMPLETE).is_file()

    def all(self) -> list[str]:
        """The complete versions, in no order that means anything but the same each time."""
        try:
            found = sorted(one.name for one in (self._home / "versions").iterdir())
        except FileNotFoundError:
            return []
        return [name for name in found if self.is_complete(name)]

    def manifest(self, name: str) -> Manifest:
        """The manifest of the complete version `name`. Raises StoreError, InputError."""
        try:
            return parse((self.folder(name) / "share/wren" / MANIFEST).read_bytes())
        except OSError as error:
            raise StoreError(f"The version {name} has no manifest.", advice="Install its bundle again.") from error

    def install(self, bundle: Bundle, told: Told = untold) -> str:
        """Put the version in `bundle` beside the others, complete and on the card, and return its name.

        Nothing runs differently by it. Done again it goes on: a complete version is left as it is, a half-made one made
        anew. What is neither current nor steady is removed first, for its room.

        Raises InputError (the bundle is no longer what it was, or there is too little room), GatewayError, StoreError.
        """
        name = bundle.name
        if self.is_complete(name):
            return name
        try:
            with _for_every_user():
                self.prune()
                self._require_room(bundle)
                self._install(bundle, name, told)
        except OSError as error:
            problem = f"The version {name} cannot be written: {error.strerror}."
            raise StoreError(problem, advice="Run this as root, and look at the card (`df -h /`, `dmesg`).") from error
        return name

    def switch(self, name: str) -> None:
        """Have the services start `name` from now on; at a cut the old version or the new one. Raises StoreError."""
        self._link(CURRENT, name)

    def trust(self, name: str) -> None:
        """The version `name` is known to be good: the gate runs from it and goes back to it. Raises StoreError."""
        self._link(STEADY, name)

    def prune(self) -> list[str]:
        """Remove every version, whole or half made, that is neither current nor steady. Raises OSError."""
        kept = {self.current(), self.steady()}
        folder = self._home / "versions"
        gone = sorted(one.name for one in folder.iterdir() if one.name not in kept) if folder.is_dir() else []
        for name in gone:
            if (folder / name / COMPLETE).exists():
                remove(folder / name / COMPLETE)  # first, and durably: what is cut here is no version
            remove_tree(folder / name)
        return gone

    def _install(self, bundle: Bundle, name: str, told: Told) -> None:
        folder = self.folder(name)
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
        remove_tree(folder)
        try:
            self._fill(bundle, folder, told)
        except BaseException:
            with suppress(OSError):  # the home's own recordings need the room more than half a version does
                remove_tree(folder)
            raise
        told("installed", 1, 1)

    def _fill(self, bundle: Bundle, folder: Path, told: Told) -> None:
        folder.mkdir(mode=0o755)
        wheels = folder / "unpacked"
        bundle.unpack("wheels/", wheels, told)
        bundle.copy("requirements.txt", wheels / "requirements.txt")
        told("building", 0, 1)
        self._make(folder, wheels)
        remove_tree(wheels)
        share = folder / "share/wren"
        bundle.unpack("systemd/", share)
        for path in ("sbom.cdx.json", "LICENSE"):
            if path in bundle.manifest.files:
                bundle.copy(path, share / path)
        (share / MANIFEST).write_bytes(bundle.manifest_bytes)
        (share / SIGNATURE).write_bytes(bundle.signature_bytes)
        told("flushing", 0, 1)
        flush_all()
        touch(folder / COMPLETE)

    def _require_room(self, bundle: Bundle) -> None:
        self._home.mkdir(parents=True, exist_ok=True, mode=0o755)
        needed, free = bundle.size * _ROOM, shutil.disk_usage(self._home).free
        if free < needed:
            problem = f"{free >> 20} MB are free on the card, and a version takes {needed >> 20} MB while it is made."
            raise InputError(problem, advice="Make room: `journalctl --vacuum-size=50M`, `apt clean`.")

    def _linked(self, link: str) -> str | None:
        try:
            name = (self._home / link).readlink().name
        except OSError:
            return None
        return name if is_name(name) else None

    def _link(self, link: str, name: str) -> None:
        if not self.is_complete(name):
            raise StoreError(f"The version {name} is not complete.", advice="Install its bundle again.")
        if self._linked(link) == name:
            return
        try:
            switch(self._home / link, f"versions/{name}")
        except OSError as error:
            problem = f"{self._home / link} cannot be switched: {error.strerror}."
            raise StoreError(problem, advice="Run this as root, and look at the card.") from error


@contextmanager
def _for_every_user() -> Iterator[None]:
    """What is made is for the services' users to read, whatever umask root has set for itself."""
    before = os.umask(0o022)
    try:
        yield
    finally:
        os.umask(before)
