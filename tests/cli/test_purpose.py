"""Why a home is watched: written down, shown, and asked for again when its time is over."""

import json
import time
from datetime import date, timedelta

import pytest
from click.testing import CliRunner

from gateway.cli.check import check
from gateway.cli.status import status
from gateway.condition import judge
from gateway.config.doubts import doubts
from gateway.config.places import places_of
from gateway.config.purpose import overdue
from gateway.config.reading import parse
from gateway.errors import ConfigError
from gateway.sources.simulator.house import home_toml
from gateway.transcript import read
from models.kinds import AlertKind

from .house import NOW_S, TOML, Beat, House

PURPOSE = TOML[TOML.index("[purpose]") : TOML.index("[gateway]")]


def with_purpose(house: House, text: str) -> House:
    whole = house.path.read_text(encoding="utf-8")
    house.path.write_text(whole.replace(PURPOSE, text), encoding="utf-8")
    return house


def shown_by(command: str, house: House) -> str:
    known = {"check": check, "status": status}
    return CliRunner().invoke(known[command], ["--config", str(house.path)]).output


def document_of(command: str, house: House) -> dict[str, object]:
    known = {"check": check, "status": status}
    found: dict[str, object] = json.loads(
        CliRunner().invoke(known[command], ["--json", "--config", str(house.path)]).output
    )
    return found


def test_the_house_has_one() -> None:
    assert PURPOSE.startswith("[purpose]\nwhy = ")


@pytest.mark.parametrize("command", ["check", "status"])
def test_why_who_and_until_when_are_shown(house: House, command: str) -> None:
    house.says(beats=[Beat(int(time.time()))])
    shown = shown_by(command, house)
    assert "watched because: Lives alone and wants to stay\n" in shown
    decided = "decided by the resident, on the basis of the resident's consent, looked at again by 1 May 2099\n"
    assert decided in shown
    assert document_of(command, house)["purpose"] == {
        "why": "Lives alone and wants to stay.",
        "basis": "consent",
        "decided_by": "resident",
        "decided_with": None,
        "habits": [],
        "review": "2099-05-01",
        "overdue": False,
    }


def test_the_kinds_that_are_on_come_with_reason_and_owner(house: House) -> None:
    house.says(beats=[Beat(int(time.time()))])
    assert "inactivity  owned by team (day and night)  because: lives alone" in shown_by("check", house)
    assert "team is told of inactivity (lives alone)" in shown_by("status", house)
    on = document_of("status", house)["alerts_on"]
    assert on == document_of("check", house)["alerts_on"]
    assert isinstance(on, dict)
    assert (on["inactivity"]["reason"], on["inactivity"]["owner"]) == ("lives alone", "team")


def test_a_kind_without_reason_or_owner_stays_off_or_is_refused(house: House) -> None:
    spec = house.config.spec(live=True)
    assert spec.alerts == {AlertKind.INACTIVITY}
    assert "long_stay" in shown_by("check", house).partition("Off:")[2]
    assert "no [alerts.long_stay] table gives a reason and an owner" in shown_by("check", house)
    bare = TOML.replace('[alerts.inactivity]\nreason = "lives alone"\nowner = "team"\n', "")
    assert parse(bare).spec(live=True).alerts == frozenset()
    for half in ('reason = "lives alone"\n', 'owner = "team"\n'):
        with pytest.raises(ConfigError):
            parse(TOML.replace(f"[alerts.inactivity]\n{half}", "[alerts.inactivity]\n", 1).replace(half, "", 1))


def test_which_habits_leave_is_agreed_to_one_by_one(house: House) -> None:
    assert house.config.spec(live=True).habits_told == frozenset()
    assert "habits told" in shown_by("check", house)
    agreed = with_purpose(house, PURPOSE + 'habits = ["kitchen-tap", "kitchen-tep"]\n')
    assert agreed.config.spec(live=True).habits_told == frozenset({"kitchen-tap", "kitchen-tep"})
    assert "kitchen-tep is no habit of this home. Known: " in " ".join(doubts(agreed.config))
    assert with_purpose(house.write(), PURPOSE + 'habits = "all"\n').config.spec(live=True).habits_told is None
    recording = parse(TOML.partition("[[recipients]]")[0])
    assert recording.spec(live=False).habits_told is None
    assert recording.spec(live=True).habits_told == frozenset()


@pytest.mark.parametrize("command", ["check", "status"])
def test_that_nobody_wrote_it_down_is_said(house: House, command: str) -> None:
    with_purpose(house, "").says(beats=[Beat(int(time.time()))])
    assert "not written down: home.toml has no [purpose] table" in shown_by(command, house)
    assert document_of(command, house)["purpose"] is None
    assert "nobody has written down why this home is watched" in " ".join(doubts(house.config))


def test_a_review_that_is_over_is_a_problem_for_the_provider_and_no_refusal(house: House) -> None:
    today = date(2026, 11, 20)  # the day of NOW_S
    house.says(beats=[Beat(NOW_S)])
    for review, problems in (
        (today, []),
        (today - timedelta(days=1), ["was to be looked at again by 19 November 2026."]),
    ):
        with_purpose(house.write(), PURPOSE.replace("review = 2099-05-01", f"review = {review}"))
        found = [
            one
            for one in judge(house.config, read(places_of(house.config)), NOW_S).problems
            if one.problem.startswith("That this home is watched ")
        ]
        assert [one.problem.removeprefix("That this home is watched ") for one in found] == problems
        assert all("the provider" in one.advice for one in found)
    assert "was to be looked at again by 19 November 2026." in shown_by("check", house) or time.time() < NOW_S


def test_the_date_is_the_homes_own() -> None:
    sydney = parse(TOML.replace("Europe/London", "Australia/Sydney"))
    purpose = sydney.purpose
    assert purpose is not None
    assert overdue(purpose, purpose.review) is None
    assert overdue(purpose, purpose.review + timedelta(days=1)) is not None


def test_a_date_further_than_a_year_is_doubted(house: House) -> None:
    assert "a decision is to be looked at at least once a year" in shown_by("check", house)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('decided_by = "resident"', 'decided_by = "best_interests"', "`decided_with` does not say with whom"),
        ('decided_by = "resident"', 'decided_by = "daughter"', "decided_by"),
        ("review = 2099-05-01", 'review = "soon"', "review"),
        ('basis = "consent"', 'basis = "habit"', "basis"),
        ("why = ", "what_for = ", "unknown key `what_for`"),
    ],
)
def test_what_is_refused_names_its_line(old: str, new: str, problem: str) -> None:
    assert old in PURPOSE
    with pytest.raises(ConfigError) as refused:
        parse(TOML.replace(PURPOSE, PURPOSE.replace(old, new)), where="home.toml")
    assert problem in refused.value.problem
    assert "home.toml:" in refused.value.problem


def test_others_may_decide_with_a_basis_that_allows_it() -> None:
    others = 'decided_by = "best_interests"\ndecided_with = "daughter, social worker"'
    text = TOML.replace('decided_by = "resident"', others)
    assert "nobody can consent in another's place" in " ".join(doubts(parse(text)))
    assert "consent in another" not in " ".join(doubts(parse(text.replace('"consent"', '"public_task"'))))


def test_the_simulated_home_says_that_it_is_none() -> None:
    purpose = parse(home_toml()).purpose
    assert purpose is not None
    assert "nobody lives here" in purpose.why
