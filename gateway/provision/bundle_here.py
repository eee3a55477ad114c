"""The bundle on the laptop: verified here too, so that a wrong one is known before anybody has logged in anywhere."""

import hashlib
from pathlib import Path
from typing import NamedTuple

from gateway.provision.errors import Refused
from gateway.release.bundle import open_bundle
from gateway.release.manifest import Target
from gateway.release.signature import Signers


class Here(NamedTuple):
    """A verified bundle.

    Attributes:
        path: the file on this laptop.
        name: of the version, as it will be called on the gateway.
        target: what it is for.
        size, sha256: of the file; bytes, and in hex.
        debs: the Debian packages in it, by their file names.
        signer: who signed it.
        signers: the list of who may, as text.
    """

    path: Path
    name: str
    target: Target
    size: int
    sha256: str
    debs: list[str]
    signer: str
    signers: str


def verified(path: Path, signers: Path) -> Here:
    """Raises InputError: it cannot be read, is not signed by one of `signers`, or is not what was signed."""
    try:
        allowed = signers.read_text(encoding="utf-8")
    except OSError as error:
        raise Refused(
            f"{signers} cannot be read: {error.strerror}. It says whose signature counts.",
            advice="The provider hands it out once, apart from any bundle; name it with --signers.",
        ) from error
    with open_bundle(path, Signers(signers)) as bundle, path.open("rb") as file:
        return Here(
            path=path,
            name=bundle.name,
            target=bundle.manifest.target,
            size=bundle.size,
            sha256=hashlib.file_digest(file, "sha256").hexdigest(),
            debs=[Path(each).name for each in bundle.paths("debs/")],
            signer=bundle.signer,
            signers=allowed,
        )
