"""Requests and replies signed by RFC 9421: what is signed cannot be changed, kept for later, or given to another."""

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from gateway.uplink.keys import fingerprint, key_id, key_of, text_of
from gateway.uplink.signatures import NotSigned, Request, sign_reply, sign_request, verify_reply, verify_request

GATEWAY = Ed25519PrivateKey.from_private_bytes(b"g" * 32)
DESK = Ed25519PrivateKey.from_private_bytes(b"d" * 32)
BODY = b'{"type":"status"}'
JSON = {"Content-Type": "application/json"}


def known(name: str) -> Ed25519PublicKey | None:
    return GATEWAY.public_key() if name == key_id(GATEWAY.public_key()) else None


def signed(body: bytes = BODY, *, sequence: int = 7, nonce: str = "n0", created_s: float = 1795183320) -> Request:
    request = Request("POST", "https://desk.example:8443/v1/messages", dict(JSON))
    sign_request(GATEWAY, request, body, sequence=sequence, nonce=nonce, created_s=created_s)
    return request


def replied(request: Request, body: bytes = BODY, status: int = 200) -> dict[str, str]:
    return sign_reply(DESK, status, JSON, body, request, created_s=1795183321)


def test_a_request_is_taken_with_what_it_says() -> None:
    said = verify_request(signed(), BODY, known)
    assert said == (key_id(GATEWAY.public_key()), 7, "n0", 1795183320)


@pytest.mark.parametrize("created_s", [0, 1, 4_000_000_000, 2**35])
def test_a_clock_that_is_years_off_keeps_nobody_out(created_s: float) -> None:
    assert verify_request(signed(created_s=created_s), BODY, known).created_s == created_s


@pytest.mark.parametrize(
    "change",
    [
        lambda r: setattr(r, "method", "PUT"),
        lambda r: setattr(r, "url", "https://desk.example:8443/v1/enrol"),
        lambda r: setattr(r, "url", "https://other.example:8443/v1/messages"),
        lambda r: r.headers.update({"Wren-Sequence": "8"}),
        lambda r: r.headers.update({"Content-Type": "text/plain"}),
        lambda r: r.headers.update({"Content-Digest": "sha-256=:AAAA:"}),
        lambda r: r.headers.update({"Signature": "wren=:AAAA:"}),
        lambda r: r.headers.update({"Signature-Input": r.headers["Signature-Input"].replace("n0", "n1")}),
        lambda r: r.headers.pop("Signature"),
        lambda r: r.headers.pop("Signature-Input"),
        lambda r: r.headers.pop("Content-Digest"),
    ],
)
def test_whatever_is_changed_in_a_request_shows(change: Callable[[Request], object]) -> None:
    request = signed()
    change(request)
    with pytest.raises(NotSigned):
        verify_request(request, BODY, known)


@given(body=st.binary(max_size=200).filter(lambda body: body != BODY))
def test_another_body_shows(body: bytes) -> None:
    with pytest.raises(NotSigned):
        verify_request(signed(), body, known)


def test_a_key_that_nobody_knows_is_refused() -> None:
    with pytest.raises(NotSigned):
        verify_request(signed(), BODY, lambda _: None)


def test_a_reply_is_taken_by_the_request_that_it_answers_and_by_no_other() -> None:
    mine, other = signed(nonce="a"), signed(nonce="b")
    headers = replied(mine)
    verify_reply(DESK.public_key(), 200, headers, BODY, mine)
    for key, status, said, body, request in (
        (DESK, 200, headers, BODY, other),
        (DESK, 201, headers, BODY, mine),
        (DESK, 200, headers, BODY + b" ", mine),
        (GATEWAY, 200, headers, BODY, mine),
        (DESK, 200, dict(JSON), BODY, mine),
    ):
        with pytest.raises(NotSigned):
            verify_reply(key.public_key(), status, said, body, request)


def test_a_request_cannot_be_sent_back_as_a_reply() -> None:
    request = signed()
    with pytest.raises(NotSigned):
        verify_reply(GATEWAY.public_key(), 200, request.headers, BODY, request)


def test_a_public_key_survives_its_text() -> None:
    key = GATEWAY.public_key()
    assert key_of(text_of(key)) == key
    assert fingerprint(key).replace(" ", "") == key_id(key)
    for wrong in ("", "AAAA", "!" * 44):
        with pytest.raises(ValueError, match=r"."):
            key_of(wrong)


@pytest.mark.parametrize("text", ["0", "007", "-1", "+1", "9007199254740992", "0" * 16 + "1" + "9" * 40, "1" * 5000])
def test_a_number_of_a_request_is_written_in_one_way_and_has_an_end(text: str) -> None:
    request = Request("POST", "https://desk.example:8443/v1/messages", dict(JSON))
    sign_request(GATEWAY, request, BODY, sequence=text, nonce="n0", created_s=0)  # type: ignore[arg-type]
    with pytest.raises(NotSigned):
        verify_request(request, BODY, known)
