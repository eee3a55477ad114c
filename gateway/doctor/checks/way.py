"""The network, and the desk as it is reached from here."""

from collections.abc import Iterator, Mapping
from typing import Final

from gateway.config.tables import Config
from gateway.doctor.facts import Key, Unseen, Way
from gateway.doctor.findings import Finding, failed, passed, skipped, warned
from gateway.uplink.probe import Probed, Problem

_WEAK_DBM: Final = -78
"""Below some -80 dBm a Pi's Wi-Fi loses more than it carries."""

_SOON_DAYS: Final = 14.0
_AUTHORITY_SOON_DAYS: Final = 60.0
"""A new authority has to come into each home by `wren enrol`: a visit, or a remote session."""

_TELL: Final = "Tell the provider"

_WHY: Final[Mapping[Problem, tuple[str, str, str, str]]] = {
    "unknown_name": (
        "desk.name", "unknown_name", "The desk's name is not known here: no name server, or a wrong `url` in [uplink].",
        "resolvectl query HOST (the host in [uplink] url); cat /etc/resolv.conf; restart the router",
    ),
    "closed": (
        "desk.door", "closed", "The desk's machine is reached, or its network is, and nothing there answers.",
        f"curl -v URL (of [uplink]); does the router let its port out? {_TELL} that its desk is closed",
    ),
    "silent": (
        "desk.door", "silent", "The desk does not answer: a firewall swallows what is sent, or the desk is down.",
        f"curl -v URL (of [uplink]); does the router let its port out? {_TELL} that its desk is silent",
    ),
    "expired": (
        "desk.trust", "expired", "The desk's certificate has expired: nothing is sent until it has a new one.",
        f"{_TELL} today: its certificate has expired (this machine's date is right: timedatectl)",
    ),
    "not_yet_valid": (
        "desk.trust", "not_yet_valid", "The desk's certificate is not valid yet, by this machine's clock.",
        "timedatectl (is the date right? else: sudo timedatectl set-ntp true)",
    ),
    "other_name": (
        "desk.trust", "other_name", "What answers has a certificate of another name than `url` in [uplink].",
        "Correct `url` in [uplink] and run: sudo wren enrol; if it is right, tell the provider",
    ),
    "unknown_authority": (
        "desk.trust", "unknown_authority", "What answers is not vouched for by the authority that this home trusts.",
        "Has the provider a new authority? Put it in [uplink] ca_file, then: sudo wren enrol; if not: another network",
    ),
    "no_tls": (
        "desk.trust", "no_tls", "What answers there does not speak TLS as a desk does.",
        "Correct the port of `url` in [uplink], then: sudo wren enrol",
    ),
    "portal": (
        "desk.answer", "portal", "Something answers that is no desk of this version: a sign-in page, perhaps.",
        "curl -s URL/v1/desk (of [uplink]); does this network want a sign-in? Is the desk of another version?",
    ),
    "unwell": (
        "desk.answer", "unwell", "The desk answers that it is not well, or not in time.",
        f"{_TELL}: its desk has a fault",
    ),
}  # fmt: skip
"""What a probe's problem is: the check, the cause, why, the next step."""

_STEPS: Final = ("desk.name", "desk.door", "desk.trust", "desk.answer")
_WELL: Final = {
    "desk.name": "The desk's name is known.",
    "desk.door": "The desk's door is open.",
    "desk.trust": "The desk proves who it is.",
    "desk.answer": "The desk answers as a desk does.",
}


def check(config: Config | None, key: Key | Unseen, way: Way) -> Iterator[Finding]:
    """From the box outwards."""
    if way.has_route is False:
        step = "nmcli device status (cable in? sudo wren wifi for the Wi-Fi); restart the router"
        yield failed("network.way", "no_way_out", "This machine has no way out: no network gave it an address.", step)
    elif way.has_route is not None:
        yield passed("network.way", "This machine has a way out.")
    if way.wifi_dbm is not None and way.wifi_dbm <= _WEAK_DBM:
        step = "Move the box nearer to the router, or use a cable; then: cat /proc/net/wireless"
        yield warned("network.wifi", "weak", f"The Wi-Fi is weak: {way.wifi_dbm} dBm.", step)
    elif way.wifi_dbm is not None:
        yield passed("network.wifi", f"The Wi-Fi comes in at {way.wifi_dbm} dBm.")
    if way.probed is not None:
        yield from _authority(way.probed)
        yield from _desk(way.probed, key)
    elif config is not None and config.uplink is not None:
        yield skipped("desk.name", "It is not known how the desk is reached.", "sudo wren enrol")


def _authority(probed: Probed) -> Iterator[Finding]:
    days = probed.authority_days
    if days is None:
        return
    step = "Have the provider's new authority, put it in [uplink] ca_file, then: sudo wren enrol"
    if days < 0:
        yield failed("desk.authority", "expired", "The authority (ca_file) that this home trusts has expired.", step)
    elif days < _AUTHORITY_SOON_DAYS:
        why = f"The authority (ca_file) that this home trusts ends in {days:.0f} days."
        yield warned("desk.authority", "expires", why, step)
    else:
        yield passed("desk.authority", f"The authority that this home trusts is good for {days:.0f} days.")


def _desk(probed: Probed, key: Key | Unseen) -> Iterator[Finding]:
    if probed.problem == "not_asked":
        yield skipped("desk.name", "The question to the desk could not be put.", "sudo wren doctor")
        return
    wrong = _WHY.get(probed.problem)
    for step in _STEPS:
        if wrong is not None and step == wrong[0]:
            yield failed(*wrong)
            return
        known = None if isinstance(key, Unseen) else key.enrolment
        if step == "desk.answer" and known is not None and probed.desk_key != known.desk_key:
            why = "What answers signs with another key than the desk that this gateway was enrolled with."
            yield failed(
                "desk.answer",
                "other_key",
                why,
                "Ask the provider whether its desk was replaced; then: sudo wren enrol",
            )
            return
        yield passed(step, _WELL[step])
    days = probed.certificate_days
    if days is not None and days < _SOON_DAYS:
        why = f"The desk's certificate ends in {days:.0f} days."
        yield warned("desk.certificate", "expires", why, f"{_TELL}: its certificate has to be renewed")
    elif days is not None:
        yield passed("desk.certificate", f"The desk's certificate is good for {days:.0f} days.")
