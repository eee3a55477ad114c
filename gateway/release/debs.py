"""The Debian packages of a bundle: those that this system lacks are installed, and those that it has are left alone."""

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from gateway.errors import GatewayError

Run = Callable[[Sequence[str]], "subprocess.CompletedProcess[str]"]

_PATIENCE_S: Final = 600.0


def run(command: Sequence[str]) -> "subprocess.CompletedProcess[str]":
    """Run `command`, without a question to anybody. Raises OSError, subprocess.TimeoutExpired."""
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(  # noqa: S603
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE_S,
        env=environment,
        stdin=subprocess.DEVNULL,
    )


def package(file: str) -> str:
    """The package that a file is of.

    >>> package("debs/xdg-dbus-proxy_0.1.4-3_arm64.deb")
    'xdg-dbus-proxy'
    """
    return Path(file).name.partition("_")[0]


def missing(files: Sequence[str], run: Run = run) -> list[str]:
    """Those of `files` whose package is not installed, in their order. Another version is left to apt."""
    done = run(["dpkg-query", "--show", "--showformat", "${binary:Package} ${db:Status-Abbrev}\n"])
    rows = [line.split() for line in done.stdout.splitlines()]
    there = {row[0].partition(":")[0] for row in rows if len(row) == 2 and row[1] == "ii"}
    return [file for file in files if package(file) not in there]


def install(files: Sequence[Path], run: Run = run) -> list[str]:
    """Install those of `files` (verified, unpacked) whose package is missing; returns the packages.

    All at once, so that their order does not matter; done again after a cut it goes on. Raises GatewayError.
    """
    wanted = missing([str(file) for file in files], run)
    if not wanted:
        return []
    run(["dpkg", "--configure", "-a"])  # what a cut left half done
    done = run(["dpkg", "--install", "--force-confold", *wanted])
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()
        problem = f"Debian packages cannot be installed: {said[-1] if said else 'dpkg gave no reason'}."
        raise GatewayError(
            problem, advice="`dpkg --audit` says what is half installed; then run the same command again."
        )
    return [package(file) for file in wanted]
