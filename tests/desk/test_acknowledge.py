"""Acknowledging: a person's name, from our own form only."""

import pytest

from .desk import Desk, alert
from .door import Door


def test_a_name_is_needed_and_kept_here(desk: Desk) -> None:
    desk.send(alert())
    for name in ("", "   ", "x" * 41, "a\x00b"):
        answer = desk.acknowledge(alert().id, name)
        assert answer.status == 400
        assert "name or initials" in answer.text
    assert len(desk.state()["open_care"]) == 1
    assert desk.acknowledge(alert().id, "  <b>Zoë O'Neill</b> ").status == 303
    assert "<b>Zoë O'Neill</b> acknowledged" in desk.text()
    assert "<b>Zoë" not in desk.people.get("/").text


def test_the_first_to_answer_is_the_one_who_answered(desk: Desk) -> None:
    desk.send(alert())
    desk.acknowledge(alert().id, "MO")
    assert "has been acknowledged" in desk.text(f"/alerts/{alert().id}")
    (story,) = desk.state()["closed"]
    assert [step["person"] for step in story["steps"]] == ["MO"]


def test_two_forms_open_at_once_give_one_answer(desk: Desk) -> None:
    desk.send(alert())
    path = f"/alerts/{alert().id}"
    form = {"token": desk.token(path), "person": "MO", "say": "acknowledged"}
    assert desk.people.form(path, form).status == 303
    assert desk.people.form(path, form | {"person": "JK"}).status == 303
    assert [step["person"] for step in desk.state()["closed"][0]["steps"]] == ["MO"]


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
        {"origin": "http://localhost:9999"},
    ],
)
def test_another_page_cannot_acknowledge(desk: Desk, headers: dict[str, str]) -> None:
    desk.send(alert())
    answer = desk.acknowledge(alert().id, **headers)
    assert answer.status == 403
    assert len(desk.state()["open_care"]) == 1


def test_our_own_form_can(desk: Desk) -> None:
    desk.send(alert())
    own = {"sec-fetch-site": "same-origin", "origin": "http://localhost:8080"}
    assert desk.acknowledge(alert().id, **own).status == 303


def test_a_token_is_for_one_alert_and_one_desk(desk: Desk) -> None:
    desk.send(alert(1), alert(2))
    path = f"/alerts/{alert(1).id}"
    for token in ("", "0" * 64, "é", desk.token(f"/alerts/{alert(2).id}")):
        assert desk.people.form(path, {"token": token, "person": "MO", "say": "acknowledged"}).status == 403
    assert len(desk.state()["open_care"]) == 2


def test_get_changes_nothing(desk: Desk) -> None:
    desk.send(alert())
    assert desk.people.get(f"/alerts/{alert().id}?say=useful&person=MO").status == 200
    assert len(desk.state()["open_care"]) == 1
    assert desk.store.answers.given() == []


def test_unknown_alerts_and_endless_forms(desk: Desk) -> None:
    assert desk.people.get("/alerts/nothing").status == 404
    assert desk.people.form("/alerts/nothing", {}).status == 404
    desk.send(alert())
    assert desk.people.form(f"/alerts/{alert().id}", {"person": "x" * 5000}).status == 413


@pytest.mark.parametrize("host", ["elsewhere.example", "127.0.0.1.elsewhere.example:8080", "", "[", "localhost.evil"])
def test_another_name_for_this_machine_is_not_answered(desk: Desk, host: str) -> None:
    answer = Door(desk.people.app, f"http://{host}").get("/api/state")
    assert answer.status == 421
    assert b"homes" not in answer.content


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1:8080", "[::1]:8080", "localhost"])
def test_its_own_names_are(desk: Desk, host: str) -> None:
    assert Door(desk.people.app, f"http://{host}").get("/").status == 200
