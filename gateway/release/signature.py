"""The signature of a release: OpenSSH's (SSHSIG), checked by `ssh-keygen`, which every Raspberry Pi has.

`/etc/wren/release-signers` is an allowed_signers file (ssh-keygen(1), ALLOWED SIGNERS): who may sign a release. A line:
`NAME namespaces="wren-release" ssh-ed25519 AAAA...`. `/etc/wren/release-revoked`, if it is there, lists keys that no
longer may, one public key a line.
"""

import os
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway.errors import InputError

NAMESPACE: Final = "wren-release"
"""A signature for anything else (a commit, a mail) by the same key is none for a release."""

SIGNERS: Final = Path("etc/wren/release-signers")
REVOKED: Final = Path("etc/wren/release-revoked")

MOST_SIGNATURE_BYTES: Final = 8 * 1024
_PATIENCE_S: Final = 30.0
_ADVICE: Final = "Nothing was unpacked. Have the bundle sent again by the provider; use no other source."


@dataclass(frozen=True, slots=True)
class Signers:
    """Who may sign a release: the files that say so."""

    allowed: Path
    revoked: Path | None = None

    @classmethod
    def of(cls, root: Path) -> "Signers":
        """Those of the gateway whose root file system is at `root`."""
        return cls(root / SIGNERS, root / REVOKED)


def verify(text: bytes, signature: bytes, signers: Signers) -> str:
    """The name of the signer of `text`, as the allowed signers have it.

    Raises InputError: nobody who may has signed exactly this, or there is no list of who may.
    """
    if not signers.allowed.is_file():
        problem = f"Who may sign a release is not known: {signers.allowed} is not there."
        raise InputError(problem, advice="It comes with the first installation (`scripts/provision`).")
    for listed in (signers.allowed, signers.revoked):
        if listed is not None and listed.exists() and _others_may_write(listed):
            problem = f"Who may sign a release is not known: {listed} may be written by others."
            raise InputError(problem, advice=f"Read what is in it; then `chown root: {listed}; chmod 644 {listed}`.")
    if len(signature) > MOST_SIGNATURE_BYTES:
        raise InputError("The signature of the bundle is none.", advice=_ADVICE)
    try:
        with tempfile.TemporaryDirectory(prefix="wren-signature-") as folder:
            file = Path(folder, "manifest.json.sig")
            file.write_bytes(signature)
            signer = _signer(text, file, signers)
    except OSError as error:
        problem = f"The signature cannot be laid down to be checked: {error.strerror}."
        raise InputError(problem, advice="Make room in /tmp (`df -h /tmp`), and run the same command again.") from error
    if signer is not None:
        return signer
    raise InputError("Nobody who may sign a release of Wren has signed this bundle as it is.", advice=_ADVICE)


def _others_may_write(path: Path) -> bool:
    found = path.stat()
    writes = stat.S_IWOTH | (stat.S_IWGRP if found.st_uid == 0 else 0)  # the group of a person is often his own
    return bool(found.st_mode & writes) or found.st_uid not in (0, os.geteuid())


def _signer(text: bytes, signature: Path, signers: Signers) -> str | None:
    found = _keygen("find-principals", signers, signature)
    names = found.stdout.decode("utf-8", "replace").splitlines() if found.returncode == 0 else []
    for name in names:
        if not name or name.startswith("-"):
            continue
        if _keygen("verify", signers, signature, "-I", name, "-n", NAMESPACE, text=text).returncode == 0:
            return name
    return None


def sign(text: bytes, key: Path) -> bytes:
    """The signature of `text` by the private key at `key`, for making a bundle; ed25519 gives the same each time.

    Raises InputError.
    """
    command = ["ssh-keygen", "-q", "-Y", "sign", "-f", str(key), "-n", NAMESPACE]
    done = _run(command, text)
    if done.returncode != 0 or not done.stdout.startswith(b"-----BEGIN SSH SIGNATURE-----"):
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        problem = f"ssh-keygen did not sign with {key}: {said[-1] if said else 'no reason given'}."
        raise InputError(
            problem, advice="Make one with `ssh-keygen -t ed25519 -f KEY`, and keep it off this repository."
        )
    return done.stdout


def _keygen(
    action: str, signers: Signers, signature: Path, *more: str, text: bytes = b""
) -> "subprocess.CompletedProcess[bytes]":
    command = ["ssh-keygen", "-Y", action, "-f", str(signers.allowed), "-s", str(signature), *more]
    if action == "verify" and signers.revoked is not None and signers.revoked.exists():
        command += ["-r", str(signers.revoked)]
    return _run(command, text)


def _run(command: list[str], text: bytes) -> "subprocess.CompletedProcess[bytes]":
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": os.environ.get("HOME", "/")}
    if agent := os.environ.get("SSH_AUTH_SOCK"):
        environment["SSH_AUTH_SOCK"] = agent
    try:
        return subprocess.run(  # noqa: S603 - a list of words, none of them from the bundle but a name of our own list
            command, input=text, capture_output=True, timeout=_PATIENCE_S, check=False, env=environment
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        problem = f"ssh-keygen cannot be run ({type(error).__name__}): no signature can be checked."
        raise InputError(problem, advice="Install openssh-client.") from error
