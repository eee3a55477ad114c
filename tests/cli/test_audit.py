"""`wren audit`, `wren outbox --plain` and `--as-sent`: what a resident and a stranger can find out about what left."""

import hashlib
import json
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.__main__ import wren
from gateway.config.places import places_of
from gateway.errors import GatewayError
from gateway.store.ledger import Ledger
from gateway.store.trail import Note, What
from gateway.trail import accesses
from tests.cli.house import NOW_S, Beat, House, alert, resolved

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def busy(tmp_path: Path) -> House:
    house = House(tmp_path).write()
    beats = [Beat(NOW_S - 8_900 + 900 * number) for number in range(9)]
    house.says(alert(1, NOW_S - 9_000), resolved(2, 1, NOW_S - 8_000), beats=beats)
    places = places_of(house.config)
    ledger = Ledger.open(places.private, places.outbox)
    body = ledger.outbox.body(f"{1:032x}")
    assert body is not None
    ledger.outbox.trail.note(
        [
            Note(What.TOLD, "@pause/r1", "Told: r1 pauses.", NOW_S - 500),
            Note(What.DELIVERED, beats[0].id, "The desk confirmed it.", NOW_S - 400),
            Note(What.ACCESS, "recordings", "The recordings were opened.", NOW_S - 300),
        ]
    )
    ledger.stop()
    with house.book(NOW_S - 8_990) as book:
        book.delivered(f"{1:032x}", "alert", sha256=hashlib.sha256(body).hexdigest(), attempts=1)
    return house


def run(house: House, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(wren, [*arguments, "--config", str(house.path)])
    if isinstance(done.exception, GatewayError):  # `main` makes two lines and this exit code of it
        return done.exception.exit_code, done.output
    return done.exit_code, done.output


def test_as_sent_is_all_that_left_in_order_byte_for_byte(busy: House) -> None:
    code, said = run(busy, "outbox", "--as-sent")
    assert code == 0
    lines = said.encode().splitlines()
    assert [json.loads(line)["type"] for line in lines] == ["alert", "alert_update", *["status"] * 9]
    with sqlite3.connect(places_of(busy.config).outbox_db) as raw:
        sums = [
            row[0] for row in raw.execute("SELECT sha256 FROM trail WHERE what IN ('message', 'heartbeat') ORDER BY n")
        ]
    raw.close()
    assert [hashlib.sha256(line).hexdigest() for line in lines] == sums
    code, said = run(busy, "outbox", "--as-sent", "--waiting")
    assert [json.loads(line)["type"] for line in said.splitlines()] == ["alert_update", "status"]
    assert run(busy, "outbox", "--as-sent", "--since", "2026-11-21") == (0, "")


def test_in_plain_words(busy: House) -> None:
    code, said = run(busy, "outbox", "--plain")
    assert code == 0
    lines = said.splitlines()
    assert lines[0] == "Friday 20 November 2026"
    assert lines[1].startswith("  11:32  An urgent alert left about r1 (inactivity). It says: No movement seen")
    assert lines[1].endswith("The desk confirmed it at 11:32.")
    assert lines[2].endswith("It says: Movement was seen again (hall). The desk has not confirmed it yet.")
    assert re.fullmatch(r"  Nothing else left but 9 signs of life of \d+( to \d+)? bytes each\.", lines[3])
    assert "confirmed 1 of them" in lines[4]
    assert lines[5:9] == [
        "  Done here, and not sent:",
        "    11:32  The record begins.",
        "    13:53  Told: r1 pauses.",
        "    13:57  The recordings were opened.",
    ]
    assert "What the sensors said did not leave" in said
    assert "\x1b" not in said, "a pipe gets plain text"
    assert run(busy, "outbox", "--plain", "--since", "2026-11-21") == (0, "Nothing left this home from that day on.\n")
    for wrong in (["--plain", "--json"], ["--plain", "--waiting"], ["--since", "yesterday"]):
        assert run(busy, "outbox", *wrong)[0] == 2


def test_show_lists_the_entries(busy: House) -> None:
    code, said = run(busy, "audit", "show")
    assert code == 0
    assert "A message of" in said
    assert "Told: r1 pauses." in said
    assert "10 entries about signs of life are not shown; --all shows them." in said
    assert len(run(busy, "audit", "show", "--all")[1].splitlines()) == 15
    found = json.loads(run(busy, "audit", "show", "--json")[1])["entries"]
    assert [one["n"] for one in found] == list(range(1, 16))
    assert found[0].keys() == {"n", "at", "at_s", "what", "ref", "body", "sha256", "hash"}
    assert json.loads(run(busy, "audit", "show", "--json", "--since", "2026-11-21")[1])["entries"] == []


def test_verify_says_whole_and_compares_with_the_desk(busy: House) -> None:
    code, said = run(busy, "audit", "verify")
    assert code == 0
    (head,) = re.findall(r"\d+:[0-9a-f]{64}", said)
    assert said.startswith("Whole: 15 entries since 11:32")
    assert run(busy, "audit", "verify", "--head", head)[0] == 0
    assert run(busy, "audit", "verify", "--head", "nonsense")[0] == 2
    with sqlite3.connect(places_of(busy.config).outbox_db) as raw:
        raw.execute("DELETE FROM trail WHERE n = 15")
    raw.close()
    assert run(busy, "audit", "verify")[0] == 0
    code, said = run(busy, "audit", "verify", "--head", head)
    assert code == 1
    assert said.startswith("Broken: The desk knows entry 15, and it is not here.")


def test_verify_names_what_does_not_fit(busy: House) -> None:
    with sqlite3.connect(places_of(busy.config).outbox_db) as raw:
        raw.execute("DELETE FROM trail WHERE what = 'access'")
        raw.execute("UPDATE trail SET body = CAST('Told: nothing.' AS BLOB) WHERE what = 'told'")
    raw.close()
    code, said = run(busy, "audit", "verify")
    assert code == 1
    assert said.startswith("Broken: The text that belongs to entry 13 is not the one that was entered.")
    found = json.loads(run(busy, "audit", "verify", "--json")[1])
    assert (found["whole"], found["broken"]["fault"], found["broken"]["n"]) == (False, "body changed", 13)


def test_verify_of_nothing(tmp_path: Path) -> None:
    house = House(tmp_path).write()
    assert run(house, "audit", "verify")[0] == 4
    house.says()
    assert run(house, "audit", "verify")[0] == 0
    assert run(house, "audit", "show") == (0, "Nothing has been entered yet.\n")


def snippet() -> str:
    (code,) = re.findall(r"```python\n(.*?)```", (DOCS / "trail.md").read_text(encoding="utf-8"), re.DOTALL)
    return str(code)


def verified_by_hand(path: Path) -> str:
    done = subprocess.run([sys.executable, "-c", snippet(), str(path)], capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).strip()


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("SELECT 1", "whole: 15:"),
        ("UPDATE trail SET ref = 'x' WHERE n = 7", "entry 7 does not follow"),
        ("DELETE FROM trail WHERE n = 7", "entries before 8 are missing"),
        ("UPDATE messages SET body = NULL WHERE seq = 1", "the body of entry 2 is missing"),
        ("UPDATE messages SET body = X'00' WHERE seq = 1", "the body of entry 2 was changed"),
    ],
)
def test_the_lines_of_the_documentation_verify_it(busy: House, statement: str, says: str) -> None:
    path = places_of(busy.config).outbox_db
    with sqlite3.connect(path) as raw:
        raw.execute(statement)
    raw.close()
    said = verified_by_hand(path)
    assert said.startswith(says)
    if says.startswith("whole"):
        assert f"The last one is {said.removeprefix('whole: ')}." in run(busy, "audit", "verify")[1]


def test_the_lines_of_the_documentation_know_what_was_let_go(busy: House) -> None:
    places = places_of(busy.config)
    ledger = Ledger.open(places.private, places.outbox)
    ledger.outbox.prune(NOW_S - 5_000, {f"{n:032x}" for n in (1, 2)}, now_s=NOW_S)
    ledger.stop()
    assert verified_by_hand(places.outbox_db).startswith("whole: 16:")
    assert run(busy, "audit", "verify")[0] == 0


def test_a_command_that_shows_what_is_not_sent_leaves_a_note(busy: House) -> None:
    places = places_of(busy.config)
    assert run(busy, "pins", "--json")[0] in (0, 3)
    assert [one.command for one in accesses.waiting(places.accesses)] == ["pins"]
    run(busy, "outbox")
    run(busy, "status")
    run(busy, "audit", "show")
    assert len(accesses.waiting(places.accesses)) == 1
