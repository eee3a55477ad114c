"""Where an export is written: a folder or a ZIP file, whole or not there, for its owner alone."""

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, Self
from urllib.parse import quote_from_bytes

from gateway.errors import InputError

MANIFEST: Final = "manifest.json"


class _Summed:
    # Counts and sums what passes through.

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.sha256 = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> int:
        self._file.write(data)
        self.sha256.update(data)
        self.size += len(data)
        return len(data)


class Export:
    """An export in the making; used as a context it is finished at the end, and taken away again if anything fails.

    Args:
        target: a folder to be made, or a file to be made that ends in `.zip`.

    Raises InputError if it is there already or cannot be made.
    """

    def __init__(self, target: Path) -> None:
        self.target = target
        self._part = target.with_name(f".{target.name}.part")
        self._zip: zipfile.ZipFile | None = None
        self._files: dict[str, dict[str, str | int]] = {}

    def __enter__(self) -> Self:
        with _told(self.target):
            if self.target.exists() or self.target.is_symlink():
                raise InputError(f"{self.target} is there already.", advice="Name a folder or a file that is not.")
            self._clear()  # of an export that was cut off
            if self.target.suffix == ".zip":
                handle = os.open(self._part, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
                self._zip = zipfile.ZipFile(os.fdopen(handle, "w+b"), "w", zipfile.ZIP_DEFLATED)
            else:
                self._part.mkdir(mode=0o700)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            if self._zip is not None and self._zip.fp is not None:
                self._zip.fp.close()
            self._clear()
            return
        with _told(self.target):
            manifest = {"files": self._files}
            with self.file(MANIFEST) as file:
                file.write(json.dumps(manifest, indent=1, sort_keys=True).encode() + b"\n")
            if self._zip is not None:
                stream = self._zip.fp
                self._zip.close()
                if stream is not None:
                    stream.close()
            self._part.rename(self.target)

    @contextmanager
    def file(self, name: str) -> Iterator[_Summed]:
        """A file to write, mode 0600; one at a time. `name` has forward slashes. Raises InputError: no space, say.

        What another system could take for something else is written as %XX; a name that is there gets a number.
        """
        name = self._free(_plain(name))
        with _told(self.target):
            if self._zip is not None:
                info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
                info.external_attr, info.compress_type = 0o600 << 16, zipfile.ZIP_DEFLATED
                with self._zip.open(info, "w", force_zip64=True) as packed:
                    summed = _Summed(packed)
                    yield summed
            else:
                path = self._part / name
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as plain:
                    summed = _Summed(plain)
                    yield summed
        self._files[name] = {"bytes": summed.size, "sha256": summed.sha256.hexdigest()}

    def _free(self, name: str) -> str:
        taken, free = 1, name
        while free in self._files:
            taken += 1
            free = f"{name}~{taken}"
        return free

    @property
    def files(self) -> int:
        """How many were written."""
        return len(self._files)

    def _clear(self) -> None:
        if self._part.is_dir() and not self._part.is_symlink():
            shutil.rmtree(self._part)
        else:
            self._part.unlink(missing_ok=True)


def _plain(name: str) -> str:
    r"""A name that opens nothing but itself, wherever it is unpacked.

    >>> _plain("small-files/slips/1.slip"), _plain("small-files/..\\evil"), _plain("copies/-rf")
    ('small-files/slips/1.slip', 'small-files/%2E.%5Cevil', 'copies/%2Drf')
    """
    return "/".join(_plain_part(os.fsencode(part)) for part in name.split("/"))


def _plain_part(part: bytes) -> str:
    text = quote_from_bytes(part, safe="@+")
    return text if text[:1].isalnum() or text.startswith("%") else f"%{ord(text[:1] or '_'):02X}{text[1:]}"


@contextmanager
def _told(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        advice = "Name a place in a folder that this user may write to, with space for all of it."
        raise InputError(f"{target} cannot be written: {error.strerror}.", advice=advice) from error
