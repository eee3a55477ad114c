"""The gateway's configuration: closed, typed TOML.

An unknown key is an error with its line and a suggestion.
"""

import difflib
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_type_hints

import msgspec

from gateway.config_forms import WEEKDAYS, Adapter, BleAddress, Clock, HttpsUrl, Weekday, clock_s, in_words
from gateway.config_meaning import contradictions
from gateway.errors import ConfigError
from gateway.toml_place import line_of
from gateway.uplink.wire import Slug
from models.vocabulary import AlertKind, HomeSpec, Sensor, SensorKind, UsualDay, VisitWindow


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A closed table: an unknown key is refused."""


class Home(_Table, frozen=True, kw_only=True):
    """`[home]`: an opaque id (no name, no address) and an IANA time zone."""

    id: Slug
    timezone: str


class UsualDayTable(_Table, frozen=True, kw_only=True):
    """`usual_day = { up = "07:30", to_bed = "22:30", bathroom_at_night = 1 }`: what was said at the installation."""

    up: Clock | None = None
    to_bed: Clock | None = None
    bathroom_at_night: Annotated[int, msgspec.Meta(ge=0, le=12)] | None = None


class Resident(_Table, frozen=True, kw_only=True):
    """`[[residents]]`: an opaque id, and the usual day as it was asked at the installation."""

    id: Slug
    usual_day: UsualDayTable | None = None


class Gpio(_Table, frozen=True, kw_only=True):
    """`gpio = { pin = 17, active = "low" }`: a BCM pin number and the level that means "on"."""

    pin: Annotated[int, msgspec.Meta(ge=0, le=27)]
    active: Literal["low", "high"] = "low"


class Ble(_Table, frozen=True, kw_only=True):
    """`ble = { address = "…", profile = "heart_rate" }`: a device and how to talk to it."""

    address: BleAddress
    profile: Literal["heart_rate"]


class SensorTable(_Table, frozen=True, kw_only=True):
    """`[[sensors]]`: one signal. Without `resident` the household shares it."""

    id: Slug
    kind: SensorKind
    place: Slug
    resident: Slug | None = None
    gpio: Gpio | None = None
    ble: Ble | None = None


class Recipient(_Table, frozen=True, kw_only=True):
    """`[[recipients]]`: an opaque id of who answers alerts, and when."""

    id: Slug
    hours: Literal["24h", "office"]


class VisitTable(_Table, frozen=True, kw_only=True):
    """`[[visits]]`: when somebody is expected to come. It never leaves the home."""

    from_: Clock = msgspec.field(name="from")
    to: Clock
    days: Annotated[tuple[Weekday, ...], msgspec.Meta(min_length=1)] | None = None
    resident: Slug | None = None


class AlertTable(_Table, frozen=True, kw_only=True):
    """`[alerts.KIND]`: why this kind is on for these residents, and which recipient owns it."""

    reason: Annotated[str, msgspec.Meta(min_length=3, max_length=200)]
    owner: Slug


class Budget(_Table, frozen=True, kw_only=True):
    """`[budget]`: how many alerts a resident's carers can bear. Urgent findings are never held back by it."""

    attention_per_week: Annotated[float, msgspec.Meta(ge=0.1, le=7)] = 1.0
    inactivity_per_day: Annotated[float, msgspec.Meta(ge=0.002, le=0.2)] = 0.02


class Gateway(_Table, frozen=True, kw_only=True):
    """`[gateway]`: this machine."""

    data_dir: str = "/var/lib/wren"
    pin_factory: Literal["lgpio", "mock"] = "lgpio"
    adapter: Adapter = "hci0"
    retention_days: Annotated[int, msgspec.Meta(ge=7, le=400)] = 60


class Uplink(_Table, frozen=True, kw_only=True):
    """`[uplink]`: where alerts and summaries go. `ca_file` is the provider's own certificate authority."""

    url: HttpsUrl
    ca_file: str | None = None
    data_dir: str = "/var/lib/wren-uplink"


class Config(_Table, frozen=True, kw_only=True):
    """A whole `home.toml`. `alerts` is None where the file has no `[alerts]` table."""

    home: Home
    residents: Annotated[tuple[Resident, ...], msgspec.Meta(min_length=1, max_length=8)]
    sensors: Annotated[tuple[SensorTable, ...], msgspec.Meta(min_length=1, max_length=200)]
    visits: Annotated[tuple[VisitTable, ...], msgspec.Meta(max_length=50)] = ()
    recipients: tuple[Recipient, ...] = ()
    alerts: dict[AlertKind, AlertTable] | None = None
    budget: Budget = Budget()
    gateway: Gateway = Gateway()
    uplink: Uplink | None = None

    def spec(self, *, live: bool) -> HomeSpec:
        """What the core needs to know.

        Live, a kind is on only with a reason and an owner; without an `[alerts]` table every kind is on,
        in replay and evaluation only (ALERTS, rule 9).
        """
        kinds = frozenset(AlertKind) if self.alerts is None and not live else frozenset(self.alerts or ())
        return HomeSpec(
            id=self.home.id,
            timezone=self.home.timezone,
            residents=tuple(resident.id for resident in self.residents),
            sensors=tuple(Sensor(s.id, s.kind, s.place, s.resident) for s in self.sensors),
            alerts=kinds,
            silence_budget_per_day=self.budget.inactivity_per_day,
            attention_budget_per_week=self.budget.attention_per_week,
            usual_days={one.id: _usual_day(one.usual_day) for one in self.residents if one.usual_day is not None},
            visits=tuple(_window(visit) for visit in self.visits),
        )


def _usual_day(said: UsualDayTable) -> UsualDay:
    up_s, to_bed_s = (None if clock is None else clock_s(clock) for clock in (said.up, said.to_bed))
    return UsualDay(up_s, to_bed_s, said.bathroom_at_night)


def _window(visit: VisitTable) -> VisitWindow:
    days = frozenset(WEEKDAYS.index(day) for day in visit.days or WEEKDAYS)
    return VisitWindow(clock_s(visit.from_), clock_s(visit.to), days, visit.resident)


def load(path: Path) -> Config:
    """Read and check `path`. Raises ConfigError, which names the line and the next step."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{path}: cannot be read: {error}.",
            advice="Give the path of a home.toml that this user may read.",
        ) from error
    return parse(text, where=str(path))


def parse(text: str, *, where: str = "home.toml") -> Config:
    """The configuration in `text`; `where` names it in errors. Raises ConfigError."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{where}: {error}.", advice="Correct the TOML at that line.") from error
    _refuse_unknown(raw, Config, (), text, where)
    try:
        config = msgspec.convert(raw, Config)
    except msgspec.ValidationError as error:
        problem, _, place = str(error).partition(" - at ")
        path = _path_of(place, raw)
        raise ConfigError(
            f"{_place(where, text, path)}: {_dotted(path)}{in_words(problem)}.", advice=_advice(raw, path)
        ) from error
    for path, problem, advice in contradictions(config):
        raise ConfigError(f"{_place(where, text, path)}: {problem}.", advice=advice)
    return config


def _refuse_unknown(raw: object, table: type[_Table], path: tuple[str | int, ...], text: str, where: str) -> None:
    if not isinstance(raw, dict):
        return
    hints = get_type_hints(table, include_extras=False)
    known = {field.encode_name: hints[field.name] for field in msgspec.structs.fields(table)}
    for key, value in raw.items():
        _refuse_unknown_name(key, list(known), path, text, where)
        for inner in _tables_in(known[key]):
            for place, item in _items(key, value):
                if key == "alerts":
                    _refuse_unknown_name(str(place[-1]), [str(kind) for kind in AlertKind], ("alerts",), text, where)
                _refuse_unknown(item, inner, (*path, *place), text, where)


def _refuse_unknown_name(name: str, known: list[str], path: tuple[str | int, ...], text: str, where: str) -> None:
    if name in known:
        return
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    advice = f"Did you mean `{near[0]}`?" if near else f"Known here: {', '.join(sorted(known))}."
    raise ConfigError(f"{_place(where, text, (*path, name))}: {_dotted(path)}unknown key `{name}`.", advice=advice)


def _items(key: str, value: object) -> list[tuple[tuple[str | int, ...], object]]:
    if isinstance(value, list):
        return [((key, index), item) for index, item in enumerate(value)]
    if isinstance(value, dict) and key == "alerts":
        return [((key, str(kind)), item) for kind, item in value.items()]
    return [((key,), value)]


def _tables_in(hint: Any) -> list[type[_Table]]:  # noqa: ANN401 - a type hint can be anything
    if isinstance(hint, type) and issubclass(hint, _Table):
        return [hint]
    return [table for part in get_args(hint) for table in _tables_in(part)]


def _path_of(place: str, raw: dict[str, Any]) -> tuple[str | int, ...]:
    # msgspec words a place as `$.sensors[2].gpio.pin`, with [...] for a key of a mapping, which it does not name
    if "[...]" in place:
        place = place.replace("[...]", f".{next(kind for kind, table in raw['alerts'].items() if _is_wrong(table))}")
    parts = re.findall(r"\.([A-Za-z0-9_-]+)|\[(\d+)\]", place)
    return tuple(name or int(index) for name, index in parts)


def _is_wrong(alert: object) -> bool:
    try:
        msgspec.convert(alert, AlertTable)
    except msgspec.ValidationError:
        return True
    return False


def _dotted(path: tuple[str | int, ...]) -> str:
    text = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path)
    return f"`{text.lstrip('.')}`: " if text else ""


def _place(where: str, text: str, path: tuple[str | int, ...]) -> str:
    line = line_of(text, path)
    return f"{where}:{line}" if line else where


def _advice(raw: object, path: tuple[str | int, ...]) -> str:
    value: Any = raw
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            break
    choices: dict[str, list[str]] = {
        "kind": [str(kind) for kind in SensorKind],
        "hours": ["24h", "office"],
        "days": list(WEEKDAYS),
    }
    for part in reversed(path):
        if isinstance(part, str) and part in choices:
            names = choices[part]
            near = difflib.get_close_matches(str(value), names, n=1, cutoff=0.5) if isinstance(value, str) else []
            return f"Did you mean `{near[0]}`?" if near else f"One of: {', '.join(names)}."
    return "See docs/configuration.md for what belongs there."
