"""The technician's hour is an hour, and its steps come in the order in which they can be done."""

import re

from tests.guides.pages import GUIDES

TEXT = (GUIDES / "installing.md").read_text(encoding="utf-8")


def test_the_hour_has_no_gap_and_is_an_hour() -> None:
    spans = [(int(start), int(end)) for start, end in re.findall(r"^### (\d+) to (\d+): ", TEXT, re.MULTILINE)]
    assert [start for start, _ in spans] == [0, *(end for _, end in spans[:-1])]
    assert spans[-1][1] == 60


def test_each_step_comes_after_what_it_needs() -> None:
    order = (
        "scripts/provision tech@", "sudo wren wifi --join", "sudo wren pins", "sudo wren setup", "sudo wren check",
        "sudo systemctl restart wren", "sudo wren enrol", "sudo wren walk-test", "sudo wren doctor",
        "sudo wren resident-page",
    )  # fmt: skip
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL))
    places = [blocks.index(command) for command in order]
    assert places == sorted(places)


def test_what_must_be_said_to_the_resident_is_there() -> None:
    for words in (
        "no camera",
        "no alarm for emergencies",
        "If they say no, pack up",
        "number on the box",
        "help button",
    ):
        assert words in " ".join(TEXT.split()), words
