"""Worker processes that issue batches of a deployment, and can be killed."""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Final

from credhub.cli import worker  # noqa: F401 - imported before workers are forked
from credhub.cli.main import cli
from credhub.config import Settings
from credhub.runtime import Runtime, open_runtime
from tests.crash.deployment import Deployment

LEASE_SECONDS: Final = 0.2
"""So short that workers take parts from one another too."""

FORKING: Final = multiprocessing.get_context("forkserver")
FORKING.set_forkserver_preload([__name__])


@dataclass(slots=True, kw_only=True)
class Worker:
    """One worker process."""

    process: BaseProcess

    @property
    def has_ended(self) -> bool:
        return not self.process.is_alive()

    def wait(self) -> None:
        self.process.join()
        assert self.process.exitcode == 0

    def kill(self) -> None:
        """Kill -9."""
        if self.process.is_alive():
            assert self.process.pid is not None
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.join()


def start_worker(deployment: Deployment) -> Worker:
    """Start a worker that ends once there is nothing to do."""
    log = deployment.folder / "worker.log"
    process = FORKING.Process(target=_work, args=(dict(deployment.environment), log), daemon=True)
    process.start()
    return Worker(process=process)


@contextmanager
def runtime_of(deployment: Deployment) -> Iterator[Runtime]:
    """Open the runtime of a deployment in this process."""
    names = (name.removeprefix("CREDHUB_").lower() for name in deployment.environment)
    values = dict(zip(names, deployment.environment.values(), strict=True))
    with open_runtime(Settings.model_validate(values)) as runtime:
        yield runtime


def _work(environment: dict[str, str], log: Path) -> None:
    os.environ.update(environment)
    with log.open("ab") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    cli(["worker", "--idle", "1", "--lease", str(LEASE_SECONDS)], standalone_mode=False)
