"""A disk that is read-only when a SQLite database on it is opened: it is read, and no more.

SQLite wants to make files beside a database even to read it, so it must be told. Where it left a
log, that is part of the database. Without one, nothing can change on such a disk.
"""

import errno
import os
from pathlib import Path
from typing import Final
from urllib.parse import quote

from sqlalchemy.engine import URL, make_url

_NAMELESS: Final = getattr(os, "O_TMPFILE", os.O_DIRECTORY)
"""A file that nobody sees and that is gone when it is closed, where a system has such."""


def is_read_only(url: str) -> bool:
    """Say whether a database is in a SQLite file on a disk that is read-only now."""
    if not url.startswith("sqlite"):
        return False
    file = _file_of(make_url(url))
    return file is not None and _takes_nothing(file.parent)


def as_found(address: URL) -> URL:
    """Give the address under which a database can be opened: on a read-only disk it is another."""
    file = _file_of(address)
    if file is None or not _takes_nothing(file.parent):
        return address
    how = {"uri": "true", "mode": "ro"} | ({} if _has_log(file) else {"immutable": "1"})
    return address.set(database=f"file:{quote(os.fsencode(file))}").update_query_dict(how)


def only_reads(address: URL) -> bool:
    """Say whether SQLite was told so by the address."""
    return address.query.get("mode") == "ro"


def _file_of(address: URL) -> Path | None:
    """Find the file, where SQLite makes its others beside it; none when it is not a plain one."""
    is_plain = address.get_backend_name() == "sqlite" and "uri" not in address.query
    if not is_plain or address.database in {None, "", ":memory:"}:
        return None
    return Path(str(address.database)).resolve()


def _takes_nothing(folder: Path) -> bool:
    """Ask the system, and try: ext4 does not say that it turned read-only because of an error."""
    try:
        if os.statvfs(folder).f_flag & os.ST_RDONLY:
            return True
        os.close(os.open(folder, _NAMELESS | os.O_RDWR | os.O_CLOEXEC, 0o600))
    except OSError as error:
        return error.errno == errno.EROFS
    return False


def _has_log(file: Path) -> bool:
    log = file.with_name(f"{file.name}-wal")
    return log.exists() and log.stat().st_size > 0
