"""A disk that a system turns read-only because of an error in it, under whoever writes to it.

A real one: ext4 on a file, told that there was an error. It says to nobody that it is read-only.
"""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import pytest

MEGABYTES: Final = 64


@dataclass(frozen=True, slots=True)
class AbortingDisk:
    """A disk in a file, and where it is mounted."""

    file: Path
    folder: Path

    @classmethod
    @contextmanager
    def mounted(cls, place: Path) -> Iterator[Self]:
        """Make an empty one."""
        disk = cls(file=place / "disk.ext4", folder=place / "disk")
        disk.folder.mkdir()
        disk.file.write_bytes(b"")
        with disk.file.open("r+b") as file:
            file.truncate(MEGABYTES * 2**20)
        if not (_succeeds("mkfs.ext4", "-q", str(disk.file)) and disk._mount()):
            pytest.skip(
                "*** NO DISK TURNS READ-ONLY UNDER A SERVICE: that takes ext4 and the rights of"
                " root. ***"
            )
        try:
            yield disk
        finally:
            _succeeds("umount", "--lazy", str(disk.folder))

    def turn_read_only(self) -> None:
        """Find an error in it."""
        assert _succeeds("mount", "-o", "remount,abort", str(self.folder))

    def mend(self) -> None:
        """Mount it anew, when nobody uses it any more."""
        assert _succeeds("umount", str(self.folder))
        assert self._mount()

    def _mount(self) -> bool:
        how = ("-o", "loop,errors=remount-ro")
        return _succeeds("mount", *how, str(self.file), str(self.folder))


def _succeeds(command: str, *arguments: str) -> bool:
    program = shutil.which(command)
    if program is None:
        return False
    return not subprocess.run([program, *arguments], capture_output=True, check=False).returncode  # noqa: S603 - our own command line
