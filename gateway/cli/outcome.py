"""`wren outcome`: what became of an alert. It changes how often its kind is told, and never what is urgent."""

from enum import StrEnum
from pathlib import Path
from typing import Final

import click

from gateway import portrait
from gateway.cli.options import CONFIG
from gateway.cli.telling import AS_JSON, tell
from gateway.config.places import places_of
from gateway.config.reading import load
from gateway.config.tables import Config
from gateway.errors import InputError
from gateway.transcript import Story, read
from models.kinds import AlertKind, Severity
from models.localtime import utc_seconds
from models.told import ACCEPTED, Outcome, Telling, Told
from models.usefulness import REMEMBERED

_NEAREST: Final = 4
"""Characters of an id: fewer name an alert by chance."""


class Word(StrEnum):
    """What can be said of an alert."""

    USEFUL = "useful"
    KNOWN_REASON = "known-reason"
    NOT_USEFUL = "not-useful"
    SENSOR_FAULT = "sensor-fault"
    NEW_NORMAL = "new-normal"


@click.command(
    epilog="""\b
Examples:
  wren outcome 5f0c2b7a useful
  wren outcome r1/late_start not-useful
  wren outcome r1/less_tap_use new-normal
"""
)
@CONFIG
@click.argument("alert")
@click.argument("word", metavar="WORD", type=click.Choice([str(word) for word in Word]))
@AS_JSON
def outcome(config_path: Path, alert: str, word: str, *, as_json: bool) -> None:
    """Say what became of ALERT: the beginning of its id (`wren alerts`), or RESIDENT/KIND for the last of that kind.

    WORD is useful, known-reason, not-useful, sensor-fault or new-normal.

    What is said last of an alert counts, once. A kind that is mostly not useful is told in the week's summary only,
    for two months; urgent alerts are counted and never held back. `new-normal` says that the change stays: it is
    learnt as usual from now on.

    Run it as root. Ends with 0, also if the daemon is not running and takes it later; 2 if
    the configuration or what was said is refused, 4 if a database or the daemon's folder cannot be used.
    """
    config = load(config_path)
    resident, kind, opened_s, severity = _find(config, alert)
    if word == Word.NEW_NORMAL:
        _check_acceptable(kind, severity)
        told, value = Told(Telling.NEW_NORMAL, resident, kind, opened_s), 1
    else:
        told, value = Told(Telling.OUTCOME, resident, kind, opened_s), Outcome[Word(word).name]
    tell(config, told, value, as_json=as_json, said=f"{kind}, {resident}: {word}.")


def _find(config: Config, alert: str) -> tuple[str, AlertKind, int | None, Severity]:
    """Whose it is, its kind, when it was raised (None: the last, and perhaps one that was held back), how urgent."""
    stories = read(places_of(config)).stories()
    if "/" in alert:
        return _last_of(config, alert, stories)
    found = [story.alert for story in stories if len(alert) >= _NEAREST and story.alert.id.startswith(alert.lower())]
    if len(found) != 1:
        problem = f"{len(found) or 'No'} alert{'s have ids that begin' if len(found) > 1 else ' has an id that begins'}"
        advice = f"Give at least {_NEAREST} characters of an id that `wren alerts --all` shows, or RESIDENT/KIND."
        raise InputError(f"{problem} with {alert!a}.", advice=advice)
    (one,) = found
    kin = [story.alert for story in stories if (story.alert.resident, story.alert.kind) == (one.resident, one.kind)]
    if sum(utc_seconds(other.raised_at) > utc_seconds(one.raised_at) for other in kin) >= REMEMBERED:
        advice = "Nothing was told. Answers of now are about what is told now."
        raise InputError(f"Only the last {REMEMBERED} {one.kind} alerts can still be answered.", advice=advice)
    return one.resident, one.kind, utc_seconds(one.raised_at), one.severity


def _last_of(config: Config, alert: str, stories: list[Story]) -> tuple[str, AlertKind, int | None, Severity]:
    resident, _, name = alert.partition("/")
    kind = next((one for one in AlertKind if one == name.replace("-", "_")), None)
    if kind is None:
        known = sorted({f"{story.alert.resident}/{story.alert.kind}" for story in stories})
        advice = f"Alerts are kept of: {', '.join(known)}." if known else "No alert is kept yet."
        raise InputError(f"{name!a} is no kind of alert.", advice=advice)
    if _is_held_back(config, resident, kind):
        return resident, kind, None, Severity.ATTENTION
    found = [story.alert for story in stories if (story.alert.resident, story.alert.kind) == (resident, kind)]
    if not found:
        advice = "`wren alerts --all` shows those that are kept."
        raise InputError(f"No {kind} alert of {resident!a} is kept.", advice=advice)
    last = max(found, key=lambda one: utc_seconds(one.raised_at))
    return resident, kind, utc_seconds(last.raised_at), last.severity


def _is_held_back(config: Config, resident: str, kind: AlertKind) -> bool:
    """Whether alerts of this kind are told in the summary only, so that the last one is in no message."""
    try:
        answers = portrait.read(places_of(config).portrait).answers
    except InputError:
        return False
    return any((one.resident, one.kind) == (resident, kind) and one.held_back_until_s for one in answers)


def _check_acceptable(kind: AlertKind, severity: Severity) -> None:
    if severity is Severity.URGENT:
        advice = "Only a named person may change urgent limits, in the configuration. Say `known-reason` instead."
        raise InputError(f"A {kind} alert is urgent: nothing makes it the new normal.", advice=advice)
    if kind not in ACCEPTED:
        advice = "All that is seen of it is learnt anyway. Say `known-reason` instead."
        raise InputError(f"There is nothing to accept in a {kind} alert.", advice=advice)
