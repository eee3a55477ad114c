"""The shadow run: another setting over a home's own recent past, from a real home.db."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.cli.evaluate import evaluate
from gateway.config.reading import load
from gateway.errors import ConfigError, InputError, StoreUnavailable
from gateway.evaluation.shadow import Shadow, kept, shadow_run
from gateway.evaluation.shadow_report import differences, headline, notes
from gateway.store.journal import Journal
from models.home import Home
from models.kinds import AlertKind
from models.localtime import HOUR_S
from models.vocabulary import Finding, Reading

from .street import day_s, recorded

KINDS = ("inactivity", "long_stay", "late_start")


def toml(path: Path, *, kinds: tuple[str, ...] = KINDS, more: str = "", without: str = "") -> Path:
    sensors = "".join(
        f'[[sensors]]\nid = "{s.id}"\nkind = "{s.kind}"\nplace = "{s.place}"\nresident = "r1"\n'
        for s in recorded().spec.sensors
        if s.id != without
    )
    alerts = "".join(f'[alerts.{kind}]\nreason = "lives alone"\nowner = "team"\n' for kind in kinds)
    path.write_text(
        '[home]\nid = "h"\ntimezone = "Europe/London"\n[[residents]]\nid = "r1"\n'
        f'[[recipients]]\nid = "team"\nhours = "24h"\n{sensors}{alerts}{more}'
    )
    return path


def past(days: int = 24) -> list[Reading]:
    """Some weeks, with one long silence in the last one."""
    start_ms, end_ms = day_s(20, 12) * 1000, day_s(20, 23.5) * 1000
    return [
        row for row in recorded().readings if row.at_ms < day_s(days, 4) * 1000 and not start_ms <= row.at_ms < end_ms
    ]


def home_db(folder: Path, config: Path, *, kept_from_day: int | None = None, rows: list[Reading] | None = None) -> Path:
    """What a gateway has kept: every input, or only those from a day on and what it had learnt before."""
    folder.mkdir()
    journal = Journal.open(folder / "home.db")
    rows = past() if rows is None else rows
    numbered = list(enumerate(rows, journal.reserve()[0]))
    journal.append(numbered)
    if kept_from_day is not None:
        home = Home(load(config).spec(live=True))
        edge_ms = day_s(kept_from_day, 4) * 1000
        for seq, row in numbered:
            if row.at_ms >= edge_ms:
                break
            home.step(row)
            last = seq
        journal.save_checkpoint(last, home.state(), home.now_ms)
        assert journal.prune(edge_ms) > 0
    journal.mark_clean_stop()
    journal.close()
    return folder / "home.db"


def shadow(database: Path, config: Path, proposed: Path, days: int = 60) -> Shadow:
    kept_ = kept(database)
    try:
        return shadow_run(kept_, load(config).spec(live=True), load(proposed).spec(live=True), days)
    finally:
        kept_.close()


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(evaluate, list(map(str, arguments)))


def test_the_setting_that_is_in_force_would_have_sent_the_same(tmp_path: Path) -> None:
    config = toml(tmp_path / "home.toml")
    found = shadow(home_db(tmp_path / "db", config), config, config)
    assert found.compare()[:3] == ([], [], [])
    assert len(found.present.alerts) >= 1
    assert found.present.notice_s == found.proposed.notice_s
    assert len(found.present.notice_s) > 200
    assert headline(found).endswith(("the same 1 alert.", f"the same {len(found.present.alerts)} alerts."))


def test_a_kind_that_is_turned_off_sends_fewer_and_one_that_is_turned_on_more(tmp_path: Path) -> None:
    config, proposed = toml(tmp_path / "home.toml"), toml(tmp_path / "new.toml", kinds=("long_stay",))
    database = home_db(tmp_path / "db", config)
    more, fewer, moved, _ = shadow(database, config, proposed).compare()
    assert (more, moved) == ([], [])
    assert AlertKind.INACTIVITY in {one.kind for one in fewer}
    found = shadow(database, proposed, config)
    assert found.compare()[0] == fewer
    days = round((found.until_s - found.from_s) / 86_400)
    assert (
        headline(found)
        == f"In the last {days} days this setting would have sent {len(fewer)} more and 0 fewer alerts: these."
    )


def test_a_larger_budget_notices_sooner_and_what_comes_sooner_is_the_same_alert(tmp_path: Path) -> None:
    config = toml(tmp_path / "home.toml", more="[budget]\ninactivity_per_day = 0.002\n")
    proposed = toml(tmp_path / "new.toml", more="[budget]\ninactivity_per_day = 0.2\n")
    found = shadow(home_db(tmp_path / "db", config), config, proposed)
    assert sum(found.proposed.notice_s) < sum(found.present.notice_s)
    _, fewer, moved, _ = found.compare()
    assert fewer == []
    silence = [one for one in moved if one.present.kind is AlertKind.INACTIVITY]
    assert silence
    assert all(one.proposed.opened_s < one.present.opened_s for one in silence)
    assert "would have come at another time" in headline(found)


def test_what_is_no_longer_kept_goes_on_in_what_was_learnt_from_it(tmp_path: Path) -> None:
    config = toml(tmp_path / "home.toml")
    live = Home(load(config).spec(live=True))
    sent = [one for row in past() for one in live.step(row) if isinstance(one, Finding)]
    found = shadow(home_db(tmp_path / "db", config, kept_from_day=14), config, config)
    assert found.learnt
    assert found.begun_s >= day_s(14, 4)
    assert found.present.alerts == [one for one in sent if one.opened_s >= found.from_s]
    assert found.present.alerts
    assert "with what had been learnt until then" in notes(found)[0]


def test_only_the_last_days_count(tmp_path: Path) -> None:
    config = toml(tmp_path / "home.toml")
    found = shadow(home_db(tmp_path / "db", config), config, config, days=2)
    assert found.present.alerts == []  # the long silence was before
    assert found.person_days == pytest.approx(2, abs=0.01)
    assert (
        headline(found)
        == "In the last 2 days this setting would have sent no alert, and the present one did not either."
    )


def test_what_was_learnt_but_cannot_be_read_is_said(tmp_path: Path) -> None:
    config = toml(tmp_path / "home.toml")
    database = home_db(tmp_path / "db", config)
    journal = Journal.open(database)
    first = next(journal.inputs())[0]
    journal.save_checkpoint(first - 1, {"version": 10_000}, 0)
    journal.close()
    found = shadow(database, config, config)
    assert (found.learnt, found.unreadable) == (False, True)
    assert "does not fit both" in notes(found)[0]


def test_time_that_the_gateway_was_down_is_not_counted(tmp_path: Path) -> None:
    config = toml(tmp_path / "home.toml")
    down, up = day_s(22, 4), day_s(22, 16)
    rows = [row for row in past() if not down * 1000 <= row.at_ms < up * 1000]
    rows += [Reading(down * 1000, "@gateway", 0), Reading(up * 1000, "@gateway", 1)]
    rows.sort(key=lambda row: row.at_ms)
    found = shadow(home_db(tmp_path / "db", config, rows=rows), config, config, days=3)
    assert found.blind_s == 12 * HOUR_S
    assert "The gateway was down for 12 h of this time" in " ".join(notes(found))


def test_a_clock_that_jumps_ahead_does_not_make_the_hours_pass(tmp_path: Path) -> None:
    config = toml(tmp_path / "home.toml")
    rows = past()
    by_s = 3 * 86_400
    at_ms = rows[-1].at_ms + by_s * 1000
    rows += [Reading(at_ms, "@clock", by_s), Reading(at_ms + 60_000, "kitchen", 1)]
    live = Home(load(config).spec(live=True))
    sent = [one for row in rows for one in live.step(row) if isinstance(one, Finding)]
    found = shadow(home_db(tmp_path / "db", config, rows=rows), config, config)
    assert found.present.alerts == sent


def test_sensors_that_differ_are_said(tmp_path: Path) -> None:
    config, less = toml(tmp_path / "home.toml"), toml(tmp_path / "new.toml", without="kitchen")
    one, other = load(config).spec(live=True), load(less).spec(live=True)
    assert "lacks kitchen" in differences(one, other)[0]
    assert "Only the proposed one has kitchen" in differences(other, one)[0]
    assert differences(one, one) == []
    moved = toml(tmp_path / "moved.toml")
    moved.write_text(moved.read_text().replace('place = "lounge"', 'place = "study"'))
    assert "differs for lounge, seat" in differences(one, load(moved).spec(live=True))[0]


def test_as_a_person_meets_it(tmp_path: Path) -> None:
    config, proposed = toml(tmp_path / "home.toml"), toml(tmp_path / "new.toml", kinds=("long_stay",))
    database = home_db(tmp_path / "db", config)
    said = run("--home", database, "--config", config, "--proposed", proposed)
    assert said.exit_code == 0, said.output
    assert "0 more and 1 fewer alerts: these." in said.output
    assert "No movement seen since" in said.output
    assert "attention, a person-week" in said.output
    told = run("--home", database, "--config", config, "--proposed", proposed, "--json")
    document = json.loads(told.output)
    assert [one["kind"] for one in document["fewer"]] == ["inactivity"]
    assert document["proposed"]["urgent_budget_per_month"] == 1
    assert document["sentences"][0] in said.output
    # and the file is as it was found: its next start need not check it
    journal = Journal.open(database)
    assert journal.opened.stopped_cleanly
    journal.close()


def test_what_cannot_be_used_is_refused_with_the_next_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = toml(tmp_path / "home.toml")
    database = home_db(tmp_path / "db", config)
    options = ("--config", config, "--proposed", config)
    for wrong in (
        ("--home", database),
        ("--proposed", config),
        ("--home", database, *options, str(tmp_path)),
        ("--home", database, *options, "--html", tmp_path / "page.html"),
        (),
    ):
        assert run(*wrong).exit_code == 2, wrong
    assert isinstance(run("--home", tmp_path / "none.db", *options).exception, InputError)
    bad = toml(tmp_path / "bad.toml", more="[budgets]\n")
    assert isinstance(run("--home", database, "--config", config, "--proposed", bad).exception, ConfigError)
    empty = home_db(tmp_path / "empty", config, rows=[])
    assert isinstance(run("--home", empty, *options).exception, InputError)
    monkeypatch.setattr("gateway.store.connection.BUSY_TIMEOUT_S", 0.0)
    running = Journal.open(database)
    error = run("--home", database, *options).exception
    running.close()
    assert isinstance(error, StoreUnavailable)
    assert (error.exit_code, "copy home.db" in error.advice) == (4, True)
