"""A gateway that a desk knows, without any network: the files that `wren enrol` leaves, made by the code it uses."""

from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway import desk_key
from gateway.config.places import make, places_of
from gateway.config.reading import load
from gateway.uplink import enrolment, key_file
from gateway.uplink.keys import text_of

DESK: Final = Ed25519PrivateKey.from_private_bytes(b"d" * 32)
"""The desk's signing key of tests that do not care."""


def enrolled(
    config_path: Path,
    desk: Ed25519PrivateKey = DESK,
    *,
    key: Ed25519PrivateKey | None = None,
    last_seq: int = 0,
    last_status_seq: int = 0,
    last_answer: int = 0,
) -> str:
    """Write key.pem, enrolment.json and private/desk.json for the home.toml at `config_path`.

    Its [uplink] says where the desk is and by which authority it is known. Returns the gateway's public key as text:
    the caller puts it into the desk's store.
    """
    config = load(config_path)
    assert config.uplink is not None, "a home without [uplink] has nobody to enrol with"
    places = places_of(config)
    make(places.private, 0o700)
    make(places.uplink, 0o750)
    key = key or key_file.make()
    key_file.write(places.key, key)
    ca_file = config.uplink.ca_file
    enrolment.write(
        places.enrolment,
        enrolment.Enrolment(
            home=config.home.id,
            url=config.uplink.url,
            ca_pem=None if ca_file is None else Path(ca_file).read_text(encoding="ascii"),
            desk_key=text_of(desk.public_key()),
            outbox=str(places.outbox.absolute()),
            enrolled_at="2026-11-20T14:02:00Z",
        ),
    )
    desk_key.write(
        places.desk,
        desk_key.DeskFile(
            desk_key=text_of(desk.public_key()),
            last_seq=last_seq,
            last_status_seq=last_status_seq,
            last_answer=last_answer,
        ),
    )
    return text_of(key.public_key())
