"""An answer is changed, and nothing else: bytes, comments and order of an existing home.toml."""

import copy
import itertools
import random
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.config.reading import parse
from gateway.errors import InputError
from gateway.setup.blocks import segments
from gateway.setup.merging import merged
from gateway.setup.sections import SECTIONS, value

PAGE = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text(encoding="utf-8")
EXAMPLE = PAGE.partition("```toml\n")[2].partition("```")[0]

CHANGES: dict[str, Any] = {
    "home.id": lambda data: data["home"].update(id="h-0777"),
    "sensor's place": lambda data: data["sensors"][1].update(place="pantry"),
    "sensor's wire": lambda data: data["sensors"][2]["gpio"].update(active="low"),
    "sensor's new key": lambda data: data["sensors"][3]["gpio"].update(debounce_ms=1000),
    "no resident": lambda data: data["sensors"][1].pop("resident"),
    "usual day": lambda data: data["residents"][0].update(usual_day={"up": "07:30", "bathroom_at_night": 1}),
    "visit": lambda data: data["visits"][0].update(to="09:15"),
    "owner": lambda data: data["alerts"]["inactivity"].update(owner="day-team"),
    "purpose": lambda data: data["purpose"].update(review=date(2027, 6, 1)),
    "budget": lambda data: data["answers"].update(attention_per_week=[0.5, 1.5]),
    "url": lambda data: data["uplink"].update(url="https://other.example"),
}
"""Each changes one table by one line at most."""


def odd(text: str, rng: random.Random) -> str:
    """The same file as somebody keeps it by hand: comments anywhere, blank lines, other quotes, tables in any order."""
    parts = [one.body + one.tail for one in segments(text)][1:]
    rng.shuffle(parts)
    lines: list[str] = []
    for number, plain in enumerate("".join(parts).splitlines()):
        line = plain
        if rng.random() < 0.15:
            lines.append(rng.choice([f"# note {number}", f"    # [sensors] {number}", "", f'#{number} = \'x\' """']))
        if line.startswith("id = ") and rng.random() < 0.3:
            line = line.replace('"', "'")
        if line and rng.random() < 0.15:
            line = f"{line}  # why {number}"
        if line and not line.startswith("[") and rng.random() < 0.1:
            line = f"  {line}"
        lines.append(line)
    end = rng.choice(["\n", "\r\n"])
    return end.join(lines) + rng.choice(["", end, f"{end}# the end{end}", f"{end}# the end"])


def is_within(lines: list[str], others: list[str]) -> bool:
    """Whether `lines` are all in `others`, in this order."""
    rest = iter(others)
    return all(line in rest for line in lines)


@given(seed=st.integers(0, 10_000), name=st.sampled_from(sorted(CHANGES)))
def test_one_answer_changes_one_line_at_most(seed: int, name: str) -> None:
    before = odd(EXAMPLE, random.Random(seed))
    data = tomllib.loads(before)
    wanted = tomllib.loads(EXAMPLE)
    CHANGES[name](wanted)
    in_its_order = {**data, **wanted}
    after = merged(before, in_its_order)
    parse(after)
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    begin = next((at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), len(old))
    ends = zip(reversed(old[begin:]), reversed(new[begin:]), strict=False)
    end = next((at for at, (one, other) in enumerate(ends) if one != other), min(len(old), len(new)) - begin)
    gone, come = old[begin : len(old) - end], new[begin : len(new) - end]
    assert len(gone) <= 1  # the line that says otherwise now; all before it and after it is as it was
    assert len(come) <= 1 + (not before.endswith("\n"))
    if come:
        assert "".join(gone).partition("#")[2].strip() == come[0].partition("#")[2].strip()


@given(seed=st.integers(0, 10_000))
def test_what_is_not_changed_stays_byte_for_byte(seed: int) -> None:
    before = odd(EXAMPLE, random.Random(seed))
    assert merged(before, tomllib.loads(before)) == before
    assert merged(before, tomllib.loads(EXAMPLE)) == before  # the order of a list says nothing


@given(seed=st.integers(0, 10_000), taken=st.integers(0, 6))
def test_a_sensor_comes_and_goes(seed: int, taken: int) -> None:
    before = odd(EXAMPLE, random.Random(seed))
    data = tomllib.loads(before)
    gone = data["sensors"].pop(taken)
    data["sensors"].append({"id": "new", "kind": "seat", "place": "hall", "gpio": {"pin": 26, "debounce_ms": 1000}})
    after = merged(before, data)
    assert sorted(tomllib.loads(after)["sensors"], key=repr) == sorted(data["sensors"], key=repr)
    part = next(one for one in segments(before) if one.unit == ("sensors", gone["id"]))
    rest = [line for line in before.replace(part.body, "", 1).splitlines() if line.strip()]
    assert is_within(rest, after.splitlines())


@given(order=st.permutations(sorted(CHANGES)), many=st.integers(1, len(CHANGES)))
def test_many_changes_one_after_another_come_to_what_is_wanted(order: list[str], many: int) -> None:
    text, data = EXAMPLE, tomllib.loads(EXAMPLE)
    for name in itertools.islice(order, many):
        CHANGES[name](data)
        text = merged(text, data)
    assert tomllib.loads(text) == data
    parse(text)


def test_a_new_file_says_what_each_section_is_for() -> None:
    data = tomllib.loads(EXAMPLE)
    text = merged("", data)
    assert tomllib.loads(text) == data
    parse(text)
    for section in set(SECTIONS) & set(data):
        assert f"# {SECTIONS[section]}\n[" in text
    assert merged(text, data) == text


def test_a_section_that_goes_takes_our_comment_with_it_and_no_other() -> None:
    data = tomllib.loads(EXAMPLE)
    text = merged("", data).replace("[[visits]]", "# Nurse B asked for this one\n[[visits]]")
    less = {section: one for section, one in data.items() if section != "visits"}
    without = merged(text, less)
    assert SECTIONS["visits"] in without  # hers stands between it and the table
    assert "# Nurse B asked for this one" in without
    plain = merged(merged("", data), less)
    assert SECTIONS["visits"] not in plain
    assert merged(plain, data).count(SECTIONS["visits"]) == 1


SPLIT = """\
[home]
id = "h-1"
timezone = "Europe/London"
[[residents]]
id = "r1"
[[sensors]]  # by the door
id = "a"
kind = "door"
place = "hall"
[gateway]
retention_days = 30
[[sensors]]
id = "b"
kind = "tap"
place = "kitchen"
[sensors.gpio]
pin = 4  # the blue wire
"""


def test_a_list_with_another_table_in_its_middle_stays_so() -> None:
    data = tomllib.loads(SPLIT)
    assert merged(SPLIT, data) == SPLIT
    data["sensors"][1]["gpio"]["pin"] = 17
    assert merged(SPLIT, data) == SPLIT.replace("pin = 4  # the", "pin = 17  # the")


@pytest.mark.parametrize(
    "text",
    [
        'home = { id = "h-1", timezone = "UTC" }  # one line\nresidents = [ { id = "r1" } ]\n',
        'home.id = "h-1"  # dotted\nhome.timezone = "UTC"\nresidents = [\n  { id = "r1" },  # the first\n]\n',
    ],
)
def test_other_ways_to_write_it_are_kept_or_refused_whole(text: str) -> None:
    data = tomllib.loads(text)
    assert merged(text, copy.deepcopy(data)) == text
    data["home"]["id"] = "h-2"
    try:
        after = merged(text, data)
    except InputError:
        return
    assert tomllib.loads(after) == data
    assert after.count("#") == text.count("#")


@given(st.recursive(st.text() | st.integers() | st.booleans() | st.dates() | st.floats(allow_nan=False),
                    lambda inner: st.lists(inner, max_size=3), max_leaves=5))  # fmt: skip
def test_every_value_is_written_as_it_is_read(one: object) -> None:
    assert tomllib.loads(f"x = {value(one)}")["x"] == one
