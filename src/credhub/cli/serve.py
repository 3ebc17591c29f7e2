"""``credhub serve``: the service."""

import signal
import sys
from contextlib import nullcontext
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click
import structlog
import uvicorn
from fastapi import FastAPI
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from credhub.cli import demo, garbage, logs, open_files, processor
from credhub.cli.session import opened_runtime, read_settings
from credhub.config import Settings
from credhub.runtime import Runtime
from credhub.web.app import create_app
from credhub.web.connections import Connections
from credhub.web.edge import security_headers
from credhub.web.wire import Wire

KEEP_ALIVE_SECONDS = 30
GRACE_SECONDS = 10


@click.command()
@click.option(
    "--demo",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="On first start, make the hub of this folder and issue its roster.",
)
def serve(folder: Path | None) -> None:
    """Serve the API and the pages until interrupted."""
    settings = read_settings()
    processors = processor.only_one() if settings.one_processor else nullcontext()
    with processors, opened_runtime(settings) as runtime:
        if folder is not None:
            demo.prepare(runtime, folder)
        logs.configure(settings.log_level)
        run(runtime, settings)


def run(runtime: Runtime, settings: Settings) -> None:
    """Serve until a signal ends it; requests under way are answered first."""
    app = create_app(runtime)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        http=_wire(settings, app).protocol(),
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=True,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        forwarded_allow_ips=settings.trusted_proxies,
    )
    # uvicorn raises the signal again when it has finished: then everything else is closed too.
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, _end)
    if runtime.resources.sequencer.standstill is None:
        runtime.log_roller.start()
        runtime.status_publisher.start()
        runtime.witness_asker.start()
        runtime.batch_processes.start()
        runtime.batch_pruner.start()
        runtime.webhook_teller.start()
    if runtime.ledger_publisher is not None:
        runtime.ledger_publisher.start()
    structlog.get_logger("credhub").info("serving", address=settings.origin)
    try:
        with garbage.what_is_here_stays():
            uvicorn.Server(config).run()
    finally:
        runtime.webhook_teller.close()
        runtime.batch_pruner.close()
        runtime.batch_processes.close()
        if runtime.ledger_publisher is not None:
            runtime.ledger_publisher.close()
        runtime.witness_asker.close()
        runtime.status_publisher.close()
        runtime.log_roller.close()


def _wire(settings: Settings, app: FastAPI) -> Wire:
    # The addresses that uvicorn believes, as it reads them.
    believed = ProxyHeadersMiddleware(app, settings.trusted_proxies)  # type: ignore[arg-type]  # Starlette's types of ASGI are others
    connections = Connections(
        most=open_files.places(settings.connections),
        most_of_one=settings.connections_per_client,
        is_proxy=believed.trusted_hosts.__contains__,
    )
    headers = security_headers(https=settings.origin.startswith("https:"))
    return Wire(connections=connections, head_seconds=settings.head_seconds, headers=headers)


def _end(_signal: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(0)
