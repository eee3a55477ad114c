"""The log says that something happened, never what was sensed, where, or to whom."""

import ast
import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gateway
from gateway.errors import SourceUnavailable
from gateway.log import EVENT, FIELDS, LibraryLogs, Log, open_log

NOON_S = 1_790_337_600.25
ADDRESS = "C0:FF:EE:12:34:56"
OWN_KEYS = {"event", "time", "level", "error", "where", "problem", "advice", "dropped_keys", "masked_values"}


class Page(io.StringIO):
    """What was written; a terminal or not."""

    def __init__(self, *, tty: bool = False) -> None:
        super().__init__()
        self._tty = tty

    def isatty(self) -> bool:
        return self._tty

    def entries(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]


@pytest.fixture
def page() -> Page:
    return Page()


@pytest.fixture
def log(page: Page) -> Log:
    return open_log(page, utc_s=lambda: NOON_S, component="daemon")


def test_an_event_is_one_json_line_with_sorted_keys(log: Log, page: Page) -> None:
    log.warning("edges_dropped", count=3, source="gpio")
    assert page.getvalue() == (
        '{"component":"daemon","count":3,"event":"edges_dropped","level":"warning","source":"gpio",'
        '"time":"2026-09-25T12:00:00.250Z"}\n'
    )


def test_a_terminal_gets_a_line_for_people() -> None:
    page = Page(tty=True)
    open_log(page, utc_s=lambda: NOON_S).info("started", version="0.1.0")
    assert "started" in page.getvalue()
    assert "{" not in page.getvalue()


def test_unknown_keys_are_dropped_and_counted(log: Log, page: Page) -> None:
    log.info("reading_taken", sensor="bathroom-door", value=1, count=1)
    (entry,) = page.entries()
    assert entry["dropped_keys"] == 2
    assert entry["count"] == 1
    assert "bathroom" not in page.getvalue()


def test_values_that_are_not_numbers_or_short_tokens_are_masked(log: Log, page: Page) -> None:
    log.info("odd_values", source=ADDRESS, state="dev_C0_FF_EE_12_34_56", reason="Mrs Wren fell", kind="c0ffee123456")
    (entry,) = page.entries()
    assert [entry[key] for key in ("source", "state", "reason", "kind")] == ["[masked]"] * 4
    assert entry["masked_values"] == 4


def test_an_event_made_at_run_time_is_not_said(log: Log, page: Page) -> None:
    said = f"heard from {ADDRESS}"
    log.info(said)
    assert [entry["event"] for entry in page.entries()] == ["unnamed_event"]


def test_our_errors_bring_problem_and_advice_without_addresses(log: Log, page: Page) -> None:
    fault = SourceUnavailable(f"{ADDRESS} does not answer.", advice=f"Bring {ADDRESS.lower()} nearer.")
    log.warning("source_unavailable", fault=fault)
    (entry,) = page.entries()
    assert entry["error"] == "SourceUnavailable"
    assert entry["problem"] == "[masked] does not answer."
    assert entry["advice"] == "Bring [masked] nearer."


def test_a_bug_is_named_by_type_and_place_and_its_text_is_left_out(log: Log, page: Page) -> None:
    try:
        raise KeyError("bathroom-door")
    except KeyError as error:
        fault = ExceptionGroup("several", [error])
    log.error("bug", fault=fault)
    (entry,) = page.entries()
    assert entry["error"] == "KeyError"
    assert entry["where"].startswith("test_log.py:")
    assert "bathroom" not in page.getvalue()


def test_libraries_are_heard_but_not_quoted(log: Log, page: Page) -> None:
    library = logging.getLogger("bleak.backends.scanner")
    handler = LibraryLogs(log)
    library.addHandler(handler)
    library.propagate = False
    try:
        library.info("nothing")
        library.warning("device %s said %s", ADDRESS, b"\x16\x48")
        try:
            raise ValueError(ADDRESS)
        except ValueError:
            library.exception("while reading %s", ADDRESS)
    finally:
        library.removeHandler(handler)
        library.propagate = True
    quiet, loud = page.entries()
    assert (quiet["component"], quiet["event"], quiet["level"]) == (library.name, "library_warning", "warning")
    assert (loud["error"], loud["level"]) == ("ValueError", "error")
    assert "FF:EE" not in page.getvalue()


_JUNK = st.none() | st.booleans() | st.integers() | st.text() | st.binary() | st.lists(st.text())


@given(st.text(), st.dictionaries(st.text() | st.sampled_from(sorted(FIELDS)), _JUNK))
def test_whatever_is_said_only_the_closed_set_comes_out(event: str, fields: dict[str, Any]) -> None:
    page = Page()
    log = open_log(page, utc_s=lambda: NOON_S)
    log.info(event.replace("%", ""), **fields)
    (entry,) = page.entries()
    assert entry.keys() <= FIELDS | OWN_KEYS
    assert EVENT.fullmatch(entry["event"])
    assert all(len(value) <= 48 for value in entry.values() if isinstance(value, str))


def test_the_module_is_cheap_until_a_log_is_opened() -> None:
    check = "import sys, gateway.log, gateway.supervise, gateway.systemd; sys.exit('structlog' in sys.modules)"
    subprocess.run([sys.executable, "-c", check], check=True)


# ---- every log call in the gateway, read from its source ----

METHODS = frozenset({"debug", "info", "warning", "error", "critical", "exception"})


def _log_calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Calls such as `log.info(…)`, `self._log.error(…)`, `_log.bind(…).warning(…)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
            holder = node.func.value
            name = holder.attr if isinstance(holder, ast.Attribute) else getattr(holder, "id", "")
            if name.strip("_") in {"log", "logger", "logging"} or isinstance(holder, ast.Call):
                yield node


def faults_in_log_calls(source: str) -> list[str]:
    """What is wrong with the log calls in `source`, one sentence each."""
    faults = []
    for call in _log_calls(ast.parse(source)):
        event = call.args[0] if call.args else None
        if not (isinstance(event, ast.Constant) and isinstance(event.value, str) and EVENT.fullmatch(event.value)):
            faults.append(f"line {call.lineno}: the event is not a literal of lower-case words")
        if len(call.args) > 1:
            faults.append(f"line {call.lineno}: positional values")
        for keyword in call.keywords:
            if keyword.arg not in FIELDS:
                faults.append(f"line {call.lineno}: `{keyword.arg or '**'}` is not in FIELDS")
    return faults


_MODULES = sorted(Path(gateway.__file__).parent.rglob("*.py"))


@pytest.mark.parametrize("module", _MODULES, ids=lambda path: path.stem)
def test_every_log_call_is_well_formed(module: Path) -> None:
    # log.py itself forwards what it was given
    source = module.read_text(encoding="utf-8")
    assert module.name == "log.py" or faults_in_log_calls(source) == []


def test_only_the_log_itself_knows_structlog() -> None:
    knowing = [path.name for path in _MODULES if "import structlog" in path.read_text(encoding="utf-8")]
    assert knowing == ["log.py"], "be handed a gateway.log.Log instead: only that one enforces privacy"


@pytest.mark.parametrize(
    "call",
    [
        'log.info(f"heard {sensor}")',
        "log.info(event)",
        'log.info("Heard It")',
        'self._log.warning("dropped", sensor=sensor)',
        'log.error("bad", **fields)',
        'logging.warning("dropped %s", sensor)',
        'log.bind(component="ble").info("heard", address=address)',
        "log.info()",
    ],
)
def test_the_check_sees_a_badly_formed_call(call: str) -> None:
    assert faults_in_log_calls(call)


def test_the_check_passes_a_well_formed_call() -> None:
    assert faults_in_log_calls('log.bind(component="ble").info("radio_up", attempt=2, fault=error)') == []
