"""What people answer: sealed by the desk, for one home, and nothing that is not on the list."""

import base64

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.uplink import answers
from gateway.uplink.answers import Acknowledged, Answer, Away, NotSealed, Snooze, opened, seal
from gateway.uplink.dsse import to_sign
from gateway.uplink.replies import Sealed
from models.kinds import AlertKind

DESK = Ed25519PrivateKey.from_private_bytes(b"d" * 32)
GIVEN: dict[str, str] = {"home": "h-0001", "given_at": "2026-11-20T14:05:00Z"}
ANSWERS: list[Answer] = [
    Acknowledged(seq=1, alert_id="0" * 32, **GIVEN),
    Away(seq=2, resident="r1", until=None, **GIVEN),
    Snooze(seq=3, resident="r1", kind=AlertKind.LATE_START, until="2026-11-22T00:00:00Z", **GIVEN),
]


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda one: type(one).__name__)
def test_an_answer_arrives_as_it_was_given(answer: Answer) -> None:
    assert opened(DESK.public_key(), seal(DESK, answer), home="h-0001") == answer


def test_an_answer_to_another_home_or_by_another_desk_is_none() -> None:
    sealed = seal(DESK, ANSWERS[0])
    with pytest.raises(NotSealed, match="another home"):
        opened(DESK.public_key(), sealed, home="h-0002")
    with pytest.raises(NotSealed, match="seal"):
        opened(Ed25519PrivateKey.from_private_bytes(b"x" * 32).public_key(), sealed, home="h-0001")


def test_a_seal_is_of_one_payload() -> None:
    one, other = seal(DESK, ANSWERS[0]), seal(DESK, ANSWERS[1])
    with pytest.raises(NotSealed, match="seal"):
        opened(DESK.public_key(), Sealed(payload=one.payload, signature=other.signature), home="h-0001")


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "run", "home": "h-0001", "seq": 1, "given_at": "2026-11-20T14:05:00Z", "command": "id"},
        {"type": "snooze", "home": "h-0001", "seq": 1, "given_at": "2026-11-20T14:05:00Z"},
        {"type": "acknowledged", "home": "h-0001", "seq": 0, "given_at": "2026-11-20T14:05:00Z", "alert_id": "0" * 32},
        {"type": "acknowledged", "home": "h-0001", "seq": 1, "given_at": "2026-02-30T14:05:00Z", "alert_id": "0" * 32},
        {"type": "budget", "home": "h-0001", "seq": 1, "given_at": "2026-11-20T14:05:00Z", "attention_per_week": 8},
    ],
)
def test_what_is_not_on_the_list_is_no_answer_even_if_it_is_sealed(payload: dict[str, object]) -> None:
    body = msgspec.json.encode(payload)
    signature = DESK.sign(to_sign(answers.PAYLOAD_TYPE, body))
    sealed = Sealed(payload=base64.b64encode(body).decode(), signature=base64.b64encode(signature).decode())
    with pytest.raises(NotSealed, match="no answer"):
        opened(DESK.public_key(), sealed, home="h-0001")


def test_brackets_without_end_are_no_answer_even_if_they_are_sealed() -> None:
    """A desk that was taken over must not end what reads them."""
    body = b'{"a":' + b"[" * 1450
    signature = DESK.sign(to_sign(answers.PAYLOAD_TYPE, body))
    sealed = Sealed(payload=base64.b64encode(body).decode(), signature=base64.b64encode(signature).decode())
    assert len(sealed.payload) <= 2000
    with pytest.raises(NotSealed, match="no answer"):
        opened(DESK.public_key(), sealed, home="h-0001")
