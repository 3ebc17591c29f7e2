"""Files that a command writes: whole or not at all."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO

from credhub.errors import FileNotWrittenError


@contextmanager
def new_file(path: Path | None) -> Iterator[BinaryIO]:
    """Write a file for its owner alone; it takes its place when it is complete.

    Args:
        path: Where; None for the standard output, which gets what is written at once.

    Raises:
        FileNotWrittenError: It cannot be written there.
    """
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        with _beside(path) as file:
            yield file
    except OSError as error:
        raise FileNotWrittenError(str(path), error.strerror) from error


@contextmanager
def _beside(path: Path) -> Iterator[BinaryIO]:
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as part:
        try:
            yield part.file  # type: ignore[misc]  # it is one that was opened for bytes
            part.flush()
            os.fsync(part.fileno())
            Path(part.name).replace(path)
        except BaseException:  # such as Ctrl-C
            Path(part.name).unlink()
            raise
