"""Whatever comes back, it is a receipt, a refusal, a number to go on from, or "later"; never anything else."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import UplinkRejected, UplinkUnavailable
from gateway.uplink.line import Answer
from gateway.uplink.replies import Receipt
from gateway.uplink.signatures import NotSigned, Request, sign_reply, sign_request, verify_reply
from gateway.uplink.verdict import Behind, receipt_in
from tests.enrolled import DESK

from .provider import GATEWAY

ID, BODY = "1" * 32, b"{}"
REQUEST = Request("POST", "https://desk.example/v1/messages", {"Content-Type": "application/json"})
sign_request(GATEWAY, REQUEST, BODY, sequence=5, nonce="n", created_s=0)
GENUINE = json.dumps({"type": "receipt", "id": ID, "sha256": hashlib.sha256(BODY).hexdigest()}).encode()
HEADERS = sign_reply(DESK, 200, {"Content-Type": "application/json"}, GENUINE, REQUEST, created_s=0)

latin = st.text(st.characters(max_codepoint=255), max_size=60)
fields = st.one_of(
    latin,
    st.text(st.sampled_from('()"wren=:;,@statusreqk 0123456789?%\\~-*'), max_size=80),
    st.sampled_from(list(HEADERS.values())),
)
names = st.sampled_from(
    ["Signature", "Signature-Input", "Content-Digest", "Content-Type", "Wren-Sequence", "signature"]
)


def spoilt(value: str, at: int, letter: str) -> str:
    at %= len(value) + 1
    return value[:at] + letter + value[at + 1 :]


@given(headers=st.dictionaries(names, fields, max_size=6), status=st.integers(0, 1000), body=st.binary(max_size=40))
def test_headers_of_any_kind_are_signed_or_not(headers: dict[str, str], status: int, body: bytes) -> None:
    with pytest.raises(NotSigned) as caught:
        verify_reply(DESK.public_key(), status, headers, body, REQUEST)
    assert '"' not in str(caught.value)


@given(name=st.sampled_from(list(HEADERS)), at=st.integers(0, 400), letter=st.characters(max_codepoint=255))
def test_a_letter_changed_in_a_header_shows_or_changes_nothing(name: str, at: int, letter: str) -> None:
    changed = HEADERS | {name: spoilt(HEADERS[name], at, letter)}
    try:
        verify_reply(DESK.public_key(), 200, changed, GENUINE, REQUEST)
    except NotSigned:
        return
    # blanks and base64's unused bits: another spelling of the same
    assert len(changed[name].strip()) >= len(HEADERS[name].strip()) - 1


@given(
    status=st.integers(0, 1000),
    body=st.one_of(
        st.binary(max_size=60), st.just(GENUINE), st.just(b'{"type":"refusal","id":"%b","reason":"no"}' % ID.encode())
    ),
    signed=st.booleans(),
    number=latin,
    retry=latin,
)
def test_a_verdict_is_one_of_four(status: int, body: bytes, signed: bool, number: str, retry: str) -> None:
    answer = Answer(status, {"wren-sequence": number, "retry-after": retry}, body)
    said = verdict(answer, None if signed else "not signed")
    if isinstance(said, UplinkUnavailable):
        assert said.advice
        return
    assert signed
    if isinstance(said, Behind):
        assert 5 <= said.highest <= 2**48
    elif isinstance(said, Receipt):
        assert (status in (200, 201), said.id) == (True, ID)


def verdict(answer: Answer, not_signed: str | None) -> Receipt | Behind | UplinkRejected | UplinkUnavailable:
    try:
        return receipt_in(answer, not_signed, message_id=ID, body=BODY, sequence=5, now_s=1_795_183_320)
    except (Behind, UplinkRejected, UplinkUnavailable) as said:
        return said
