"""The resident's panel and the help button in the configuration."""

import pytest

from gateway.config.panel import refuse_unanswered_button
from gateway.config.reading import parse
from gateway.errors import ConfigError
from models.vocabulary import PanelSpec
from tests.gateway.configs import GOOD, changed, refused

PANEL = """
[[panels]]
resident = "r1"
light_pin = 5
ok_pin = 6
"""


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('resident = "r1"', 'resident = "r9"', "a panel belongs to unknown resident `r9`"),
        ("ok_pin = 6", "ok_pin = 17", "pin 17 is used by `kitchen-tap` and by the panel of `r1`"),
        ("ok_pin = 6", "ok_pin = 5", "pin 5 is used by `light_pin of r1` and by the panel of `r1`"),
        ("ok_pin = 6", "ok_pin = 6" + PANEL, "`r1` has two panels"),
        ("light_pin = 5", "light_pn = 5", "unknown key `light_pn`"),
        ("ok_pin = 6", 'ok_pin = 6\nsound = "loud"', "that is none of its choices"),
        ("ok_pin = 6", 'ok_pin = 6\nsound = "always"', "`sound` does nothing without `sound_pin`"),
        ("ok_pin = 6", 'ok_pin = 6\npause = "everything"', "`pause` does nothing without `pause_pin`"),
    ],
)
def test_a_panel_of_nobody_or_on_the_pin_of_another_is_refused(old: str, new: str, problem: str) -> None:
    assert parse(GOOD + PANEL).panels[0].ok_pin == 6
    assert problem in refused(GOOD + PANEL.replace(old, new)).problem


def test_what_a_panel_may_do_is_what_its_table_says() -> None:
    more = 'pause_pin = 13\npause = "everything"\n[[panels]]\nresident = "r2"\nlight_pin = 7\n'
    panels = parse(GOOD + PANEL + more).spec(live=True).panels
    assert panels == {"r1": PanelSpec(asks=True, pauses_all=True), "r2": PanelSpec(asks=False, pauses_all=False)}


def test_a_help_button_that_calls_nobody_day_and_night_is_refused() -> None:
    head, _, _ = GOOD.partition("[alerts")
    parse(head)  # a recording: every kind is on
    refuse_unanswered_button(parse(GOOD))
    with pytest.raises(ConfigError, match="A press of button would call nobody") as error:
        refuse_unanswered_button(parse(head))
    assert "replaces no pendant" in error.value.advice
    without, _ = changed("[alerts.help_button]", "[alerts.long_stay]")
    assert "a press of it would call nobody" in refused(without).problem
    asleep = refused(GOOD.replace('owner = "team"', 'owner = "office"'))
    assert "needs a recipient who answers day and night" in asleep.problem
