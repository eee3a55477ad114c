"""The bundles of the stage: this tree's, the next version's, and versions that are broken, each in its own way.

This tree's and the next version's are made by `scripts/bundle`, as a maintainer does it; the next is the same source
with another number. A broken one is the next with another wheel of Wren in it. They are made once for each content of
what goes into them and kept in the cache. Usage: python -m tests.install_stage.bundles FOLDER SUITE
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from typing import Final

from gateway.release import making
from gateway.release.manifest import ARCHES, MANIFEST, SIGNATURE, SUITES, Target

ROOT: Final = Path(__file__).parents[2]
NEXT: Final = "0.9.1"
"""Newer than whatever this tree is."""

BROKEN: Final = {
    "0.9.2": 'raise SystemExit("this version cannot even say its number")',
    "0.9.4": (
        "import os, socket, sys, time\n"
        'if sys.argv[1:2] == ["run"]:\n'
        '    socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"READY=1", os.environ["NOTIFY_SOCKET"])\n'
        "    time.sleep(2)\n"
        '    raise SystemExit("this version starts and dies")'
    ),
    "0.9.3": 'import sys, time\nif sys.argv[1:2] == ["run"]:\n    time.sleep(3600)',
}
"""What stands before the first line of a broken version's `wren`: refused, dies, never says ready."""

IN_USE_S: Final = 3600.0

SOURCES: Final = ("gateway", "models", "desk", "systemd", "requirements", "scripts", "pyproject.toml", "LICENSE")
_SAFE: Final = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
"""This may be root's process, and the tree somebody else's."""


def arch() -> str:
    return next(name for name, kernel in ARCHES.items() if kernel == os.uname().machine)


def file_of(folder: Path, version: str, suite: str) -> Path:
    return folder / f"wren-{version}-{suite}-{arch()}.tar"


def tree() -> list[str]:
    """The files of this tree that git knows or would take, as they lie there now."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True, env={**os.environ, **_SAFE},
    ).stdout.split("\0")  # fmt: skip
    return sorted({name for name in listed if name.split("/")[0] != "tests" and (ROOT / name).is_file()})


def key() -> str:
    """Changes with whatever goes into a bundle, and with this file."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for name in tree():
        if name.split("/")[0] in SOURCES:
            digest.update(name.encode() + b"\0" + (ROOT / name).read_bytes())
    return digest.hexdigest()[:16]


def _copy(to: Path, version: str, before: str = "") -> None:
    """This tree as the version `version`, with `before` in front of what `wren` runs."""
    for name in tree():
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, to / name)
    for name, pattern in (("pyproject.toml", r'^version = ".*"$'), ("gateway/__init__.py", r'"[0-9.]+[a-z0-9]*"$')):
        file = to / name
        new = f'version = "{version}"' if name == "pyproject.toml" else f'"{version}"'
        text, changed = re.subn(pattern, new, file.read_text(encoding="utf-8"), count=1, flags=re.MULTILINE)
        assert changed == 1, name
        file.write_text(text, encoding="utf-8")
    # the number is part of what scripts/environment goes by: without this the copy would make another one, of a minute
    (to / "scripts/environment").write_text(f"#!/bin/sh\necho {Path(sys.prefix)}\n", encoding="utf-8")
    program = to / "gateway/__main__.py"
    program.write_text(f"{before}\n{program.read_text(encoding='utf-8')}", encoding="utf-8")


def _bundle(source: Path, suite: str, signing: Path, out: Path) -> None:
    """`scripts/bundle` in `source`."""
    command = ["scripts/bundle", "--suite", suite, "--arch", arch(), "--sign", signing, "--out", out, "--allow-dirty"]
    environment = {**os.environ, "PYTHONPATH": str(source), "SOURCE_DATE_EPOCH": "1767225600"}
    subprocess.run([str(word) for word in command], cwd=source, env=environment, check=True, stdout=subprocess.DEVNULL)


def _broken(good: Path, version: str, suite: str, signing: Path, out: Path, scratch: Path) -> None:
    """`good` with another wheel of Wren."""
    _copy(scratch / "tree", version, BROKEN[version])
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(scratch / "wheel")]
    subprocess.run(build, cwd=scratch / "tree", check=True, capture_output=True)
    (wheel,) = (scratch / "wheel").glob("*.whl")
    with tarfile.open(good) as tar:
        tar.extractall(scratch / "parts", filter="data")
    files = {
        str(one.relative_to(scratch / "parts")): one for one in (scratch / "parts").rglob("*")
        if one.is_file() and one.name not in (MANIFEST, SIGNATURE) and not one.name.startswith("wren_gateway-")
    }  # fmt: skip
    files[f"wheels/{wheel.name}"] = wheel
    lines = files["requirements.txt"].read_text(encoding="ascii").splitlines()
    ours = f"wren-gateway=={version} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}"
    lines = [ours if line.startswith("wren-gateway==") else line for line in lines]
    files["requirements.txt"].write_text("\n".join(lines) + "\n", encoding="ascii")
    making.make(out, version, Target(suite, arch(), SUITES[suite]), files, signing)


def make(folder: Path, suite: str) -> None:
    """All of them, with the key that signed them and the signers that a gateway believes, in `folder`."""
    signing = folder / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "releases", "-f", signing], check=True)
    public = " ".join((folder / "key.pub").read_text(encoding="ascii").split()[:2])
    (folder / "signers").write_text(f'releases@wren namespaces="wren-release" {public}\n', encoding="ascii")
    _bundle(ROOT, suite, signing, folder)
    (first,) = folder.glob("*.tar")
    first.rename(folder / "first.tar")
    with tempfile.TemporaryDirectory(dir=folder) as name:
        _copy(Path(name), NEXT)
        _bundle(Path(name), suite, signing, folder)
    good = file_of(folder, NEXT, suite)
    for version in BROKEN:
        with tempfile.TemporaryDirectory(dir=folder) as name:
            _broken(good, version, suite, signing, folder, Path(name))


def main() -> None:
    cache, suite = Path(sys.argv[1]), sys.argv[2]
    folder = cache / f"bundles-{suite}-{key()}"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "bundles.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _once(cache, folder, suite)
    print(folder)


def _once(cache: Path, folder: Path, suite: str) -> None:
    if not folder.is_dir():
        for old in cache.glob(f"bundles-{suite}-*"):  # of contents before this one; a stage that runs may use one
            if time.time() - old.stat().st_mtime > IN_USE_S:
                shutil.rmtree(old)
        new = cache / f"bundles-{suite}-new"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        make(new, suite)
        new.rename(folder)


if __name__ == "__main__":
    main()
