"""The files of our own that come with the package: contexts and schemas."""

from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).parent
# In a wheel the folder is inside the package; in a checkout it is at the top.
_SCHEMA_FOLDERS: Final = (_PACKAGE / "schemas", _PACKAGE.parent.parent / "schemas")


def read_schema_file(name: str) -> bytes:
    """Read a bundled file by its name below ``schemas/``."""
    folder = next(folder for folder in _SCHEMA_FOLDERS if folder.is_dir())
    return (folder / name).read_bytes()
