"""Pictures of achievements: drawn anew, kept under their digest, and served to anybody.

The address of a picture holds its digest, and is in the definition of the achievement. So a picture
that was exchanged is noticed by whoever compares them, and by us before it is served.
"""

import re
from hashlib import sha256
from typing import Final

from credhub.errors import ConflictError, PictureNotFoundError, RecordDamagedError
from credhub.sandbox.pool import Sandbox
from credhub.services import uploads
from credhub.services.resources import Resources
from credhub.store.hubs import Hub

TASK: Final = "redraw-picture"

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


def redrawn(sandbox: Sandbox, data: bytes) -> bytes:
    """Draw a picture anew, in a worker process.

    Raises:
        UploadRefusedError: It cannot be drawn, or is too large.
        SandboxBusyError: Every worker is busy.
    """
    return uploads.run(sandbox, TASK, data, seconds=uploads.DRAWING_SECONDS)


def keep(resources: Resources, hub: Hub, png: bytes) -> str:
    """Keep a picture that was drawn anew, once, and give its address."""
    digest = sha256(png).digest()
    try:
        with resources.store.begin() as tx:
            if tx.pictures.find(hub.number, digest) is None:
                tx.pictures.insert(hub.number, digest, png, resources.clock())
    except ConflictError:  # somebody else kept the same one
        pass
    return f"{_folder(hub)}{digest.hex()}.png"


def kept_at(resources: Resources, hub: Hub, address: str | None) -> bytes | None:
    """Read the picture at an address; nothing where the hub keeps none there.

    Raises:
        RecordDamagedError: It is not what it was.
    """
    folder, digest = _folder(hub), (address or "").removesuffix(".png")
    if not digest.startswith(folder):
        return None
    try:
        return read(resources, hub, digest.removeprefix(folder))
    except PictureNotFoundError:
        return None


def read(resources: Resources, hub: Hub, digest: str) -> bytes:
    """Read a picture of a hub.

    Raises:
        PictureNotFoundError: There is none.
        RecordDamagedError: It is not what it was.
    """
    if not _DIGEST.fullmatch(digest):
        raise PictureNotFoundError
    with resources.store.read() as tx:
        found = tx.pictures.find(hub.number, bytes.fromhex(digest))
    if found is None:
        raise PictureNotFoundError
    if sha256(found).hexdigest() != digest:
        raise RecordDamagedError
    return found


def _folder(hub: Hub) -> str:
    return f"{hub.base_url}/hubs/{hub.slug}/pictures/"
