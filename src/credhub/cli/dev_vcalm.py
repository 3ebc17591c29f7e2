"""``credhub dev vcalm``: the service that the W3C's test suites talk to."""

import socket
import sys
from typing import Final

import click
import orjson
import uvicorn

from credhub.cli import logs
from credhub.runtime_offline import open_workshop
from credhub.web.vcalm import development

HOST: Final = "127.0.0.1"


def _address(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    if value is None or value.startswith(("http://", "https://")):
        return value
    raise click.BadParameter("It is no http or https address.")


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0 finds a free one.")
@click.option(
    "--base-url",
    callback=_address,
    help="Where a proxy in front of it is reached, if there is one.",
)
def vcalm(port: int, base_url: str | None) -> None:
    """Serve VCALM on this machine without login, with keys that end with it.

    Prints one line of JSON that says where everything is, then serves until interrupted.
    """
    logs.configure("WARNING")  # One line on the standard output, whatever is asked.
    with open_workshop() as shop, socket.create_server((HOST, port)) as listening:
        address = (base_url or f"http://{HOST}:{listening.getsockname()[1]}").rstrip("/")
        click.echo(orjson.dumps(development.description(shop, address)))
        sys.stdout.flush()
        config = uvicorn.Config(
            development.create_app(shop, address),
            access_log=False,
            log_config=None,
            server_header=False,
        )
        uvicorn.Server(config).run(sockets=[listening])
