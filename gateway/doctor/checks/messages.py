"""What waits, what was refused, and what the home itself has told the technician. As `wren status` judges it."""

from collections.abc import Iterator

from gateway.condition import (
    KEPT_BACK_S,
    REFUSAL_SHOWN_S,
    of_allowance,
    of_messages,
    of_purpose,
    of_uplink,
    of_walk_test,
)
from gateway.config.tables import Config
from gateway.doctor.facts import Facts, Records
from gateway.doctor.findings import Finding, failed, passed, skipped, warned
from gateway.transcript import STATUS, Transcript
from models.kinds import Audience
from models.localtime import DAY_S, utc_seconds


def check(facts: Facts, config: Config, records: Records) -> Iterator[Finding]:
    """The outbox, the technician's alerts, and the purpose."""
    if records.erasing and not facts.home.leaving:
        why = f"Everything of {records.erasing} was to be erased, and that did not come to its end."
        step = f"sudo systemctl stop wren wren-uplink; sudo wren erase {records.erasing}"
        yield failed("upkeep.erasure", "unfinished", why, step)
    for due in of_purpose(config, facts.at_s):
        yield warned("upkeep.purpose", "review_due", due.problem, due.advice)
    found = records.transcript
    if found is None:
        return
    yield from _waiting(facts, config, found)
    yield from _refused(facts, found)
    yield from _sensors(found, for_s=facts.at_s - (records.since_s or facts.at_s))


def _waiting(facts: Facts, config: Config, found: Transcript) -> Iterator[Finding]:
    waiting = found.waiting()
    since_s = min((one.raised_s for one in waiting), default=None)
    letters = len([one for one in waiting if one.type != STATUS or config.uplink])
    told = of_uplink(config, letters, since_s, found.last_receipt_s, facts.at_s)
    told = [one for one in told if "not enrolled" not in one.problem]
    for one in told:
        if config.uplink is None:
            yield warned("messages.waiting", "nowhere_to_go", one.problem, one.advice)
        else:
            step = "journalctl -u wren-uplink -n 50; sudo systemctl restart wren-uplink; wren outbox"
            yield failed("messages.waiting", "wait", one.problem, step)
    if not told:
        yield passed("messages.waiting", "Nothing has waited for long.")


def _refused(facts: Facts, found: Transcript) -> Iterator[Finding]:
    refused = tuple(one for one in found.dead_letters if facts.at_s - utc_seconds(one.set_aside_at) < REFUSAL_SHOWN_S)
    unreadable = found.unreadable()
    kept_back = sum(count for day_s, count in found.kept_back.items() if facts.at_s - day_s < KEPT_BACK_S)
    told = [
        *(("refused", one) for one in of_messages((), refused, [])),
        *(("unreadable", one) for one in of_messages((), (), unreadable)),
        *(("kept_back", one) for one in of_allowance(kept_back)),
    ]
    for cause, one in told:
        yield warned("messages.refused", cause, one.problem, one.advice)
    if not told:
        yield passed("messages.refused", "The desk has refused nothing in the last 7 days.")


def _sensors(found: Transcript, for_s: int) -> Iterator[Finding]:
    beat = found.heartbeat()
    if for_s < DAY_S:
        yield skipped("sensors.heard", "Which sensors are heard in a day is known after the first day.")
    elif beat is not None and beat.sensors and beat.sensors_heard_today == 0:
        why = f"None of {beat.sensors} sensors was heard in the 24 hours before."
        yield failed("sensors.heard", "none_heard", why, "wren pins --watch; wren coverage; journalctl -u wren -n 50")
    elif beat is not None:
        yield passed("sensors.heard", f"{beat.sensors_heard_today} of {beat.sensors} sensors were heard in 24 hours.")
    for one in of_walk_test(beat):
        yield warned("sensors.walk", "not_passed", one.problem, one.advice)
    told = [one for one in found.stories() if one.is_open and one.alert.audience is Audience.TECHNICIAN]
    for one in of_messages(tuple(told), (), []):
        yield warned("sensors.told", "told", one.problem, one.advice)
    if not told:
        yield passed("sensors.told", "The home has nothing to tell the technician.")
