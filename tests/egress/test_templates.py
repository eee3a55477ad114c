"""Every sentence that leaves is a template of the source with numbers, moments and configured names in its holes."""

import re
from functools import cache
from itertools import islice

import msgspec
import pytest

from gateway.config.reading import load
from gateway.messages import drafts_of
from gateway.sources.replay import Recording
from gateway.uplink import wire
from models.home import Home
from models.vocabulary import HomeSpec, Said
from tests.all_sayings import all_said
from tests.models.world import run
from tests.shared_data import shared

from .templates import laid_out, names

TEXTS = ("observed", "usual", "because", "coverage", "cannot_tell", "to_do", "details", "headline", "lines")
COUNTED = re.compile(r"\d+(?:\.\d+)?")


def sentences(home: HomeSpec, said: list[Said]) -> set[str]:
    """The texts of what would leave, as they stand in the bodies."""
    found: set[str] = set()
    for seq, draft in enumerate(drafts_of(home.id, said), 1):
        message = msgspec.to_builtins(wire.decode(draft.encode(seq)))
        for name in TEXTS:
            value = message.get(name, ())
            found |= {value} if isinstance(value, str) else set(value)
    return found - {""}


def check(home: HomeSpec, texts: set[str]) -> None:
    known = names(home)
    for text in texts:
        left = laid_out(text, known)
        assert left is None, f"{left!r} is of no template, in: {text}"
        for number in COUNTED.findall(text):
            assert len(number.partition(".")[2]) <= 1, f"{number} is not rounded, in: {text}"
            assert len(number.partition(".")[0]) <= 5, text


@cache
def corpus() -> list[tuple[HomeSpec, set[str]]]:
    return [(home, sentences(home, said)) for home, said in all_said()]


def test_every_sentence_of_homes_in_which_everything_happens_comes_from_a_template() -> None:
    for home, texts in corpus():
        check(home, texts)
    assert sum(len(texts) for _, texts in corpus()) > 500


@pytest.mark.slow
@pytest.mark.parametrize("name", ["home-a00", "pair-a", "flat-a", "band-a00", "water-a"])
def test_every_sentence_of_a_recorded_home_comes_from_a_template(name: str) -> None:
    folder = shared(f"homes/{name}")
    config = load(folder / "home.toml")
    spec = config.spec(live=False)
    readings = (r for _, r in Recording(folder, (s.id for s in config.sensors)).readings())
    texts = sentences(spec, run(Home(spec), islice(readings, 60_000)))
    assert len(texts) > 5
    check(spec, texts)


STRANGE = (
    "Mrs Smith", "61.304", "xq7", "2025-03-17T11:19:05.678Z", "C0:FF:EE:00:00:01", "1742210345678", "09:42:17",
    "Battery OK v2", "Lounge TV", "\u200b", "https://example.org", "14.25",
)  # fmt: skip


@pytest.mark.parametrize("strange", STRANGE)
def test_a_text_that_is_put_in_from_elsewhere_is_seen(strange: str) -> None:
    home, texts = corpus()[0]
    known = names(home)
    seen = [laid_out(text.replace(" ", f" {strange} ", 1), known) is not None for text in sorted(texts)[:40]]
    assert all(seen)
