"""Processes that tell webhooks of a deployment, and can be killed."""

import os
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Final

from credhub.cli import logs
from credhub.jobs.webhook_telling import WebhookTeller
from tests.crash.deployment import Deployment
from tests.crash.working import FORKING, Worker, runtime_of

LEASE: Final = timedelta(seconds=0.2)
"""So short that they take endpoints from one another too."""

PAUSE_SECONDS: Final = 0.02


def start_teller(deployment: Deployment) -> Worker:
    """Start a process that tells webhooks until it is killed."""
    log = deployment.folder / "teller.log"
    process = FORKING.Process(target=_tell, args=(deployment, log), daemon=True)
    process.start()
    return Worker(process=process)


def _tell(deployment: Deployment, log: Path) -> None:
    os.environ.update(deployment.environment)
    with log.open("ab") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    logs.configure("WARNING")
    with runtime_of(deployment) as runtime:
        WebhookTeller(runtime.resources, lease=LEASE, pause=PAUSE_SECONDS).start()
        Event().wait()
