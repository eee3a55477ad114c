"""What is asked at an enrolment and a rotation: closed, proven by the new key, and nothing that shows a token."""

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.uplink import enrolling
from gateway.uplink.keys import key_id, text_of
from gateway.uplink.signatures import NotSigned, Request, sign_request, verify_request

OLD, NEW, OTHER = (Ed25519PrivateKey.from_private_bytes(letter * 32) for letter in (b"o", b"n", b"x"))
KEY = text_of(NEW.public_key())
TOKEN = "tokenTokenTOKEN-1_23"


def test_a_token_shows_in_no_text_of_it() -> None:
    asked = enrolling.Enrol(home="h-0001", key=KEY, token=TOKEN)
    assert TOKEN not in f"{asked} {asked!r} {[asked]}"
    assert enrolling.decode(enrolling.encode(asked)) == asked


@pytest.mark.parametrize(
    "change",
    [{"more": 1}, {"type": "run"}, {"key": "AAAA"}, {"token": "short"}, {"token": f"{TOKEN}\n"}, {"home": "Mrs Smith"}],
)
def test_another_asking_is_none(change: dict[str, object]) -> None:
    asked = {"type": "enrol", "home": "h-0001", "key": KEY, "token": TOKEN} | change
    with pytest.raises(msgspec.ValidationError):
        enrolling.decode(msgspec.json.encode(asked))


def test_a_proof_is_by_the_new_key_for_this_home_and_this_old_key() -> None:
    old, other = key_id(OLD.public_key()), key_id(OTHER.public_key())
    proof = enrolling.prove(NEW, "h-0001", old)
    assert enrolling.is_proven(NEW.public_key(), proof, "h-0001", old)
    assert not enrolling.is_proven(NEW.public_key(), proof, "h-0002", old)
    assert not enrolling.is_proven(NEW.public_key(), proof, "h-0001", other)
    assert not enrolling.is_proven(OTHER.public_key(), proof, "h-0001", old)
    for spoilt in ("", "AAAA", proof[:-4], "%%%%"):
        assert not enrolling.is_proven(NEW.public_key(), spoilt, "h-0001", old)


def test_a_proof_is_no_signature_of_a_request_and_the_other_way_round() -> None:
    request = Request("POST", "https://desk.example/v1/rotate", {"Content-Type": "application/json"})
    sign_request(NEW, request, b"", sequence=1, nonce="n", created_s=0)
    signature = request.headers["Signature"].removeprefix("wren=:").rstrip(":")
    assert not enrolling.is_proven(NEW.public_key(), signature, "h-0001", key_id(OLD.public_key()))
    request.headers["Signature"] = f"wren=:{enrolling.prove(NEW, 'h-0001', key_id(OLD.public_key()))}:"
    with pytest.raises(NotSigned):
        verify_request(request, b"", lambda _: NEW.public_key())


@pytest.mark.parametrize("sequence", [-1, 0, 2**53, 10**30])
def test_a_number_that_is_none_is_refused_though_it_is_signed(sequence: int) -> None:
    request = Request("POST", "https://desk.example/v1/messages", {"Content-Type": "application/json"})
    sign_request(OLD, request, b"", sequence=sequence, nonce="n", created_s=0)
    with pytest.raises(NotSigned, match="sequence"):
        verify_request(request, b"", lambda _: OLD.public_key())


def test_without_a_nonce_a_request_is_refused() -> None:
    request = Request("POST", "https://desk.example/v1/messages", {"Content-Type": "application/json"})
    sign_request(OLD, request, b"", sequence=1, nonce="", created_s=0)
    with pytest.raises(NotSigned, match="nonce"):
        verify_request(request, b"", lambda _: OLD.public_key())
