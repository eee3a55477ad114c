"""What a walk-test must not pass: much left out, another gateway's proofs, another home.toml, two walks at once."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.config.places import make, places_of
from gateway.config.tables import Config
from gateway.errors import InputError
from gateway.live.forms import Begin
from gateway.uplink.keys import text_of
from gateway.walktest import issue, results
from gateway.walktest.forms import Proof
from gateway.walktest.results import Results, known
from gateway.walktest.scope import fingerprint, items_of
from gateway.walktest.session import alone
from gateway.walktest.standing import another_gateway, note_key
from tests.walktest.test_certificate import KEY, config, issued, proofs, standing
from tests.walktest.test_turns import AIR, BUTTON, DOOR, TAP, Hand, home

HALL = '[[sensors]]\nid = "hall"\nkind = "motion"\nplace = "hall"\ngpio = { pin = 22, active = "high" }\n'
OTHER = Ed25519PrivateKey.from_private_bytes(b"o" * 32)


def without(of: Config, *names: str) -> list[Proof]:
    """All proven but these, which were left out."""
    left_out = {"outcome": "skipped", "reason": "not-reachable", "wire": None, "radio": None, "seen": None}
    return [msgspec.structs.replace(one, **left_out) if one.name in names else one for one in proofs(of)]


def test_of_three_sensors_one_may_be_left_out_and_it_is_said_wherever_the_home_is_called_live(tmp_path: Path) -> None:
    of = config(tmp_path)
    issued(of, found=without(of, "shed"))
    assert standing(of).state() == "in_part"


@pytest.mark.parametrize("names", [("front", "shed"), ("front", "shed", "tap")])
def test_a_home_of_which_more_than_a_third_was_left_out_is_not_live(tmp_path: Path, names: tuple[str, ...]) -> None:
    of = config(tmp_path, DOOR + AIR + TAP + HALL + BUTTON)
    with pytest.raises(issue.NotPassed, match=f"{len(names)} of 5 sensors were left out; at most 1 may be"):
        issued(of, found=without(of, *names))
    assert not places_of(of).walk_certificate.exists()


def test_what_was_left_out_or_said_to_be_gone_is_asked_again_by_the_next_walk(tmp_path: Path) -> None:
    of = config(tmp_path)
    certificate = issued(of, found=without(of, "shed"))
    path = places_of(of).walk_results
    assert set(known(path, certificate, "h-0001", frozenset()).proofs) == {"sensor/front", "sensor/help"}
    gone = {one.item: msgspec.structs.replace(one, outcome="gone") for one in proofs(of)[:1]}
    results.write(path, Results(home="h-0001", proofs=gone))
    assert "sensor/front" not in known(path, None, "h-0001", frozenset()).proofs


def test_what_an_older_proof_says_counts_less_than_a_newer_word(tmp_path: Path) -> None:
    """Proven in the certificate, then left out in a walk anew: the older proof must not come back."""
    of = config(tmp_path)
    certificate = issued(of)
    (later,) = (
        msgspec.structs.replace(one, at="2026-12-01T00:00:00Z") for one in without(of, "front") if one.name == "front"
    )
    results.write(places_of(of).walk_results, Results(home="h-0001", proofs={later.item: later}))
    assert "sensor/front" not in known(places_of(of).walk_results, certificate, "h-0001", frozenset()).proofs


def test_a_card_in_another_board_is_walked_again_from_the_beginning(tmp_path: Path) -> None:
    of = config(tmp_path)
    certificate = issued(of)
    places = places_of(of)
    results.write(places.walk_results, Results(home="h-0001", proofs={one.item: one for one in certificate.proofs}))
    assert issue.current(places, "h-0001") is not None
    another_gateway(places, text_of(OTHER.public_key()))
    assert issue.current(places, "h-0001") is None, "it was signed by the gateway before"
    assert known(places.walk_results, None, "h-0001", frozenset()).proofs == {}, "and so was walked with it"


def test_the_first_enrolment_keeps_what_was_walked_before_it(tmp_path: Path) -> None:
    of = config(tmp_path)
    places = places_of(of)
    make(places.private, 0o700)
    results.write(places.walk_results, Results(home="h-0001", proofs={one.item: one for one in proofs(of)}))
    another_gateway(places, text_of(KEY.public_key()))
    another_gateway(places, text_of(KEY.public_key()))  # cut, and done once more
    assert len(known(places.walk_results, None, "h-0001", frozenset()).proofs) == 3


def test_a_certificate_counts_for_nobody_where_no_key_is_known(tmp_path: Path) -> None:
    of = config(tmp_path)
    issued(of)
    places_of(of).own_keys.unlink()  # a certificate that was brought here
    assert standing(of).state() == "never"
    assert issue.current(places_of(of), "h-0001") is None
    note_key(places_of(of).own_keys, text_of(KEY.public_key()))
    assert standing(of).state() == "passed"


def test_a_daemon_that_runs_with_another_home_toml_proves_nothing(tmp_path: Path) -> None:
    hand = Hand(home(DOOR, TAP))
    hand.walk.take(Begin("0.1.0", "h-0001", 0.0, 0.0, fingerprint(items_of(home(TAP, DOOR)))))
    moved = home(DOOR, TAP.replace("pin = 17", "pin = 18"))
    for other in (Begin("0.1.0", "h-0001", 0.0, 0.0, fingerprint(items_of(moved))), Begin("0.1.0", "h-0001", 0.0, 0.0)):
        with pytest.raises(InputError, match=r"runs with another home\.toml") as refused:
            hand.walk.take(other)
        assert "sudo systemctl restart wren" in refused.value.advice


def test_one_technician_at_a_time(tmp_path: Path) -> None:
    def both() -> Iterator[None]:
        with alone(tmp_path), alone(tmp_path):
            yield

    with pytest.raises(InputError, match="at another terminal"), contextlib.contextmanager(both)():
        pass
    with alone(tmp_path):
        pass
