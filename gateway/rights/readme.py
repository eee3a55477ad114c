"""README.txt of an export: what each file is, for the person whose data it is."""

from collections.abc import Iterable

from gateway.rights.scope import Scope
from gateway.rights.tables import Table

_HEAD = """\
All that this Wren gateway holds about {whose} of the home {home}.
Made on {made} (UTC).

Every table is here twice: NAME.csv opens in a spreadsheet, NAME.json is for a program. Times are UTC.
A text in a .csv file that begins with = + - or @ has a ' before it, so that no spreadsheet takes it for a formula.
manifest.json names every file with its size and its SHA-256: a file that was changed since no longer has that number.

"""
_FILES = """\
configuration.json
    How this home is set up: who lives there, which sensors, which alerts, why and for whom. Keys of radio devices are
    left out ("set"), and so is the key by which this gateway proves who it is: neither is about anybody.
messages/
    Each message that left or waits, as the exact bytes. heartbeats/ holds the last few signs of life of the gateway.
"""
_ALL = """\
learnt/
    What was learnt, each state that is kept: counts, usual times and limits, as the program keeps them (JSON).
small-files/
    What the running gateway wrote down beside its databases: the portrait (what was learnt, to be looked at), the
    panel, what the radio must not forget, and what people told that was not taken yet. %XX in a file's name is a byte
    that not every computer takes in one.
copies/
    Databases that were set aside (before a new version, or because they were damaged), as they are. May be empty.
"""
_ONE = """\
small-files/portrait.json
    What was learnt of {resident}, to be looked at. The whole state of what was learnt is of all residents in one, and
    cannot be told apart: it is in the export of the whole home.

What is not here, because it is shared by the household or is of somebody else ({others}): the readings of sensors that
have no one owner, messages about the household, heartbeats, what the gateway noted of itself, and the copies of
databases. `wren export` without --resident has them.
"""
_TAIL = """
What the care provider holds is at the care provider's desk: ask there. Who answered an alert is known there, too, and
never comes here.
"""


def readme(home: str, made: str, scope: Scope, tables: Iterable[tuple[Table, int]]) -> str:
    """The text. `tables` come with how many rows they have."""
    whose = "everybody" if scope.resident is None else f"the resident {scope.resident}"
    text = _HEAD.format(whose=whose, home=home, made=made)
    for table, rows in tables:
        count = "1 row" if rows == 1 else f"{rows} rows"
        text += f"{table.name}.csv, {table.name}.json ({count})\n    {table.about}\n"
    text += _FILES
    text += _ALL if scope.is_all else _ONE.format(resident=scope.resident, others=", ".join(scope.others))
    return text + _TAIL
