"""A version's environment: made in its final place from the wheels of a verified bundle, without any network."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

from gateway.errors import GatewayError

Build = Callable[[Path, Path], None]
"""Makes an environment: the folder where it is to be, and the folder with `wheels/` and `requirements.txt`."""

SYSTEM_PYTHON: Final = Path("/usr/bin/python3")

DEBIANS_PACKAGES: Final = Path("/usr/lib/python3/dist-packages")

_PATIENCE_S: Final = 30 * 60.0
"""A Pi 3 with a slow card takes two to four minutes."""


def build(folder: Path, unpacked: Path, *, python: Path = SYSTEM_PYTHON) -> None:
    """Make the environment at `folder`, which may be there already, empty or not, from the wheels in `unpacked`.

    pip is the bundle's own, run out of its wheel: Raspberry Pi OS may have none. It checks each wheel against the
    hash in `requirements.txt` once more. Byte code is made now: at home no service may write here.

    Raises GatewayError with the last line of what went wrong.
    """
    _run("An environment cannot be made", [python, "-I", "-m", "venv", "--without-pip", folder])
    inside = folder / "bin/python"
    pip = next(iter(sorted((unpacked / "wheels").glob("pip-*.whl"))), None)
    if pip is None:
        raise GatewayError("The bundle has no wheel of pip.", advice="Have it made again (`scripts/bundle`).")
    options = ["--isolated", "--quiet", "--disable-pip-version-check", "--no-input", "--no-cache-dir"]
    install: list[Path | str] = [
        "--no-index",
        "--find-links",
        unpacked / "wheels",
        "--only-binary",
        ":all:",
        "--require-hashes",
        "--no-deps",
    ]
    install += ["--no-compile", "--root-user-action", "ignore", "-r", unpacked / "requirements.txt"]
    _run("The packages cannot be installed", [inside, pip / "pip", *options, "install", *install])
    borrow_lgpio(folder)
    _run("No byte code can be made", [inside, "-I", "-m", "compileall", "-q", "-j", "0", folder / "lib"], fails=False)
    _run("The new version does not start", [inside, "-I", "-m", "gateway", "--version"])


def borrow_lgpio(folder: Path, packages: Path = DEBIANS_PACKAGES) -> None:
    """Have the environment at `folder` see Debian's lgpio, and nothing else of Debian's, if the wheels brought none.

    There is no wheel of lgpio for Python 3.13. Two links to where python3-lgpio puts its two files: what else lies
    there (another gpiozero, another numpy) stays out. They may lead nowhere yet: python3-lgpio may come later, or anew.
    """
    (site,) = (folder / "lib").glob("python3.*/site-packages")
    if (site / "lgpio.py").exists() or list(site.glob("_lgpio.*")):
        return
    suffix = subprocess.run(  # noqa: S603 - its own interpreter
        [folder / "bin/python", "-I", "-c", "import sysconfig; print(sysconfig.get_config_var('EXT_SUFFIX'))"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    for name in ("lgpio.py", f"_lgpio{suffix}"):
        (site / name).unlink(missing_ok=True)
        (site / name).symlink_to(packages / name)


def _run(problem: str, command: list[Path | str], *, fails: bool = True) -> None:
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "PIP_CONFIG_FILE": "/dev/null"}
    try:
        done = subprocess.run(  # noqa: S603 - a list of words of ours
            [str(word) for word in command], capture_output=True, text=True, env=environment, cwd="/",
            check=False, timeout=_PATIENCE_S, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise GatewayError(f"{problem}: {type(error).__name__}.", advice=_ADVICE) from error
    if done.returncode != 0 and fails:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise GatewayError(f"{problem}: {said[-1][:300] if said else f'exit {done.returncode}'}.", advice=_ADVICE)


_ADVICE: Final = "Nothing was switched. Look at the space on the card (`df -h /`), and run the same command again."
