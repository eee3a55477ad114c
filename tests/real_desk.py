"""The desk itself behind real TLS, on a thread of its own, and a line to it that may lose what comes back."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from desk.store import Store
from gateway.clock import ManualClock
from tests.desk.desk import Desk, open_desk
from tests.uplink.provider import Line, Request, Server, hang_up, serving

T = TypeVar("T")


@dataclass
class RealDesk:
    """A desk with its database, and the server that gateways reach it by.

    Attributes:
        loses: asked after the desk has stored a message: whether its receipt is lost, and the connection cut.
        arrived: the ids of messages in the order of arrival, those that came again too; `lost`: how many receipts were.
    """

    thread: ThreadPoolExecutor
    desk: Desk
    server: Server
    loses: Callable[[], bool] = lambda: False
    arrived: list[str] = field(default_factory=list)
    lost: int = 0

    def do(self, work: Callable[[], T]) -> T:
        """Something at the desk, whose database belongs to one thread."""
        return self.thread.submit(work).result()

    def know(self, home: str, key: str) -> None:
        """The gateway of `home` has this key, as after its enrolment."""
        self.do(lambda: self.desk.know(home, key))

    def manner(self, line: Line, request: Request) -> None:
        """What the server does with a request."""
        gateways = self.desk.gateways
        answer = self.do(lambda: gateways.ask(request.method, request.path, request.body, request.headers))
        if answer.status == 200:  # it is on the desk's disk now
            self.arrived.append(request.id)
        if self.loses():
            self.lost += 1
            hang_up(line, request)
        else:
            headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
            line.answer(answer.status, answer.content, **headers)


@contextmanager
def real_desk(folder: Path, clock: ManualClock, certificate: tuple[Path, Path]) -> Iterator[RealDesk]:
    """A desk whose database is in `folder`, which exists; `certificate` is that of the server, and its key."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="desk") as thread, serving(certificate) as server:
        found = thread.submit(lambda: open_desk(Store(folder / "desk.db"), clock)).result()
        real = RealDesk(thread, found, server)
        server.manner = real.manner
        try:
            yield real
        finally:
            thread.submit(found.store.close).result()
