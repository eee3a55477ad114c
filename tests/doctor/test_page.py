"""docs/doctor.md: the table of faults is what `scripts/doctor_faults` printed, and no check is missing on the page."""

import re
from pathlib import Path

from gateway.doctor.catalogue import CHECKS

from .faults import FAULTS

PAGE = (Path(__file__).parents[2] / "docs" / "doctor.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (.+?) \| (fail|warn) `([\w.]+)`, \d+ \| .+ \| (.+?) \| (yes|NO) \|$", PAGE, re.MULTILINE)


def test_the_table_has_every_fault_as_the_test_has_it() -> None:
    assert [(name, state, check) for name, state, check, _, _ in ROWS] == [
        (fault.name, fault.state, fault.check) for fault in FAULTS
    ]
    steps = {name: step.replace("\\|", "|") for name, _, _, step, _ in ROWS}
    assert [fault.name for fault in FAULTS if fault.step not in steps[fault.name]] == []


def test_each_was_right() -> None:
    assert {right for *_, right in ROWS} == {"yes"}
    assert f"{len(FAULTS)} faults; the first thing that `wren doctor` names is the cause" in PAGE


def test_every_check_is_on_the_page() -> None:
    assert [name for name in CHECKS if f"`{name}`" not in PAGE] == []
