"""Several homes at once, one process for each core: nothing is carried from one home to another."""

import multiprocessing
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, wait
from pathlib import Path
from queue import Empty, Queue
from typing import Final

from gateway.errors import GatewayError
from gateway.evaluation.evaluating import Evaluation

_LOOK_S: Final = 0.2


def measure(
    folders: Sequence[Path], sections: Iterable[str], *, seed: int, per_home: int, tick: Callable[[str], None]
) -> Evaluation:
    """Measure `folders`; what comes out is the same as in one process. Raises GatewayError.

    Args:
        folders: recorded homes.
        sections: as for `Evaluation`, and so are `seed`, `per_home` and `tick`.
        seed: see `Evaluation`.
        per_home: see `Evaluation`.
        tick: see `Evaluation`.
    """
    whole = Evaluation(sections, seed=seed, per_home=per_home, tick=tick)
    processes = min(len(folders), os.cpu_count() or 1)
    if processes < 2:
        for folder in folders:
            whole.take(folder)
        return whole
    context = multiprocessing.get_context("spawn")  # the progress bar has a thread, which a fork would not survive
    with context.Manager() as manager, ProcessPoolExecutor(processes, mp_context=context) as pool:
        ticks = manager.Queue()
        waiting = {pool.submit(_one, folder, whole.sections, seed, per_home, ticks): folder for folder in folders}
        of_folder = {folder: one for one, folder in waiting.items()}
        while waiting:
            done, _ = wait(waiting, timeout=_LOOK_S)
            _pass_on(ticks, tick)
            for one in done:
                waiting.pop(one)
                if isinstance(found := one.result(), _Refused):
                    pool.shutdown(cancel_futures=True)
                    raise found.kind(found.problem, advice=found.advice)
    for folder in folders:  # in their order, so that the account is the same however long each takes
        part = of_folder[folder].result()
        assert isinstance(part, Evaluation)
        whole.add(part)
    return whole


class _Refused:
    """A GatewayError on its way between processes."""

    def __init__(self, error: GatewayError) -> None:
        self.kind, self.problem, self.advice = type(error), error.problem, error.advice


def _one(
    folder: Path, sections: frozenset[str], seed: int, per_home: int, ticks: "Queue[str]"
) -> "Evaluation | _Refused":
    part = Evaluation(sections, seed=seed, per_home=per_home, tick=ticks.put)
    try:
        part.take(folder)
    except GatewayError as error:
        return _Refused(error)
    part.tick = _silent
    return part


def _silent(_: str) -> None:
    """A finished part tells nobody."""


def _pass_on(ticks: "Queue[str]", tick: Callable[[str], None]) -> None:
    while True:
        try:
            tick(ticks.get_nowait())
        except Empty:
            return
