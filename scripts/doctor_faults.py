"""Runs every fault of tests/doctor against `wren doctor`, and prints the table of docs/doctor.md."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.doctor.table import main

if __name__ == "__main__":
    main()
