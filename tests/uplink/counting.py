"""A child that asks the book for numbers without end, keeps an answer for each, and says both on stdout."""

import sys
from pathlib import Path

from gateway.uplink.book import Book
from gateway.uplink.replies import Sealed

from .messages import LOG


def main() -> None:
    with Book(Path(sys.argv[1]), utc_s=lambda: 0.0, log=LOG) as book:
        while True:
            number = book.next_sequence()
            if number % 7 == 0:
                book.keep([(number, Sealed(payload=f"{number:04}", signature="AAAA"))])
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
