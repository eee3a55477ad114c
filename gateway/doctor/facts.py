"""What was found out about this gateway at one moment. Frozen, and nothing here judges it.

`None` in a field means that this machine has no such thing, or does not tell; `Unseen` in the place of a part means
that the part was not looked at, and why.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from gateway.config.tables import Config
from gateway.errors import GatewayError
from gateway.pin_levels import Levels
from gateway.transcript import Transcript
from gateway.uplink.enrolment import Enrolment
from gateway.uplink.probe import Probed


class Unseen(NamedTuple):
    """Why a part was not looked at, and what would have it looked at."""

    why: str
    step: str = ""


NOT_ROOT = Unseen("Only root may look at this.", "sudo wren doctor")


@dataclass(frozen=True, slots=True)
class HomeFile:
    """home.toml. `config` is None where it is missing or refused, and `error` says why.

    `sha256` is of its bytes; `leaving` is the command that takes this gateway out of its home and was cut off.
    """

    path: str
    config: Config | None
    error: GatewayError | None = None
    is_missing: bool = False
    doubts: tuple[str, ...] = ()
    sha256: str = ""
    leaving: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """Power, heat and memory. `throttled` are the firmware's bits, memory is in MB, heat in degrees Celsius."""

    throttled: int | None = None
    power_alarm: bool | None = None
    heat_c: float | None = None
    memory_mb: int | None = None
    available_mb: int | None = None
    swapped_mb: int | None = None
    killed_for_memory: int | None = None


@dataclass(frozen=True, slots=True)
class Disk:
    """The storage under the data. `life` is how much of it is used, in tenths, and `end` JEDEC's pre-EOL word.

    `written_mb_day` is what the daemon wrote by its own count, over `counted_h` hours.
    """

    free_mb: int
    total_mb: int
    is_read_only: bool
    filesystem: str | None = None
    errors: int | None = None
    life: int | None = None
    end: int | None = None
    written_mb_day: float | None = None
    counted_h: float = 0.0


@dataclass(frozen=True, slots=True)
class Time:
    """The clock. `on`: whether it is set from the network; `keeper`: what keeps the time while the power is off."""

    on: bool | None
    synchronised: bool | None
    server: bool | None
    keeper: str | None


class LogLine(NamedTuple):
    """The last thing of weight that a service logged, in the closed form of `gateway.log`."""

    event: str
    problem: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as systemd shows it. `restarts` count since it was loaded, `up_s` is how long it has been active."""

    load: str
    active: str
    sub: str = ""
    result: str = "success"
    enabled: str = ""
    restarts: int = 0
    exit_status: int = 0
    pid: int = 0
    up_s: float | None = None
    condition_met: bool = True
    last: LogLine | None = None


class WrongFile(NamedTuple):
    """A file that is not whose it must be, or that others may read. `has`, `wants`: such as "root:root 0644"."""

    path: str
    has: str
    wants: str
    is_owner: bool


@dataclass(frozen=True, slots=True)
class Files:
    """Owners and modes. `missing_users`: the system users that are not there."""

    wrong: tuple[WrongFile, ...] = ()
    missing_users: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pins:
    """The header. `levels` is what the running daemon said, `holders` who has a pin by the kernel's own list."""

    has_driver: bool
    chips: tuple[str, ...]
    may_use: bool | None
    levels: Levels | None
    may_ask: bool = True
    holders: Mapping[int, str] = field(default_factory=dict)


class Adapter(NamedTuple):
    """An adapter as BlueZ shows it."""

    name: str
    powered: bool
    discovering: bool


class Advertiser(NamedTuple):
    """A device of this home as BlueZ knows it. `rssi_dbm` is None if it was not heard in the present scan."""

    rssi_dbm: int | None
    is_connected: bool
    is_refused: bool


@dataclass(frozen=True, slots=True)
class Radio:
    """Bluetooth. `heard` are the home's devices that BlueZ knows, by their identity in home.toml."""

    has_bus: bool
    has_bluez: bool
    adapters: tuple[Adapter, ...] = ()
    soft_blocked: bool = False
    hard_blocked: bool = False
    heard: Mapping[str, Advertiser] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Key:
    """Who this gateway is. The errors are what its readers said; `bound` is whether the key opened on this board."""

    enrolment: Enrolment | None
    enrolment_error: GatewayError | None
    key_error: GatewayError | None
    outbox: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """The way to the desk. `probed` is None where there is no desk to be asked."""

    has_route: bool | None
    wifi_dbm: int | None
    probed: Probed | None


@dataclass(frozen=True, slots=True)
class Records:
    """The databases. Errors are what their readers said.

    Attributes:
        home_db: what SQLite says is wrong with home.db; "" for nothing.
        stops: how often in the last week the daemon found that it had not ended in order.
        moved_aside_s: when a damaged database was last replaced (UTC seconds).
        running_sha256, started: of the configuration at the last start, and the version.
        broken: what does not fit in the trail; `entries` it has, the oldest from `since_s` (UTC).
        erasing: the resident of an erasure that did not come to its end.
    """

    transcript: Transcript | None
    error: GatewayError | None = None
    home_db: str = ""
    stops: int = 0
    moved_aside_s: int | None = None
    running_sha256: str = ""
    started: str = ""
    broken: str = ""
    entries: int = 0
    since_s: int | None = None
    erasing: str = ""


@dataclass(frozen=True, slots=True)
class Release:
    """What is installed: versions are names of folders. `trial`: such as "on trial"; `link`: what is wrong with it."""

    current: str | None
    link: str = ""
    trial: str = ""


@dataclass(frozen=True, slots=True)
class Upkeep:
    """How the machine is set up."""

    journal_is_bounded: bool | None
    password_logins: bool | None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that was found out, at `at_s` (UTC). `is_held`: whether a daemon has home.db."""

    at_s: int
    is_root: bool
    version: str
    home: HomeFile
    board: Board | Unseen
    disk: Disk | Unseen
    time: Time | Unseen
    services: Mapping[str, Unit] | Unseen
    is_held: bool | Unseen | None
    proxy_answers: bool | Unseen | None
    files: Files | Unseen
    pins: Pins | Unseen
    radio: Radio | Unseen
    key: Key | Unseen
    way: Way | Unseen
    records: Records | Unseen
    release: Release | Unseen
    upkeep: Upkeep | Unseen
