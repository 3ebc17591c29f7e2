"""``credhub worker``: issues what was sent in batches, beside the service or instead of it."""

import os
import signal
import sys
from datetime import timedelta
from threading import Thread
from types import FrameType
from typing import Final

import click

from credhub.cli import logs
from credhub.cli.session import opened_runtime, read_settings
from credhub.jobs.batch_working import LEASE, LONGEST_LEASE, BatchWorker

NICENESS: Final = 10
"""Whoever waits for an answer goes first."""


@click.command()
@click.option("--idle", type=float, help="End after so many seconds with nothing to do.")
@click.option(
    "--lease",
    type=click.FloatRange(0, LONGEST_LEASE.total_seconds()),
    default=LEASE.total_seconds(),
    show_default=True,
    help="Seconds after which others take what a worker that was killed had begun.",
)
@click.option("--until-eof", is_flag=True, help="End when the standard input ends.")
def worker(idle: float | None, lease: float, *, until_eof: bool) -> None:
    """Issue batches until interrupted. Several workers share them."""
    settings = read_settings()
    _keep_back()
    with opened_runtime(settings) as runtime:
        logs.configure(settings.log_level)
        working = BatchWorker(runtime.resources, lease=timedelta(seconds=lease))

        def end(_signal: int, _frame: FrameType | None) -> None:
            working.end()

        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        if until_eof:
            Thread(target=_end_with_input, args=(working,), daemon=True).start()
        working.run(idle_seconds=idle)


def _end_with_input(working: BatchWorker) -> None:
    """End with the process that holds the other end, however that one ends."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    working.end()


def _keep_back() -> None:
    """Use whatever processor is free, after everybody else."""
    if sys.platform == "linux":  # A service may keep itself and its children to one.
        os.sched_setaffinity(0, range(os.cpu_count() or 1))
    os.nice(NICENESS)
