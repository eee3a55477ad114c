"""What is carried to the Pi: the sources of the agent and of all of Wren's that it imports, as an archive in memory."""

import ast
import importlib.util
import io
import shlex
import zipfile
from typing import Final

AGENT: Final = "gateway.provision.pi.agent"

_BOOT: Final = (
    "import os,sys;"
    "b=sys.stdin.buffer;"
    "z=b.read(int(b.readline()));"
    'f=os.memfd_create("wren");'
    'w=open(f,"wb",closefd=False);'
    "w.write(z);"
    "w.flush();"
    'sys.path.insert(0,"/proc/self/fd/%d"%f);'
    f"from {AGENT} import main;"
    "main()"
)
"""One line without a single quote, which every shell passes on alike.

Reads the archive into memory and runs it from there: no file on the card, and none that somebody could exchange."""


def command() -> str:
    """What python3 on the Pi is started with; `parcel()` follows on its standard input."""
    return f"python3 -I -B -c {shlex.quote(_BOOT)}"


def parcel() -> bytes:
    """Its length in a line, then the archive."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as parts:
        for name, source in sorted(sources(AGENT).items()):
            parts.writestr(name, source)
    return b"%d\n%b" % (archive.tell(), archive.getvalue())


def sources(module: str) -> dict[str, str]:
    """The sources of a module and of every module of Wren's that it imports at once, by path."""
    found: dict[str, str] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        path, source = _source(name)
        if path in found:
            continue
        found[path] = source
        waiting += _parents(name)
        waiting += [each for each in _imports(source) if each.startswith("gateway")]
    return found


def _source(name: str) -> tuple[str, str]:
    """Also out of a wheel: whatever loads it gives its source."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(name)
    source = spec.loader.get_source(name)  # type: ignore[attr-defined]  # both loaders of files and of archives have it
    is_package = spec.submodule_search_locations is not None
    return name.replace(".", "/") + ("/__init__.py" if is_package else ".py"), source


def _parents(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]


def _imports(source: str) -> list[str]:
    """What is imported when the module is loaded and when its functions run; what only a type checker sees, too."""
    names: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.append(node.module)
            names += [full for alias in node.names if _is_module(full := f"{node.module}.{alias.name}")]
    return names


def _is_module(name: str) -> bool:
    if not name.startswith("gateway"):
        return False
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False
