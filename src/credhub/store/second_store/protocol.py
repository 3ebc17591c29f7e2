"""What a second store can do: small texts under keys, replaced only by who knows the last one."""

from typing import Protocol


class SecondStore(Protocol):
    """Small texts, safe between threads and processes."""

    def read(self, key: str) -> str | None:
        """Read a text; none when there is none.

        Raises:
            SecondStoreUnavailableError: It cannot be reached.
        """
        ...

    def swap(self, key: str, *, old: str | None, new: str) -> None:
        """Replace a text that is still ``old``; none when there must not be one yet.

        Raises:
            SecondStoreConflictError: The text is another one. Nothing was replaced; or, where an
                answer was lost on the way, ``new`` itself stands there.
            SecondStoreUnavailableError: It cannot be reached, and may have replaced the text.
        """
        ...

    def close(self) -> None:
        """Close what is open."""
        ...
