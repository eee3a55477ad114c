"""The pages as such: their own words, and what a browser is told to allow."""

import re
from pathlib import Path

import pytest

import desk as desk_package
from desk.telling import OUTCOMES
from desk.titles import TITLES
from models.kinds import AlertKind, Severity
from models.vocabulary import Change
from models.wording import FORBIDDEN

from .desk import Desk, alert, status, update, words
from .test_page import summary

_DRAWN = re.compile(r"\bstroke(?:-[a-z]+)?\s*[:=]")
"""The line of an SVG shape."""


def test_the_pages_own_words_keep_the_rules(desk: Desk) -> None:
    templates = list(Path(desk_package.__file__).parent.rglob("*.html"))
    assert len(templates) >= 5
    for template in templates:
        assert not FORBIDDEN.search(_DRAWN.sub("", template.read_text())), template
    assert set(TITLES) == set(AlertKind), "every kind has a title"
    desk.send(*(alert(number, kind=kind) for number, kind in enumerate(AlertKind, 1)))
    desk.send(alert(90, kind=AlertKind.LATE_START, severity=Severity.ATTENTION), update(91, Change.UNANSWERED))
    for say in (*OUTCOMES, "new_normal", "snooze-7"):
        desk.say(f"/alerts/{alert(90).id}", say=say)
    for form in ({"say": "back", "resident": "r1"}, {"say": "budget", "attention_per_week": "2"}):
        desk.say("/homes/h-0001", "MO", None, **form)
    for path in ("/", f"/alerts/{alert(1).id}", f"/alerts/{alert(90).id}", "/homes/h-0001", "/alerts/none"):
        said = words(desk.people.get(path).text)
        assert len(said) > 80
        assert not FORBIDDEN.search(said), path


@pytest.mark.parametrize("path", ["/", "/api/state", "/alerts/none", "/desk.css", "/none"])
def test_a_browser_is_told_to_be_careful(desk: Desk, path: str) -> None:
    headers = desk.people.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self';")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"


def test_nothing_from_elsewhere_and_no_scripts(desk: Desk) -> None:
    desk.send(alert(), status(), summary(3))
    for path in ("/", f"/alerts/{alert().id}"):
        page = desk.people.get(path).text
        assert "http:" not in page
        assert "https:" not in page
        assert "<script" not in page
        assert " style=" not in page


def test_the_page_can_be_held_still(desk: Desk) -> None:
    assert 'http-equiv="refresh"' in desk.people.get("/").text
    assert 'http-equiv="refresh"' not in desk.people.get("/?refresh=off").text
    desk.send(alert())
    assert 'http-equiv="refresh"' not in desk.people.get(f"/alerts/{alert().id}").text, "it would wipe what is typed"
