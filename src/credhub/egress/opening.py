"""Opening the place where ledgers are published, by its address."""

from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from credhub.egress.bucket import Bucket
from credhub.egress.folder import Folder
from credhub.egress.objects import Objects
from credhub.errors import ObjectsUnavailableError

_SCHEME: Final = "://"


def open_objects(url: str) -> Objects:
    """Open a folder (its path, or ``file:///PATH``) or a bucket such as ``s3://BUCKET/PREFIX``.

    Raises:
        ObjectsUnavailableError: There cannot be such a place, or it cannot be made.
    """
    if _SCHEME not in url:
        return Folder.open(Path(url))
    parts = urlsplit(url)
    if parts.scheme != "file":
        return Bucket.open(url)
    if parts.netloc or not parts.path.startswith("/"):
        raise ObjectsUnavailableError("the address of a folder is file:///PATH")
    return Folder.open(Path(unquote(parts.path)))
