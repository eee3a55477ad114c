"""Writing a bundle: the manifest, its signature, and the one tar that these files give."""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from gateway.errors import InputError
from gateway.release import tarred
from gateway.release.bundle import CHUNK, Told, untold
from gateway.release.manifest import MANIFEST, SIGNATURE, Manifest, Member, Target, parse
from gateway.release.signature import sign


def file_name(manifest: Manifest) -> str:
    """What the file of a bundle is called, such as `wren-0.2.0-trixie-arm64.tar`."""
    return f"wren-{manifest.version}-{manifest.target.suite}-{manifest.target.arch}.tar"


def make(
    folder: Path, version: str, target: Target, files: Mapping[str, Path], key: Path, told: Told = untold
) -> tuple[Path, Manifest]:
    """Write the bundle of `files` (path in it: where it lies now) into `folder`, signed with `key`; returns where.

    Whole or not there. The same files, version and ed25519 key give the same bytes.

    Raises InputError: a file has no place in a bundle, or the key does not sign; OSError.
    """
    members = {}
    for number, (path, source) in enumerate(sorted(files.items())):
        told("hashing", number, len(files))
        members[path] = _member(source)
    manifest = Manifest(version, target, members)
    text = manifest.encode()
    parse(text)  # nothing is made that would not be taken
    signature = sign(text, key)
    to = folder / file_name(manifest)
    part = folder / f".{to.name}.{os.getpid()}"
    try:
        _write(part, text, signature, manifest, files, told)
        part.replace(to)
    finally:
        part.unlink(missing_ok=True)
    return to, manifest


def _write(
    part: Path, text: bytes, signature: bytes, manifest: Manifest, files: Mapping[str, Path], told: Told
) -> None:
    with part.open("xb") as out:
        for name, content in ((MANIFEST, text), (SIGNATURE, signature)):
            out.write(tarred.header(name, len(content)) + content + bytes(tarred.padding(len(content))))
        for number, (path, member) in enumerate(sorted(manifest.files.items())):
            told("writing", number, len(manifest.files))
            out.write(tarred.header(path, member.size))
            digest = hashlib.sha256()
            with files[path].open("rb") as source:
                while chunk := source.read(CHUNK):
                    digest.update(chunk)
                    out.write(chunk)
            if digest.hexdigest() != member.sha256:
                raise InputError(f"{files[path]} changed while it was read.", advice="Make the bundle again.")
            out.write(bytes(tarred.padding(member.size)))
        out.write(bytes(tarred.end(out.tell())))


def _member(source: Path) -> Member:
    digest = hashlib.sha256()
    size = 0
    with source.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return Member(digest.hexdigest(), size)
