"""Everything that can be in a support file, as closed types: words of ours, whole numbers, truths. No free text.

What has no place here cannot get into one: no name, no resident, no place, no reading, no address, no key, and no time
but the day on which it was made.
"""

from typing import Annotated, Final, Literal

import msgspec

from gateway.doctor.catalogue import CHECKS
from gateway.doctor.log_events import EVENTS, OTHER
from models.kinds import AlertKind, SensorKind

Whole = Annotated[int, msgspec.Meta(ge=-1_000_000, le=1_000_000)]
"""Rounded where it is a measure: a number of six digits at most tells nobody apart."""

Version = Annotated[str, msgspec.Meta(pattern=r"^\d{1,3}(\.\d{1,3}){0,3}$|^$")]

Model = Literal[
    "other", "Zero 2 W", "3 Model B", "3 Model B Plus", "3 Model A Plus", "4 Model B", "400", "500", "5 Model B",
    "Compute Module 3", "Compute Module 4", "Compute Module 5",
]  # fmt: skip
Suite = Literal["bookworm", "trixie", "other"]
Arch = Literal["aarch64", "armv7l", "x86_64", "other"]
State = Literal["fail", "warn", "pass", "skip"]
Unit = Literal[
    "wren.service", "wren-uplink.service", "wren-dbus-proxy.service", "wren-enrolled.path", "dbus.service",
    "bluetooth.service",
]  # fmt: skip
Word = Literal[
    "other", "", "loaded", "not-found", "masked", "error", "bad-setting", "active", "inactive", "failed", "activating",
    "deactivating", "reloading", "running", "dead", "exited", "auto-restart", "waiting", "listening", "start", "stop",
    "success", "exit-code", "signal", "core-dump", "watchdog", "timeout", "oom-kill", "resources", "protocol",
    "start-limit-hit", "enabled", "disabled", "static", "enabled-runtime", "linked", "generated", "alias", "indirect",
]  # fmt: skip
"""systemd's own words for states and results."""


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A closed part."""


class Check(Part, frozen=True, kw_only=True):
    """A finding: `check` and `cause` are words of `gateway.doctor.catalogue`, and nothing else can stand here."""

    check: str
    state: State
    cause: str

    def __post_init__(self) -> None:
        if self.check not in CHECKS or self.cause not in ("", *CHECKS[self.check].causes):
            raise ValueError("no word of the catalogue")


class Machine(Part, frozen=True, kw_only=True):
    """What the box is. `python`, `kernel`: versions."""

    model: Model
    suite: Suite
    arch: Arch
    python: Version
    kernel: Version


class Numbers(Part, frozen=True, kw_only=True):
    """Measures of the box, rounded; None where it does not tell."""

    throttled_bits: Whole | None
    heat_c: Whole | None
    memory_mb: Whole | None
    available_mb: Whole | None
    disk_free_mb: Whole | None
    disk_total_mb: Whole | None
    disk_life_tenths: Whole | None
    disk_errors: Whole | None
    written_mb_day: Whole | None
    wifi_dbm: Whole | None
    certificate_days: Whole | None
    authority_days: Whole | None
    clock_ahead_s: Whole | None


class Service(Part, frozen=True, kw_only=True):
    """A unit as systemd has it. `up_h`: whole hours."""

    unit: Unit
    load: Word
    active: Word
    sub: Word
    result: Word
    enabled: Word
    restarts: Whole
    exit_status: Whole
    up_h: Whole | None


class Shape(Part, frozen=True, kw_only=True):
    """How home.toml is built: how many of each, and which kinds. None of its names, places, times and addresses."""

    residents: Whole
    sensors: dict[SensorKind, Whole]
    by_pin: Whole
    by_radio: Whole
    encrypted: Whole
    panels: Whole
    recipients: Whole
    visits: Whole
    alerts_on: tuple[AlertKind, ...]
    has_uplink: bool
    has_own_authority: bool
    has_purpose: bool
    pin_factory: Literal["lgpio", "mock"]
    doubts: Whole


class Counters(Part, frozen=True, kw_only=True):
    """How much is kept and waits. Sizes in MB."""

    outbox_mb: Whole
    uplink_mb: Whole
    waiting: Whole
    refused: Whole
    unreadable: Whole
    technician_alerts: Whole
    trail_entries: Whole
    unclean_stops: Whole
    devices_known: Whole


class Logged(Part, frozen=True, kw_only=True):
    """How often a service logged an event lately: `event` is a word of `gateway.doctor.log_events`."""

    unit: Unit
    event: str
    level: Literal["info", "warning", "error"]
    times: Whole

    def __post_init__(self) -> None:
        if self.event != OTHER and self.event not in EVENTS:
            raise ValueError("no event of ours")


class Support(Part, frozen=True, kw_only=True):
    """A whole support file. `day` is when it was made, such as "2026-11-22"."""

    format: Literal["wren-support-1"] = "wren-support-1"
    version: Version
    day: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\d$")]
    root: bool
    checks: tuple[Check, ...]
    machine: Machine
    numbers: Numbers
    services: tuple[Service, ...]
    shape: Shape | None
    counters: Counters | None
    logged: tuple[Logged, ...]


MODELS: Final[frozenset[str]] = frozenset(Model.__args__)  # type: ignore[attr-defined]
WORDS: Final[frozenset[str]] = frozenset(Word.__args__)  # type: ignore[attr-defined]
