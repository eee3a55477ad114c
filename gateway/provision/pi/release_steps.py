"""From a file that came over the line to a version that is switched on: verified here, packages, environment, units."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gateway.errors import InputError
from gateway.provision.errors import Refused, StepFailed
from gateway.provision.pi.looks import HOME_TOML, INCOMING, WREN, Look, Say, Step, Want, applied, is_applied
from gateway.provision.pi.machine import Machine
from gateway.provision.pi.receive import bundle_path
from gateway.release import debs
from gateway.release.bundle import Bundle, open_bundle
from gateway.release.here import require_fits
from gateway.release.manifest import is_name
from gateway.release.signature import Signers
from gateway.release.trial import Trials
from gateway.release.versions import Versions

if TYPE_CHECKING:
    from gateway.release.bundle import Told

SIGNERS: Final = "/etc/wren/release-signers"
_OFFERED: Final = f"{INCOMING}/signers"
_DPKG_LOCK: Final = "/var/lib/dpkg/lock-frontend"
_APT_S: Final = 900.0
_APT_EVERY_S: Final = 1.0
_LINK: Final = "/usr/local/bin/wren"
_verified: set[str] = set()
"""Names of the bundles that this run has verified; a file on a card is believed no longer than that."""


def needs_bundle(machine: Machine, want: Want) -> bool:
    """Whether anything is left to be done for which the bundle must be here."""
    versions = Versions(machine.root)
    return not versions.is_complete(want["name"]) or versions.current() != want["name"] or bool(_missing(want))


def _missing(want: Want) -> list[str]:
    return debs.missing([str(file) for file in want["debs"]])


# ---- verify


def _look_verify(machine: Machine, want: Want) -> Look:
    if want["name"] in _verified or not needs_bundle(machine, want):
        return Look([], [])
    return Look(["signature and every byte of the bundle, by the Pi's own ssh-keygen"], [])


def _verify(machine: Machine, want: Want, say: Say) -> None:
    own = machine.text(SIGNERS)
    if own is None:
        machine.write(_OFFERED, want["signers"], mode=0o600)
    elif own != want["signers"]:
        say("This Pi has its own list of who may sign a release; that one counts.")
    try:
        with _opened(machine, want) as bundle:
            require_fits(bundle.manifest, machine.root)
            say(f"Wren {bundle.manifest.version}, signed by {bundle.signer}, {bundle.size >> 20} MB.")
    except InputError as error:
        raise Refused(error.problem, advice=error.advice) from error
    if own is None:
        machine.write(SIGNERS, want["signers"])
        machine.remove(_OFFERED)
    _verified.add(want["name"])


@contextmanager
def _opened(machine: Machine, want: Want, told: "Told | None" = None) -> Iterator[Bundle]:
    """The bundle, verified at each opening. Raises InputError; Refused: it is another one."""
    own = machine.path(SIGNERS)
    signers = Signers.of(machine.root) if own.exists() else Signers(machine.path(_OFFERED))
    with open_bundle(bundle_path(machine, want["name"]), signers, *(() if told is None else (told,))) as bundle:
        if bundle.name != want["name"]:
            raise Refused("The bundle on the Pi is another one.", advice="Run the same command again.")
        yield bundle


# ---- packages


_UNPACKED: Final = f"{INCOMING}/unpacked"


def _look_packages(_machine: Machine, want: Want) -> Look:
    return Look([f"{debs.package(file)} is installed" for file in _missing(want)], [])


def _packages(machine: Machine, want: Want, say: Say) -> None:
    _wait_for_apt(machine, say)
    folder = machine.path(_UNPACKED)
    _empty(folder)
    with _opened(machine, want) as bundle:
        files = bundle.unpack("debs/", folder)
    try:
        for name in debs.install(files):
            say(f"{name} was installed.")
    finally:
        _empty(folder)


def _empty(folder: Path) -> None:
    if folder.exists():
        for file in (folder / "debs").glob("*"):
            file.unlink()


def _wait_for_apt(machine: Machine, say: Say) -> None:
    """A fresh system looks for updates by itself in its first minutes. Raises StepFailed: it does not end."""
    began, said = time.monotonic(), False
    path = machine.path(_DPKG_LOCK)
    while path.exists():
        fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            pass
        else:
            return
        finally:
            os.close(fd)
        if time.monotonic() - began > _APT_S:
            advice = (
                "Wait until `sudo fuser -v /var/lib/dpkg/lock-frontend` names nobody, then run the same command again."
            )
            raise StepFailed(
                "Another program on the Pi has been installing packages for a quarter of an hour.", advice=advice
            )
        if not said:
            say("The Pi is installing updates by itself; waiting for it.")
            said = True
        time.sleep(_APT_EVERY_S)


# ---- version


def is_living(machine: Machine) -> bool:
    """Whether a home is watched from here: another version reaches it through `wren update` alone."""
    versions = Versions(machine.root)
    current = versions.current()
    return current is not None and versions.is_complete(current) and machine.path(HOME_TOML).exists()


def _look_version(machine: Machine, want: Want) -> Look:
    versions, name = Versions(machine.root), want["name"]
    current, steady = versions.current(), versions.steady()
    if current == name and versions.is_complete(name):
        on_trial = machine.path("/var/lib/wren-release/trial.json").exists()
        if steady == name or on_trial:
            return Look([], [f"{name} is on trial: `wren update --show` says how it goes."] if on_trial else [])
        return Look([f"{name} is what there is to go back to"], [])
    if is_living(machine):
        return Look(
            [f"`wren update` to {name}: {current} watches a home, and stays until the new one has proven itself"], []
        )
    beside = f", beside {current}" if current else ""
    return Look([f"/opt/wren/versions/{name} is made{beside}, and switched on"], [])


def _version(machine: Machine, want: Want, say: Say) -> None:
    versions, name = Versions(machine.root), want["name"]
    if versions.current() == name and versions.is_complete(name):
        versions.trust(name)
        return
    if is_living(machine):
        _update(machine, want, say)
        return
    with Trials(machine.root).alone(wait=False):  # somebody may be at `wren update` on the Pi itself
        with _opened(machine, want) as bundle:
            versions.install(bundle, _telling(say))
        versions.switch(name)
        versions.trust(name)
    say(f"{name} is switched on.")


def _telling(say: Say) -> Callable[[str, int, int], None]:
    words = {"building": "Making the environment from the wheels; the longest of all steps.",
             "flushing": "Putting it on the card."}  # fmt: skip

    def told(what: str, done: int, _of: int) -> None:
        if done == 0 and what in words:
            say(words[what])

    return told


def _update(machine: Machine, want: Want, say: Say) -> None:
    """A version for a home that is watched: through its own gate, never over it."""
    done = machine.run(WREN, "update", str(bundle_path(machine, want["name"])), within_s=3600.0)
    if done.returncode != 0:
        raise StepFailed(
            f"`wren update` ended with {done.returncode}; the version that was there goes on.",
            advice="What it says is above. Once that is mended, run the same command again.",
            detail=done.stdout.strip()[-2000:],
        )
    say("The new version is on trial; if the home is worse off by it, the old one comes back by itself.")


# ---- units


def _shipped(machine: Machine, want: Want) -> dict[str, str]:
    """Every file of the version's systemd folder, by its path in it."""
    folder = Versions(machine.root).folder(want["name"]) / "share/wren/systemd"
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return {str(file.relative_to(folder)): file.read_text(encoding="utf-8") for file in files}


def _fingerprintable(files: dict[str, str]) -> str:
    return "\n".join(f"{path}\n{text}" for path, text in files.items())


def _look_units(machine: Machine, want: Want) -> Look:
    if Versions(machine.root).current() != want["name"]:
        return Look(["users wren and wren-uplink, their folders, and the services that start at each boot"], [])
    files = _shipped(machine, want)
    found = Look([], [])
    units = {path: text for path, text in files.items() if "/" not in path and path.rpartition(".")[2] in _UNITS}
    changed = [path for path, text in units.items() if machine.text(f"/etc/systemd/system/{path}") != text]
    if changed or not is_applied(machine, "units", _fingerprintable(files)):
        found.todo.append("users wren and wren-uplink, their folders, and the services that start at each boot")
    if not _is_linked(machine):
        found.todo.append(f"`wren` is a command here ({_LINK})")
    return found


_UNITS: Final = frozenset({"service", "path", "timer", "socket"})


def _is_linked(machine: Machine) -> bool:
    link = machine.path(_LINK)
    return link.is_symlink() and str(link.readlink()) == WREN


def _units(machine: Machine, want: Want, say: Say) -> None:
    script = Versions(machine.root).folder(want["name"]) / "share/wren/systemd/install"
    machine.must(str(script), advice="Run the same command again; `journalctl -b -p warning` on the Pi says more.")
    applied(machine, "units", _fingerprintable(_shipped(machine, want)))
    say("Services are in place; those of a home wait for its configuration.")


def drop_bundle(machine: Machine, want: Want) -> None:
    """What was copied is no longer needed: the space is."""
    _empty(machine.path(_UNPACKED))  # a run that was killed while it installed packages has left them
    if is_name(want["name"]) and not needs_bundle(machine, want):
        with suppress(FileNotFoundError):
            bundle_path(machine, want["name"]).unlink()


VERIFY = Step(_look_verify, _verify)
PACKAGES = Step(_look_packages, _packages)
VERSION = Step(_look_version, _version)
UNITS = Step(_look_units, _units)
