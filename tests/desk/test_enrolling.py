"""How a gateway becomes known: by a token that is good once, for one home, for a quarter of an hour, and by its key."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from desk import enrolments, tokens
from desk.store import Store
from gateway.uplink import enrolling, replies
from gateway.uplink.keys import key_id, text_of
from gateway.uplink.signatures import Signed, verify_reply

from .desk import HOME, KEY, NOW_S, Desk, alert, key_of, signed, status
from .door import Answer

OLD, NEW = key_of(HOME), Ed25519PrivateKey.from_private_bytes(b"n" * 32)


@dataclass
class Asker:
    """Says to a desk what `wren enrol` says."""

    desk: Desk

    def token(self, home: str = HOME, *, replaces: bool = False) -> str:
        return tokens.make(self.desk.store.database, home, replaces=replaces, now_s=int(self.desk.clock.utc_s()))

    def ask(self, asking: Any, path: str, key: Ed25519PrivateKey, sequence: int = 1) -> Answer:
        body = msgspec.json.encode(asking)
        request = signed(self.desk.gateways.base, path, body, key, sequence)
        answer = self.desk.ask(request, body)
        if "signature" in answer.headers:
            verify_reply(KEY.public_key(), answer.status, answer.headers, answer.content, request)
        return answer

    def enrol(
        self, token: str, key: Ed25519PrivateKey = OLD, home: str = HOME, *, by: Ed25519PrivateKey | None = None
    ) -> Answer:
        asking = enrolling.Enrol(home=home, key=text_of(key.public_key()), token=token)
        return self.ask(asking, enrolling.ENROL_PATH, by or key)

    def rotate(
        self, old: Ed25519PrivateKey, new: Ed25519PrivateKey, sequence: int, *, home: str = HOME, proof: str = ""
    ) -> Answer:
        proof = proof or enrolling.prove(new, home, key_id(old.public_key()))
        asking = enrolling.Rotate(home=home, key=text_of(new.public_key()), proof=proof)
        return self.ask(asking, enrolling.ROTATE_PATH, old, sequence)

    def home_of(self, key: Ed25519PrivateKey) -> str | None:
        """Whose gateway this key is now."""
        known = self.desk.store.gateways.known(key_id(key.public_key()))
        return None if known is None or known.is_revoked else known.home


@pytest.fixture
def asker(desk: Desk) -> Asker:
    return Asker(desk)


def reason(answer: Answer) -> str:
    assert "signature" in answer.headers
    return str(answer.json()["reason"])


def test_a_token_and_a_key_make_a_home_known(asker: Asker) -> None:
    answer = asker.enrol(asker.token())
    key = text_of(OLD.public_key())
    enrolled = replies.Enrolled(home=HOME, key=key, last_seq=0, last_status_seq=0, last_answer=0)
    assert replies.decode(answer.content) == enrolled
    assert asker.desk.state()["homes"][0]["home"] == HOME, "it is heard: if it is never heard again, that shows"
    assert asker.desk.post(alert()).status == 200


def test_the_enrolments_own_number_is_used(asker: Asker) -> None:
    asker.enrol(asker.token())
    body = msgspec.json.encode(alert())
    request = signed(asker.desk.gateways.base, "/v1/messages", body, OLD, 1)
    assert asker.desk.ask(request, body).status == 403


def test_a_token_is_good_once(asker: Asker) -> None:
    token = asker.token(replaces=True)
    assert asker.enrol(token).status == 200
    answer = asker.enrol(token, NEW)
    assert (answer.status, "used" in reason(answer)) == (403, True)
    assert (asker.home_of(OLD), asker.home_of(NEW)) == (HOME, None)


def test_the_same_again_gets_the_same_answer(asker: Asker) -> None:
    """The first answer was lost."""
    token = asker.token()
    first = asker.enrol(token)
    assert asker.enrol(token).content == first.content
    assert len(asker.desk.store.gateways.lines(0)) == 1
    asker.desk.store.gateways.revoke(HOME, now_s=NOW_S)
    assert asker.enrol(token).status == 403, "but not once the key is revoked"
    assert asker.home_of(OLD) is None


def test_a_token_ends_after_a_quarter_of_an_hour(asker: Asker) -> None:
    token = asker.token()
    asker.desk.clock.move_s(tokens.TOKEN_S)
    assert "expired" in reason(asker.enrol(token))
    token = asker.token()
    asker.desk.clock.move_s(tokens.TOKEN_S - 1)
    assert asker.enrol(token).status == 200


def test_a_new_token_ends_the_one_before(asker: Asker) -> None:
    before, after, other = asker.token(), asker.token(), asker.token("h-0002")
    assert "no such token" in reason(asker.enrol(before))
    assert asker.enrol(after).status == 200
    assert asker.enrol(other, key_of("h-0002"), "h-0002").status == 200


def test_a_token_is_for_one_home(asker: Asker) -> None:
    token = asker.token("h-0002")
    assert "another home" in reason(asker.enrol(token))
    assert asker.home_of(OLD) is None


@pytest.mark.parametrize("token", ["A" * 16, "x" * 128, "_" * 32])
def test_a_word_that_is_no_token_writes_nothing(asker: Asker, token: str) -> None:
    before = asker.desk.store.database.raw.total_changes
    assert "no such token" in reason(asker.enrol(token))
    assert asker.desk.store.database.raw.total_changes == before


def test_who_has_the_token_must_have_the_key_too(asker: Asker) -> None:
    answer = asker.enrol(asker.token(), OLD, by=NEW)
    assert answer.status == 401
    assert asker.desk.store.gateways.lines(0) == []


def test_a_home_that_has_a_gateway_keeps_it_unless_it_is_to_be_replaced(asker: Asker) -> None:
    asker.enrol(asker.token())
    assert "--replace" in reason(asker.enrol(asker.token(), NEW))
    assert (asker.home_of(OLD), asker.home_of(NEW)) == (HOME, None)


def test_a_replaced_gateway_goes_on_where_the_dead_one_was(asker: Asker) -> None:
    desk = asker.desk
    asker.enrol(asker.token())
    desk.send(alert(17), status(5))
    desk.acknowledge(alert(17).id)
    enrolled = replies.decode(asker.enrol(asker.token(replaces=True), NEW).content)
    assert isinstance(enrolled, replies.Enrolled)
    assert (enrolled.last_seq, enrolled.last_status_seq, enrolled.last_answer) == (17, 5, 1)
    assert desk.post(alert(18)).status == 401, "the old key"
    assert len(desk.state()["closed"]) == 1, "what is known of the home stays"
    (told,) = desk.store.answers.given(HOME)
    assert (told.taken_s, told.refused_s) == (None, NOW_S), "what the dead one had not taken, nobody takes"


def test_a_key_is_enrolled_once(asker: Asker) -> None:
    asker.enrol(asker.token())
    assert "known here" in reason(asker.enrol(asker.token("h-0002"), OLD, "h-0002")), "a copied card as another home"
    asker.desk.store.gateways.revoke(HOME, now_s=NOW_S)
    assert "known here" in reason(asker.enrol(asker.token())), "a revoked key does not come back"


def test_a_revoked_home_takes_no_token_of_before(asker: Asker) -> None:
    asker.enrol(asker.token())
    token = asker.token(replaces=True)
    asker.desk.store.gateways.revoke(HOME, now_s=NOW_S)
    assert asker.enrol(token, NEW).status == 403
    assert asker.enrol(asker.token(), NEW).status == 200


def test_of_a_token_only_a_hash_is_kept(asker: Asker, store: Store) -> None:
    token = asker.token()
    assert token not in "\n".join(store.database.raw.iterdump())
    assert len(token) >= 32


def test_a_key_is_rotated_by_its_holder(asker: Asker) -> None:
    asker.enrol(asker.token())
    asker.desk.send(alert(3))
    answer = asker.rotate(OLD, NEW, 9)
    assert replies.decode(answer.content) == replies.Enrolled(
        home=HOME, key=text_of(NEW.public_key()), last_seq=3, last_status_seq=0, last_answer=0
    )
    assert (asker.home_of(OLD), asker.home_of(NEW)) == (None, HOME)
    assert asker.rotate(OLD, NEW, 9).content == answer.content, "the first answer was lost"
    third = Ed25519PrivateKey.from_private_bytes(b"t" * 32)
    assert asker.rotate(OLD, third, 10).status == 401
    body = msgspec.json.encode(alert(4))
    assert asker.desk.ask(signed(asker.desk.gateways.base, "/v1/messages", body, NEW, 1), body).status == 200


def test_a_rotation_is_proven_by_both_keys_for_one_home(asker: Asker) -> None:
    asker.enrol(asker.token())
    wrong = enrolling.prove(NEW, "h-0002", key_id(OLD.public_key()))
    assert asker.rotate(OLD, NEW, 2, proof=wrong).status == 422
    assert asker.rotate(OLD, NEW, 3, proof=enrolling.prove(OLD, HOME, key_id(OLD.public_key()))).status == 422
    assert asker.rotate(OLD, NEW, 4, home="h-0002").status == 403
    assert asker.rotate(NEW, NEW, 5).status == 401
    assert asker.rotate(OLD, OLD, 6).status == 409
    assert asker.rotate(OLD, NEW, 1).headers["wren-sequence"] == "6"
    assert (asker.home_of(OLD), asker.home_of(NEW)) == (HOME, None)


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"\xff", b'{"type":"enrol","home":"h-0001"}', b"[" * 2000])
def test_what_is_no_request_is_refused(asker: Asker, body: bytes) -> None:
    for path, refused in ((enrolling.ENROL_PATH, 401), (enrolling.ROTATE_PATH, 422)):
        asker.desk.send(status())
        request = signed(asker.desk.gateways.base, path, body, OLD, 9)
        assert asker.desk.ask(request, body).status == refused


def test_each_asks_at_its_own_place(asker: Asker) -> None:
    asker.enrol(asker.token())
    enrol = enrolling.Enrol(home=HOME, key=text_of(OLD.public_key()), token=asker.token())
    assert asker.ask(enrol, enrolling.ROTATE_PATH, OLD, 5).status == 422
    proof = enrolling.prove(OLD, HOME, key_id(OLD.public_key()))
    rotate = enrolling.Rotate(home=HOME, key=text_of(OLD.public_key()), proof=proof)
    assert asker.ask(rotate, enrolling.ENROL_PATH, OLD, 5).status == 422
    assert (
        asker.desk.ask(signed(asker.desk.gateways.base, enrolling.ENROL_PATH, b" " * 5000, OLD, 5), b" " * 5000).status
        == 413
    )


def test_two_at_once_with_one_token_are_one(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    with Store(path) as store:
        token = tokens.make(store.database, HOME, replaces=True, now_s=NOW_S)

    def enrol(_: int) -> str:
        key = Ed25519PrivateKey.generate().public_key()
        with Store(path) as store:
            try:
                asked = enrolling.Enrol(home=HOME, key=text_of(key), token=token)
                enrolments.enrol(store.database, asked, Signed(key_id(key), 1, "n", 0), now_s=NOW_S)
            except enrolments.NotTaken as refused:
                return refused.reason
        return "enrolled"

    with ThreadPoolExecutor(6) as threads:
        found = sorted(threads.map(enrol, range(6)))
    assert found == ["enrolled", *["the token has been used; make a new one"] * 5]
