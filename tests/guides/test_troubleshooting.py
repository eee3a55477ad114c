"""The page by symptom knows every check of `wren doctor`, and no other."""

import re

from gateway.doctor.catalogue import CHECKS
from tests.guides.pages import GUIDES

TEXT = (GUIDES / "troubleshooting.md").read_text(encoding="utf-8")
_NAME = re.compile(r"`([a-z]+\.[a-z_]+)`")


def sections() -> dict[str, str]:
    parts = re.split(r"^## (.*)$", TEXT, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_every_check_is_there_and_no_other() -> None:
    named = {name for name in _NAME.findall(TEXT) if name != "home.toml"}
    assert named == set(CHECKS)


def test_every_symptom_begins_with_something_to_do_and_names_a_check_or_a_command() -> None:
    found = sections()
    assert len(found) >= 12
    for title, text in found.items():
        assert _NAME.search(text) or "`sudo wren" in text, title


def test_the_symptoms_that_people_ring_about_are_there() -> None:
    titles = " ".join(sections()).lower()
    for words in (
        "lamp is dark",
        "nothing received",
        "silent",
        "all night",
        "heart rate",
        "power cut",
        "wi-fi",
        "card",
    ):
        assert words in titles
