"""Where ledgers are published: named bytes in a folder or a bucket, read by anybody."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """How an object is given to readers, where the place itself answers them."""

    content_type: str
    cache_control: str


class Objects(Protocol):
    """Bytes under paths such as ``ledger/demo/2026/tile/0/000``. Safe between threads.

    What has returned is durable. What raised may have been written or not.
    """

    def read(self, path: str) -> bytes | None:
        """Read an object; none where there is none.

        Raises:
            ObjectsUnavailableError: The place cannot be reached.
        """
        ...

    def add(self, files: Mapping[str, bytes], served: Served) -> None:
        """Write objects that never change, side by side. Writing the same again is harmless.

        Raises:
            ObjectConflictError: Other bytes are there; they stay.
            ObjectsUnavailableError: The place cannot be reached.
        """
        ...

    def swap(self, path: str, *, old: bytes | None, new: bytes, served: Served) -> None:
        """Write an object if it is still ``old``; none where there was none.

        Raises:
            ObjectConflictError: Something else is there; it stays.
            ObjectsUnavailableError: The place cannot be reached.
        """
        ...
