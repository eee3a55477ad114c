"""The table of docs/doctor.md: each fault, what doctor says first, the next step, and whether that is right."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from .faults import FAULTS, Fault
from .home import House


class Row(NamedTuple):
    """What doctor said of a fault."""

    fault: Fault
    state: str
    check: str
    cause: str
    why: str
    step: str
    wrong: int

    @property
    def is_right(self) -> bool:
        """Whether the first thing named was this fault, with its next step."""
        named = (self.check, self.cause, self.state) == (self.fault.check, self.fault.cause, self.fault.state)
        return named and self.fault.step in self.step


def rows(house: House) -> Iterator[Row]:
    """Each fault in its turn."""
    for fault in FAULTS:
        house.sound()
        fault.put(house)
        told = house.told()
        first = told.first
        yield Row(
            fault, first["state"], first["check"], first["cause"], plain(house, first["why"]),
            plain(house, first["next"]), len(told.wrong),
        )  # fmt: skip


def plain(house: House, text: str) -> str:
    """As on a gateway: its folders are where they are there."""
    for folder, place in (
        ("home/data", "/var/lib/wren"),
        ("home/uplink", "/var/lib/wren-uplink"),
        ("home", "/etc/wren"),
    ):
        text = text.replace(str(house.folder / folder), place)
    return text.replace(str(Path.cwd()), ".")


def markdown(found: list[Row]) -> str:
    """The table."""
    right = sum(row.is_right for row in found)
    lines = [
        f"{len(found)} faults; the first thing that `wren doctor` names is the cause, with its next step, for {right}.",
        "",
        "| fault | first, of how many | it says | next step | right? |",
        "|---|---|---|---|---|",
    ]
    for row in found:
        cells = (
            row.fault.name,
            f"{row.state} `{row.check}`, {row.wrong}",
            row.why,
            row.step,
            "yes" if row.is_right else "NO",
        )
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Print the table; progress goes to standard error."""
    sys.path.append(str(Path(__file__).parents[1] / "pins"))
    house, found = House(), []
    try:
        for row in rows(house):
            print(f"{'ok' if row.is_right else 'NO'}  {row.fault.name}", file=sys.stderr, flush=True)
            found.append(row)
    finally:
        house.close()
    print(markdown(found), end="")
    sys.exit(0 if all(row.is_right for row in found) else 1)
