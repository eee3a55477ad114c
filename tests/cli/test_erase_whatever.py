"""Erasing in whatever home: exactly theirs goes, and nobody else's."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.config.places import make, places_of
from gateway.config.reading import parse
from gateway.rights.erasing import erase
from gateway.store.ledger import Ledger
from models.vocabulary import Reading

NOW_S = 1_795_183_320
SENSORS = ("tap", "bed", "hall", "chair", "door")
WHOSE = st.sampled_from(["r1", "r2", "r11", None])
TOLD = (
    "@away/r1",
    "@away/r11",
    "@pause/r2",
    "@away/household",
    "@gateway",
    "@clock",
    "@outcome/r2/late_start/1795183320",
)


def toml(folder: Path, whose: dict[str, str | None]) -> str:
    text = '[home]\nid = "h"\ntimezone = "Europe/London"\n[gateway]\n' + f'data_dir = "{folder}"\n'
    text += "".join(f'[[residents]]\nid = "{one}"\n' for one in ("r1", "r2", "r11"))
    for name, owner in whose.items():
        text += f'[[sensors]]\nid = "{name}"\nkind = "motion"\nplace = "hall"\n'
        text += f'resident = "{owner}"\n' if owner else ""
    return text


def inputs(home_db: Path) -> list[tuple[int, str, float]]:
    with closing(sqlite3.connect(home_db)) as raw:
        return raw.execute("SELECT seq, name, value FROM inputs JOIN sensors ON code = sensor ORDER BY seq").fetchall()


@pytest.mark.slow
@settings(max_examples=25)
@given(
    owners=st.lists(WHOSE, min_size=len(SENSORS), max_size=len(SENSORS)),
    lived=st.lists(st.sampled_from([*SENSORS, *TOLD, "@link/tap", "@link/bed"]), min_size=1, max_size=60),
    whom=st.sampled_from(["r1", "r2", "r11"]),
)
def test_exactly_theirs_goes(
    tmp_path_factory: pytest.TempPathFactory, owners: list[str | None], lived: list[str], whom: str
) -> None:
    folder = tmp_path_factory.mktemp("home")
    whose = dict(zip(SENSORS, owners, strict=True))
    config = parse(toml(folder, whose))
    places = places_of(config)
    make(places.private, 0o700)
    make(places.outbox, 0o750)
    ledger = Ledger.open(places.private, places.outbox)
    ledger.commit([(seq, Reading((NOW_S - 99 + seq) * 1000, name, seq / 7)) for seq, name in enumerate(lived, 1)])
    ledger.stop()
    theirs = {name for name, owner in whose.items() if owner == whom}
    theirs |= {f"@link/{name}" for name in theirs} | {name for name in TOLD if whom in name.split("/")}
    before = inputs(places.home_db)
    erased = erase(config, whom, now_s=NOW_S)
    after = inputs(places.home_db)
    assert after == [row for row in before if row[1] not in theirs]
    assert erased.inputs == len(before) - len(after)
    again = Ledger.open(places.private, places.outbox)  # and it can be lived with
    assert again.journal.opened.stopped_cleanly
    assert again.journal.reserve()[0] > len(lived)
    again.stop()
