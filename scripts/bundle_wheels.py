"""The wheels of a bundle: what the lock names for another machine's Python, each checked against the lock's hashes."""

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from packaging.markers import Marker

from gateway import VERSION
from gateway.errors import GatewayError
from gateway.release.manifest import ARCHES, Target

ROOT = Path(__file__).parents[1]
GLIBC_MINOR = 36
"""Debian 12's; newer wheels than that would not start there."""


LONGEST_NAME = 99


def lock_of(target: Target) -> Path:
    """The lock for `target`: lgpio has no wheel for Python 3.13, where Raspberry Pi OS brings it (0038)."""
    return ROOT / "requirements" / ("pi.txt" if target.python == "3.11" else "run.txt")


def locked(text: str, target: Target) -> Iterator[tuple[str, list[str]]]:
    """`name==version` and the hashes of each line of a lock that is for `target`."""
    environment = {
        "implementation_name": "cpython",
        "os_name": "posix",
        "platform_machine": ARCHES[target.arch],
        "platform_python_implementation": "CPython",
        "platform_system": "Linux",
        "python_full_version": f"{target.python}.0",
        "python_version": target.python,
        "sys_platform": "linux",
    }
    for block in text.replace("\\\n", " ").splitlines():
        pinned, _, rest = block.partition(" ;") if " ;" in block else block.partition(" --hash")
        marker = rest.partition("--hash")[0].strip() if " ;" in block else ""
        if "==" not in pinned or pinned.lstrip().startswith("#"):
            continue
        if not marker or Marker(marker).evaluate(environment):
            yield pinned.strip(), re.findall(r"--hash=(sha256:[0-9a-f]{64})", block)


def download(target: Target, to: Path) -> list[Path]:
    """Download the lock's wheels for `target` into `to`. Raises GatewayError."""
    wanted = to.parent / "wanted.txt"
    lines = [
        " ".join([pin, *(f"--hash={one}" for one in hashes)])
        for pin, hashes in locked(lock_of(target).read_text(), target)
    ]
    wanted.write_text("\n".join(lines) + "\n")
    machine = ARCHES[target.arch]
    platforms = [f"manylinux_2_{minor}_{machine}" for minor in range(GLIBC_MINOR, 16, -1)]
    platforms += [f"manylinux2014_{machine}", f"linux_{machine}"]
    tag = f"cp{target.python.replace('.', '')}"
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--require-hashes",
    ]
    command += ["--only-binary", ":all:", "--implementation", "cp", "--python-version", target.python]
    command += [word for abi in (tag, "abi3", "none") for word in ("--abi", abi)]
    command += [word for platform in platforms for word in ("--platform", platform)]
    run([*command, "--dest", str(to), "-r", str(wanted)])
    wheels = [_shortened(wheel) for wheel in sorted(to.glob("*.whl"))]
    if len(wheels) != len(lines):
        raise GatewayError(
            f"{len(lines)} packages are locked, and {len(wheels)} wheels came.", advice="Run scripts/check-lock."
        )
    return wheels


def _shortened(wheel: Path) -> Path:
    """A wheel whose name a tar header can hold: of the platforms in a longer one, the first is named."""
    if len(wheel.name) <= LONGEST_NAME:
        return wheel
    name, _, platforms = wheel.stem.rpartition("-")
    return wheel.rename(wheel.with_name(f"{name}-{platforms.split('.')[0]}.whl"))


def build(to: Path, epoch: int) -> Path:
    """Wren's own wheel, as of the commit whose time `epoch` is. Raises GatewayError."""
    run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(to)],
        SOURCE_DATE_EPOCH=str(max(epoch, 315_532_800)),  # a zip knows no time before 1980
    )
    (wheel,) = to.glob("wren_gateway-*.whl")
    if wheel.name.split("-")[1] != VERSION:  # the gate knows a version by what its heartbeats say
        problem = f"pyproject.toml says {wheel.name.split('-')[1]}, and gateway/__init__.py {VERSION}."
        raise GatewayError(problem, advice="Write the same version into both.")
    return wheel


def requirements(wheels: list[Path]) -> str:
    """The exact wheels with their hashes, for `pip install --require-hashes`."""
    lines = []
    for wheel in sorted(wheels):
        name, version = wheel.name.split("-")[:2]
        lines.append(
            f"{name.replace('_', '-')}=={version} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}"
        )
    return "\n".join(lines) + "\n"


def run(command: list[str], **environment: str) -> str:
    """Run `command` in the repository and return what it printed. Raises GatewayError."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=os.environ | environment)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise GatewayError(
            f"{Path(command[0]).name} {' '.join(command[1:4])} failed: {said[-1] if said else done.returncode}",
            advice="Look at the network and at the lines above.",
        )
    return done.stdout
