"""Whatever stands in the home.toml that is there: it is refused in words, or can be talked about and written again."""

import copy
import re
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import GatewayError
from gateway.setup.chapters import CHAPTERS, compact, settled
from gateway.setup.conversation import answered, masked, read
from gateway.setup.items import used
from gateway.setup.listening import _known
from gateway.setup.merging import merged
from gateway.setup.panel import used_pins
from gateway.setup.sensors import connected

_DOCS = (Path(__file__).parents[2] / "docs/configuration.md").read_text(encoding="utf-8")
WHOLE = tomllib.loads(max(re.findall(r"```toml\n(.*?)```", _DOCS, re.DOTALL), key=len))
"""The example of the documentation, which has every table."""

ODD = [True, 0, -1, 3.5, "", "x", [], [1], {}, {"a": 1}, ["r1"], "a" * 500, "\x1b[31m"]


def _places(of: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if at:
        yield at
    for key, one in of.items() if isinstance(of, dict) else enumerate(of) if isinstance(of, list) else ():
        yield from _places(one, (*at, key))


CHANGES = st.tuples(st.sampled_from(list(_places(WHOLE))), st.sampled_from([None, *ODD]))


@given(st.lists(CHANGES, min_size=1, max_size=2))
@settings(max_examples=400, deadline=None)
def test_whatever_was_left_there(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    data = copy.deepcopy(WHOLE)
    for place, odd in changes:
        inner: Any = data
        try:
            for key in place[:-1]:
                inner = inner[key]
            inner[place[-1]] = odd
        except (KeyError, IndexError, TypeError):
            continue
        if odd is None:
            del inner[place[-1]]
    text = tomlkit.dumps(data)
    with suppress(GatewayError):
        found = read(text, Path("home.toml"))
        answered(text, found)
        for chapter in CHAPTERS:
            chapter.says(found)
        for sensor in found.get("sensors", []):
            connected(sensor)
        used(found.get("sensors", []))
        _known(found)
        used_pins(found)
        compact(found)
        masked(merged(text, settled(copy.deepcopy(found))))
