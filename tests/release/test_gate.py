"""What the gate decides, for whatever a version and its machine may do."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway import heartbeat
from gateway.errors import GatewayError
from gateway.release import health, looking
from gateway.release.gate import MOST_BOOTS
from gateway.release.health import COMES_UP_WITHIN_S, DECIDED_WITHIN_S, Facts, Judge, Verdict
from gateway.release.looking import Beat
from gateway.release.services import DAEMON, UPLINK, Unit
from gateway.release.trial import Phase, Result, Trials
from gateway.release.updating import Update

from .ground import Box, Stand
from .ticking import Machine

OLD, NEW = "0.1.0", "0.2.0"


@pytest.fixture
def box(tmp_path: Path) -> Box:
    box = Box.at(tmp_path)
    box.install(OLD, running=True)
    box.beat(4, OLD)
    return box


def asked(box: Box) -> Box:
    Update(box.root, Stand(), box.files).to_bundle(box.bundle(NEW), box.versions)
    return box


def current(box: Box) -> str:
    return (box.versions.current() or "").split("-")[0]


def test_a_version_that_is_well_is_kept_after_a_quarter_of_an_hour(box: Box) -> None:
    machine = Machine(asked(box))
    assert machine.boots_until_decided() is Result.KEPT
    assert 900 <= machine.now_s <= 930
    assert (current(box), box.versions.steady()) == (NEW, box.versions.current())
    assert machine.stand.done == ["units", f"restart wren-dbus-proxy.service {DAEMON} {UPLINK}"]
    assert [line.split(": ")[-1] for line in machine.said][-1] == "kept. It was well for 15 minutes."


def test_nothing_to_decide_is_no_error(box: Box) -> None:
    assert Machine(box).gate().run() is None


@pytest.mark.parametrize(("new", "why"), [("never up", "does not run"), ("crash loop", "ended 3 times")])
def test_a_version_that_does_not_come_up_is_gone_back_from(box: Box, new: str, why: str) -> None:
    machine = Machine(asked(box), new=new)
    assert machine.boots_until_decided() is Result.WENT_BACK
    assert machine.now_s <= COMES_UP_WITHIN_S + 20
    assert current(box) == OLD
    outcome = Trials(box.root).outcome()
    assert outcome is not None
    assert why in outcome.why
    assert machine.stand.done[2:] == machine.stand.done[:2], "units and a restart, both ways"


def test_a_daemon_that_runs_and_is_not_heard_is_gone_back_from(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(asked(box))
    machine._beaten_s = 1e9  # it never beats
    assert machine.boots_until_decided() is Result.WENT_BACK
    outcome = Trials(box.root).outcome()
    assert outcome is not None
    assert "not been heard" in outcome.why


def test_the_old_daemons_heartbeat_is_none_of_the_new_ones(box: Box) -> None:
    judge = Judge(NEW, 4, frozenset())
    up = {DAEMON: Unit("active")}
    judge.look(Facts(up, Beat(5, OLD), frozenset()), 0)
    assert judge.why == "The daemon has not been heard."
    judge.look(Facts(up, Beat(6, NEW), frozenset()), 10)
    assert judge.why == "It is well so far."


def test_a_database_that_is_moved_aside_ends_it_at_once(box: Box) -> None:
    judge = Judge(NEW, 4, frozenset({"home.db.corrupt-1"}))
    up = {DAEMON: Unit("active")}
    assert judge.look(Facts(up, Beat(5, NEW), frozenset({"home.db.corrupt-1"})), 0) is Verdict.WAIT
    seen = frozenset({"home.db.corrupt-1", "outbox.db.corrupt-2"})
    assert judge.look(Facts(up, Beat(5, NEW), seen), 10) is Verdict.GO_BACK


def test_the_gate_sees_what_was_moved_aside(box: Box) -> None:
    (box.files.private / "home.db.corrupt-before").touch()
    machine = Machine(asked(box))
    machine.during = (box.files.uplink / "uplink.db.corrupt-now").touch
    assert machine.boots_until_decided() is Result.WENT_BACK
    assert machine.now_s <= 20


def test_one_that_ends_once_is_watched_for_another_quarter_of_an_hour(box: Box) -> None:
    machine = Machine(asked(box))

    def ends_at_ten_minutes() -> None:
        if machine.now_s >= 600:
            machine.stand.units[DAEMON] = Unit("active", 1)

    machine.during = ends_at_ten_minutes
    assert machine.boots_until_decided() is Result.KEPT
    assert 1500 <= machine.now_s <= 1540


def test_a_messenger_that_ran_before_must_run_and_one_that_did_not_must_not(box: Box) -> None:
    machine = Machine(asked(box))
    machine.stand.units[UPLINK] = Unit("failed")
    assert machine.boots_until_decided() is Result.WENT_BACK

    stand = Stand()
    stand.units[UPLINK] = Unit("inactive")
    Update(box.root, stand, box.files).to_bundle(box.bundle("0.3.0"), box.versions)
    trial = Trials(box.root).trial()
    assert trial is not None
    assert UPLINK not in trial.running
    machine = Machine(box)
    machine.stand.units[UPLINK] = Unit("inactive")
    assert machine.boots_until_decided() is Result.KEPT


def test_a_gateway_that_is_no_home_yet_has_nothing_to_judge(box: Box) -> None:
    stand = Stand({})
    Update(box.root, stand, box.files).to_bundle(box.bundle(NEW), box.versions)
    machine = Machine(box)
    assert machine.boots_until_decided() is Result.KEPT
    assert machine.now_s == 0


def test_what_a_person_has_stopped_meanwhile_is_not_started(box: Box) -> None:
    """`wren erase` and `wren retire` want the daemon stopped, and a trial may be under way."""
    machine = Machine(asked(box))

    def stops() -> None:
        machine.stand.units[DAEMON] = Unit("inactive")

    machine.during = stops
    assert machine.boots_until_decided() is Result.WENT_BACK
    assert machine.stand.done[-1] == f"restart wren-dbus-proxy.service {UPLINK}"


def test_power_cuts_in_a_row_are_taken_for_its_doing(box: Box) -> None:
    asked(box)

    class Cut(Exception):
        pass

    def cut() -> None:
        raise Cut

    for boot in range(1, MOST_BOOTS + 2):
        machine = Machine(box, boot=f"boot-{boot}")
        machine.during = cut
        with pytest.raises(Cut):
            machine.gate().run()
        assert current(box) == NEW
    assert Machine(box, boot="boot-9").boots_until_decided() is Result.WENT_BACK
    assert current(box) == OLD


def test_an_alert_that_opens_before_the_switch_stops_it(box: Box) -> None:
    asked(box)
    box.alert()
    machine = Machine(box)
    assert machine.boots_until_decided() is Result.NOT_BEGUN
    assert (current(box), machine.stand.done) == (OLD, [])


def test_an_alert_that_opens_while_units_are_put_in_place_stops_it_before_a_restart(box: Box) -> None:
    """That takes seconds on a Pi: the last look is the one just before the daemon would be restarted."""
    machine = Machine(asked(box))
    does = machine.stand._do

    def alert_meanwhile(what: str) -> None:
        does(what)
        box.alert()

    machine.stand._do = alert_meanwhile  # type: ignore[method-assign]
    assert machine.boots_until_decided() is Result.NOT_BEGUN
    assert current(box) == OLD
    assert machine.stand.done == ["units", "units"], "there and back, and nobody was restarted"
    assert Trials(box.root).trial() is None


@pytest.mark.parametrize(("new", "result"), [("well", Result.KEPT), ("crash loop", Result.WENT_BACK)])
def test_an_alert_that_opens_during_the_trial_holds_up_neither_end(box: Box, new: str, result: Result) -> None:
    """Keeping restarts nothing; going back takes seconds, and what does not work watches nobody."""
    machine = Machine(asked(box), new=new)
    machine.during = box.alert
    assert machine.boots_until_decided() is result
    assert len(looking.open_alerts(box.files.outbox)) == 1


def test_somebody_asks_to_go_back(box: Box) -> None:
    asked(box)
    machine = Machine(box)
    machine.during = Trials(box.root).ask_back
    assert machine.boots_until_decided() is Result.WENT_BACK
    assert not Trials(box.root).asked_back()
    assert current(box) == OLD


@pytest.mark.parametrize("refuses", ["units", "restart"])
def test_a_systemd_that_refuses_the_new_versions_units_is_a_reason_to_go_back(box: Box, refuses: str) -> None:
    machine = Machine(asked(box))
    machine.stand.refuses = refuses
    if refuses == "restart":
        with pytest.raises(GatewayError):  # nothing could be restarted: systemd starts the gate again
            machine.gate().run()
        trial = Trials(box.root).trial()
        assert trial is not None
        assert trial.phase is Phase.GOING_BACK
        machine.stand.refuses = ""
    assert machine.boots_until_decided() is Result.WENT_BACK
    assert current(box) == OLD


@pytest.mark.parametrize("spoilt", [b"", b"{", b"[]", b'{"new": 7}', b"\xff" * 99])
def test_a_record_that_cannot_be_read_means_back_to_what_is_known_to_be_good(box: Box, spoilt: bytes) -> None:
    asked(box)
    name = box.install(NEW)
    record = Trials(box.root).folder / "trial.json"
    record.write_bytes(spoilt)
    assert Machine(box).boots_until_decided() is Result.NOT_BEGUN, "nothing was switched yet"
    box.versions.switch(name)
    record.write_bytes(spoilt)
    assert Machine(box).boots_until_decided() is Result.WENT_BACK
    assert current(box) == OLD


def test_a_new_version_whose_own_manifest_is_damaged_is_gone_back_from(box: Box) -> None:
    """By a card that is: it must not leave the gate dying and the version running for ever."""
    machine = Machine(asked(box))

    def damages() -> None:
        share = box.versions.folder(box.versions.current() or "") / "share/wren/manifest.json"
        share.write_bytes(b"\0" * 99)
        raise InterruptedError

    machine.during = damages
    with pytest.raises(InterruptedError):
        machine.gate().run()
    assert current(box) == NEW
    assert Machine(box).boots_until_decided() is Result.WENT_BACK
    assert current(box) == OLD


def test_without_a_record_each_service_that_runs_goes_back(box: Box) -> None:
    asked(box)
    box.versions.switch(box.install(NEW))
    (Trials(box.root).folder / "trial.json").write_bytes(b"{")
    machine = Machine(box)
    assert machine.boots_until_decided() is Result.WENT_BACK
    assert machine.stand.done[-1] == f"restart wren-dbus-proxy.service {DAEMON} {UPLINK}"


# ---- what the provider confirms


def test_a_messenger_that_delivered_and_no_longer_does_is_gone_back_from(box: Box) -> None:
    """It runs and the daemon beats, and the provider refuses its signature, or it knows no certificate any more."""
    box.confirm(4)
    machine = Machine(asked(box))
    assert machine.boots_until_decided() is Result.WENT_BACK
    outcome = Trials(box.root).outcome()
    assert outcome is not None
    assert "confirmed" in outcome.why
    assert machine.now_s <= DECIDED_WITHIN_S


def test_one_that_delivers_as_before_is_kept_in_time(box: Box) -> None:
    box.confirm(4)
    machine = Machine(asked(box))
    machine.during = lambda: box.confirm(looking.beat(box.files.outbox).number)
    assert machine.boots_until_decided() is Result.KEPT
    assert machine.now_s <= 930


def test_an_internet_that_comes_back_in_time_is_waited_for(box: Box) -> None:
    box.confirm(4)
    machine = Machine(asked(box))

    def comes_back() -> None:
        if machine.now_s >= 1800:
            box.confirm(looking.beat(box.files.outbox).number)

    machine.during = comes_back
    assert machine.boots_until_decided() is Result.KEPT
    assert 1800 <= machine.now_s <= 1830


@pytest.mark.parametrize("confirmed", [None, 2])
def test_one_that_did_not_deliver_before_need_not_now(box: Box, confirmed: int | None) -> None:
    """No provider, or none that was reached in the last half hour: nothing can be compared with that."""
    box.beat(2, OLD)
    box.beat(3, OLD)
    if confirmed:
        box.confirm(confirmed)
    machine = Machine(asked(box))
    assert machine.boots_until_decided() is Result.KEPT
    assert machine.now_s <= 930


def test_a_record_of_an_older_version_says_nothing_of_deliveries(box: Box) -> None:
    asked(box)
    record = Trials(box.root).folder / "trial.json"
    document = json.loads(record.read_text())
    del document["delivers"]
    record.write_text(json.dumps(document))
    assert Machine(box).boots_until_decided() is Result.KEPT


def test_a_record_that_names_no_version_leads_nowhere(box: Box) -> None:
    asked(box)
    record = Trials(box.root).folder / "trial.json"
    document = json.loads(record.read_text())
    record.write_text(json.dumps(document | {"new": "../../../tmp"}))
    assert Machine(box).boots_until_decided() is Result.NOT_BEGUN
    assert current(box) == OLD


FACTS = st.builds(
    Facts,
    st.fixed_dictionaries({
        DAEMON: st.builds(Unit, st.sampled_from(["active", "activating", "failed", "unknown"]), st.integers(0, 4)),
        UPLINK: st.builds(Unit, st.sampled_from(["active", "active", "failed"]), st.integers(0, 1)),
    }),
    st.none() | st.builds(Beat, st.integers(3, 9), st.sampled_from([OLD, NEW])),
    st.sampled_from([frozenset(), frozenset(), frozenset(), frozenset({"x"})]),
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(FACTS, min_size=1, max_size=40))
def test_whatever_is_seen_it_is_decided_in_time_and_never_kept_too_soon(seen: list[Facts]) -> None:
    judge = Judge(NEW, 4, frozenset())
    elapsed_s, verdict, well_since = 0.0, Verdict.WAIT, None
    while verdict is Verdict.WAIT:
        facts = seen[int(elapsed_s // 10) % len(seen)]
        is_up = all(unit.state == "active" for unit in facts.units.values()) and not facts.aside
        well_since = (elapsed_s if well_since is None else well_since) if is_up else None
        verdict = judge.look(facts, elapsed_s)
        assert elapsed_s <= DECIDED_WITHIN_S
        elapsed_s += 10.0
    if verdict is Verdict.KEEP:
        assert well_since is not None
        assert elapsed_s - 10 - well_since >= health.HEALTHY_FOR_S


def test_the_gate_knows_how_often_the_daemon_beats() -> None:
    assert health.BEATS_EVERY_S == heartbeat.EVERY_S
