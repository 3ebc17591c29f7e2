"""A second store in a bucket whose service replaces an object only where its ETag still fits."""

from datetime import timedelta
from hashlib import sha256
from typing import Final, Self

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError
from obstore.store import AzureStore, GCSStore, MemoryStore, S3Store, from_url

from credhub.errors import SecondStoreConflictError, SecondStoreUnavailableError

Bucket = S3Store | GCSStore | AzureStore | MemoryStore

_GIVE_UP: Final = timedelta(seconds=10)
_RETRIES: Final = 2


class ObjectSecondStore:
    """Texts in objects; each is named by the hash of its key, because keys hold any character."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    @classmethod
    def open(cls, url: str) -> Self:
        """Find a bucket by its address; how to sign in is in the environment, as its tools do.

        Raises:
            SecondStoreUnavailableError: There cannot be such a bucket.
        """
        try:
            bucket = from_url(
                url, retry_config={"max_retries": _RETRIES, "retry_timeout": _GIVE_UP}
            )
        except (BaseError, ValueError) as error:
            raise SecondStoreUnavailableError from error
        if not isinstance(bucket, Bucket):
            raise SecondStoreUnavailableError
        return cls(bucket)

    def read(self, key: str) -> str | None:
        """Read a text."""
        found = self._find(key)
        return None if found is None else found[0]

    def swap(self, key: str, *, old: str | None, new: str) -> None:
        """Replace a text that is still ``old``."""
        found = self._find(key)
        if (None if found is None else found[0]) != old:
            raise SecondStoreConflictError(key)
        try:
            obstore.put(
                self._bucket,
                _path(key),
                new.encode(),
                mode="create" if found is None else {"e_tag": found[1]},
            )
        except (AlreadyExistsError, PreconditionError) as error:
            raise SecondStoreConflictError(key) from error
        except (BaseError, OSError) as error:
            raise SecondStoreUnavailableError from error

    def close(self) -> None:
        """Do nothing: connections end with the process."""

    def _find(self, key: str) -> tuple[str, str] | None:
        """Read a text with the ETag of its object."""
        try:
            got = obstore.get(self._bucket, _path(key))
            text = bytes(got.bytes()).decode()
        except FileNotFoundError:
            return None
        except (BaseError, OSError, UnicodeDecodeError) as error:
            raise SecondStoreUnavailableError from error
        e_tag = got.meta["e_tag"]
        if e_tag is None:
            raise SecondStoreUnavailableError  # It could replace nothing safely.
        return text, e_tag


def _path(key: str) -> str:
    return f"{sha256(key.encode()).hexdigest()}.txt"
