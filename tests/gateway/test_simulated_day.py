"""The day in docs/trail.md is what the simulated day says, but for what depends on this machine's speed."""

import re
from pathlib import Path

import pytest

from tests.gateway.simulated_day import a_day

PAGE = Path(__file__).parents[2] / "docs" / "trail.md"


def printed() -> list[str]:
    found = re.search(
        r"<!-- begin: simulated day -->\n```\n(.*?)```\n<!-- end", PAGE.read_text(encoding="utf-8"), re.DOTALL
    )
    assert found
    return found[1].rstrip("\n").split("\n")


def settled(line: str) -> str:
    """How many heartbeats there were, and the minute of what crossed threads, depend on the machine."""
    if "signs of life of" in line or "The desk confirmed" in line[:22]:
        return re.sub(r"\d+", "N", re.split(r"; (?:of )?the other", line)[0]).replace(" all ", " N ")
    return re.sub(r"\b(\d\d):\d\d\b", r"\1:MM", line)


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_the_page_shows_the_day_as_it_is(tmp_path: Path) -> None:
    lines, found = await a_day(tmp_path)
    assert found.broken is None
    assert [settled(line).rstrip(".") for line in lines] == [settled(line).rstrip(".") for line in printed()]
