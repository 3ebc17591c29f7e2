"""``credhub dev vcalm``: the service that the W3C's test suites talk to."""

import socket
import sys
from typing import Final

import click
import orjson
import uvicorn

from credhub.cli import logs
from credhub.runtime import open_workshop
from credhub.web.vcalm import development

HOST: Final = "127.0.0.1"


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0 finds a free one.")
def vcalm(port: int) -> None:
    """Serve VCALM on this machine without login, with keys that end with it.

    Prints one line of JSON that says where everything is, then serves until interrupted.
    """
    logs.configure("WARNING")  # One line on the standard output, whatever is asked.
    with open_workshop() as shop, socket.create_server((HOST, port)) as listening:
        base_url = f"http://{HOST}:{listening.getsockname()[1]}"
        click.echo(orjson.dumps(development.description(shop, base_url)))
        sys.stdout.flush()
        config = uvicorn.Config(
            development.create_app(shop), access_log=False, log_config=None, server_header=False
        )
        uvicorn.Server(config).run(sockets=[listening])
