"""Owners and modes."""

from collections.abc import Iterator

from gateway.doctor.facts import Files
from gateway.doctor.findings import Finding, failed, passed


def check(files: Files) -> Iterator[Finding]:
    """The first file that is not as it must be; one sentence for all of them."""
    if files.missing_users:
        why = f"The system users are not all there: {', '.join(files.missing_users)}."
        step = "sudo systemd-sysusers && sudo systemd-tmpfiles --create && sudo systemctl restart wren wren-uplink"
        yield failed("files.owners", "missing_user", why, step)
        return
    if not files.wrong:
        yield passed("files.owners", "Every file is whose it must be.")
        return
    first = next((one for one in files.wrong if one.is_owner), files.wrong[0])
    more = f", and {len(files.wrong) - 1} more" if len(files.wrong) > 1 else ""
    why = f"{first.path} is {first.has} and must be {first.wants}{more}."
    owner, _, mode = first.wants.partition(" ")
    step = f"sudo chown {owner} {first.path}" + (f" && sudo chmod {mode} {first.path}" if mode else "")
    if first.is_owner:
        why += " A command run as root has made it, as it seems, and its service may not write to it."
    yield failed("files.owners", "owner" if first.is_owner else "mode", why, f"{step} && sudo wren doctor")
