"""Opening a second store by its address."""

from pathlib import Path
from typing import Final

from credhub.store.second_store.objects import ObjectSecondStore
from credhub.store.second_store.protocol import SecondStore
from credhub.store.second_store.sql import SqlSecondStore

_FILE: Final = "sqlite:///"


def open_second_store(url: str) -> SecondStore:
    """Open ``sqlite:///FILE``, ``postgresql://…``, or a bucket such as ``s3://BUCKET/PREFIX``.

    Raises:
        SecondStoreUnavailableError: It cannot be reached.
        UnsafeSettingsError: It may lose what it acknowledges.
    """
    if url.startswith(_FILE):
        return SqlSecondStore.open_file(Path(url.removeprefix(_FILE)))
    if url.startswith("postgresql"):
        return SqlSecondStore.open(url)
    return ObjectSecondStore.open(url)
