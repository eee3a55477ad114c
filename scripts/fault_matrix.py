"""Every sort of sensor fault with every sort of day: is anybody left unseen, is a carer called for a battery?

Usage: scripts/fault_matrix [--seed N] [--rounds N] [--json FILE] [--html FILE]

Lives are simulated and learnt for three weeks, then something breaks (docs/decisions/0029). Exit status 1: a silence
that nobody was told of, or a care alert for a fault.
"""

import argparse
import json
import sys
from pathlib import Path

from gateway.cli.progress import progress
from gateway.evaluation.matrix.page import matrix_page
from gateway.evaluation.matrix.reporting import account, tables, totals
from gateway.evaluation.matrix.running import Matrix
from gateway.evaluation.matrix.scenarios import ROUNDS, SORTS
from gateway.evaluation.showing import show


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=1, help="of the persons and of every lot (default 1)")
    rounds = f"scenarios for each of the {len(SORTS)} sorts of fault (default {len(ROUNDS)})"
    parser.add_argument("--rounds", type=int, default=len(ROUNDS), choices=range(1, len(ROUNDS) + 1), help=rounds)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every verdict to FILE")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write the tables as one page to FILE")
    options = parser.parse_args()
    matrix = Matrix(options.seed)
    verdicts = []
    with progress(quiet=False) as (steps, tick):
        steps(options.rounds * len(SORTS))
        for scenario in matrix.scenarios(options.rounds):
            tick(scenario.sort.name)
            verdicts.append(matrix.verdict(scenario))
    show(tables(verdicts))
    whole = account(verdicts, options.seed)
    if options.json is not None:
        options.json.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")
    if options.html is not None:
        options.html.write_text(matrix_page(verdicts, options.seed), encoding="utf-8")
    found = totals(verdicts)
    return 1 if found["unsafe"] or found["false_care"] else 0


if __name__ == "__main__":
    sys.exit(main())
