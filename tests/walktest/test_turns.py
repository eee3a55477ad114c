"""What has to be seen of each sensor before it counts: edges, adverts, a contact at rest, a call's whole way."""

import pytest

from gateway.config.reading import parse
from gateway.config.tables import Config
from gateway.live.forms import Heard, Seen
from gateway.walktest.call_turn import CallTurn
from gateway.walktest.forms import REASONS
from gateway.walktest.results import Results
from gateway.walktest.scope import fingerprint, items_of
from gateway.walktest.turn import Packets, Turn
from gateway.walktest.walk import Means, Walk
from gateway.walktest.wish import CALL_S, NOTHING, Wish

BASE = """
[home]
id = "h-0001"
timezone = "Europe/London"
[[residents]]
id = "r1"
"""
DOOR = '[[sensors]]\nid = "front"\nkind = "door"\nplace = "outside-door"\ngpio = { pin = 4 }\n'
TAP = '[[sensors]]\nid = "tap"\nkind = "tap"\nplace = "kitchen"\ngpio = { pin = 17 }\n'
BUTTON = '[[sensors]]\nid = "help"\nkind = "button"\nplace = "lounge"\nresident = "r1"\ngpio = { pin = 27 }\n'
AIR = """[[sensors]]
id = "shed"
kind = "door"
place = "shed"
ble = { address = "C0:FF:EE:00:00:01", profile = "bthome", key = "00112233445566778899aabbccddeeff" }
"""


def home(*sensors: str) -> Config:
    return parse(BASE + "".join(sensors))


class Hand:
    """A technician whose clock stands still until it is moved."""

    def __init__(self, config: Config, results: Results | None = None) -> None:
        self.now_s = 1_000.0
        self.kept: list[Results] = []
        self.wishes: list[Wish] = []
        means = Means(self.kept.append, self.wishes.append, lambda: 1_795_349_836.0, lambda: self.now_s)
        self.walk = Walk(items_of(config), results or Results(home="h-0001"), "t17", means)

    def sees(self, sensor: str, *values: float, apart_s: float = 1.0) -> None:
        for value in values:
            self.walk.take(Seen(sensor, value, self.now_s))
            self.now_s += apart_s
        self.now_s += 1.0
        self.walk.pass_time()

    def now(self) -> str:
        turn = self.walk.turn
        return "" if turn is None else f"{turn.item.name}: {turn.missing(self.now_s)}"


def test_a_contact_counts_when_both_edges_were_seen() -> None:
    hand = Hand(home(DOOR, TAP))
    hand.sees("front", 1.0)
    assert hand.now() == "front: seen once; now back again"
    hand.sees("front", 0.0)
    assert hand.now() == "tap: "
    (proof,) = hand.walk.results.proofs.values()
    assert (proof.outcome, proof.seen, proof.by) == ("proven", "both", "t17")
    assert proof.wire is not None
    assert (proof.wire.changes, proof.wire.longest_ms, proof.wire.debounce_ms) == (2, 0, 50)
    assert hand.kept[-1] == hand.walk.results, "it is on the card before the next one's turn"


def test_another_sensor_is_no_proof_of_this_one() -> None:
    hand = Hand(home(DOOR, TAP))
    hand.sees("tap", 1.0, 0.0)
    assert hand.now() == "front: "
    assert any("tap was seen, not front" in line for line in hand.walk.said)
    assert hand.walk.results.proofs == {}


def test_a_contact_that_bounces_for_longer_than_its_debounce_does_not_pass() -> None:
    hand = Hand(home(DOOR))
    hand.sees("front", *[1.0, 0.0] * 4, apart_s=0.02)
    assert hand.now() == (
        "front: seen, but it bounced for 140 ms, and its debounce is 50 ms: raise `debounce_ms`, or mend the contact, "
        "then r"
    )
    hand.walk.key("r")
    hand.sees("front", 1.0, 0.0)
    assert hand.walk.is_through is False
    assert hand.walk.left == []


def test_a_floating_line_shows() -> None:
    hand = Hand(home(DOOR))
    hand.sees("front", *[1.0, 0.0] * 20, apart_s=0.03)
    assert "floating line" in hand.now()


def test_a_device_counts_with_enough_packets_and_a_margin() -> None:
    hand = Hand(home(AIR))
    for _ in range(9):
        hand.walk.take(Heard(("shed",), -71, hand.now_s))
    hand.sees("shed", 1.0, 0.0)
    assert hand.now() == "shed: seen; 9 of 10 radio packets heard: set it off again"
    hand.walk.take(Heard(("shed",), -84, hand.now_s))
    hand.walk.pass_time()
    proof = hand.walk.results.proofs["sensor/shed"]
    assert proof.radio is not None
    assert (proof.radio.packets, proof.radio.median_dbm, proof.radio.least_dbm) == (10, -71, -84)


@pytest.mark.parametrize(("dbm", "passes"), [(-80, True), (-81, False)])
def test_the_margin_is_ten_db_above_what_is_sure_to_be_heard(dbm: int, passes: bool) -> None:
    hand = Hand(home(AIR))
    for _ in range(10):
        hand.walk.take(Heard(("shed",), dbm, hand.now_s))
    hand.sees("shed", 1.0, 0.0)
    assert (hand.walk.left == []) is passes
    assert passes or "a margin of 9 dB where 10 are needed" in hand.now()


def test_what_is_left_out_has_one_of_a_few_reasons() -> None:
    hand = Hand(home(DOOR, TAP))
    hand.walk.key("s")
    hand.walk.key("9")
    assert hand.now() == "front: ", "no reason, not left out"
    hand.walk.key("s")
    hand.walk.key("3")
    proof = hand.walk.results.proofs["sensor/front"]
    assert (proof.outcome, proof.reason) == ("skipped", REASONS["3"])


def test_what_is_gone_keeps_the_walk_from_passing() -> None:
    hand = Hand(home(DOOR))
    hand.walk.key("g")
    hand.walk.key("y")
    assert [item.name for item in hand.walk.gone] == ["front"]


def test_later_comes_back() -> None:
    hand = Hand(home(DOOR, TAP))
    hand.walk.key("l")
    assert hand.now() == "tap: "
    hand.sees("tap", 1.0, 0.0)
    assert hand.now() == "front: "


def test_only_what_is_another_one_is_walked_to_again() -> None:
    hand = Hand(home(DOOR, TAP))
    hand.sees("front", 1.0, 0.0)
    hand.sees("tap", 1.0, 0.0)
    elsewhere = home(DOOR.replace("outside-door", "porch"), TAP.replace("pin = 17", "pin = 18"))
    again = Hand(elsewhere, hand.walk.results)
    assert [item.name for item in again.walk.left] == ["tap"], "a comment or a place makes no other sensor, a pin does"
    assert fingerprint(items_of(elsewhere)) != fingerprint(items_of(home(DOOR, TAP)))
    assert fingerprint(items_of(home(TAP, DOOR))) == fingerprint(items_of(home(DOOR, TAP)))


def test_a_wish_ends_by_itself_and_reaches_no_further_than_it_may() -> None:
    now_s = 1_000.0
    assert not NOTHING.calls(now_s)
    assert Wish(call_until_s=1_900).calls(now_s)
    assert not Wish(call_until_s=1_000).calls(now_s)
    assert not Wish(call_until_s=1_902).calls(now_s), "for ever is no test"


def test_a_measure_needs_a_value_only() -> None:
    warm = '[[sensors]]\nid = "warm"\nkind = "temperature"\nplace = "lounge"\n' + AIR.splitlines()[-1] + "\n"
    (item,) = items_of(home(warm))
    packets = Packets()
    turn = Turn(item, packets)
    for _ in range(10):
        packets.take(("warm",), -60)
    assert not turn.is_seen
    turn.take(0.0, 5.0)
    assert turn.missing(9.0) == ""


def test_adverts_of_the_place_where_it_was_do_not_count_for_where_it_is() -> None:
    hand = Hand(home(AIR))
    for _ in range(400):
        hand.walk.take(Heard(("shed",), -86, hand.now_s))
    hand.sees("shed", 1.0, 0.0)
    assert "weak: -86 dBm" in hand.now()
    hand.walk.key("r")  # it was moved
    for _ in range(10):
        hand.walk.take(Heard(("shed",), -64, hand.now_s))
    hand.sees("shed", 1.0, 0.0)
    proof = hand.walk.results.proofs["sensor/shed"]
    assert proof.radio is not None
    assert (proof.radio.packets, proof.radio.median_dbm, proof.radio.least_dbm) == (10, -64, -64)


class KnowingDesk:
    """A desk that confirms every announcement."""

    def confirmed_heartbeat(self, since_s: int, *, test_call: bool = False) -> tuple[None, int]:
        return None, since_s


def test_an_announcement_that_is_over_is_made_again_before_the_button_is_pressed() -> None:
    (item,) = items_of(home(BUTTON))
    now_s, announced = [1_000.0], []
    turn = CallTurn(item, Packets(), lambda: announced.append(now_s[0]), lambda: now_s[0])
    turn.announce()
    turn.look(KnowingDesk())  # type: ignore[arg-type]
    assert turn.missing(0.0) == "the desk knows that a test comes: press the button now"
    now_s[0] += CALL_S
    turn.look(KnowingDesk())  # type: ignore[arg-type]
    assert "then t, which tells the desk" in turn.missing(0.0), "by now nobody there takes it for a test"
    turn.take(1.0, 5.0)
    assert not turn.is_seen
    turn.announce()
    turn.look(KnowingDesk())  # type: ignore[arg-type]
    assert "press the button now" in turn.missing(0.0)
