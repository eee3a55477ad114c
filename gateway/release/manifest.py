"""`manifest.json` of a bundle: a closed form that names every file with its size and SHA-256. It is what is signed."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from gateway.errors import InputError

FORMAT: Final = 1

MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.json.sig"

SUITES: Final = {"bookworm": "3.11", "trixie": "3.13"}
"""The Debian releases below Raspberry Pi OS, and the Python of each."""

ARCHES: Final = {"arm64": "aarch64", "amd64": "x86_64"}
"""Debian's names of the machines that a bundle can be for, and the kernel's (`uname -m`)."""

MOST_MANIFEST_BYTES: Final = 1024 * 1024
MOST_FILES: Final = 2_000
MOST_FILE_BYTES: Final = 256 * 1024 * 1024
"""The largest wheel of the lock has 40 MB."""
MOST_BYTES: Final = 1024 * 1024 * 1024
"""Of a bundle; today's has a tenth."""

_FOLDERS: Final = ("wheels", "debs", "systemd")
_LOOSE: Final = frozenset({"requirements.txt", "sbom.cdx.json", "LICENSE"})
_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+~@%-]{0,98}", re.ASCII)
"""What one field of a tar header can hold. No leading dot or hyphen: no way upwards, no option of a command."""
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_VERSION = re.compile(r"(0|[1-9][0-9]{0,5})(\.(0|[1-9][0-9]{0,5})){1,3}([a-z0-9.+-]{0,40})", re.ASCII)
_NAME = re.compile(r"[0-9][a-z0-9.+-]{2,80}-[0-9a-f]{12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Member:
    """A file of a bundle: the SHA-256 in hex, and its size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Target:
    """What a bundle is for.

    Attributes:
        suite: the Debian release, `bookworm` or `trixie`.
        arch: Debian's name of the machine, `arm64` or `amd64`.
        python: such as `3.13`.
    """

    suite: str
    arch: str
    python: str

    def __str__(self) -> str:
        return f"{self.suite}, {self.arch}, Python {self.python}"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is in a bundle.

    Attributes:
        version: Wren's, such as `0.2.0`.
        target: what it is for.
        files: every other file of the bundle by its path, sorted, itself and its signature left out.
    """

    version: str
    target: Target
    files: Mapping[str, Member]

    def encode(self) -> bytes:
        """The bytes of `manifest.json`: there is one way only to write the same manifest."""
        document = {
            "format": FORMAT,
            "version": self.version,
            "target": {"suite": self.target.suite, "arch": self.target.arch, "python": self.target.python},
            "files": {path: {"sha256": one.sha256, "size": one.size} for path, one in sorted(self.files.items())},
        }
        return (json.dumps(document, indent=1, sort_keys=True) + "\n").encode("ascii")

    def name(self) -> str:
        """What the version is called on the gateway: `<version>-<first 12 hex of the manifest's SHA-256>`."""
        return f"{self.version}-{hashlib.sha256(self.encode()).hexdigest()[:12]}"


def is_name(text: str) -> bool:
    """Whether `text` may be the name of a version: what comes from a file or a link is looked at before it is used.

    >>> is_name("0.2.0-0123456789ab"), is_name("../x"), is_name("0.2.0")
    (True, False, False)
    """
    return bool(_NAME.fullmatch(text))


def order(version: str) -> tuple[int, ...]:
    """Versions in their order; a suffix (`0.2.0rc1`) is before the version itself.

    >>> order("0.9.0") < order("0.10.0"), order("0.2.0rc1") < order("0.2.0"), order("0.2") < order("0.2.1")
    (True, True, True)
    """
    found = _VERSION.fullmatch(version)
    if found is None:
        return ()
    suffix = found[4]
    numbers = [int(one) for one in version[: len(version) - len(suffix)].split(".")]
    numbers += [0] * (4 - len(numbers))
    return (*numbers, 0 if suffix else 1, *(int(one) for one in re.findall(r"[0-9]{1,6}", suffix)))


def parse(text: bytes) -> Manifest:
    """The manifest that `text` is. Raises InputError, which says what is wrong with it."""
    if len(text) > MOST_MANIFEST_BYTES:
        raise _refused("it is too long")
    try:
        document = json.loads(text.decode("ascii"), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise _refused("it is no JSON") from error
    found = _table(document, {"format", "version", "target", "files"}, "it")
    if found["format"] != FORMAT or isinstance(found["format"], bool):
        raise _refused(f"its format is {found['format']!r:.20}, and this version of Wren knows {FORMAT}")
    version = found["version"]
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        raise _refused(f"{version!r:.60} is no version")
    manifest = Manifest(version, _target(found["target"]), _files(found["files"]))
    if manifest.encode() != text:
        raise _refused("it is not written as a manifest is")
    return manifest


def _target(document: object) -> Target:
    found = _table(document, {"suite", "arch", "python"}, "its target")
    suite, arch, python = found["suite"], found["arch"], found["python"]
    if not isinstance(suite, str) or suite not in SUITES:
        raise _refused(f"its suite is {suite!r:.40}: none of {', '.join(SUITES)}")
    if not isinstance(arch, str) or arch not in ARCHES:
        raise _refused(f"its arch is {arch!r:.40}: none of {', '.join(ARCHES)}")
    if python != SUITES[suite]:
        raise _refused(f"its Python is {python!r:.20}, and that of {suite} is {SUITES[suite]}")
    return Target(suite, arch, python)


def _files(document: object) -> dict[str, Member]:
    if not isinstance(document, dict) or not 0 < len(document) <= MOST_FILES:
        raise _refused("it names no files, or too many")
    files = {}
    for path, one in sorted(document.items()):
        found = _table(one, {"sha256", "size"}, f"what it says of {path!r:.80}")
        sha256, size = found["sha256"], found["size"]
        if not _is_path(path):
            raise _refused(f"a bundle has no place for {path!r:.80}")
        if not isinstance(sha256, str) or not _SHA256.fullmatch(sha256):
            raise _refused(f"the hash of {path} is none")
        if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size <= MOST_FILE_BYTES:
            raise _refused(f"the size of {path} cannot be")
        files[path] = Member(sha256, size)
    if sum(one.size for one in files.values()) > MOST_BYTES:
        raise _refused("its files are too large together")
    if missing := sorted({"requirements.txt", "systemd/install"} - files.keys()):
        raise _refused(f"it lacks {missing[0]}")
    return files


def _is_path(path: str) -> bool:
    parts = path.split("/")
    if not all(_PART.fullmatch(part) for part in parts):
        return False
    if len(parts) == 1:
        return path in _LOOSE
    return parts[0] in _FOLDERS and len(parts) <= (3 if parts[0] == "systemd" else 2)


def _table(document: object, keys: set[str], what: str) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise _refused(f"{what} is no table")
    if unknown := sorted(document.keys() - keys):
        raise _refused(f"{what} has the unknown key {unknown[0]!r:.40}")
    if missing := sorted(keys - document.keys()):
        raise _refused(f"{what} lacks {missing[0]!r}")
    return document


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice")
    return found


def _refused(why: str) -> InputError:
    advice = "Nothing was changed. Have the bundle made again (`scripts/bundle`), or take one for this version of Wren."
    return InputError(f"The manifest of the bundle is refused: {why}.", advice=advice)
