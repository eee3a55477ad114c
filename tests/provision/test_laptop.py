"""The laptop's side in parts: who is refused, what is carried over, how long is left, and a key that stops working."""

import ast
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given as given_any
from hypothesis import strategies as st

from gateway.provision.bundle_here import Here
from gateway.provision.errors import Refused, StepFailed
from gateway.provision.left import Left, words
from gateway.provision.parcel import AGENT, command, parcel, sources
from gateway.provision.record import Record
from gateway.provision.refusals import MIB, Asked, notes, refuse
from gateway.provision.run import Given, Provisioning
from gateway.provision.show import Show
from gateway.provision.steps import NAMES, STEPS
from gateway.release.manifest import Target

if TYPE_CHECKING:
    from gateway.provision.line import Line

NOW_S = 1_795_000_000.0
TARGET = Target("trixie", "arm64", "3.13")
ASKED = Asked(TARGET, "0.1.0-0123456789ab", 100 * MIB, "h-0001", NOW_S)
GOOD: dict[str, Any] = {
    "os": "Debian GNU/Linux 13 (trixie)", "suite": "trixie", "arch": "arm64", "python": "3.13", "venv": True,
    "root": True, "systemd": True, "booted": True, "ssh_keygen": True, "free_bytes": 20_000 * MIB, "read_only": False,
    "ram_bytes": 900 * MIB, "now_s": NOW_S, "clock_set": True, "board": "Raspberry Pi 4 Model B Rev 1.5",
    "under_voltage": False, "home": None, "enrolled": False, "version": None, "trial": False, "busy": False,
    "ca_file": None, "ca": "none",
}  # fmt: skip
THREE_YEARS_S = 3 * 365 * 86_400.0


def test_a_fresh_pi_is_refused_nothing() -> None:
    refuse(GOOD, ASKED)
    assert notes(GOOD) == []


@pytest.mark.parametrize(
    ("fact", "problem"),
    [
        ({"suite": "bullseye"}, "this machine has bullseye on arm64"),
        ({"arch": "armhf"}, "this machine has trixie on armhf"),
        ({"python": "3.12"}, "The Pi's python3 is 3.12"),
        ({"venv": False}, "venv module is not on this machine"),
        ({"ram_bytes": 300 * MIB}, "300 MB of memory"),
        ({"free_bytes": 800 * MIB}, "800 MB are free on the Pi's card, and 900 MB are needed"),
        ({"now_s": NOW_S - THREE_YEARS_S}, "The Pi's clock was set by the network and says 2023-"),
        ({"home": "h-0002"}, "Another home's Wren is on this Pi"),
        ({"read_only": True}, "mounted read-only"),
    ],
)
def test_a_fact_with_which_it_cannot_go_on(fact: dict[str, Any], problem: str) -> None:
    with pytest.raises(Refused, match=problem.replace("(", r"\(")) as refused:
        refuse(GOOD | fact, ASKED)
    assert refused.value.exit_code == 2
    assert len(refused.value.advice) > 20


@pytest.mark.parametrize("fact", [{"arch": "armhf"}, {"suite": "bullseye"}, {"suite": ""}])
def test_nobody_is_sent_for_a_bundle_that_nobody_makes(fact: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        refuse(GOOD | fact, ASKED)
    assert ".tar" not in refused.value.advice
    assert "64-bit" in refused.value.advice


def test_what_is_no_reason_to_stop() -> None:
    refuse(GOOD | {"now_s": NOW_S - THREE_YEARS_S, "clock_set": False}, ASKED)  # is set by the laptop's
    refuse(GOOD | {"free_bytes": 800 * MIB, "version": ASKED.name}, ASKED)  # nothing large is still to come
    refuse(GOOD | {"home": "h-0001", "enrolled": True}, ASKED)
    assert "UNDER-VOLTAGE" in notes(GOOD | {"under_voltage": True})[0]
    assert "no Raspberry Pi" in notes(GOOD | {"board": None})[0]


def test_a_laptop_that_lives_before_wren_was_made_is_refused() -> None:
    with pytest.raises(Refused, match="This laptop's clock says 2020-"):
        refuse(GOOD | {"clock_set": False}, ASKED._replace(now_s=1_600_000_000.0))


def test_a_token_without_a_home_is_refused_before_anything_is_changed() -> None:
    with pytest.raises(Refused, match="without a home"):
        refuse(GOOD, ASKED._replace(home=None, token=True))
    refuse(GOOD | {"home": "h-0001"}, ASKED._replace(home=None, token=True))


# ---- what is carried over


def test_the_parcel_has_all_that_the_agent_imports_and_only_the_standard_library_beside() -> None:
    carried = sources(AGENT)
    assert "gateway/release/versions.py" in carried
    assert "gateway/provision/line.py" not in carried  # the laptop's own
    for path, source in carried.items():
        for node in ast.walk(ast.parse(source)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert name.partition(".")[0] in {*sys.stdlib_module_names, "gateway"}, path


def test_the_agent_runs_out_of_memory_with_nothing_but_a_python(tmp_path: Path) -> None:
    """As sshd starts it: a shell, an isolated interpreter, the archive and a request on standard input."""
    request = json.dumps({"do": "facts"}).encode() + b"\n"
    pipe = subprocess.PIPE
    with subprocess.Popen(["sh", "-c", command()], cwd=tmp_path, stdin=pipe, stdout=pipe, stderr=pipe) as agent:
        assert agent.stdin is not None
        assert agent.stdout is not None
        agent.stdin.write(parcel() + request)
        agent.stdin.flush()
        answer = json.loads(agent.stdout.readline())
        out, err = agent.communicate()  # the line ends, and so does it
    assert answer["ok"]["python"] == "{}.{}".format(*sys.version_info)
    assert (out, err, agent.returncode) == (b"", b"", 0)
    assert list(tmp_path.iterdir()) == []


def test_it_works_out_of_a_wheel_too(tmp_path: Path) -> None:
    wheel = tmp_path / "wren_gateway-0.1.0-py3-none-any.whl"
    root = Path(__file__).parents[2]
    with zipfile.ZipFile(wheel, "w") as packed:
        for folder in ("gateway/provision", "gateway/release", "gateway"):
            for path in sorted((root / folder).glob("**/*.py" if folder != "gateway" else "*.py")):
                packed.writestr(str(path.relative_to(root)), path.read_text())
    code = "import sys; from gateway.provision.parcel import parcel; sys.stdout.buffer.write(parcel())"
    done = subprocess.run([sys.executable, "-S", "-E", "-c", f"import sys; sys.path[:0]=[{str(wheel)!r}]; {code}"],
                          capture_output=True, check=True, cwd=tmp_path)  # fmt: skip
    length, _, archive = done.stdout.partition(b"\n")
    assert int(length) == len(archive)
    assert set(zipfile.ZipFile(io.BytesIO(archive)).namelist()) == set(sources(AGENT))


# ---- how long is left


@given_any(st.lists(st.tuples(st.sampled_from(NAMES), st.floats(0, 1e4)), max_size=30), st.floats(0, 1e4))
def test_what_is_left_is_never_less_than_nothing_and_ends_at_nothing(
    took: list[tuple[str, float]], spent_s: float
) -> None:
    left = Left({step.name: step.expected_s for step in STEPS}, 10**8)
    for name, seconds in took:
        left.took(name, seconds)
        assert left.seconds(spent_s) >= 0
        assert words(left.seconds(spent_s)).endswith("left")
    left.skipped(NAMES)
    left.took("copy", 1.0)
    assert left.seconds() == 0


def test_a_copy_is_reckoned_by_what_it_does() -> None:
    left = Left({"copy": 0.0, "version": 45.0}, 100 * MIB)
    left.copied(50 * MIB, MIB)
    assert left.seconds() == 50 + 45


# ---- a key that stops working


class FakeLine:
    """A Pi on which all is done but log-ins, and whose sshd no longer takes the key once they are closed."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def log_in(self) -> tuple[str, str]:
        return "3.13", "root"

    def start(self, _root: str) -> None:
        pass

    def close(self) -> None:
        pass

    def opens_by_key(self) -> bool:
        return "step logins" not in self.asked

    def ask(self, do: str, _say: object = None, **more: Any) -> dict[str, Any]:
        self.asked.append(f"{do} {more['step']}" if "step" in more else do)
        if do == "facts":
            return GOOD
        if do == "needs":
            return {"needed": False}
        return {"todo": ["closed"] if more.get("step") == "logins" else [], "notes": []}


def test_a_key_that_no_longer_opens_the_pi_opens_it_for_passwords_again(tmp_path: Path) -> None:
    line = FakeLine()
    here = Here(tmp_path / "b", ASKED.name, TARGET, MIB, "", [], "x", "")
    log = tmp_path / "log"
    record = Record(log, None, now=lambda: NOW_S)
    with (tmp_path / "out").open("w") as out:
        given = Given(None, None, None, dry_run=False)
        run = Provisioning(lambda: here, lambda: cast("Line", line), given, Show(out), record, now=lambda: NOW_S)
        with pytest.raises(StepFailed, match="Your key no longer opened the Pi") as failed:
            run.run()
    run.failed(failed.value)
    record.close()
    assert line.asked[-2:] == ["step logins", "open-logins"]
    last = json.loads(log.read_text().splitlines()[-1])
    assert (last["step"], last["state"], last["at"]) == ("logins", "failed", "2026-11-18T11:06:40Z")
