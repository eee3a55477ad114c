"""Who this gateway is."""

from collections.abc import Iterator

from gateway.config.tables import Config
from gateway.doctor.facts import Key
from gateway.doctor.findings import Finding, failed, passed
from gateway.errors import NotEnrolled

_ANEW = "Have the provider make a token (wren desk token HOME --replace), then: sudo wren enrol"


def check(config: Config, key: Key) -> Iterator[Finding]:
    """Its enrolment, and its key."""
    if config.uplink is None:
        return
    known, error = key.enrolment, key.enrolment_error
    if known is None:
        is_new = isinstance(error, NotEnrolled) and "not enrolled" in error.problem
        why = "This gateway is not enrolled with its provider: nothing leaves this house." if is_new else ""
        step = "Have the provider make a token (wren desk token HOME), then: sudo wren enrol"
        cause = "not_enrolled" if is_new else "damaged"
        yield failed("key.enrolled", cause, why or (error.problem if error else ""), step if is_new else _ANEW)
        return
    if known.home != config.home.id:
        why = f"This gateway is enrolled as {known.home}, and home.toml is of {config.home.id}."
        yield failed("key.enrolled", "other_home", why, f"Correct [home] id, or enrol it anew. {_ANEW}")
    elif known.url.rstrip("/") != config.uplink.url.rstrip("/") or known.outbox != key.outbox:
        why = "The enrolment is of another [uplink] url or another data_dir than home.toml has now."
        yield failed("key.enrolled", "other_desk", why, "sudo wren enrol (or put back what home.toml had)")
    else:
        yield passed("key.enrolled", "The enrolment is of this home and this desk.")
    if key.key_error is None:
        yield passed("key.opens", "The gateway's key opens on this board.")
    else:
        is_missing = "no key yet" in key.key_error.problem
        cause = "missing" if is_missing else "does_not_open" if isinstance(key.key_error, NotEnrolled) else "unreadable"
        yield failed("key.opens", cause, key.key_error.problem, _ANEW)
