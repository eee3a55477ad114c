"""`second` and `[answers]`: who is told when nobody answers, and what may come back; understood, or refused."""

import pytest

from gateway.config.reading import parse
from gateway.errors import ConfigError
from models.kinds import AlertKind
from models.vocabulary import Recipients

from .configs import GOOD

OTHERS = '[[recipients]]\nid = "others"\nhours = "24h"\n'


def with_second(kind: str, second: str, more: str = OTHERS) -> str:
    at = GOOD.index("\n\n", GOOD.index(f"[alerts.{kind}]")) if kind == "help_button" else len(GOOD) - 1
    return f'{GOOD[:at]}\nsecond = "{second}"{GOOD[at:]}{more}'


def test_who_owns_a_kind_and_who_is_second_reach_the_core() -> None:
    spec = parse(with_second("help_button", "others")).spec(live=True)
    assert spec.recipients == {
        AlertKind.HELP_BUTTON: Recipients("team", "others"),
        AlertKind.INACTIVITY: Recipients("office", None),
    }
    assert spec.unanswered_after_s == 600
    assert parse(GOOD + "[answers]\nunanswered_after_min = 2\n").spec(live=True).unanswered_after_s == 120


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (with_second("help_button", "nobody"), "`help_button` has the unknown second recipient `nobody`"),
        (with_second("help_button", "team"), "`help_button` has `team` as owner and as second recipient"),
        (with_second("help_button", "office"), "`office`, keeps office hours. "),
        (with_second("inactivity", "office"), "`inactivity` has `office` as owner and as second recipient"),
        (with_second("inactivity", "Others"), "`alerts.inactivity.second`"),
        (GOOD + "[answers]\nattention_per_week = [2, 0.5]\n", "goes from 2 down to 0.5"),
        (GOOD + "[answers]\nattention_per_week = [0.05, 2]\n", "`answers.attention_per_week[1]`"),
        (GOOD + "[answers]\nattention_per_week = [1]\n", "attention_per_week"),
        (GOOD + "[answers]\nattention_per_week = 1\n", "attention_per_week"),
        (GOOD + "[answers]\nunanswered_after_min = 1\n", ">= 2"),
        (GOOD + "[answers]\nsnooze_at_most_days = 15\n", "<= 14"),
        (GOOD + "[answers]\nsnoze_at_most_days = 5\n", "Did you mean `snooze_at_most_days`?"),
    ],
)
def test_what_cannot_be_is_refused_at_its_line(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        parse(text)
    assert said in f"{refused.value} {refused.value.advice}"
    row = next(text[: text.index(key)] for key in ("second =", "[answers]\n") if key in text)
    line = row.count("\n") + (1 if "second =" in text else 2)
    assert f"home.toml:{line}:" in str(refused.value)


def test_equal_bounds_and_a_second_for_a_silence_in_office_hours_are_taken() -> None:
    text = with_second("inactivity", "team", "[answers]\nattention_per_week = [1, 1]\nsnooze_at_most_days = 0\n")
    config = parse(text)
    assert config.answers.attention_per_week == (1.0, 1.0)
    assert config.answers.snooze_at_most_days == 0
