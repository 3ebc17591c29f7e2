"""Opening a second store by its address."""

import logging
from pathlib import Path
from typing import Final

from credhub.errors import SecondStoreUnavailableError, UnsafeSettingsError
from credhub.store.disk_faults import OnDiskFault
from credhub.store.second_store.objects import ObjectSecondStore
from credhub.store.second_store.protocol import SecondStore
from credhub.store.second_store.sql import SqlSecondStore

_FILE: Final = "sqlite:///"

_logger: Final = logging.getLogger(__name__)


def open_second_store(url: str, *, on_disk_fault: OnDiskFault | None = None) -> SecondStore:
    """Open ``sqlite:///FILE``, ``postgresql://…``, or a bucket such as ``s3://BUCKET/PREFIX``.

    One that does not answer now may answer later.

    Args:
        url: Where it is.
        on_disk_fault: Called when the disk fails under a SQLite file.

    Raises:
        SecondStoreUnavailableError: There cannot be one at this address.
        UnsafeSettingsError: It may lose what it acknowledges.
    """
    store = _find(url, on_disk_fault)
    try:
        store.read("")
    except SecondStoreUnavailableError:
        _logger.warning("the second store of checkpoints does not answer: nothing can be issued")
    except UnsafeSettingsError:
        store.close()
        raise
    return store


def file_of(url: str) -> Path | None:
    """Give the SQLite file that an address names, if it does."""
    return Path(url.removeprefix(_FILE)) if url.startswith(_FILE) else None


def _find(url: str, on_disk_fault: OnDiskFault | None) -> SecondStore:
    path = file_of(url)
    if path is not None:
        return SqlSecondStore.open_file(path, on_disk_fault=on_disk_fault)
    if url.startswith("postgresql"):
        return SqlSecondStore.open(url)
    return ObjectSecondStore.open(url)
