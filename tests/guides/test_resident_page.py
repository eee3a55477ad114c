"""The resident's page: true of this home and of the code, legible for old eyes, and nothing from elsewhere."""

import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.__main__ import wren
from gateway.config.reading import parse
from gateway.errors import InputError
from gateway.resident_page import wording_resident as wording
from gateway.resident_page.content import BLANK, Content, content
from gateway.resident_page.sheet import sheet
from models.kinds import TECHNICIAN, AlertKind, SensorKind
from models.panel_light import Light
from models.pause import LONGEST_S
from models.wording import FORBIDDEN
from models.wording_panel import LIGHTS
from tests.guides.pages import GUIDES, example

_VOID = {"meta", "br", "hr", "img", "link"}


class Read(HTMLParser):
    """What a browser makes of it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        if data.strip() and "style" not in self.open:
            self.texts.append((self.open[-1], data.strip()))


def _content(toml: str = "", resident: str = "r1", *, contact: str | None = None) -> Content:
    return content(parse(toml or example()), resident, contact=contact, emergency=None)


def _page(toml: str = "") -> str:
    return sheet(_content(toml))


def _without(pattern: str) -> str:
    text = re.sub(pattern, "", example(), flags=re.MULTILINE | re.DOTALL)
    assert text != example()
    return text


def _sentences(page: Content) -> list[str]:
    lists = (page.no_alarm, page.leaves, page.stays, page.buttons, page.pause, page.rights, page.why)
    texts = [page.how, *(one for part in lists for one in part)]
    texts += [one.what for one in page.hears] + [one.meaning for one in page.lamps]
    return [part.strip() for text in texts for part in re.split(r"(?<=[.!?:;])\s", text) if part.strip()]


def test_it_is_whole_html_with_a_language_and_headings_in_order() -> None:
    read = Read(_page())
    assert read.open == []
    assert ("html", {"lang": "en"}) in read.tags
    headings = [tag for tag, _ in read.tags if re.fullmatch(r"h\d", tag)]
    assert headings == ["h1", *["h2"] * 8]
    assert {tag for tag, _ in read.tags} >= {"main", "section", "title"}
    for tag, attributes in read.tags:
        if tag == "svg":
            assert attributes["role"] == "img"
            assert attributes["aria-label"]


def test_it_asks_nothing_of_anybody() -> None:
    text = _page()
    assert not re.search(r"<(script|img|link|iframe|form|a)\b|\w+://|url\(|@import|\bon\w+=", text)
    assert "default-src 'none'" in text


def test_it_is_large_and_dark_on_light() -> None:
    style = re.search(r"<style>(.*?)</style>", _page(), re.DOTALL)
    assert style
    sizes = [float(size) for size in re.findall(r"font(?:-size)?: ?(\d+(?:\.\d+)?)pt", style[1])]
    assert sizes
    assert min(sizes) >= 18
    for colour in re.findall(r"(?<!-)color: (#\w+)", style[1]):
        assert _contrast(colour, "#ffffff") >= 7, colour


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2, "contrast ratio"."""
    low, high = sorted(map(_luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(2 * each for each in digits) if len(digits) == 3 else digits
    parts = [int(digits[index : index + 2], 16) / 255 for index in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_it_reads_easily() -> None:
    sentences = _sentences(_content(contact="01632 960001"))
    words = [word for one in sentences for word in re.findall(r"[A-Za-z']+", one)]
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e$", "", word.lower())))) for word in words)
    ease = 206.835 - 1.015 * len(words) / len(sentences) - 84.6 * syllables / len(words)
    assert ease >= 70, ease  # Flesch: "fairly easy", and better
    lists = re.compile(r"Is told of|Also of|[a-z]")  # these are lists of things, not sentences to be followed
    assert [one for one in sentences if len(one.split()) > 22 and not lists.match(one)] == []
    for word in ("gateway", "uplink", "outbox", "GPIO", "algorithm", "data", "daemon", "configuration", "database"):
        said = [one for one in sentences if re.search(rf"\b{word}\b", one)]
        assert [one for one in said if one not in " ".join(LIGHTS.values())] == [], word


def test_no_word_of_it_names_an_illness() -> None:
    for text in (*wording.TOLD.values(), *wording.CHANGES.values(), *wording.SEES.values(), _page()):
        assert not FORBIDDEN.search(re.sub(r"\bstroke(?:-[a-z]+)?\s*[:=]", "", text))


def test_every_kind_has_its_words() -> None:
    assert set(wording.TOLD) | set(wording.CHANGES) == set(AlertKind) - TECHNICIAN
    assert not set(wording.TOLD) & set(wording.CHANGES)
    assert set(wording.SEES) == set(SensorKind) - {SensorKind.BATTERY}


def test_it_says_first_that_it_is_no_alarm() -> None:
    first, second = _content().no_alarm
    assert first.startswith("This is no alarm for emergencies.")
    assert "pendant" in second
    assert BLANK in second
    assert "Our help button needs power and internet." in second
    no_button = _content(_without(r"^\[\[sensors\]\]\nid = \"help\".*?\n\n"))
    assert "help button" not in " ".join(no_button.no_alarm)
    assert _page().index("no alarm for emergencies") < _page().index("What it sees")


def test_it_shows_this_homes_own_sensors_and_recipients() -> None:
    page = _content()
    assert page.sees == [
        ("Outside door", "the door"),
        ("Kitchen", "the tap"),
        ("Bathroom", "movement"),
        ("Bedroom", "the bed, the help button and how warm it is"),
        ("What you wear", "your pulse"),
    ]
    who = {one.who: one.what for one in page.hears}
    assert set(who) == {
        "Night and day (day and night)", "Duty manager (day and night)", "Day team (in office hours)",
        "Technician (in office hours)",
    }  # fmt: skip
    assert "a press of the help button" in who["Night and day (day and night)"]
    assert "nobody answers" in who["Duty manager (day and night)"]
    assert who["Technician (in office hours)"] == "Is told if a sensor fails."
    assert "the kitchen tap" in who["Day team (in office hours)"]


def test_a_kind_that_is_off_is_not_said_to_be_told() -> None:
    page = _content(_without(r"^\[alerts\.less_tap_use\].*?\n\n"))
    assert not any("kitchen tap" in one.what for one in page.hears)


def test_where_nobody_is_told_it_says_so() -> None:
    bare = re.sub(r"^\[alerts\..*?(?=^\[budget\])", "", example(), flags=re.MULTILINE | re.DOTALL)
    bare = re.sub(r'\[\[sensors\]\]\nid = "help".*?\n\n', "", bare, flags=re.DOTALL)
    page = _content(bare)
    assert page.hears == []
    assert "Nobody is told of anything yet." in sheet(page)


def test_what_leaves_is_what_was_agreed() -> None:
    assert "active minutes and kitchen tap" in " ".join(_content().leaves)
    assert "You agreed that it may tell" not in " ".join(_content(_without(r"^habits = .*?\n")).leaves)
    assert _content(_without(r"^\[uplink\].*\Z")).leaves == ["Nothing leaves your home."]


def test_the_lamp_and_the_pause_are_those_of_the_code() -> None:
    page = _content()
    assert {one.light for one in page.lamps} == set(Light)
    for one in page.lamps:
        assert LIGHTS[one.light] == f"{one.name}: {one.meaning}"
    assert f"{LONGEST_S // 3600} hours at most" in " ".join(page.pause)
    assert "What is urgent is still told." in " ".join(page.pause)
    held = _content(example().replace("sound_pin = 19\n", 'sound_pin = 19\npause = "everything"\n'))
    assert "All alerts wait" in " ".join(held.pause)


def test_a_panel_without_a_button_promises_none() -> None:
    page = _content(_without(r"^(ok_pin|pause_pin) = \d+\n"))
    assert {one.light for one in page.lamps}.isdisjoint({Light.ASKING, Light.PAUSED})
    assert page.buttons == []
    assert page.pause == ["Your home has no pause button. If you want one, ask."]
    none = _content(_without(r"^\[\[panels\]\].*?\n\n"))
    assert none.lamps == []
    assert "What the lamp says" not in sheet(none)


def test_nobody_is_said_to_have_agreed_who_was_not_asked() -> None:
    assert _content().rights[0].startswith("You agreed to this. ")
    decided = example().replace('decided_by = "resident"', 'decided_by = "best_interests"')
    assert (
        _content(decided).rights[0].startswith("Others decided this for your good: daughter, district nurse. You can")
    )
    nobody = _content(_without(r"^\[purpose\].*?\n\n"))
    assert nobody.rights[0].startswith("You can say no")
    assert nobody.why == ["Nobody has written down why it is here. Ask them to."]


def test_what_is_typed_is_text_and_not_markup() -> None:
    assert "<b>x</b>" not in sheet(_content(contact="<b>x</b>"))


def _run(folder: Path, *options: str, toml: str = "") -> Result:
    (folder / "home.toml").write_text(toml or example(), encoding="utf-8")
    return CliRunner().invoke(wren, ["resident-page", "--config", str(folder / "home.toml"), *options])


def test_the_page_in_the_guides_is_that_of_the_example(tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    result = _run(tmp_path, "--out", str(out))
    assert result.exit_code == 0
    assert "a line to write on: --contact and --emergency" in result.output
    assert out.read_text(encoding="utf-8") == (GUIDES / "resident.html").read_text(encoding="utf-8"), (
        "wren resident-page --config EXAMPLE --out docs/guides/resident.html"
    )


def test_the_number_stands_on_the_page_and_nowhere_else(tmp_path: Path) -> None:
    result = _run(tmp_path, "--out", str(tmp_path / "p.html"), "--contact", "01632 960001", "--emergency", "999")
    assert result.exit_code == 0
    assert "01632" not in result.output
    text = (tmp_path / "p.html").read_text(encoding="utf-8")
    assert "Ring 01632 960001." in text
    assert "ring 999 or" in text
    assert BLANK not in text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home.toml", "p.html"]


def test_in_a_home_of_several_one_is_named(tmp_path: Path) -> None:
    toml = example().replace('id = "r1"\n', 'id = "r1"\n\n[[residents]]\nid = "r2"\n', 1)
    out = tmp_path / "p.html"
    refused = _run(tmp_path, "--out", str(out), toml=toml)
    assert isinstance(refused.exception, InputError)
    assert "r1 or r2" in refused.exception.advice
    assert not out.exists()
    assert _run(tmp_path, "--out", str(out), "--resident", "r2", toml=toml).exit_code == 0
    text = out.read_text(encoding="utf-8")
    assert "Outside door" in text
    assert "Bathroom" not in text  # that sensor is r1's
    assert isinstance(_run(tmp_path, "--out", str(out), "--resident", "r9").exception, InputError)


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    result = _run(tmp_path, "--out", str(tmp_path / "no" / "p.html"))
    assert isinstance(result.exception, InputError)
    assert result.exception.exit_code == 2


_MORE = "".join(
    f'[[sensors]]\nid = "more-{pin}"\nkind = "{kind}"\nplace = "{place}"\ngpio = {{ pin = {pin}, pull = "up" }}\n\n'
    for pin, kind, place in (
        (7, "motion", "hall"), (8, "seat", "lounge"), (9, "appliance", "utility-room"), (10, "motion", "landing"),
        (11, "door", "back-room"), (12, "motion", "dining-room"), (14, "toilet", "bathroom"), (15, "fridge", "kitchen"),
        (16, "cupboard", "kitchen"), (18, "appliance", "kitchen"),
    )
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("more", ["", _MORE], ids=["example", "eleven places"])
def test_it_fits_one_sheet_on_both_sides(tmp_path: Path, more: str) -> None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no chromium to print with")
    page = sheet(
        _content(example().replace("[[visits]]", f"{more}[[visits]]", 1), contact="01632 960001, the care office")
    )
    (tmp_path / "p.html").write_text(page, encoding="utf-8")
    printed = subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
         f"--user-data-dir={tmp_path / 'browser'}", f"--print-to-pdf={tmp_path / 'p.pdf'}", str(tmp_path / "p.html")],
        capture_output=True, check=False, timeout=50,
    )  # fmt: skip
    if not (tmp_path / "p.pdf").is_file():
        pytest.skip(f"chromium did not print: {printed.stderr[-200:]!r}")
    counts = re.findall(rb"/Count (\d+)", (tmp_path / "p.pdf").read_bytes())
    assert [int(count) for count in counts] == [2]
