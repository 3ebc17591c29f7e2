"""A batch on SQLite costs two fsyncs: its commit, and the swap in the second store."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from credhub.store.store import Store
from tests.engines import SqliteDatabases
from tests.required import find_strace
from tests.store.samples import Signers, make_hub

AIM = 2.2
BATCHES = 200


@pytest.mark.slow
def test_a_batch_costs_at_most_two_fsyncs_and_the_moving_of_the_wal(
    sqlite: SqliteDatabases, tmp_path: Path
) -> None:
    with sqlite.migrated() as url:
        with closing(Store.open(url)) as store:
            hub = make_hub(store, Signers())
        second = f"sqlite:///{tmp_path / 'second.db'}"

        before, after = (fsyncs(tmp_path, url, second, hub, count) for count in (1, 1 + BATCHES))

    assert BATCHES * 1.9 < after - before <= BATCHES * AIM


def fsyncs(folder: Path, url: str, second: str, hub: int, count: int) -> int:
    """Count those of a process that records so many batches, one after another."""
    told = folder / f"calls-{count}"
    subprocess.run(  # noqa: S603 - our own words
        [
            find_strace(),
            *("-f", "-qq", "-e", "trace=fsync,fdatasync", "-o", told),
            *(sys.executable, "-m", "tests.store.appender"),
            *(url, second, str(hub), str(count), "1"),
        ],
        check=True,
    )
    return sum("sync(" in line for line in told.read_text().splitlines())
