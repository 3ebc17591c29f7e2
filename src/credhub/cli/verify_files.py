"""The files that ``credhub verify`` is given: named ones, and those in folders."""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from credhub.errors import FileNotOpenedError, FileTooLargeError, TooManyFilesError

MAX_FILES: Final = 10_000
MAX_BYTES: Final = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A file to be checked.

    Attributes:
        named: Whether somebody named it. A link or a pipe that somebody else put into a folder is
            not followed.
    """

    path: Path
    named: bool = True

    def read(self) -> bytes:
        """Read the file, and not much more than may be read.

        Raises:
            FileNotOpenedError: It cannot be read, or lies in a folder and is no plain file.
            FileTooLargeError: It is too large.
        """
        try:
            with os.fdopen(os.open(self.path, self._flags), "rb") as opened:
                if not self.named and not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
                    raise FileNotOpenedError("It is no file.")
                data = opened.read(MAX_BYTES + 1)
        except OSError as error:
            if not self.named and self.path.is_symlink():
                raise FileNotOpenedError("It is a link, which is not followed.") from error
            reason = error.strerror or "It cannot be read"
            raise FileNotOpenedError(f"{reason}.") from error
        if len(data) > MAX_BYTES:
            raise FileTooLargeError(MAX_BYTES // 1024**2)
        return data

    @property
    def _flags(self) -> int:
        # A pipe without a writer would keep us waiting.
        return os.O_RDONLY if self.named else os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK


def listed(paths: Iterable[Path]) -> tuple[Given, ...]:
    """List files, and what is in folders and below them, by name.

    Links in folders are not followed, and names that begin with a full stop are passed over. What
    cannot be listed is given as it is, so that reading it says why.

    Raises:
        TooManyFilesError: There are too many.
    """
    found = tuple(islice(_each(paths), MAX_FILES + 1))
    if len(found) > MAX_FILES:
        raise TooManyFilesError(MAX_FILES)
    return found


def _each(paths: Iterable[Path]) -> Iterator[Given]:
    for path in paths:
        if path.is_dir():
            yield from _below(path)
        else:
            yield Given(path=path)


def _below(folder: Path) -> Iterator[Given]:
    waiting, seen = [folder], 0
    while waiting:
        current = waiting.pop()
        try:
            with os.scandir(current) as entries:
                here = list(islice(entries, MAX_FILES + 1))
        except OSError:
            yield Given(path=current, named=False)
            continue
        seen += len(here)
        if seen > MAX_FILES:  # So many folders within folders are no applications either.
            raise TooManyFilesError(MAX_FILES)
        visible = sorted((one for one in here if one.name[0] != "."), key=lambda one: one.name)
        folders = [Path(one.path) for one in visible if one.is_dir(follow_symlinks=False)]
        waiting += reversed(folders)
        for one in visible:
            if not one.is_dir(follow_symlinks=False):
                yield Given(path=Path(one.path), named=False)
