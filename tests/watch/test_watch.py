"""`wren watch` at a real terminal, and piped, over a real daemon."""

import json
import re
import signal
from collections.abc import Iterator

import pytest

from tests.cli.process import running

from .rehearsal import Fed, Rehearsal, Terminal, rehearsal


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Rehearsal:
    return rehearsal(tmp_path_factory.mktemp("w"))


@pytest.fixture
def daemon(home: Rehearsal) -> Iterator[Fed]:
    with home.daemon() as fed:
        yield fed


@pytest.mark.slow
def test_a_technician_sees_what_fires_and_leaves_with_q(home: Rehearsal, daemon: Fed) -> None:
    seen = Terminal("watch", "--config", home.config)
    page = seen.until("SENSOR")
    assert "somebody looks" in page
    daemon.says("front-door", 1)
    page = seen.until(r"^\d\d:\d\d:\d\d  front-door: open  \(door, outside-door\)")
    assert re.search(r"front-door +outside-door, door +open +(now|\d s) +1", page)
    row = next(number for number, line in enumerate(page.splitlines()) if line.startswith("front-door"))
    assert seen.screen.buffer[row][0].reverse, "what is new is not highlighted"
    for name in ("coverage", "radio", "outbox", "learning", "clock", "alerts"):
        assert re.search(f"^{name} ", page, re.MULTILINE), name
    seen.press("q")
    assert seen.end() == 0


@pytest.mark.slow
def test_it_survives_the_daemon(home: Rehearsal) -> None:
    with home.daemon() as first:
        seen = Terminal("watch", "--config", home.config)
        seen.until("SENSOR")
        first.says("kitchen-tap", 1)
        seen.until(r"kitchen-tap: on")
    seen.until("does not answer since")
    seen.until("Waiting for it")
    with home.daemon() as second:
        seen.until("is back")
        second.says("kitchen-tap", 0)
        page = seen.until(r"kitchen-tap: off")
        assert "does not answer" not in page
        seen.press("\x03")
        assert seen.end() == 0


@pytest.mark.slow
def test_a_pipe_gets_a_line_for_each_event(home: Rehearsal, daemon: Fed) -> None:
    with running("watch", "--config", home.config) as piped:
        piped.until("Watching h-0001")
        daemon.says("front-door", 1)
        daemon.says("front-door", 0)
        assert re.fullmatch(r"\d\d:\d\d:\d\d  front-door: open  \(door, outside-door\)\n", piped.until("open"))
        piped.until("closed")
    with running("watch", "--config", home.config, "--json") as piped:
        assert json.loads(piped.until("begin"))["home"] == "h-0001"
        daemon.says("kitchen-tap", 1)
        line = json.loads(piped.until("kitchen-tap"))
    assert line.pop("at_s") > 1_700_000_000
    assert line == {
        "type": "seen",
        "sensor": "kitchen-tap",
        "value": 1.0,
        "kind": "tap",
        "place": "kitchen",
        "said": "on",
    }


@pytest.mark.slow
def test_the_trail_says_that_somebody_watched(home: Rehearsal) -> None:
    with home.daemon(), running("watch", "--config", home.config, "--json") as piped:
        piped.until("begin")
    with running("audit", "show", "--config", home.config) as shown:
        shown.until("wren watch")


def test_without_a_daemon_it_says_so(home: Rehearsal) -> None:
    with running("watch", "--config", home.config) as alone:
        assert "systemctl status wren" in alone.until("systemctl")
        assert alone.process.wait(20) == 4


@pytest.mark.slow
def test_a_wheel_or_an_arrow_key_does_not_leave(home: Rehearsal, daemon: Fed) -> None:
    """On a terminal's second screen a mouse wheel is sent as arrow keys, which begin with Escape."""
    seen = Terminal("watch", "--config", home.config)
    seen.until("SENSOR")
    for keys in ("\x1b[A", "\x1bOB\x1bOB", "\x1b[1;5C"):
        seen.press(keys)
    daemon.says("front-door", 1)
    seen.until("front-door: open")
    seen.press("\x1b")
    assert seen.end() == 0


@pytest.mark.slow
def test_a_terminal_that_can_move_no_cursor_gets_lines(home: Rehearsal, daemon: Fed) -> None:
    seen = Terminal("watch", "--config", home.config, environ={"TERM": "dumb"})
    seen.until("Watching h-0001")
    daemon.says("front-door", 1)
    page = seen.until("front-door: open")
    assert "SENSOR" not in page
    seen.press("\x03")
    assert seen.end() == 0


@pytest.mark.slow
def test_a_terminal_is_given_back_as_it_was(home: Rehearsal, daemon: Fed) -> None:
    """Asked to end, as at a reboot, and put aside by Ctrl-Z, which would leave the shell on the second screen."""
    seen = Terminal("watch", "--config", home.config)
    seen.until("SENSOR")
    seen.press("\x1a")
    daemon.says("front-door", 1)
    seen.until("front-door: open")
    seen.process.kill(signal.SIGTERM)
    assert seen.end() == 0
