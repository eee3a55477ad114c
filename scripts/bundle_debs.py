"""The Debian packages of a bundle, for another machine than this one: from apt's mirror here, checked by apt.

apt runs in a folder of its own with the target's release and architecture, and verifies the release's signature (the
Debian archive's keyring of this machine) and every package's hash, as it does for an installation.
"""

import subprocess
from pathlib import Path

from bundle_wheels import run

from gateway.errors import GatewayError
from gateway.release.manifest import Target

WANTED = ("xdg-dbus-proxy",)
"""What Wren needs and Raspberry Pi OS Lite lacks, of both releases, by the lists of RPi-Distro/pi-gen (June 2026:
docs/provisioning.md). lgpio it brings itself (`python3-rpi-lgpio`); Debian's own archive has none."""

BASE = ("systemd", "systemd-sysv", "dbus", "python3", "openssh-server", "tzdata", "ca-certificates")
"""What every system that is provisioned has, with all that it depends on. Lite has far more, glib among it, for BlueZ:
on a Pi `xdg-dbus-proxy` alone is missing, and the rest of `debs/` is for a plainer Debian."""

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


def download(target: Target, to: Path, scratch: Path) -> list[Path]:
    """Download what `target` lacks for Wren into `to`. Raises GatewayError."""
    if not KEYRING.is_file():
        raise GatewayError("The keys of the Debian archive are not here.", advice="apt install debian-archive-keyring")
    apt = _apt(target, scratch)
    run([*apt, "update"])
    names = _closure(apt, WANTED + BASE) - _closure(apt, BASE)
    if not set(WANTED) <= names:
        raise GatewayError(f"{target.suite} has not all of {', '.join(WANTED)}.", advice="Look at the mirror.")
    to.mkdir()
    done = subprocess.run([*apt, "download", *sorted(names)], capture_output=True, text=True, check=False, cwd=to)
    if done.returncode != 0:
        raise GatewayError(f"apt-get download: {done.stderr.strip().splitlines()[-1]}", advice="Look at the mirror.")
    return sorted(to.glob("*.deb"))


def _apt(target: Target, scratch: Path) -> list[str]:
    for folder in ("lists/partial", "cache/archives/partial"):
        (scratch / folder).mkdir(parents=True)
    (scratch / "status").touch()
    sources = "".join(f"deb [signed-by={KEYRING}] {uri} {suite} main\n" for uri, suite in _mirrors(target.suite))
    (scratch / "sources.list").write_text(sources)
    options = {
        "Dir::State": scratch, "Dir::State::lists": scratch / "lists", "Dir::State::status": scratch / "status",
        "Dir::Cache": scratch / "cache", "Dir::Etc::sourcelist": scratch / "sources.list",
        "Dir::Etc::sourceparts": "/dev/null", "Dir::Etc::preferencesparts": "/dev/null",
        "APT::Architecture": target.arch, "APT::Architectures": target.arch, "APT::Sandbox::User": "root",
        "APT::Install-Recommends": "false", "Acquire::Languages": "none",
    }  # fmt: skip
    return ["apt-get", "-q", *(word for key, value in options.items() for word in ("-o", f"{key}={value}"))]


def _mirrors(suite: str) -> list[tuple[str, str]]:
    """Where apt on this machine takes a release from: itself, its updates, its security updates."""
    told = run(["apt-get", "indextargets", "--format", "$(RELEASE) $(COMPONENT) $(REPO_URI)", "Created-By: Packages"])
    found = {}
    for line in told.splitlines():
        words = line.split()
        if len(words) == 3 and words[1] == "main":
            for end in ("", "-updates", "-security"):
                if words[0].endswith(end) and words[0].count("-") == end.count("-"):
                    found.setdefault(end, words[2])
    if "" not in found:
        raise GatewayError("apt names no Debian mirror on this machine.", advice="Run it on Debian or Raspberry Pi OS.")
    return [(uri, suite + end) for end, uri in sorted(found.items())]


def _closure(apt: list[str], names: tuple[str, ...]) -> set[str]:
    told = run([*apt, "--simulate", "install", *names])
    return {line.split()[1].partition(":")[0] for line in told.splitlines() if line.startswith("Inst ")}
