"""Asking for an update: what is refused, and that nothing runs differently then."""

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli import update as command
from gateway.errors import GatewayError, InputError, StoreUnavailable
from gateway.release import debs, looking, told
from gateway.release.manifest import Target, order
from gateway.release.trial import Phase, Result, Trials
from gateway.release.updating import Update
from gateway.release.versions import Versions
from gateway.transcript import read
from models.kinds import Audience
from tests.cli.house import NOW_S, Beat, House, alert, resolved
from tests.uplink.messages import LOG

from . import ground
from .ground import Box, Stand, here
from .ticking import Machine

OLD, NEW = "0.1.0", "0.2.0"


@pytest.fixture
def box(tmp_path: Path) -> Box:
    box = Box.at(tmp_path)
    box.install(OLD, running=True)
    box.beat(4, OLD)
    return box


def plan(box: Box, **more: object) -> Update:
    return Update(box.root, Stand(), box.files, **more)  # type: ignore[arg-type]


def untouched(box: Box) -> None:
    assert Trials(box.root).trial() is None
    assert box.versions.current() == box.versions.steady()
    assert (box.versions.current() or "").startswith(OLD)


def test_an_update_is_installed_beside_and_handed_to_the_gate(box: Box) -> None:
    stand = Stand()
    steps: list[str] = []
    update = Update(box.root, stand, box.files, lambda what, *_: steps.append(what))
    name = update.to_bundle(box.bundle(NEW), box.versions)
    trial = Trials(box.root).trial()
    assert trial is not None
    assert (trial.new, trial.old, trial.phase, trial.beat) == (name, box.versions.current(), Phase.BEGUN, 4)
    assert stand.done == ["start wren-gate.path", "start wren-gate.service"]
    assert list(dict.fromkeys(steps)) == ["verifying", "unpacking", "building", "flushing", "installed"]
    assert len(box.versions.all()) == 2


def test_what_runs_already_is_said_to(box: Box) -> None:
    assert plan(box).to_bundle(box.bundle(OLD), box.versions) is None
    untouched(box)


def test_an_open_alert_refuses_it_and_says_which(box: Box) -> None:
    box.alert()
    with pytest.raises(GatewayError, match="help, r1, raised at 2026-11-22T11:00:00Z") as caught:
        plan(box).to_bundle(box.bundle(NEW), box.versions)
    assert "--wait" in caught.value.advice
    untouched(box)
    assert len(box.versions.all()) == 1


def test_notes_technicians_alerts_and_those_that_ended_do_not(box: Box) -> None:
    box.alert(1, severity="note")
    box.alert(2, audience="technician")
    box.alert(3, ended=True)
    assert plan(box).to_bundle(box.bundle(NEW), box.versions)


def test_it_can_wait_for_the_end_of_an_alert(box: Box) -> None:
    box.alert()
    waited: list[looking.OpenAlert] = []

    def sleep(_: float) -> None:
        if len(waited) == 3:
            box.alert(ended=True)

    assert plan(box, waits=waited.append, sleep=sleep).to_bundle(box.bundle(NEW), box.versions)
    assert [one.kind for one in waited] == ["help"] * 3


def test_an_alert_that_opens_while_it_is_installed_is_seen_before_the_switch(box: Box) -> None:
    update = plan(box, told=lambda what, *_: box.alert() if what == "building" else None)
    with pytest.raises(GatewayError, match="An alert is open"):
        update.to_bundle(box.bundle(NEW), box.versions)
    untouched(box)


def test_whether_an_alert_is_open_must_be_known(box: Box) -> None:
    box.files.outbox.write_bytes(b"no database" * 100)
    with pytest.raises(StoreUnavailable):
        plan(box).to_bundle(box.bundle(NEW), box.versions)
    untouched(box)


def test_another_update_is_refused_while_one_is_on_trial(box: Box) -> None:
    plan(box).to_bundle(box.bundle(NEW), box.versions)
    with pytest.raises(GatewayError, match="still on trial"):
        plan(box).to_bundle(box.bundle("0.3.0"), box.versions)
    with Trials(box.root).alone(wait=False), pytest.raises(GatewayError, match="is being installed, or is on trial"):
        plan(box).to_bundle(box.bundle("0.3.0"), box.versions)


def test_an_older_version_is_refused_unless_that_is_meant(box: Box) -> None:
    with pytest.raises(InputError, match="it is older"):
        plan(box).to_bundle(box.bundle("0.0.9"), box.versions)
    untouched(box)
    assert plan(box, allow_older=True).to_bundle(box.bundle("0.0.9"), box.versions)


@pytest.mark.parametrize(
    ("smaller", "larger"), [("0.1.0", "0.1.1"), ("0.9.0", "0.10.0"), ("0.2.0rc1", "0.2.0"), ("0.2.0rc1", "0.2.0rc2")]
)
def test_versions_have_an_order(smaller: str, larger: str) -> None:
    assert order(smaller) < order(larger)


def test_a_bundle_for_another_machine_is_refused(box: Box) -> None:
    suite = "trixie" if here().suite == "bookworm" else "bookworm"
    target = Target(suite, "arm64", {"trixie": "3.13", "bookworm": "3.11"}[suite])
    with pytest.raises(InputError, match=f"This bundle is for {suite}, arm64"):
        plan(box).to_bundle(box.bundle(NEW, target=target), box.versions)
    untouched(box)


def test_nothing_is_installed_where_there_is_nothing_to_go_back_to(tmp_path: Path) -> None:
    box = Box.at(tmp_path)
    with pytest.raises(InputError, match="could be gone back to"):
        plan(box).to_bundle(box.bundle(NEW), box.versions)


def test_a_configuration_that_the_new_version_refuses_stops_it(box: Box) -> None:
    def refuses(folder: Path) -> None:
        assert (folder / "bin/wren").is_file()
        raise InputError("The new version refuses it.", advice="Mend it.")

    with pytest.raises(InputError, match="refuses it"):
        plan(box, tries=refuses).to_bundle(box.bundle(NEW), box.versions)
    untouched(box)


def test_a_full_card_is_said_before_anything_is_written(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.release.versions._ROOM", 10**12)
    with pytest.raises(InputError, match="are free on the card"):
        plan(box).to_bundle(box.bundle(NEW), box.versions)
    untouched(box)


def test_back_to_the_version_before(box: Box) -> None:
    plan(box).to_bundle(box.bundle(NEW), box.versions)
    assert Machine(box).boots_until_decided() is Result.KEPT
    assert (name := plan(box).back(box.versions)).startswith(OLD)
    assert Machine(box).boots_until_decided() is Result.KEPT
    assert box.versions.current() == box.versions.steady() == name


def test_back_during_a_trial_and_back_from_nowhere(box: Box) -> None:
    with pytest.raises(InputError, match="no version before"):
        plan(box).back(box.versions)
    plan(box).to_bundle(box.bundle(NEW), box.versions)
    assert plan(box).back(box.versions).startswith(OLD)
    assert Trials(box.root).asked_back()
    assert Machine(box).boots_until_decided() is Result.NOT_BEGUN
    untouched(box)


def test_going_back_from_a_trial_that_is_decided_meanwhile(box: Box) -> None:
    """`--rollback --wait` waits for the end of an alert, and the trial ends sooner: its word must not meet the next."""
    plan(box).to_bundle(box.bundle(NEW), box.versions)
    machine = Machine(box)

    def sleep(_: float) -> None:
        machine.boots_until_decided()
        box.alert(ended=True)

    box.alert()
    # decided as not begun, because of the alert; then there is no trial any more, and no version before
    with pytest.raises(InputError, match="no version before"):
        plan(box, waits=lambda _: None, sleep=sleep).back(box.versions)
    assert not Trials(box.root).asked_back()


def test_a_word_to_go_back_that_came_too_late_is_none_for_the_next_update(box: Box) -> None:
    Trials(box.root).folder.mkdir(parents=True, exist_ok=True)
    Trials(box.root).ask_back()
    plan(box).to_bundle(box.bundle(NEW), box.versions)
    assert Machine(box).boots_until_decided() is Result.KEPT


def test_a_version_that_was_gone_back_from_is_never_gone_back_to(box: Box) -> None:
    plan(box).to_bundle(box.bundle(NEW), box.versions)
    assert Machine(box, new="crash loop").boots_until_decided() is Result.WENT_BACK
    assert len(box.versions.all()) == 2
    with pytest.raises(InputError, match="no version before"):
        plan(box).back(box.versions)


def test_only_two_versions_stay_and_the_next_update_makes_room(box: Box) -> None:
    for version in (NEW, "0.3.0"):
        plan(box).to_bundle(box.bundle(version), box.versions)
        assert Machine(box).boots_until_decided() is Result.KEPT
        assert len(box.versions.all()) == 2
    assert not [name for name in box.versions.all() if name.startswith(OLD)]


def test_a_version_that_is_not_complete_is_switched_to_by_nobody(box: Box) -> None:
    name = box.install(NEW)
    (box.versions.folder(name) / "complete").unlink()
    with pytest.raises(GatewayError, match="not complete"):
        box.versions.switch(name)
    with pytest.raises(GatewayError, match="not complete"):
        box.versions.trust("../../etc")
    untouched(box)


def test_packages_that_are_there_are_left_alone(tmp_path: Path) -> None:
    ran: list[list[str]] = []

    def run(command: object) -> object:
        import subprocess

        ran.append(list(command))  # type: ignore[call-overload]
        said = "libc6:amd64 ii \nxdg-dbus-proxy rc \n" if "dpkg-query" in ran[-1] else ""
        return subprocess.CompletedProcess(ran[-1], 0, said, "")

    files = [tmp_path / "libc6_2.36_amd64.deb", tmp_path / "xdg-dbus-proxy_0.1_amd64.deb"]
    assert debs.install(files, run) == ["xdg-dbus-proxy"]  # type: ignore[arg-type]
    assert ran[-1] == ["dpkg", "--install", "--force-confold", str(files[1])]
    assert debs.install(files[:1], run) == []  # type: ignore[arg-type]


# ---- what the gate reads from outside is what the daemon writes


def test_open_alerts_are_those_that_wren_alerts_shows(tmp_path: Path) -> None:
    from gateway.config.places import places_of

    house = House(tmp_path).write()
    technicians = alert(3, NOW_S, audience=Audience.TECHNICIAN)
    house.says(alert(1, NOW_S), alert(2, NOW_S + 60), technicians, resolved(4, 2, NOW_S + 90), beats=[Beat(NOW_S)])
    places = places_of(house.config)
    seen = looking.open_alerts(places.outbox_db)
    shown = [story.alert for story in read(places).stories() if story.is_open and story.alert.audience is Audience.CARE]
    assert [(one.kind, one.resident, one.severity, one.raised_at) for one in seen] == [
        (one.kind, one.resident, one.severity, one.raised_at) for one in shown
    ]
    assert len(seen) == 1
    assert looking.beat(places.outbox_db) == looking.Beat(1, "0.1.0")


def test_what_the_provider_confirmed_is_what_the_messenger_wrote_down(tmp_path: Path) -> None:
    from gateway.config.places import places_of
    from gateway.uplink.book import Book
    from gateway.uplink.files import DATABASE

    assert looking.BOOK == DATABASE
    house = House(tmp_path).write()
    house.says(beats=[Beat(NOW_S), Beat(NOW_S + 900)])
    places = places_of(house.config)
    uplink = places.uplink_db.parent
    assert looking.confirmed(places.outbox_db, uplink) == 0
    with closing(sqlite3.connect(places.outbox_db)) as raw:
        ids = [row[0] for row in raw.execute("SELECT id FROM statuses ORDER BY seq")]
    uplink.mkdir(exist_ok=True)
    with Book(places.uplink_db, utc_s=lambda: NOW_S, log=LOG) as book:
        for number, one in enumerate(ids, start=1):
            book.delivered(one, "status", sha256="0" * 64, attempts=1)
            assert looking.confirmed(places.outbox_db, uplink) == number


def test_an_alert_whose_message_is_gone_is_open_all_the_same(box: Box) -> None:
    box.alert()
    with closing(sqlite3.connect(box.files.outbox)) as raw, raw:
        raw.execute("DELETE FROM messages")
    assert len(looking.open_alerts(box.files.outbox)) == 1


@pytest.mark.parametrize("body", [b"[" * 100_000, b"\xff", b"7", 7, None], ids=["deep", "bytes", "list", "int", "none"])
def test_a_body_that_is_none_neither_hides_an_alert_nor_ends_the_gate(box: Box, body: object) -> None:
    box.alert()
    with closing(sqlite3.connect(box.files.outbox)) as raw, raw:
        raw.execute("UPDATE messages SET body = ?", (body,))
        raw.execute("INSERT INTO statuses VALUES (9, 'b9', ?)", (body,))
    assert len(looking.open_alerts(box.files.outbox)) == 1
    assert looking.beat(box.files.outbox) == looking.Beat(9, "")


def test_a_pipe_or_a_riddle_in_the_place_of_the_outbox_holds_nobody_up(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder is the daemon's user's, and the gate is what is to help if the daemon is no longer itself."""
    box.files.outbox.unlink()
    os.mkfifo(box.files.outbox)
    with pytest.raises(StoreUnavailable):
        looking.beat(box.files.outbox)
    box.files.outbox.unlink()
    monkeypatch.setattr(looking, "READ_WITHIN_S", -5.0)
    with closing(sqlite3.connect(box.files.outbox)) as raw, raw:
        raw.execute("CREATE TABLE alerts (id TEXT)")
        endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, i FROM n"
        raw.execute(f"CREATE VIEW statuses (seq, body) AS {endless}")
    with pytest.raises(StoreUnavailable):
        looking.beat(box.files.outbox)


def test_where_no_daemon_has_run_no_alert_is_open(tmp_path: Path) -> None:
    assert looking.open_alerts(tmp_path / "outbox.db") == []
    assert looking.beat(tmp_path / "outbox.db") == looking.Beat(0, "")


# ---- the command


@pytest.fixture
def at(box: Box, monkeypatch: pytest.MonkeyPatch) -> Box:
    monkeypatch.setattr(command, "ROOT", box.root)
    monkeypatch.setattr(command, "Systemd", Stand)
    monkeypatch.setattr(command, "require_root", lambda: None)
    monkeypatch.setattr(command, "_files", lambda _: box.files)
    monkeypatch.setattr(command, "Versions", lambda root: Versions(root, ground.fake_environment))
    return box


def test_show_says_what_runs_and_what_became_of_the_last(at: Box) -> None:
    shown = CliRunner().invoke(command.update, ["--show", "--json"])
    assert json.loads(shown.output) == {
        "current": at.versions.current(), "steady": at.versions.steady(), "versions": at.versions.all(),
        "trial": None, "last": None,
    }  # fmt: skip
    plan(at).to_bundle(at.bundle(NEW), at.versions)
    assert "on trial          0.2.0-" in CliRunner().invoke(command.update, ["--show"]).output
    Machine(at, new="crash loop").boots_until_decided()
    shown = CliRunner().invoke(command.update, ["--show"])
    assert "was gone back from, to 0.1.0-" in shown.output
    assert "wren.service ended 3 times." in shown.output


def test_following_an_update_to_its_end(at: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: Machine(at).boots_until_decided())
    done = CliRunner().invoke(command.update, [str(at.bundle(NEW)), "--follow"], catch_exceptions=False)
    assert done.exit_code == 0
    assert "was kept. It was well for 15 minutes." in done.output
    done = CliRunner().invoke(command.update, [str(at.bundle(NEW))])
    assert "is what runs already" in done.output


def test_ending_a_trial_is_followed_to_its_end_and_is_what_was_asked_for(
    at: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan(at).to_bundle(at.bundle(NEW), at.versions)
    machine = Machine(at)

    class Asked(Exception):
        pass

    def stops() -> None:
        raise Asked

    machine.during = stops
    with pytest.raises(Asked):
        machine.gate().run()  # it is watched by now
    monkeypatch.setattr("time.sleep", lambda _: Machine(at).boots_until_decided())
    done = CliRunner().invoke(command.update, ["--rollback"], catch_exceptions=False)
    assert "is watched" not in done.output
    assert f"was gone back from, to {at.versions.current()}. Somebody asked for it." in done.output
    assert done.exit_code == 0
    untouched(at)


def test_a_configuration_check_that_hangs_is_no_traceback(
    at: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "version/bin/wren"
    script.parent.mkdir(parents=True)
    script.write_text("#!/bin/sh\nexec sleep 60\n")
    script.chmod(0o755)
    (tmp_path / "home.toml").touch()
    monkeypatch.setattr(command, "_TRY_S", 0.1)
    with pytest.raises(GatewayError, match="says nothing"):
        command._try(tmp_path / "version", tmp_path / "home.toml")


@pytest.mark.parametrize("words", [[], ["--show", "--rollback"], ["x.tar", "--show"]])
def test_one_thing_at_a_time(at: Box, words: list[str]) -> None:
    done = CliRunner().invoke(command.update, words)
    assert isinstance(done.exception, InputError)


def test_status_tells_of_a_trial_and_for_a_week_of_one_that_was_gone_back_from(box: Box) -> None:
    at_s = 1_790_000_000
    assert (told.on_trial(at_s, box.root), told.gone_back(at_s, box.root)) == (None, None)
    plan(box).to_bundle(box.bundle(NEW), box.versions)
    assert "0.2.0-" in (told.on_trial(at_s, box.root) or "")
    Machine(box, new="crash loop").boots_until_decided()
    problem, advice = told.gone_back(at_s + 3600, box.root) or ("", "")
    assert "wren.service ended 3 times." in problem
    assert "journalctl -u wren-gate" in advice
    assert told.gone_back(at_s + 8 * 86_400, box.root) is None
    assert told.on_trial(at_s, box.root) is None
