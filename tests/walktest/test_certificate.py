"""The certificate: not a byte of it may be another, and it counts for this gateway and these sensors alone."""

import io
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.clock import ManualClock
from gateway.config.places import make, places_of
from gateway.config.reading import parse
from gateway.config.tables import Config
from gateway.log import open_log
from gateway.uplink.keys import text_of
from gateway.walktest import issue, sealing
from gateway.walktest.forms import CallProof, Certificate, PanelProof, Proof, RadioProof, WireProof
from gateway.walktest.page import page, signed_in
from gateway.walktest.scope import items_of
from gateway.walktest.standing import Standing, note_key
from tests.walktest.test_turns import AIR, BASE, BUTTON, DOOR

NOW_S = 1_795_349_836
KEY = Ed25519PrivateKey.from_private_bytes(b"g" * 32)
CARE = '[[recipients]]\nid = "team"\nhours = "24h"\n[alerts.help_button]\nreason = "a trial"\nowner = "team"\n'


def config(folder: Path, sensors: str = DOOR + AIR + BUTTON) -> Config:
    gateway = f'[gateway]\npin_factory = "mock"\ndata_dir = "{folder / "data"}"\n'
    return parse(BASE + sensors + CARE + gateway)


def proofs(of: Config) -> list[Proof]:
    known = {
        "front": {"wire": WireProof(changes=2, longest_ms=17, debounce_ms=50, most_a_second=4), "seen": "both"},
        "shed": {"radio": RadioProof(packets=12, median_dbm=-62, least_dbm=-70), "seen": "both"},
        "help": {"call": CallProof(alert_id="a" * 32, at_the_desk_s=1, acknowledged_s=40), "seen": "one"},
    }
    return [
        Proof(
            item=item.id, kind=str(item.kind), place=item.place, device=item.device, outcome="proven",
            at="2026-11-22T12:17:16Z", by="t17", **known.get(item.name, {"seen": "both"}),  # type: ignore[arg-type]
        )
        for item in items_of(of)
    ]  # fmt: skip


def issued(of: Config, key: Ed25519PrivateKey = KEY, found: list[Proof] | None = None) -> Certificate:
    make(places_of(of).private, 0o700)
    return issue.issue(
        of, b"toml", items_of(of), proofs(of) if found is None else found, key=key, by="t17", beat_s=NOW_S, utc_s=NOW_S
    )


def standing(of: Config) -> Standing:
    clock = ManualClock(NOW_S)
    return Standing(of, clock, open_log(io.StringIO(), utc_s=clock.utc_s, component="daemon"))


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    of = config(tmp_path_factory.mktemp("home"))
    issued(of)
    return places_of(of).walk_certificate.read_bytes()


def test_it_says_what_was_proven_and_is_genuine(signed: bytes) -> None:
    certificate = sealing.opened(signed)
    assert (certificate.home, certificate.by, certificate.issued_at) == ("h-0001", "t17", "2026-11-22T12:17:16Z")
    assert certificate.issued_local == "2026-11-22 12:17+00:00"
    assert [proof.name for proof in certificate.proofs] == ["front", "shed", "help"]
    assert b"C0:FF:EE" not in msgspec.json.encode(certificate), "no address of a device is in it"


def test_not_one_byte_may_be_another(signed: bytes) -> None:
    for at in range(len(signed)):
        for flip in (0x01, 0x20, 0x80):
            changed = bytearray(signed)
            changed[at] ^= flip
            with pytest.raises(sealing.NotGenuine):
                sealing.opened(bytes(changed))


@given(st.binary(max_size=400))
@settings(max_examples=100)
def test_whatever_else_is_no_certificate(text: bytes) -> None:
    with pytest.raises(sealing.NotGenuine):
        sealing.opened(text)


def test_a_certificate_cut_anywhere_or_longer_is_none(signed: bytes) -> None:
    for other in (*(signed[:at] for at in range(0, len(signed), 7)), signed + b"\n", b" " + signed):
        with pytest.raises(sealing.NotGenuine):
            sealing.opened(other)


def test_the_page_is_genuine_as_long_as_nobody_changes_a_word_of_it(signed: bytes) -> None:
    drawn = page(sealing.opened(signed), signed)
    assert signed_in(drawn) == signed
    for at in range(0, len(drawn), 11):
        changed = bytearray(drawn)
        changed[at] ^= 0x01
        with pytest.raises(sealing.NotGenuine):
            sealing.opened(signed_in(bytes(changed)))


def test_the_page_asks_for_nothing_and_says_what_it_does_not_prove(signed: bytes) -> None:
    drawn = page(sealing.opened(signed), signed).decode()
    assert "default-src 'none'" in drawn
    assert "http://" not in drawn
    assert "https://" not in drawn
    assert "That Wren notices a fall." in drawn
    assert "3 of 3 sensors were set off by hand and seen." in drawn


def test_it_counts_for_this_gateway_and_these_sensors(tmp_path: Path) -> None:
    of = config(tmp_path)
    assert standing(of).state() == "never"
    issued(of)
    assert standing(of).state() == "passed"
    assert standing(config(tmp_path, DOOR + AIR + BUTTON + "# a remark\n")).state() == "passed"
    assert standing(config(tmp_path, DOOR.replace("pin = 4", "pin = 5") + AIR + BUTTON)).state() == "other_config"
    assert standing(config(tmp_path, DOOR + BUTTON)).state() == "other_config"


def test_another_gateways_certificate_is_none(tmp_path: Path) -> None:
    of = config(tmp_path)
    issued(of)
    other = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
    note_key(places_of(of).own_keys, text_of(other.public_key()))  # the board was replaced, and enrolled anew
    assert standing(of).state() == "never"
    note_key(places_of(of).own_keys, text_of(KEY.public_key()), text_of(other.public_key()))  # rotated
    assert standing(of).state() == "passed"


def test_a_certificate_of_another_home_is_none(tmp_path: Path, signed: bytes) -> None:
    of = config(tmp_path)
    issued(of)
    elsewhere = parse(BASE.replace("h-0001", "h-0002") + DOOR + f'[gateway]\ndata_dir = "{tmp_path / "data"}"\n')
    assert standing(elsewhere).state() == "never"
    places_of(of).walk_certificate.write_bytes(signed.replace(b"a", b"b", 1))
    assert standing(of).state() == "never"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda found: found[1:], "Not walked to yet: front"),
        (lambda found: [msgspec.structs.replace(found[0], outcome="gone"), *found[1:]], "Not there any more"),
        (lambda found: [*found[:2], msgspec.structs.replace(found[2], call=None)], "No call went to the desk and back"),
        (
            lambda found: [msgspec.structs.replace(one, outcome="skipped") for one in found],
            "No call went to the desk and back",
        ),
    ],
)
def test_what_does_not_pass_is_not_signed(tmp_path: Path, change: object, why: str) -> None:
    of = config(tmp_path)
    with pytest.raises(issue.NotPassed, match=why):
        issued(of, found=change(proofs(of)))  # type: ignore[operator]
    assert not places_of(of).walk_certificate.exists()


def test_panels_are_part_of_it(tmp_path: Path) -> None:
    panel = '[[panels]]\nresident = "r1"\nlight_pin = 5\nok_pin = 6\n'
    of = config(tmp_path, DOOR + AIR + BUTTON + panel)
    found = proofs(of)
    found[-1] = msgspec.structs.replace(found[-1], seen=None, panel=PanelProof(lights=("asking",), buttons=("ok",)))
    certificate = issued(of, found=found)
    assert "1 lights, ok" in page(certificate, places_of(of).walk_certificate.read_bytes()).decode()
    assert standing(of).state() == "passed"
    assert standing(config(tmp_path)).state() == "other_config"
