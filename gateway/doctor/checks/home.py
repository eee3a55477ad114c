"""home.toml: there, accepted, meant, and the one that the daemon runs with."""

from collections.abc import Iterator

from gateway.doctor.facts import Facts, Records
from gateway.doctor.findings import Finding, failed, passed, skipped, warned


def check(facts: Facts) -> Iterator[Finding]:
    """What the configuration says, and whether the daemon knows it."""
    home = facts.home
    if home.leaving:
        why = f"This gateway was to leave its home (wren {home.leaving}), and that did not come to its end."
        yield failed("upkeep.erasure", "unfinished", why, f"sudo wren {home.leaving}")
    if home.config is None:
        yield from _without(facts)
        return
    yield passed("home.file", f"{home.path} can be read.")
    yield passed("home.accepted", f"{home.path} is accepted.")
    if home.doubts:
        more = f" And {len(home.doubts) - 1} more." if len(home.doubts) > 1 else ""
        yield warned("home.doubts", "doubtful", f"{home.doubts[0]}{more}", f"wren check --config {home.path}")
    else:
        yield passed("home.doubts", "Nothing in it is doubtful.")
    yield _current(facts)


def _without(facts: Facts) -> Iterator[Finding]:
    home = facts.home
    if home.is_missing:
        step = f"sudo wren setup --config {home.path}"
        yield failed("home.file", "missing", f"There is no {home.path}: this gateway watches nobody.", step)
        return
    assert home.error is not None
    if "cannot be read" in home.error.problem:
        if facts.is_root:
            yield failed(
                "home.file", "unreadable", home.error.problem, f"sudo file {home.path} (it must be UTF-8 text)"
            )
        else:
            yield skipped("home.file", "This user may not read the configuration.", "sudo wren doctor")
        return
    yield passed("home.file", f"{home.path} can be read.")
    step = f"{home.error.advice} Then: sudo wren check --config {home.path} && sudo systemctl restart wren"
    yield failed("home.accepted", "refused", home.error.problem, step)


def _current(facts: Facts) -> Finding:
    if not isinstance(facts.records, Records) or not facts.records.running_sha256:
        return skipped("home.current", "The daemon has not written down yet with which configuration it runs.")
    if facts.records.running_sha256 != facts.home.sha256:
        why = f"{facts.home.path} was changed since the daemon started: it goes on with what it read then."
        return warned("home.current", "changed_since_start", why, "wren check && sudo systemctl restart wren")
    return passed("home.current", "The daemon runs with this configuration.")
