"""Reading published files where they are: a folder, a bucket, or any web server.

Nothing is written, not even a folder; whoever only reads may have no right to.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from credhub.egress.bucket import Bucket
from credhub.egress.client import Egress
from credhub.errors import NotReachedError, ObjectsUnavailableError

Read = Callable[[str], bytes | None]
"""Reads a file by its path below the address; none where there is none."""

MAX_BYTES: Final = 20 * 1024 * 1024
"""More than the largest entry bundle: 256 entries of 65,535 bytes with their lengths."""

_SECONDS: Final = 30.0
_SCHEME: Final = "://"
_WEB: Final = frozenset({"http", "https"})
_OK: Final = 200
_ABSENT: Final = frozenset({404, 410})


def open_reader(url: str) -> Read:
    """Open a folder (its path, or ``file:///PATH``), an address of http or https, or a bucket.

    The address is one that the operator gave, so it may be anywhere.

    Raises:
        ObjectsUnavailableError: There cannot be such a place.
        AddressRefusedError: There cannot be such an address.
    """
    if _SCHEME not in url:
        return _Folder(Path(url)).read
    parts = urlsplit(url)
    if parts.scheme in _WEB:
        return _Web(url.rstrip("/")).read
    if parts.scheme != "file":
        return Bucket.open(url).read
    if parts.netloc or not parts.path.startswith("/"):
        raise ObjectsUnavailableError("the address of a folder is file:///PATH")
    return _Folder(Path(unquote(parts.path))).read


class _Folder:
    def __init__(self, root: Path) -> None:
        self._root = root

    def read(self, path: str) -> bytes | None:
        try:
            return (self._root / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError as error:
            raise ObjectsUnavailableError(error.strerror or type(error).__name__) from error


class _Web:
    def __init__(self, url: str) -> None:
        self._url = url
        self._egress = Egress(configured=(url,))

    def read(self, path: str) -> bytes | None:
        answer = self._egress.get(f"{self._url}/{path}", limit=MAX_BYTES, seconds=_SECONDS)
        if answer.status in _ABSENT:
            return None
        if answer.status != _OK:
            raise NotReachedError(
                f"Asked for {self._url}/{path}, the other service answered with status "
                f"{answer.status}."
            )
        return answer.body
