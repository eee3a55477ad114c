"""Why this home is watched, as `wren check` and `wren status` show it."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from gateway.config.purpose import habits, overdue, sentences
from gateway.config.tables import Config

NOT_SAID = "not written down: home.toml has no [purpose] table"


def lines(config: Config) -> list[tuple[str, str]]:
    """What it is about, and what is said of it."""
    if config.purpose is None:
        return [("purpose", NOT_SAID), ("habits told", habits(None))]
    why, decided = sentences(config.purpose)
    told = habits(config.purpose)
    return [("purpose", f"watched because: {why}"), ("decision", decided), ("habits told", told)]


def owned(config: Config) -> list[tuple[str, str]]:
    """The kinds that are on, by who owns them, each with its reason."""
    kinds: dict[str, list[str]] = {}
    for kind, alert in (config.alerts or {}).items():
        kinds.setdefault(alert.owner, []).append(f"{kind} ({alert.reason})")
    if not kinds:
        return [("alert kinds", "none is on: nobody is told of anything")]
    return [("alert kinds", f"{owner} is told of {', '.join(theirs)}") for owner, theirs in kinds.items()]


def document(config: Config, at_s: int) -> dict[str, Any] | None:
    """The same for a program; None where it was not written down."""
    if config.purpose is None:
        return None
    shown: dict[str, Any] = msgspec.to_builtins(config.purpose)
    return {**shown, "overdue": overdue(config.purpose, today(config, at_s)) is not None}


def today(config: Config, at_s: int) -> date:
    """The home's own date at `at_s` (UTC)."""
    return datetime.fromtimestamp(at_s, UTC).astimezone(ZoneInfo(config.home.timezone)).date()
