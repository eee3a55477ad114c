"""Answers every name on 127.0.0.1:53 and writes down who was asked for: a name that is looked up has left.

Also listens on an abstract socket, the kind that a network namespace closes and a folder does not.
"""

import socket
import sys
import threading
from pathlib import Path

from .looking import ABSTRACT, NAME_SERVER


def _question(packet: bytes) -> tuple[str, int]:
    """The name that is asked for, and where the question ends."""
    labels, at = [], 12
    while length := packet[at]:
        labels.append(packet[at + 1 : at + 1 + length].decode("ascii", "replace"))
        at += 1 + length
    return ".".join(labels), at + 5


def answer(packet: bytes) -> tuple[str, bytes]:
    """The name asked for, and an answer: 127.0.0.1 to a question for A, nothing to any other."""
    name, end = _question(packet)
    is_a = packet[end - 4 : end - 2] == b"\0\1"
    record = b"\xc0\x0c\0\1\0\1\0\0\0\1\0\4\x7f\0\0\1" if is_a else b""
    header = packet[:2] + b"\x81\x80\0\1" + (b"\0\1" if is_a else b"\0\0") + b"\0\0\0\0"
    return name, header + packet[12:end] + record


def _welcome(listener: socket.socket) -> None:
    while True:
        listener.accept()[0].close()


def main() -> None:
    heard = Path(sys.argv[1])
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(ABSTRACT)
    listener.listen()
    threading.Thread(target=_welcome, args=(listener,), daemon=True).start()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server, heard.open("a", encoding="ascii") as book:
        server.bind(NAME_SERVER)
        while True:
            packet, asker = server.recvfrom(4096)
            name, reply = answer(packet)
            print(name, file=book, flush=True)
            server.sendto(reply, asker)


if __name__ == "__main__":
    main()
