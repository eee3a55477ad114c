"""The guides as they lie there, and the commands that stand in them."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
GUIDES = ROOT / "docs" / "guides"
PAGES = sorted(GUIDES.glob("*.md"))
PROGRAMS = ("wren", "scripts/provision", "scripts/bundle")
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")


def example() -> str:
    """The home.toml of docs/configuration.md."""
    found = re.search(r"```toml\n(.*?)```", (ROOT / "docs/configuration.md").read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return found[1]


def commands(text: str) -> Iterator[list[str]]:
    """Every command line of ours on a page, in a block or within a sentence, without `sudo`."""
    lines = [line for kind, block in _BLOCK.findall(text) if kind in ("sh", "console") for line in block.splitlines()]
    lines += _INLINE.findall(_BLOCK.sub("", text))
    for one in (part.strip() for line in lines for part in line.split(" | ")):
        words = shlex.split(one.removeprefix("$ "), comments=True)
        if words[:1] == ["sudo"]:
            words = words[1:]
        if words and words[0] in PROGRAMS:
            yield words
