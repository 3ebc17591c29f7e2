"""A bucket of Amazon S3, Google Cloud Storage, Azure, or anything that speaks like them."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Final, Self

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError
from obstore.store import AzureStore, GCSStore, MemoryStore, S3Store, from_url

from credhub.egress.objects import Served
from credhub.errors import ObjectConflictError, ObjectsUnavailableError

Store = S3Store | GCSStore | AzureStore | MemoryStore

_WRITERS: Final = 16
_GIVE_UP: Final = timedelta(seconds=10)
_RETRIES: Final = 2


class Bucket:
    """Objects of a bucket whose service writes one only where its condition holds."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._writers = ThreadPoolExecutor(_WRITERS, thread_name_prefix="bucket")

    @classmethod
    def open(cls, url: str) -> Self:
        """Find a bucket by its address; how to sign in is in the environment, as its tools do.

        Raises:
            ObjectsUnavailableError: There cannot be such a bucket.
        """
        with _translated():
            try:
                store = from_url(
                    url, retry_config={"max_retries": _RETRIES, "retry_timeout": _GIVE_UP}
                )
            except ValueError as error:
                raise ObjectsUnavailableError("the address is not that of a bucket") from error
        if not isinstance(store, Store):
            raise ObjectsUnavailableError("the address is not that of a bucket")
        return cls(store)

    def read(self, path: str) -> bytes | None:
        """Read an object."""
        found = self._find(path)
        return None if found is None else found[0]

    def add(self, files: Mapping[str, bytes], served: Served) -> None:
        """Write objects that never change."""
        done = [self._writers.submit(self._add, path, data, served) for path, data in files.items()]
        for one in done:
            one.result()

    def _add(self, path: str, data: bytes, served: Served) -> None:
        try:
            with _translated():
                self._put(path, data, served, e_tag=None)
        except ObjectConflictError:
            if self.read(path) != data:
                raise

    def swap(self, path: str, *, old: bytes | None, new: bytes, served: Served) -> None:
        """Replace an object that nobody replaced since it was read."""
        found = self._find(path)
        if (None if found is None else found[0]) != old:
            raise ObjectConflictError(path)
        with _translated():
            self._put(path, new, served, e_tag=None if found is None else found[1])

    def _put(self, path: str, data: bytes, served: Served, *, e_tag: str | None) -> None:
        try:
            obstore.put(
                self._store,
                path,
                data,
                mode="create" if e_tag is None else {"e_tag": e_tag},
                attributes={
                    "Content-Type": served.content_type,
                    "Cache-Control": served.cache_control,
                },
            )
        except (AlreadyExistsError, PreconditionError) as error:
            raise ObjectConflictError(path) from error

    def _find(self, path: str) -> tuple[bytes, str] | None:
        """Read an object with its ETag."""
        with _translated():
            try:
                got = obstore.get(self._store, path)
                data = bytes(got.bytes())
            except FileNotFoundError:
                return None
        e_tag = got.meta["e_tag"]
        if e_tag is None:
            raise ObjectsUnavailableError("the bucket tells no versions apart")
        return data, e_tag


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (BaseError, OSError) as error:
        raise ObjectsUnavailableError(type(error).__name__) from error
