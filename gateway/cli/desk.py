"""`wren desk`: a small desk for a provider, on this machine. The keys of gateways: `gateway.cli.desk_keys`."""

import asyncio
import importlib.util
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from gateway.errors import InputError

if TYPE_CHECKING:
    from desk.server import Address

GATEWAYS_PORT: Final = 8443
PEOPLE_PORT: Final = 8080

_EXTRA: Final = ("jinja2", "starlette", "uvicorn")
"""What `pip install wren-gateway[desk]` brings; a gateway does without."""


class _WithKeys(click.Group):
    """Serves when it is called by itself; what it does with keys is in a module of its own, loaded when it is asked."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Their names."""
        return ["token", "revoke", "homes"]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, None if there is none."""
        if cmd_name not in self.list_commands(ctx):
            return None
        from gateway.cli import desk_keys

        command: click.Command = getattr(desk_keys, cmd_name)
        return command


@click.group(
    cls=_WithKeys,
    invoke_without_command=True,
    epilog="""\b
Examples:
  wren desk
  wren desk --data ./desk --port 0 --people-port 0
  wren desk token h-0001
  wren desk homes --data ./desk
""",
)
@click.option(
    "--data",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where messages, certificates and keys are kept.  [default: $XDG_DATA_HOME/wren-desk]",
)
@click.option("--listen", default="127.0.0.1", show_default=True, help="A loopback address.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=GATEWAYS_PORT,
    show_default=True,
    help="For gateways, HTTPS; 0 takes a free one.",
)
@click.option(
    "--people-port",
    type=click.IntRange(0, 65_535),
    default=PEOPLE_PORT,
    show_default=True,
    help="For the page, HTTP; 0 takes a free one.",
)
@click.option("--timezone", help="The page's IANA time zone.  [default: this machine's]")
@click.pass_context
def desk(
    context: click.Context, folder: Path | None, listen: str, port: int, people_port: int, timezone: str | None
) -> None:
    """Receive messages from gateways and show them on a page, until stopped (SIGTERM or Ctrl-C).

    Prints the address for gateways, the certificate authority that they need, the address of the page and the
    fingerprint of the desk. The page has no log-in, so both doors open on this machine alone. The commands below are
    for the keys of gateways, and work while the desk runs. Ends with 0 after a clean stop; 2 if an option cannot be
    used or the desk's packages are not installed, 4 if its database cannot be used.
    """
    require_installed()
    if context.invoked_subcommand is not None:
        return
    from desk.server import serve
    from gateway.clock import SystemClock
    from gateway.supervise import install_stop_signals

    zone = None if timezone is None else _zone(timezone)

    async def live() -> None:
        stop = asyncio.Event()
        install_stop_signals(asyncio.get_running_loop(), stop)
        serving = asyncio.ensure_future(
            serve(
                folder_of(folder),
                SystemClock(),
                listen=listen,
                gateways_port=port,
                people_port=people_port,
                zone=zone,
                ready=_show,
            )
        )
        stopped = asyncio.ensure_future(stop.wait())
        await asyncio.wait({serving, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if not serving.done():
            serving.cancel()
            await asyncio.wait({serving})
        if not serving.cancelled():
            serving.result()

    asyncio.run(live())


def require_installed() -> None:
    """Raises InputError: the desk's packages are not here."""
    missing = [name for name in _EXTRA if importlib.util.find_spec(name) is None]
    if missing:
        raise InputError(
            f"The desk is not installed here: {', '.join(missing)} missing.",
            advice='Install it with `pip install "wren-gateway[desk]"`; a gateway itself does not need it.',
        )


def _show(address: "Address") -> None:
    click.echo(f"For gateways:  {address.gateways_url}\n  in home.toml:  [uplink]")
    click.echo(f'                 url = "{address.gateways_url}"\n                 ca_file = "{address.ca_file}"')
    click.echo(f"For people:    {address.people_url}")
    click.echo(f"Fingerprint:   {address.fingerprint}\nStop with Ctrl-C.")


def folder_of(folder: Path | None) -> Path:
    """Where a desk keeps what it knows: `folder`, or the one of this user."""
    # freedesktop.org, XDG Base Directory Specification
    data_home = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return (folder or data_home / "wren-desk").resolve()


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InputError(f"Unknown time zone `{name}`.", advice="Use an IANA name such as Europe/London.") from error
