"""A simulated life as a recorded home: a folder that `wren replay` reads."""

import gzip
import io
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from gateway.errors import InputError
from gateway.sources.simulator.act import NO_CONTACT, PULSE
from gateway.sources.simulator.house import home_toml
from gateway.sources.simulator.life import FIRST_DAY, Life
from gateway.sources.simulator.scenario import Scenario

_FILES: Final = ("home.toml", "readings.csv", "readings.csv.gz")


def record(
    folder: Path,
    seed: int,
    scenario: Scenario | None = None,
    *,
    timezone: str = "Europe/London",
    first_day: date = FIRST_DAY,
) -> int:
    """Write `home.toml` and `readings.csv.gz` to `folder`, which is made if it is not there.

    The same arguments give the same bytes. A strap without contact gives no reading.

    Returns:
        How many readings were written.

    Raises:
        InputError: `folder` cannot be written, or holds a recording already.
    """
    life = Life(seed, scenario, timezone=timezone, first_day=first_day)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any((folder / name).exists() for name in _FILES):  # a recording of a real home is never overwritten
            raise InputError(f"{folder} holds a recording already.", advice="Name an empty or a new folder.")
        (folder / "home.toml").write_text(home_toml(timezone=timezone), encoding="utf-8")
        with (
            (folder / "readings.csv.gz").open("xb") as raw,
            gzip.GzipFile("", "wb", compresslevel=6, fileobj=raw, mtime=0) as packed,
        ):
            return _write(life, io.TextIOWrapper(packed, encoding="ascii", newline="\n"))
    except OSError as error:
        problem = f"{folder} cannot be written: {error.strerror or error}."
        raise InputError(problem, advice="Name a folder that this user may write.") from error


def _write(life: Life, out: io.TextIOWrapper) -> int:
    rows = 0
    out.write("time,sensor,value\n")
    for act in life:
        if act.sensor == PULSE and act.value == NO_CONTACT:
            continue
        moment = datetime.fromtimestamp(act.at_s, UTC).isoformat(timespec="milliseconds").removesuffix("+00:00")
        out.write(f"{moment}Z,{act.sensor},{act.value:g}\n")
        rows += 1
    out.flush()
    out.detach()
    return rows
