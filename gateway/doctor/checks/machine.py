"""Versions, updates, and how this machine is set up."""

from collections.abc import Iterator

from gateway.doctor.facts import Facts, Records, Release, Upkeep
from gateway.doctor.findings import Finding, failed, passed, warned


def check_release(release: Release) -> Iterator[Finding]:
    """What is installed, what runs, and what is on trial."""
    if release.link:
        says = "leads nowhere" if release.link == "broken_link" else "leads to a version that is half made"
        step = "Install a bundle again: sudo wren update BUNDLE.tar (or scripts/provision USER@HOST)"
        yield failed("release.current", release.link, f"/opt/wren/current {says}.", step)
    else:
        yield passed("release.current", "The installed version is whole.")
    if release.trial == "on_trial":
        why = "A new version is on trial: it is kept or taken back by itself, within about 15 minutes."
        yield warned("release.trial", "on_trial", why, "Wait, then: sudo wren doctor")
    elif release.trial == "went_back":
        why = "The last update did not hold, and the version before it was put back by itself."
        yield warned("release.trial", "went_back", why, "sudo wren update --show; journalctl -u wren -n 100")
    elif release.trial:
        why = "The record of the last update cannot be read."
        yield warned("release.trial", "unreadable", why, "sudo wren update --show")
    else:
        yield passed("release.trial", "No update is on trial.")


def check_running(facts: Facts) -> Iterator[Finding]:
    """Whether the daemon that runs is of this version."""
    records = facts.records
    if not isinstance(records, Records) or not records.started:
        return
    if records.started != facts.version:
        why = f"The daemon runs version {records.started}, and {facts.version} is installed."
        yield warned("release.running", "old_version_runs", why, "sudo systemctl restart wren wren-uplink")
    else:
        yield passed("release.running", f"Version {records.started} runs.")


def check_upkeep(upkeep: Upkeep) -> Iterator[Finding]:
    """The journal, and logins."""
    if upkeep.journal_is_bounded is False:
        why = "The journal lies on the card and has no limit of its own: it may take a tenth of it."
        step = (
            "printf '[Journal]\\nSystemMaxUse=50M\\n' | sudo tee /etc/systemd/journald.conf.d/wren.conf; "
            "sudo systemctl restart systemd-journald"
        )
        yield warned("upkeep.journal", "no_limit", why, step)
    elif upkeep.journal_is_bounded:
        yield passed("upkeep.journal", "The journal is bounded.")
    if upkeep.password_logins:
        why = "Anybody who knows or guesses a password may log in from the network."
        step = (
            "With your key in ~/.ssh/authorized_keys: echo 'PasswordAuthentication no' | "
            "sudo tee /etc/ssh/sshd_config.d/00-wren.conf; sudo systemctl reload ssh"
        )
        yield warned("upkeep.passwords", "logins_by_password", why, step)
    elif upkeep.password_logins is False:
        yield passed("upkeep.passwords", "Logins are by key alone.")
