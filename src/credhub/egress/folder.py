"""A folder that any web server can serve.

A file appears under its name only when it is whole and on the disk:

(1) written to a temporary file in a folder of its own,
(2) synchronised, with the descriptor open until the disk has answered,
(3) renamed,
(4) its folder synchronised, before which nothing relies on it.

Many are written side by side, because a disk synchronises many about as fast as one.
"""

import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Final, Self

from credhub.egress.objects import Served
from credhub.errors import ObjectConflictError, ObjectsUnavailableError

INCOMING: Final = ".incoming"
"""Where temporary files are; what a killed process leaves there is removed later."""

_WRITERS: Final = 16
_ABANDONED_SECONDS: Final = 3600.0
_FOR_ALL: Final = 0o644
_FOLDER_FOR_ALL: Final = 0o755


class Folder:
    """Objects as files. What is published is for everybody, whatever the umask says."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._incoming = root / INCOMING
        self._writers = ThreadPoolExecutor(_WRITERS, thread_name_prefix="folder")

    @classmethod
    def open(cls, root: Path) -> Self:
        """Make the folder if it is not there.

        Raises:
            ObjectsUnavailableError: It cannot be made.
        """
        folder = cls(root.absolute())
        with _translated():
            folder._make_folder(folder._root)
            folder._incoming.mkdir(mode=0o700, exist_ok=True)
            folder._remove_abandoned()
        return folder

    def read(self, path: str) -> bytes | None:
        """Read a file."""
        with _translated():
            try:
                return (self._root / path).read_bytes()
            except FileNotFoundError:
                return None

    def add(self, files: Mapping[str, bytes], served: Served) -> None:  # noqa: ARG002 - for buckets
        """Write files that never change."""
        targets = {self._root / path: data for path, data in files.items()}
        folders = {target.parent for target in targets}
        with _translated():
            for folder in folders:
                self._make_folder(folder)
            done = [self._writers.submit(self._add, *one) for one in targets.items()]
            for one in done:
                one.result()
            for folder in folders:
                _synchronise(folder)  # (4)

    def _add(self, target: Path, data: bytes) -> None:
        try:
            found = target.read_bytes()
        except FileNotFoundError:
            self._write(target, data)
            return
        if found != data:
            raise ObjectConflictError(str(target.relative_to(self._root)))

    def swap(self, path: str, *, old: bytes | None, new: bytes, served: Served) -> None:  # noqa: ARG002 - for buckets
        """Replace a file, while no other process of this machine replaces one beside it."""
        target = self._root / path
        with _translated():
            self._make_folder(target.parent)
            with _opened(target.parent) as folder:
                flock(folder, LOCK_EX)
                if self.read(path) != old:
                    raise ObjectConflictError(path)
                self._write(target, new)
            _synchronise(target.parent)  # (4)

    def _write(self, target: Path, data: bytes) -> None:
        descriptor, temporary = tempfile.mkstemp(dir=self._incoming)  # (1)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fchmod(descriptor, _FOR_ALL)
                os.fsync(descriptor)  # (2)
                os.rename(temporary, target)  # (3)  # noqa: PTH104 - as the other calls here
        except OSError:
            with suppress(OSError):
                os.unlink(temporary)  # noqa: PTH108 - as the other calls here
            raise

    def _make_folder(self, folder: Path) -> None:
        if folder.is_dir():
            return
        self._make_folder(folder.parent)
        with suppress(FileExistsError):  # Another thread made it.
            folder.mkdir()
            folder.chmod(_FOLDER_FOR_ALL)
        _synchronise(folder.parent)

    def _remove_abandoned(self) -> None:
        long_ago = time.time() - _ABANDONED_SECONDS
        for file in self._incoming.iterdir():
            with suppress(FileNotFoundError):
                if file.stat().st_mtime < long_ago:
                    file.unlink()


def _synchronise(path: Path) -> None:
    with _opened(path) as descriptor:
        os.fsync(descriptor)


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ObjectsUnavailableError(error.strerror or type(error).__name__) from error
