"""What this machine is, in the words of a manifest; and whether a bundle is for it."""

import os
import platform
import sys
from pathlib import Path

from gateway.errors import InputError
from gateway.release.manifest import ARCHES, SUITES, Manifest, Target


def target_here(root: Path = Path("/")) -> Target:
    """What a bundle for this machine must be for; its Debian release is read from `root`. Raises InputError."""
    suite = _codename(root)
    machine = platform.machine()
    arch = next((arch for arch, kernel in ARCHES.items() if kernel == machine), None)
    if suite not in SUITES or arch is None:
        problem = f"This is {suite or 'an unknown system'} on {machine}: there are no bundles for it."
        raise InputError(problem, advice=f"Use a 64-bit Raspberry Pi OS: {' or '.join(SUITES)}.")
    return Target(suite, arch, f"{sys.version_info.major}.{sys.version_info.minor}")


def require_fits(manifest: Manifest, root: Path = Path("/")) -> None:
    """Raise InputError unless the bundle of `manifest` is for this machine."""
    here = target_here(root)
    if manifest.target != here:
        problem = f"This bundle is for {manifest.target}; this gateway is {here}."
        raise InputError(problem, advice=f"Take wren-{manifest.version}-{here.suite}-{here.arch}.tar.")


def require_root() -> None:
    """Raise InputError unless this process is root's."""
    if os.geteuid() != 0:
        raise InputError("A version of Wren is installed by root alone.", advice="Put `sudo` before the command.")


def _codename(root: Path) -> str:
    try:
        lines = (root / "etc/os-release").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    found = dict(line.split("=", 1) for line in lines if "=" in line)
    return found.get("VERSION_CODENAME", "").strip('"')
