"""`[[visits]]`: windows of the week, understood or refused with the next step."""

import pytest

from gateway.config.doubts import doubts
from gateway.config.reading import parse
from gateway.errors import ConfigError
from models.vocabulary import VisitWindow

_HOME = """\
[home]
id = "h-0001"
timezone = "Europe/London"

[[residents]]
id = "r1"

[[sensors]]
id = "tap"
kind = "tap"
place = "kitchen"
"""


def windows(visits: str) -> tuple[VisitWindow, ...]:
    return parse(_HOME + visits).spec(live=True).visits


def test_without_days_it_is_every_day() -> None:
    (window,) = windows('[[visits]]\nfrom = "08:00"\nto = "08:45"\n')
    assert window == VisitWindow(8 * 3600, 8 * 3600 + 45 * 60, frozenset(range(7)), None)


def test_days_are_counted_from_monday_and_a_night_is_one_window() -> None:
    (window,) = windows('[[visits]]\ndays = ["sun", "mon"]\nfrom = "23:30"\nto = "00:30"\nresident = "r1"\n')
    assert window == VisitWindow(23 * 3600 + 1800, 1800, frozenset({0, 6}), "r1")


@pytest.mark.parametrize(
    ("visits", "line", "said"),
    [
        ('[[visits]]\nfrom = "08:00"\nto = "08:00"\n', 14, "ends when it begins"),
        ('[[visits]]\nfrom = "08:00"\nto = "09:00"\nresident = "r9"\n', 15, "unknown resident `r9`"),
        ('[[visits]]\nfrom = "8 am"\nto = "09:00"\n', 13, 'expected a time such as "07:30"'),
        ('[[visits]]\nfrom = "08:00"\nto = "24:00"\n', 14, 'expected a time such as "07:30"'),
        ('[[visits]]\nfrom = "08:00"\nto = "09:00"\ndays = ["mno"]\n', 15, "Did you mean `mon`?"),
        ('[[visits]]\nfrom = "08:00"\nto = "09:00"\ndays = []\n', 15, "length >= 1"),
        ('[[visits]]\nfrom = "08:00"\nto = "09:00"\nday = ["mon"]\n', 15, "Did you mean `days`?"),
        ('[[visits]]\nfrm = "08:00"\nto = "09:00"\n', 13, "Did you mean `from`?"),
        ('[[visits]]\nto = "09:00"\n', 12, "`from`"),
    ],
)
def test_what_cannot_be_is_refused_at_its_line(visits: str, line: int, said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        windows(visits)
    text = f"{refused.value} {refused.value.advice}"
    assert said in text
    assert f"home.toml:{line}:" in text


def test_a_day_full_of_visits_is_worth_a_word() -> None:
    two = '[[visits]]\nfrom = "08:00"\nto = "12:00"\n[[visits]]\ndays = ["tue"]\nfrom = "22:00"\nto = "02:00"\n'
    (doubt,) = [one for one in doubts(parse(_HOME + two)) if "visits" in one]
    assert "more than 6 h of tue:" in doubt
    one = two.split("[[visits]]\ndays", maxsplit=1)[0]
    assert [doubt for doubt in doubts(parse(_HOME + one)) if "visits" in doubt] == []
