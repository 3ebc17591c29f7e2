"""R02: a disk that said a write was on it and lost it: noticed at start, and nothing is forked.

SQLite writes each commit at the end of its log of writes. Power that fails while a disk lies about
flushes leaves a shorter log, cut anywhere.
"""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from obstore.store import MemoryStore

from credhub.errors import RollbackDetectedError
from credhub.store.hubs import HubNumber
from credhub.store.second_store.objects import ObjectSecondStore
from credhub.store.standing import Trouble
from credhub.store.store import Store
from tests.engines import SqliteDatabases
from tests.store.samples import (
    LOG,
    Signers,
    log_signer,
    make_hub,
    note_unit,
    second_store_of,
    sequencer,
)

ENTRIES = 8
CUTS = 60


@pytest.fixture(scope="module")
def files(
    sqlite: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, HubNumber, str, str]]:
    """A database and its log of writes as a running service has them, and what it published."""
    folder = tmp_path_factory.mktemp("running")
    with sqlite.migrated() as url, closing(Store.open(url)) as store:
        hub = make_hub(store, Signers())
        with sequencer(store, log_signer) as running:
            for _ in range(ENTRIES):
                running.submit(note_unit(hub))
            with store.read() as tx:
                (log,) = tx.ledger.logs(hub)
            database = Path(url.removeprefix("sqlite:///"))
            shutil.copyfile(database, folder / "credhub.db")
            shutil.copyfile(f"{database}-wal", folder / "credhub.db-wal")
        published = second_store_of(store).read(f"log/{log.vkey}")
        assert published is not None
        yield folder, hub, f"log/{log.vkey}", published


@contextmanager
def cut(files: Path, folder: Path, length: int) -> Iterator[Store]:
    """Open a copy of the database of whose log of writes so many bytes are left."""
    folder.mkdir()
    shutil.copyfile(files / "credhub.db", folder / "credhub.db")
    data = (files / "credhub.db-wal").read_bytes()
    (folder / "credhub.db-wal").write_bytes(data[:length])
    with closing(Store.open(f"sqlite:///{folder / 'credhub.db'}")) as store:
        yield store


def test_r02_writes_that_a_disk_lost_are_noticed_wherever_they_end(
    files: tuple[Path, HubNumber, str, str], tmp_path: Path
) -> None:
    folder, hub, key, published = files
    length = (folder / "credhub.db-wal").stat().st_size
    found: set[int] = set()

    for number in range(CUTS + 1):
        second = ObjectSecondStore(MemoryStore())
        second.swap(key, old=None, new=published)
        with cut(folder, tmp_path / str(number), length * number // CUTS) as store:
            with store.read() as tx:
                logs = tx.ledger.logs(hub)
                size = tx.ledger.head(hub, LOG).size if logs else None
            if size is None:
                continue  # The hub itself was lost: there is nobody who could issue.
            found.add(size)
            with sequencer(store, log_signer, second_store=second) as running:
                if size < ENTRIES:
                    (standing,) = running.refused
                    assert standing.trouble is Trouble.ROLLED_BACK
                    with pytest.raises(RollbackDetectedError):
                        running.submit(note_unit(hub))
                else:
                    assert running.submit(note_unit(hub)).seqs == (ENTRIES,)
            assert (second.read(key) == published) == (size < ENTRIES)
            with store.read() as tx:
                (log,) = tx.ledger.logs(hub)
                tx.ledger.audit(log)

    assert ENTRIES in found
    assert len(found) > ENTRIES // 2
