"""Looks for planted values in bytes, in every spelling and packing that somebody might hide or forget them in.

Rather than write each value in each encoding, the bytes are unpacked: what could be hexadecimal, base64 (at each of
its four alignments, both alphabets), percent-encoding, zlib, gzip or raw deflate is undone, up to three layers deep,
and each layer is searched for

- decimals: any 12 digits in a row, whatever points stand between them, that begin a planted value or end a planted
  whole number; and any lone decimal that is a planted value rounded to four places or more;
- times with their milliseconds, written as RFC 3339;
- IEEE 754 doubles and whole numbers of 6 to 8 bytes, both byte orders;
- hexadecimal numbers, and the fractions of hexadecimal floats.

Why a hit is a leak and not chance: 12 random digits are one of 10^12, and a month's ids and signatures have some 10^4
places where 12 digits stand in a row by chance, so 3 x 10^5 planted numbers meet one of them in 3 months of 1,000; 6
random bytes are one of 2.8 x 10^14. What is shorter (a pulse of 61, or 61.3) is not unique and cannot be searched for:
that no such number leaves is what tests/egress/test_pairs.py shows.
"""

import base64
import binascii
import re
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Final, NamedTuple
from urllib.parse import unquote_to_bytes

import numpy as np

DIGITS: Final = 12
_LAYERS: Final = 3
_MOST_INFLATED: Final = 1 << 22
_GAP: Final = b"\x00\xa5\xff"  # between pieces that did not stand beside each other

_NUMBER: Final = re.compile(rb"\d[\d.,_ ]{10,}\d")
_DECIMAL: Final = re.compile(rb"(?<![\d.])(\d+\.\d{4,})(?!\d|\.\d)")
_TIME: Final = re.compile(rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,]\d{3,9}")
_HEX: Final = re.compile(rb"[0-9A-Fa-f]{11,}")
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/_-]{8,}")
_PERCENT: Final = re.compile(rb"(?:%[0-9A-Fa-f]{2}|[A-Za-z0-9._~-]){8,}")
_ADDRESS: Final = re.compile(rb"(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}")
_PACKED: Final = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]")


class Hit(NamedTuple):
    """Something planted was found: how it was packed, how it was written, and what it looked like."""

    layers: str
    form: str
    what: str


@dataclass(frozen=True)
class Planted:
    """What must not be found. `floats` have at least 13 digits, `integers` at least 12, `secrets` are 6 or 16 bytes."""

    floats: frozenset[float] = frozenset()
    integers: frozenset[int] = frozenset()
    secrets: frozenset[bytes] = field(default=frozenset())

    def __len__(self) -> int:
        return len(self.floats) + len(self.integers) + len(self.secrets)

    def parts(self) -> tuple[frozenset[float], frozenset[int], frozenset[bytes]]:
        """The floats, the whole numbers and the secrets."""
        return self.floats, self.integers, self.secrets

    @cached_property
    def digits(self) -> frozenset[bytes]:
        """Twelve digits of each: of floats the first, cut off and rounded."""
        spelled = [text for value in self.floats for text in (f"{value:.14e}", f"{value:.{DIGITS - 1}e}")]
        floats = (text.replace(".", "")[:DIGITS] for text in spelled)
        return frozenset(text.encode() for text in (*floats, *(str(one)[-DIGITS:] for one in self.integers)))

    @cached_property
    def doubles(self) -> np.ndarray:
        """Each as eight bytes, and each as they stand the other way round."""
        return _either_way([struct.pack("<d", value) for value in self.floats], 8)

    @cached_property
    def sixes(self) -> np.ndarray:
        """The six low bytes of whole numbers, and the secrets; forwards and backwards."""
        wholes = [struct.pack("<q", number)[:6] for number in self.integers]
        secrets = [secret[start : start + 6] for secret in self.secrets for start in range(0, len(secret), 6)]
        return _either_way([*wholes, *(piece for piece in secrets if len(piece) == 6)], 6)

    @cached_property
    def hexadecimals(self) -> frozenset[bytes]:
        """Whole numbers and the fractions of floats, as hexadecimal digits."""
        fractions = (value.hex().partition(".")[2].partition("p")[0] for value in self.floats)
        return frozenset(text[:11].encode() for text in (*fractions, *(f"{one:x}"[-11:] for one in self.integers)))

    def rounded(self, places: int) -> frozenset[str]:
        """The floats, written with so many places."""
        return frozenset(f"{value:.{places}f}" for value in self.floats)


def _either_way(pieces: Iterable[bytes], size: int) -> np.ndarray:
    whole = b"".join(piece + piece[::-1] for piece in pieces)
    return np.unique(_windows(whole, size)[::size]) if whole else np.array([], dtype=np.uint64)


def _windows(data: bytes, size: int) -> np.ndarray:
    """Every `size` bytes in a row, as a number."""
    raw = np.frombuffer(data, dtype=np.uint8)
    length = max(len(raw) - size + 1, 0)
    found = np.zeros(length, dtype=np.uint64)
    for offset in range(size):
        found |= raw[offset : offset + length].astype(np.uint64) << np.uint64(8 * offset)
    return found


def hits(data: bytes, planted: Planted) -> list[Hit]:
    """Everything planted that is in `data`, however it is packed."""
    return [Hit(layers, *found) for layers, view in views(data) for found in _in_plain(view, planted)]


def views(data: bytes, layers: str = "raw", depth: int = 0) -> Iterator[tuple[str, bytes]]:
    """`data`, and what is in it once it is unpacked."""
    yield layers, data
    if depth == _LAYERS:
        return
    for name, pieces in (
        ("hex", _unhexed(data)),
        ("base64", _unbased(data)),
        ("percent", _unpercent(data)),
        ("inflated", _inflated(data)),
    ):
        inner = _GAP.join(piece for piece in pieces if len(piece) >= 5)
        if inner:
            yield from views(inner, f"{layers} > {name}", depth + 1)


def _unhexed(data: bytes) -> Iterator[bytes]:
    for run in _HEX.findall(data):
        for start in (0, 1):
            yield binascii.unhexlify(run[start : start + (len(run) - start) // 2 * 2])
    for address in _ADDRESS.findall(data):
        yield binascii.unhexlify(address.replace(b":", b"").replace(b"-", b""))


def _unbased(data: bytes) -> Iterator[bytes]:
    for run in _BASE64.findall(data):
        text = run.translate(bytes.maketrans(b"-_", b"+/"))
        for start in range(4):
            usable = text[start:]
            if len(usable) % 4 == 1:
                usable = usable[:-1]
            yield base64.b64decode(usable + b"=" * (-len(usable) % 4))


def _unpercent(data: bytes) -> Iterator[bytes]:
    for run in _PERCENT.findall(data):
        if b"%" in run:
            yield unquote_to_bytes(run)


def _inflated(data: bytes) -> Iterator[bytes]:
    places = [(match.start(), 47) for match in _PACKED.finditer(data)]
    # raw deflate has no header: tried where something begins, a body, a header's value or a piece
    begins = [0, *(match.end() for match in re.finditer(rb"\r\n\r\n|: |\x00\xa5\xff", data))]
    places += [(start, -15) for start in begins if start < len(data)]
    for start, bits in places:
        engine = zlib.decompressobj(bits)
        inner = bytearray()
        try:
            for at in range(start, len(data), 4096):  # what comes before an error counts, too
                inner += engine.decompress(data[at : at + 4096], _MOST_INFLATED)
                if engine.eof or len(inner) >= _MOST_INFLATED or not inner:
                    break
        except zlib.error:
            pass
        if len(inner) >= 6:
            yield bytes(inner)


def _in_plain(view: bytes, planted: Planted) -> Iterator[tuple[str, str]]:
    yield from _written(view, planted)
    for run in _HEX.findall(view):
        lower = run.lower()
        for start in range(len(lower) - 10):
            if lower[start : start + 11] in planted.hexadecimals:
                yield "hexadecimal", run.decode()
    for form, size, wanted in (("double", 8, planted.doubles), ("whole number or secret", 6, planted.sixes)):
        if wanted.size and len(view) >= size:
            found = _windows(view, size)
            nearest = wanted[np.minimum(np.searchsorted(wanted, found), wanted.size - 1)]
            places = np.flatnonzero(nearest == found)
            yield from ((form, view[place : place + size].hex()) for place in places.tolist())


def _written(view: bytes, planted: Planted) -> Iterator[tuple[str, str]]:
    for run in _NUMBER.findall(view):
        digits = re.sub(rb"\D", b"", run)
        for start in range(len(digits) - DIGITS + 1):
            if digits[start : start + DIGITS] in planted.digits:
                yield "digits", run.decode()
    for number in _DECIMAL.findall(view):
        text = number.decode()
        if text in planted.rounded(len(text.partition(".")[2])):
            yield "rounded", text
    for moment in _TIME.findall(view):
        utc = f"{moment.decode()[:23].replace(',', '.')}+00:00"
        if round(datetime.fromisoformat(utc).timestamp() * 1000) in planted.integers:
            yield "time", moment.decode()
