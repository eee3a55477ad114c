"""The walls of the house (ARCHITECTURE): who may import whom, how large a room may be, what is loaded when."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from gateway.sources.simulator.house import home_toml

ROOT = Path(__file__).parents[1]
PACKAGES = ("models", "gateway", "desk")
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.py"))
}
NETWORK = {"requests", "urllib3", "http", "ssl", "httpx", "aiohttp", "smtplib", "ftplib", "xmlrpc", "websockets"}
ROOMS = ("gateway.sources", "gateway.store", "gateway.uplink")
"""They know `models.vocabulary`, and never each other."""


def _imports(module: str, *, run_only: bool = False, top_only: bool = False) -> set[str]:
    """What a module imports, by full name; `run_only` leaves out what only the type checker sees."""
    tree = ast.parse(FILES[module].read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in _nodes(tree, run_only=run_only, top_only=top_only):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            assert node.module is not None
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                found.add(full if full in FILES else node.module)
    return found


def _nodes(tree: ast.AST, *, run_only: bool, top_only: bool) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        if run_only and isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        if top_only and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        yield node
        yield from _nodes(node, run_only=run_only, top_only=top_only)


def _within(module: str, room: str) -> bool:
    return module == room or module.startswith(room + ".")


def _breaches(rooms: tuple[str, ...], forbidden: tuple[str, ...], *, run_only: bool = False) -> list[str]:
    return [
        f"{module} imports {name}"
        for module in FILES
        if any(_within(module, room) for room in rooms)
        for name in sorted(_imports(module, run_only=run_only))
        if any(_within(name, wall) for wall in forbidden)
    ]


def test_the_walls_are_looked_at() -> None:
    assert {"models.home", "gateway.pipeline", "gateway.uplink.wire", "desk.app"} <= set(FILES)
    assert "models.localtime" in _imports("models.home")


def test_the_core_is_pure() -> None:
    allowed = {*sys.stdlib_module_names, "numpy", "river", "models"} - {
        "asyncio", "datetime.now", "os", "socket", "subprocess", "threading", "logging", "time", "random", "pickle",
        "pathlib", "sqlite3",
    }  # fmt: skip
    for module in FILES:
        if _within(module, "models"):
            assert {name.partition(".")[0] for name in _imports(module)} <= allowed, module


def test_the_core_never_asks_what_time_it_is() -> None:
    for module, path in FILES.items():
        if _within(module, "models"):
            text = path.read_text(encoding="utf-8")
            assert not re.findall(r"\b(?:datetime|date)\.(?:now|utcnow|today)\(|(?<![\w.])(?:open|print)\(", text), (
                module
            )


@pytest.mark.parametrize("room", ROOMS)
def test_sources_store_and_uplink_never_know_each_other(room: str) -> None:
    assert _breaches((room,), tuple(other for other in ROOMS if other != room)) == []


def test_imports_run_one_way() -> None:
    above = ("gateway.cli", "gateway.daemon", "gateway.uplink_daemon", "gateway.pipeline", "gateway.__main__")
    assert _breaches(ROOMS, above) == []
    assert _breaches(("gateway.pipeline",), ("gateway.cli", "gateway.daemon", "gateway.sources")) == []
    for module in FILES:
        if module != "gateway.__main__" and not _within(module, "gateway.cli"):
            known = {name for name in _imports(module) if _within(name, "gateway.cli") or name == "gateway.__main__"}
            assert known == set(), module


def test_of_the_core_sources_store_and_uplink_know_only_the_words() -> None:
    words = {"models", "models.kinds", "models.vocabulary", "models.told", "models.localtime"}
    for module in FILES:
        if any(_within(module, room) for room in ROOMS):
            known = {name for name in _imports(module) if _within(name, "models")}
            assert known <= words, module


def test_only_the_uplink_knows_the_network() -> None:
    for module in FILES:
        if _within(module, "gateway") and not _within(module, "gateway.uplink"):
            assert not {name.partition(".")[0] for name in _imports(module)} & NETWORK, module


def test_nothing_is_unpickled() -> None:
    for module in FILES:
        assert not {"pickle", "marshal", "shelve", "dill", "joblib"} & _imports(module), module


def test_the_desk_knows_of_the_gateway_only_what_both_must() -> None:
    border = ("wire", "forms", "ids", "replies", "answers", "signatures", "keys", "enrolling")
    shared = {"gateway.errors", "gateway.clock", "gateway.atomic", *(f"gateway.uplink.{one}" for one in border)}
    for module in FILES:
        if _within(module, "desk"):
            assert {name for name in _imports(module) if _within(name, "gateway")} <= shared, module


def test_no_two_modules_need_each_other() -> None:
    graph = {name: {one for one in _imports(name, run_only=True, top_only=True) if one in FILES} for name in FILES}
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " -> ".join((*path, module))
        if module not in done:
            for name in sorted(graph[module]):
                visit(name, (*path, module))
            done.add(module)

    for module in graph:
        visit(module, ())


@pytest.mark.parametrize("module", FILES)
def test_a_room_that_grows_past_300_lines_is_two_rooms(module: str) -> None:
    assert len(FILES[module].read_text(encoding="utf-8").splitlines()) <= 300


def test_every_module_has_a_place_on_the_page_of_rooms() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = [one.rpartition("/")[2] for one in re.findall(r"`([\w/*]+\.py)`", page)]
    roots = [path.name for name, path in FILES.items() if name.count(".") == 1 and path.name != "__init__.py"]
    assert [name for name in roots if not any(fnmatch(name, one) for one in named)] == []


def _loaded(code: str) -> set[str]:
    script = f"{code}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    return {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}


def test_a_short_command_does_not_load_what_the_daemon_needs() -> None:
    heavy = {"river", "scipy", "numpy", "bleak", "gpiozero", "requests", "starlette", "rich", "sqlite_utils"}
    assert _loaded("import gateway.__main__") & heavy == set()


def test_status_does_not_load_the_learners(tmp_path: Path) -> None:
    config = tmp_path / "home.toml"
    config.write_text(home_toml(data_dir=tmp_path / "data"), encoding="utf-8")
    code = (
        "import sys\n"
        "from gateway.__main__ import main\n"
        f"sys.argv = ['wren', 'status', '--config', {str(config)!r}]\n"
        "try:\n    main()\n"
        "except SystemExit as ended:\n    assert ended.code in (0, 1), ended.code\n"
    )
    loaded = _loaded(code)
    assert "gateway" in loaded
    assert loaded & {"river", "scipy", "numpy", "bleak", "gpiozero", "requests"} == set()


def test_the_core_does_not_load_scipy() -> None:
    loaded = _loaded("import models.home")
    assert "river" in loaded
    assert loaded & {"scipy", "pandas", "sklearn", "gateway"} == set()


def test_the_uplinks_process_never_loads_the_core() -> None:
    assert _loaded("import gateway.uplink.service") & {"river", "numpy", "bleak", "gpiozero"} == set()
