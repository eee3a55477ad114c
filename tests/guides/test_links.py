"""Every link and picture of a guide leads somewhere, down to the heading."""

import re
from pathlib import Path

import pytest

from tests.guides.pages import GUIDES, PAGES, ROOT

_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def anchors(page: Path) -> set[str]:
    """The headings of a page, as they are linked to."""
    titles = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in _LINK.findall(page.read_text(encoding="utf-8")):
        assert "://" not in target, target  # a guide must do without a network
        name, _, anchor = target.partition("#")
        there = (page.parent / name).resolve() if name else page
        assert there.is_relative_to(ROOT), target
        assert there.exists(), target
        if anchor:
            assert anchor in anchors(there), target


def test_every_guide_is_on_the_index_and_the_index_in_the_readme() -> None:
    index = (GUIDES / "README.md").read_text(encoding="utf-8")
    pages = {path.name for path in GUIDES.iterdir()} - {"README.md"}
    assert {name for name in pages if f"({name})" not in index} == set()
    assert "docs/guides" in (ROOT / "README.md").read_text(encoding="utf-8")
