"""How soon a silence that began now would be noticed, as `wren status` says it."""

import json
import time
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest
from click.testing import CliRunner

from gateway.cli.status import status
from gateway.config.places import places_of
from gateway.errors import InputError
from gateway.notice_now import OLD_S, notice_now
from gateway.portrait import Portrait, write
from models.localtime import HOUR_S
from models.portrait import Watching
from tests.pictures.life import lived

from .house import Beat, House, summary


def portrait(at_s: int, *, watching: Watching = Watching.WATCHING, hours: float = 3.0) -> Portrait:
    """A picture of a home that would notice after `hours` at any time of the day."""
    one = lived()
    stream = msgspec.structs.replace(
        one.streams[0], watching=watching, notice_s=(round(hours * HOUR_S),) * 24, told=True
    )
    return msgspec.structs.replace(one, at_s=at_s, timezone="Europe/London", streams=(stream,))


def test_the_later_of_what_the_hours_around_now_say() -> None:
    half_past_s = int(datetime(2026, 1, 5, 14, 30, tzinfo=ZoneInfo("Europe/London")).timestamp())
    one = portrait(half_past_s)
    hours = [3 * HOUR_S] * 24
    hours[15] = 5 * HOUR_S
    changed = msgspec.structs.replace(one, streams=(msgspec.structs.replace(one.streams[0], notice_s=tuple(hours)),))
    (now,) = notice_now(changed, half_past_s)
    assert (now.within_s, now.by_s) == (5 * HOUR_S + HOUR_S // 2, half_past_s + 5 * HOUR_S + HOUR_S // 2)
    (now,) = notice_now(one, half_past_s)
    assert now.within_s == 3 * HOUR_S + HOUR_S // 2


def test_an_old_picture_says_nothing_of_now() -> None:
    one = portrait(1_790_000_000)
    assert notice_now(one, one.at_s + OLD_S)
    with pytest.raises(InputError, match="two hours"):
        notice_now(one, one.at_s + OLD_S + 1)


@pytest.mark.parametrize("watching", [one for one in Watching if one is not Watching.WATCHING])
def test_what_is_in_the_way_is_said(watching: Watching) -> None:
    (now,) = notice_now(portrait(1_790_000_000, watching=watching), 1_790_000_000)
    assert now.within_s is None
    assert now.why_not.startswith(("noticed", "not noticed")), "it follows 'if all movement stopped now:'"


def test_status_says_it_in_hours_and_as_json(house: House) -> None:
    now_s = int(time.time())
    house.says(summary(1, now_s - 3600), beats=[Beat(now_s - 60)])
    write(places_of(house.config).portrait, portrait(now_s))
    shown = CliRunner().invoke(status, ["--config", str(house.path)])
    assert "if all movement stopped now, Wren would notice by about" in shown.output
    assert "no fall alarm" in shown.output
    document = json.loads(CliRunner().invoke(status, ["--config", str(house.path), "--json"]).output)
    (one,) = document["notice_now"]
    assert 3 * HOUR_S <= one["within_s"] <= 4 * HOUR_S
    assert one["by"]


def test_without_a_picture_it_is_not_known_and_that_is_no_problem_of_the_technicians(house: House) -> None:
    now_s = int(time.time())
    house.says(summary(1, now_s - 3600), beats=[Beat(now_s - 60)])
    shown = CliRunner().invoke(status, ["--config", str(house.path)])
    said = " ".join(shown.output.split())
    assert "not known: " in said
    assert "is not there yet. `wren run` writes it every hour" in said
    document = json.loads(CliRunner().invoke(status, ["--config", str(house.path), "--json"]).output)
    assert document["notice_now"] is None
