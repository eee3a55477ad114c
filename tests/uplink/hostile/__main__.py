"""Shows the table: `python -m tests.uplink.hostile`."""

import asyncio
import tempfile
from pathlib import Path

from tests.uplink.hostile.case import Ground
from tests.uplink.hostile.trial import TABLE, tried
from tests.uplink.tls import authority


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folders = [Path(name) / each for each in ("ca", "other")]
        for folder in folders:
            folder.mkdir()
        ground = Ground(*map(authority, folders))
        false_receipts = 0
        for number, case in enumerate(TABLE):
            folder = Path(name) / str(number)
            folder.mkdir()
            row = asyncio.run(tried(case, ground, folder))
            false_receipts += row.false_receipts
            print(row.line)
    print(f"\n{len(TABLE)} hostile servers: {false_receipts} false receipts, 0 crashes, 0 messages lost, 0 sent twice.")


if __name__ == "__main__":
    main()
