"""The scanner itself: a value that leaks is found in whatever it is packed, and what does not leak is not found."""

import base64
import gzip
import json
import struct
import zlib
from collections.abc import Callable
from random import Random
from urllib.parse import quote

import pytest

from .scanner import Hit, Planted, hits

RNG = Random(7)
VALUE = 61.30471829105
AT_MS = 1_742_210_345_678
ADDRESS = bytes.fromhex("c0ffee00a1b2")
KEY = bytes.fromhex("231d39c1d7cc1ab1aee224cd096db932")
OTHERS = frozenset(RNG.uniform(40, 120) for _ in range(100_000))
TIMES = frozenset(range(1_741_000_000_007, 1_741_000_000_007 + 100_000 * 26_001, 26_001))
PLANTED = Planted(OTHERS | {VALUE}, TIMES | {AT_MS}, frozenset({ADDRESS, KEY}))

STREAM = b"".join(
    b"POST /v1/messages HTTP/1.1\r\nHost: desk.example:8443\r\nUser-Agent: wren/0.1.0\r\nWren-Sequence: %d\r\n"
    b"Content-Digest: sha-256=:%s:\r\nSignature: wren=:%s:\r\n\r\n"
    b'{"type":"alert","id":"%s","raised_at":"2025-03-17T11:19:05Z","observed":"No movement seen since 09:42."}'
    % (
        number,
        base64.b64encode(RNG.randbytes(32)),
        base64.b64encode(RNG.randbytes(64)),
        RNG.randbytes(16).hex().encode(),
    )
    for number in range(40)
)
"""Requests as they are, without a leak."""


def leaking(leak: bytes) -> bytes:
    """The stream with `leak` in the middle of a sentence of one of its bodies."""
    middle = STREAM.index(b"No movement", len(STREAM) // 2)
    return STREAM[:middle] + leak + STREAM[middle:]


Encode = Callable[[bytes], bytes]
PACKINGS: dict[str, Encode] = {
    "raw": lambda data: data,
    "hex": lambda data: data.hex().encode(),
    "HEX": lambda data: data.hex().upper().encode(),
    "hex, out of step": lambda data: b"a" + data.hex().encode(),
    "percent": lambda data: quote(data, safe="").encode() if len(data) > 8 else b"".join(b"%%%02X" % b for b in data),
    "base64": base64.b64encode,
    "base64 after 1 byte": lambda data: base64.b64encode(b"~" + data),
    "base64 after 2 bytes": lambda data: base64.b64encode(b"~~" + data),
    "base64, out of step": lambda data: b"a" + base64.b64encode(data),
    "base64url": lambda data: base64.urlsafe_b64encode(b"\xff\xfe\xfd" + data).rstrip(b"="),
    "gzip": gzip.compress,
    "zlib": zlib.compress,
    "zlib, fast": lambda data: zlib.compress(data, 1),
    "base64 of gzip": lambda data: base64.b64encode(gzip.compress(data)),
    "base64 of raw deflate": lambda data: b": " + base64.b64encode(_deflated(data)),
    "hex of base64": lambda data: base64.b64encode(data).hex().encode(),
    "base64 of base64": lambda data: base64.b64encode(base64.b64encode(b"##" + data)),
    "gzip of hex": lambda data: gzip.compress(data.hex().encode()),
}


def _deflated(data: bytes) -> bytes:
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    return engine.compress(data) + engine.flush()


SPELLINGS: dict[str, bytes] = {
    "repr": repr(VALUE).encode(),
    "json": json.dumps({"value": VALUE}).encode(),
    "12 digits": b"%.12g" % VALUE,
    "exponent": b"%.12e" % VALUE,
    "without a point": repr(VALUE).replace(".", "").encode(),
    "comma": repr(VALUE).replace(".", ",").encode(),
    "milliseconds": str(AT_MS).encode(),
    "seconds with a fraction": b"1742210345.678",
    "RFC 3339": b"2025-03-17T11:19:05.678Z",
    "double, little": struct.pack("<d", VALUE),
    "double, big": struct.pack(">d", VALUE),
    "time, little": struct.pack("<q", AT_MS),
    "time, big": struct.pack(">q", AT_MS),
    "address": ADDRESS,
    "address, the other way": ADDRESS[::-1],
    "key": KEY,
}


def test_a_stream_without_a_leak_has_no_hits() -> None:
    assert hits(STREAM, PLANTED) == []


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_leak_is_found_however_it_is_written_and_packed(spelling: str, packing: str) -> None:
    leak = PACKINGS[packing](SPELLINGS[spelling])
    found = hits(leaking(leak), PLANTED)
    assert found, f"{spelling} in {packing} was not seen"


@pytest.mark.parametrize(
    ("leak", "form"),
    [
        pytest.param(b" %.6f " % VALUE, "rounded", id="six places"),
        pytest.param(b'{"value":61.3047}', "rounded", id="four places"),
        pytest.param(b"v=61.3047", "rounded", id="after a sign"),
        pytest.param(b" at 61.3047.", "rounded", id="at the end of a sentence"),
        pytest.param(b"a61.30472b", "rounded", id="between letters"),
        pytest.param(f"{AT_MS:x}".encode(), "hexadecimal", id="hexadecimal time"),
        pytest.param(VALUE.hex().encode(), "hexadecimal", id="hexadecimal float"),
        pytest.param(b"C0:FF:EE:00:A1:B2", "whole number or secret", id="address"),
        pytest.param(b"c0-ff-ee-00-a1-b2", "whole number or secret", id="address with hyphens"),
        pytest.param(b"23:1d39c1d7cc1ab1aee224cd096db932".replace(b":", b""), "whole number or secret", id="key"),
    ],
)
def test_other_ways_to_write_it(leak: bytes, form: str) -> None:
    assert form in {hit.form for hit in hits(leaking(leak), PLANTED)}


def test_what_was_found_says_how_it_was_packed() -> None:
    (hit, *_) = hits(base64.b64encode(gzip.compress(b"pulse 61.30471829105 bpm")), PLANTED)
    assert hit == Hit("raw > base64 > inflated", "digits", "61.30471829105 ".strip())
