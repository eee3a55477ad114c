"""How a long-running command ends: a person's error with its advice, or a bug that is told without its values."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Final

from gateway.errors import GatewayError
from gateway.log import Log

BUG_EXIT: Final = 70
"""EX_SOFTWARE of sysexits(3). systemd starts the service again."""


def serve(live: Callable[[], Awaitable[None]], log: Log) -> None:
    """Run `live` until it returns. Raises the GatewayError that ended it; exits with `BUG_EXIT` on any other.

    A bug is logged by type and place: a traceback in the journal would quote readings.
    """

    async def run() -> None:
        await live()

    try:
        asyncio.run(run())
    except GatewayError:
        raise
    except BaseExceptionGroup as group:
        error = _first(group)
        if not isinstance(error, GatewayError):
            _bug(error, log)
        raise error from None
    except Exception as error:  # noqa: BLE001 - the last door: what comes here is a bug
        _bug(error, log)


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """What ended a TaskGroup: a bug before an error of ours, which may only follow from it."""
    _, bugs = group.split(GatewayError)
    error: BaseException = bugs or group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _bug(error: BaseException, log: Log) -> None:
    log.error("bug", fault=error)
    sys.exit(BUG_EXIT)
