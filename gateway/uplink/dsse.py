"""What is signed of a sealed document: DSSE's encoding before signing (github.com/secure-systems-lab/dsse, v1.0)."""


def to_sign(payload_type: str, payload: bytes) -> bytes:
    """The type is signed with the payload, and neither can be mistaken for the other.

    >>> to_sign("http://example.com/HelloWorld", b"hello world")
    b'DSSEv1 29 http://example.com/HelloWorld 11 hello world'
    """
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)
