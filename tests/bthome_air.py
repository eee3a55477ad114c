"""BTHome adverts as a device makes them: written from the format, https://bthome.io/encryption, not with the parser."""

from cryptography.hazmat.primitives.ciphers.aead import AESCCM

KEY = bytes.fromhex("00112233445566778899aabbccddeeff")
PLAIN, SEALED, TRIGGERED = 0x40, 0x41, 0x04

PRESS = bytes([0x3A, 0x01])
DOUBLE_PRESS = bytes([0x3A, 0x02])
LONG_PRESS = bytes([0x3A, 0x04])
NO_PRESS = bytes([0x3A, 0x00])
HOLD_RELEASE = bytes([0x3A, 0x81])
OPEN, SHUT = bytes([0x11, 1]), bytes([0x11, 0])
MOTION, STILL = bytes([0x21, 1]), bytes([0x21, 0])


def plain(objects: bytes, *, packet_id: int | None = None, flags: int = 0) -> bytes:
    """An advert that anybody can read."""
    numbered = b"" if packet_id is None else bytes([0x00, packet_id])
    return bytes([PLAIN | flags]) + numbered + objects


def sealed(objects: bytes, counter: int, address: str, *, key: bytes = KEY, flags: int = 0) -> bytes:
    """An encrypted advert of the device at `address`."""
    head = bytes([SEALED | flags])
    number = counter.to_bytes(4, "little")
    nonce = bytes.fromhex(address.replace(":", "")) + b"\xd2\xfc" + head + number
    whole = AESCCM(key, tag_length=4).encrypt(nonce, objects, None)
    return head + whole[:-4] + number + whole[-4:]
