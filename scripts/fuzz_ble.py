#!/usr/bin/env python3
"""Gives the radio's doors payloads that no device would send, and measures each. Fails at the first exception.

    .venv/bin/python scripts/fuzz_ble.py                      # 1,000,000 payloads, about four minutes
    .venv/bin/python scripts/fuzz_ble.py --payloads 20000 --seed 3

A quarter each to a strap's heart rate and battery and to BTHome devices without and with a key. Of these some are
random bytes, some are good packets that were cut, grown, spliced or flipped, and some, for the device with a key, are
properly sealed nonsense with the next counter: what passes the seal must not hurt either. The clock of each payload
runs on, so that thinning and learning of intervals are at work, too. Times are of this thread's processor, so that a
busy machine does not count.
"""

import argparse
import logging
import random
import sys
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace

from cryptography.hazmat.primitives.ciphers.aead import AESCCM

from gateway.inbox import Edge
from gateway.sources.ble import bthome
from gateway.sources.ble.adverts import Advertiser
from gateway.sources.ble.battery import BATTERY_LEVEL
from gateway.sources.ble.device import BleDevice
from gateway.sources.ble.heart_rate import HEART_RATE_MEASUREMENT
from gateway.sources.ble.memory import Memory
from gateway.sources.ble.stream import Counts, Stream

ADDRESS = "C0:FF:EE:00:00:01"
KEY = bytes(range(16))
HEARTS = [
    bytes.fromhex(one) for one in ("0048", "063c", "163c1104", "090000ffff", "110000ffff7f80", "1e3c10001104f503")
]
OBJECTS = [
    bytes.fromhex(one)
    for one in (
        "02ca0903bf13", "0009015d025d0903b718", "3a01", "3a003a013a03", "1101", "2d01", "2101", "2301", "451101",
        "57ea", "530c48656c6c6f20576f726c6421", "540c48656c6c6f20576f726c6421", "505d396164", "3c0103",
        "5e3f755f11d5", "2c01", "4e87562a01", "f0010203", "f100010204", "f2000106", "0005a70c780b1000", "6402",
    )
]  # fmt: skip


def mutated(good: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    """A good packet after an accident."""
    data = bytearray(good)
    for _ in range(rng.randrange(3)):
        match rng.randrange(5):
            case 0 if data:
                data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
            case 1:
                del data[rng.randrange(len(data) + 1) :]
            case 2:
                data += rng.randbytes(rng.randrange(1, 9))
            case 3:
                data[rng.randrange(len(data) + 1) : 0] = rng.choice(others)
            case _ if data:
                data[rng.randrange(len(data))] = rng.randrange(256)
    return bytes(data)


def anything(rng: random.Random, good: list[bytes]) -> bytes:
    """Random bytes, or a good packet after an accident."""
    if rng.random() < 0.3:
        return rng.randbytes(rng.choice((0, 1, 2, 3, 5, 8, 13, 20, 31, 64, 255)))
    return mutated(rng.choice(good), rng, good)


def sealed(objects: bytes, counter: int, head: int) -> bytes:
    number = counter.to_bytes(4, "little")
    nonce = bytes.fromhex(ADDRESS.replace(":", "")) + b"\xd2\xfc" + bytes([head]) + number
    whole = AESCCM(KEY, tag_length=4).encrypt(nonce, objects, None)
    return bytes([head]) + whole[:-4] + number + whole[-4:]


def payloads(kind: str, count: int, rng: random.Random) -> Iterator[bytes]:
    """`count` payloads for the door `kind`."""
    for number in range(count):
        if kind == "heart rate":
            yield anything(rng, HEARTS)
        elif kind == "battery":
            yield anything(rng, [b"\x50", b"\x00", b"\x64"])
        elif kind == "bthome plain":
            yield rng.choice((b"\x40", b"\x40", b"\x44", b"\x42", b"\x60")) + anything(rng, OBJECTS)
        elif rng.random() < 0.5:
            yield sealed(anything(rng, OBJECTS), number, rng.choice((0x41, 0x45)))
        else:
            yield mutated(sealed(rng.choice(OBJECTS), number, 0x41), rng, OBJECTS)


def doors(edges: list[Edge], counts: Counts) -> dict[str, Callable[[float, bytes], None]]:
    """Where payloads come in."""
    memory = Memory(None)
    device = SimpleNamespace(address=ADDRESS)

    def advertised(key: bytes | None) -> Callable[[float, bytes], None]:
        sensors = {str(kind): str(kind) for kind in sorted(bthome.KINDS)}
        whose = BleDevice(ADDRESS if key else None, "bthome", sensors, None if key else "plain", key)
        advertiser = Advertiser(whose, edges.append, counts, memory, 0.0)

        def take(now_s: float, data: bytes) -> None:
            advert = SimpleNamespace(service_data={bthome.SERVICE: data}, rssi=-60)
            advertiser.heard(now_s, device, advert)  # type: ignore[arg-type]
            advertiser.look(now_s)

        return take

    hearts = Stream(HEART_RATE_MEASUREMENT, {"heart_rate": "pulse"}, edges.append, counts)
    batteries = Stream(BATTERY_LEVEL, {"battery": "battery"}, edges.append, counts)
    return {
        "heart rate": hearts.notified,
        "battery": batteries.notified,
        "bthome plain": advertised(None),
        "bthome sealed": advertised(KEY),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--payloads", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    bthome.load()
    edges: list[Edge] = []
    counts = Counts()
    each = arguments.payloads // 4
    print(f"{'door':14} {'payloads':>9} {'p50 us':>8} {'p99 us':>8} {'p99.9 us':>9} {'max us':>9}")
    for kind, take in doors(edges, counts).items():
        rng = random.Random(f"{arguments.seed}/{kind}")
        took_ns: list[int] = []
        now_s = 0.0
        for data in payloads(kind, each, rng):
            now_s += rng.choice((0.01, 1.0, 1.0, 30.0, 400.0))
            begun_ns = time.thread_time_ns()
            try:
                take(now_s, data)
            except Exception:
                print(f"{kind}: {data.hex()}", file=sys.stderr)
                raise
            took_ns.append(time.thread_time_ns() - begun_ns)
            if len(edges) > 10_000:
                edges.clear()
        took_ns.sort()
        at = [took_ns[min(len(took_ns) - 1, int(len(took_ns) * share))] / 1000 for share in (0.5, 0.99, 0.999)]
        print(f"{kind:14} {each:9,} {at[0]:8.1f} {at[1]:8.1f} {at[2]:9.1f} {took_ns[-1] / 1000:9.1f}")
    refused = ", ".join(f"{count:,} {why}" for why, count in sorted(counts.refused.items()))
    print(f"no exception; malformed {counts.malformed:,}, repeated {counts.repeated:,}, replayed {counts.replayed:,};")
    print(f"refused: {refused}")


if __name__ == "__main__":
    main()
