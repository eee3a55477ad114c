"""Is the desk reachable from here? Asked step by step, so that the first one that fails can be named.

Run as a program it takes an `Asked` on standard input and writes a `Probed`: `wren doctor` runs it as the uplink's own
user, since what root may reach says nothing of what the uplink may (`asked_as`). Nothing of this home is sent: it is
the same question for the desk's key that an enrolment begins with.
"""

import datetime as dt
import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

import msgspec

import gateway
from gateway.errors import GatewayError
from gateway.uplink.enrolling import DESK_PATH
from gateway.uplink.line import Line
from gateway.uplink.replies import DeskKey

STEP_S: Final = 4.0
"""For each step: a line of a home is slow, and a technician waits."""

WHOLE_S: Final = 15.0
_HTTPS: Final = 443

Problem = Literal[
    "",
    "unknown_name",
    "closed",
    "silent",
    "expired",
    "not_yet_valid",
    "other_name",
    "unknown_authority",
    "no_tls",
    "portal",
    "unwell",
    "not_asked",
]
"""What stands in the way; "" if nothing does. `not_asked`: the question itself could not be put."""

_VERIFY: Final[Mapping[int, Problem]] = {9: "not_yet_valid", 10: "expired", 62: "other_name", 64: "other_name"}
"""X509_V_ERR_CERT_NOT_YET_VALID, _CERT_HAS_EXPIRED, _HOSTNAME_MISMATCH, _IP_ADDRESS_MISMATCH (openssl-verify(1))."""


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which desk, and by which authority it proves itself; None: the public ones."""

    url: str
    ca_pem: str | None


class Probed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was found.

    Attributes:
        problem: the first thing that stands in the way.
        certificate_days: for how long the desk's certificate is still good.
        authority_days: the same of the authority that this home was given; None where it trusts the public ones.
        ahead_s: how far this machine's clock is ahead of the desk's, by what the desk's answer is dated.
        status: of the desk's answer, HTTP's.
        desk_key: by which the desk says it signs.
    """

    problem: Problem = ""
    certificate_days: float | None = None
    authority_days: float | None = None
    ahead_s: int | None = None
    status: int | None = None
    desk_key: str = ""


def asked_as(asked: Asked, user: tuple[int, int] | None, environ: Mapping[str, str]) -> Probed:
    """What a process of its own finds, run by that user and group; None: by this one. It ends within `WHOLE_S`."""
    here = str(Path(gateway.__file__).parents[1])
    uid, gid, groups = (None, None, None) if user is None else (*user, ())
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "gateway.uplink.probe"],
            input=msgspec.json.encode(asked), capture_output=True, timeout=WHOLE_S, check=False, cwd="/",
            env={**environ, "PYTHONPATH": here, "PYTHONDONTWRITEBYTECODE": "1"},
            user=uid, group=gid, extra_groups=groups,
        )  # fmt: skip
        return msgspec.json.decode(done.stdout, type=Probed)
    except (OSError, subprocess.SubprocessError, msgspec.DecodeError):
        return Probed(problem="not_asked")


def probe(asked: Asked, now_s: float) -> Probed:
    """Ask `asked` for its key, one step after the other. Blocks for at most `STEP_S` a step."""
    days = None if asked.ca_pem is None else authority_days(asked.ca_pem, now_s)
    parts = urlsplit(asked.url)
    host, port = parts.hostname or "", parts.port or _HTTPS
    try:
        socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return Probed(problem="unknown_name", authority_days=days)
    try:
        with socket.create_connection((host, port), timeout=STEP_S) as connection:
            problem, left = _trusted(connection, host, asked.ca_pem, now_s)
    except TimeoutError:
        return Probed(problem="silent", authority_days=days)
    except OSError:
        return Probed(problem="closed", authority_days=days)
    if problem:
        return Probed(problem=problem, certificate_days=left, authority_days=days)
    return _answered(asked, left, days, now_s)


def authority_days(ca_pem: str, now_s: float) -> float | None:
    """For how long the authority that ends first is good, days; below 0 if it has ended, None if it is none."""
    from cryptography import x509

    try:
        ends = [one.not_valid_after_utc for one in x509.load_pem_x509_certificates(ca_pem.encode())]
    except ValueError:
        return None
    return min((end.timestamp() - now_s) / 86_400 for end in ends)


def _trusted(connection: socket.socket, host: str, ca_pem: str | None, now_s: float) -> tuple[Problem, float | None]:
    context = ssl.create_default_context()
    if ca_pem is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        try:
            context.load_verify_locations(cadata=ca_pem)
        except (OSError, ValueError):
            return "unknown_authority", None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.hostname_checks_common_name = False
    try:
        with context.wrap_socket(connection, server_hostname=host) as line:
            certificate = line.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        return _VERIFY.get(error.verify_code, "unknown_authority"), None
    except TimeoutError:
        return "silent", None
    except OSError:  # ssl.SSLError among them
        return "no_tls", None
    ends = certificate.get("notAfter")
    return "", (ssl.cert_time_to_seconds(ends) - now_s) / 86_400 if isinstance(ends, str) else None


def _answered(asked: Asked, certificate_days: float | None, days: float | None, now_s: float) -> Probed:
    began_s = time.monotonic()
    try:
        answer = Line(asked.ca_pem, deadline_s=STEP_S).ask("GET", asked.url.rstrip("/") + DESK_PATH, {})
    except GatewayError:
        return Probed(problem="unwell", certificate_days=certificate_days, authority_days=days)
    desk_s = _dated(answer.headers.get("date", ""))
    ahead_s = None if desk_s is None else round(now_s + time.monotonic() - began_s - desk_s)
    reply = answer.reply()
    problem: Problem = ""
    if not isinstance(reply, DeskKey):
        problem = "unwell" if answer.status >= 500 else "portal"
    return Probed(
        problem=problem, certificate_days=certificate_days, authority_days=days, ahead_s=ahead_s, status=answer.status,
        desk_key=reply.key if isinstance(reply, DeskKey) else "",
    )  # fmt: skip


def _dated(text: str) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or dt.UTC).timestamp()


def _main() -> None:
    asked = msgspec.json.decode(sys.stdin.buffer.read(1 << 18), type=Asked)
    sys.stdout.buffer.write(msgspec.json.encode(probe(asked, time.time())))
    sys.stdout.flush()
    os._exit(0)  # a resolver that hangs in a thread keeps nobody


if __name__ == "__main__":
    _main()
