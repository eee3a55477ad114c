"""A bundle: opened only if it was signed, and every byte of it is what was signed. Nothing is unpacked before that."""

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from gateway.errors import InputError
from gateway.release import tarred
from gateway.release.manifest import MANIFEST, MOST_MANIFEST_BYTES, SIGNATURE, Manifest, Member, parse
from gateway.release.signature import MOST_SIGNATURE_BYTES, Signers, verify

CHUNK: Final = 1024 * 1024

Told = Callable[[str, int, int], None]
"""Called while something long goes on: what is being done, how much of it is done, and of how much (same unit)."""


def untold(_what: str, _done: int, _of: int) -> None:
    """Tells nobody."""


class Bundle:
    """A bundle that was verified; `open_bundle` gives it.

    Attributes:
        manifest: what is in it.
        manifest_bytes, signature_bytes: as they were signed.
        signer: who signed it, by the name in the allowed signers.
        size: of the whole file, bytes.
    """

    def __init__(
        self, file: IO[bytes], manifest_bytes: bytes, signature_bytes: bytes, signer: str, offsets: dict[str, int]
    ) -> None:
        self._file = file
        self._offsets = offsets
        self.manifest: Manifest = parse(manifest_bytes)
        self.manifest_bytes = manifest_bytes
        self.signature_bytes = signature_bytes
        self.signer = signer
        self.size = os.fstat(file.fileno()).st_size

    @property
    def name(self) -> str:
        """What the version in it is called on the gateway (`Manifest.name`)."""
        return self.manifest.name()

    def paths(self, folder: str = "") -> list[str]:
        """The paths of its files, sorted; those in `folder` (such as `debs/`) alone."""
        return [path for path in self.manifest.files if path.startswith(folder)]

    def read(self, path: str) -> bytes:
        """A small file of it. Raises InputError if it changed since it was verified; KeyError if it is not there."""
        return b"".join(self._chunks(path))

    def copy(self, path: str, to: Path, *, mode: int = 0o644) -> None:
        """Write the file `path` to `to`, whose folder is made. Not flushed. Raises InputError, OSError, KeyError."""
        to.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
        with to.open("xb") as out:
            for chunk in self._chunks(path):
                out.write(chunk)
        to.chmod(mode)

    def unpack(self, folder: str, to: Path, told: Told = untold) -> list[Path]:
        """Write the files in `folder` (such as `debs/`) below `to`, which is made; returns where each went."""
        paths = self.paths(folder)
        for number, path in enumerate(paths):
            told("unpacking", number, len(paths))
            self.copy(path, to / path, mode=0o755 if path == "systemd/install" else 0o644)
        return [to / path for path in paths]

    def _chunks(self, path: str) -> Iterator[bytes]:
        """The bytes of a file, hashed once more: the last chunk is given only if all of them are what was signed."""
        self._file.seek(self._offsets[path])
        yield from _hashed(self._file, self.manifest.files[path])


@contextmanager
def open_bundle(path: Path, signers: Signers, told: Told = untold) -> Iterator[Bundle]:
    """The bundle at `path`, verified from its first byte to its last.

    The manifest is read only after its signature was found to be good, and a file's bytes only as many as it says.

    Raises InputError: it cannot be read, is not signed by one of `signers`, or is not what was signed.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.", advice="Name the bundle's file.") from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise InputError(f"{path} is no file.", advice="Name the bundle's file.")
    with os.fdopen(handle, "rb") as file:
        try:
            bundle = _verified(file, signers, told)
        except OSError as error:
            raise InputError(f"{path} cannot be read: {error.strerror}.", advice="Copy it here again.") from error
        yield bundle


def _verified(file: IO[bytes], signers: Signers, told: Told) -> Bundle:
    manifest_bytes = _small(file, MANIFEST, MOST_MANIFEST_BYTES)
    signature_bytes = _small(file, SIGNATURE, MOST_SIGNATURE_BYTES)
    signer = verify(manifest_bytes, signature_bytes, signers)
    manifest = parse(manifest_bytes)
    whole = os.fstat(file.fileno()).st_size
    offsets = {}
    for path, member in sorted(manifest.files.items()):
        told("verifying", file.tell(), whole)
        if tarred.take(file, tarred.BLOCK) != tarred.header(path, member.size):
            raise tarred.broken()
        offsets[path] = file.tell()
        for _ in _hashed(file, member):
            pass
        tarred.take_zeros(file, tarred.padding(member.size))
    tarred.take_zeros(file, tarred.end(file.tell()))
    if file.read(1):
        raise tarred.broken()
    told("verifying", whole, whole)
    return Bundle(file, manifest_bytes, signature_bytes, signer, offsets)


def _small(file: IO[bytes], path: str, most: int) -> bytes:
    size = tarred.size_of(tarred.take(file, tarred.BLOCK), path, most)
    text = tarred.take(file, size)
    tarred.take_zeros(file, tarred.padding(size))
    return text


def _hashed(file: IO[bytes], member: Member) -> Iterator[bytes]:
    digest = hashlib.sha256()
    left, held = member.size, b""
    while left > 0:
        chunk = tarred.take(file, min(left, CHUNK))
        left -= len(chunk)
        digest.update(chunk)
        if held:
            yield held
        held = chunk
    if digest.hexdigest() != member.sha256:
        raise tarred.broken()
    if held:
        yield held
