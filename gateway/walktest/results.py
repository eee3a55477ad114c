"""walk-test.json in the private folder: how far the walk has come.

After each step it is on the card, so that a power cut, a closed lid or a technician who has to go loses nothing but
the step under way.
"""

from pathlib import Path
from typing import Final, Literal

import msgspec

from gateway import small_files
from gateway.uplink.forms import Slug
from gateway.walktest.forms import Certificate, ItemId, Proof

_MOST_BYTES: Final = 1 << 20


class Results(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What became of each item so far."""

    version: Literal[1] = 1
    home: Slug
    proofs: dict[ItemId, Proof] = {}

    def having(self, proof: Proof) -> "Results":
        """With `proof` in the place of what there was of the same item."""
        return msgspec.structs.replace(self, proofs={**self.proofs, proof.item: proof})


def write(path: Path, results: Results) -> None:
    """Put `results` in the place of `path`, on the card on return. Raises StoreError."""
    small_files.keep(path, msgspec.json.encode(results))


def read(path: Path, home: str) -> Results:
    """What `write` wrote of this home; nothing of another, of none, or of what cannot be read: it is walked anew.

    Raises StoreError: this user may not read it.
    """
    text = small_files.kept(path, _MOST_BYTES, reader="wren run")
    if text is not None:
        try:
            results = msgspec.json.decode(text, type=Results)
        except (msgspec.DecodeError, UnicodeDecodeError):
            pass
        else:
            if results.home == home:
                return results
    return Results(home=home)


def known(path: Path, certificate: Certificate | None, home: str, drifted: frozenset[str]) -> Results:
    """What needs no second walk: of the results at `path`, and of the certificate where they are lost.

    What was left out, or not there, is asked for by each walk. What has `drifted` is to be walked to again, unless that
    was done since the certificate. Raises StoreError.
    """
    signed = {proof.item: proof for proof in certificate.proofs} if certificate is not None else {}
    found = {**signed, **read(path, home).proofs}
    issued_at = certificate.issued_at if certificate is not None else ""
    kept = {
        name: proof
        for name, proof in found.items()
        if proof.outcome == "proven" and (proof.name not in drifted or proof.at > issued_at)
    }
    return Results(home=home, proofs=kept)
