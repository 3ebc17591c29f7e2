"""Badges: the picture of an achievement, with the credential baked in."""

from typing import Final

from credhub.documents import badge, baking
from credhub.documents.badge import PictureKind
from credhub.services import certificates, pictures
from credhub.services.reading import OpenedCredential
from credhub.services.resources import Resources

TASK: Final = "badge"


def render(resources: Resources, opened: OpenedCredential, kind: PictureKind) -> bytes:
    """Make a badge that holds the signed document, byte for byte.

    The picture is the achievement's own where this hub keeps it, else one that is drawn. Pictures
    at other addresses are not asked for.

    Raises:
        NoCertificateError: The credential is not for an achievement.
        RecordDamagedError: The picture of the achievement is not what it was.
        SandboxBusyError: Every worker is busy.
        SandboxError: The badge could not be drawn in time.
    """
    content = certificates.content_of(opened)
    credential = opened.signed.decode()
    kept = pictures.kept_at(resources, opened.hub, content.picture)
    if kept is None:
        request = badge.request_of(content, kind)
        drawn = resources.sandbox.run(TASK, request, seconds=certificates.SECONDS)
    else:
        drawn = kept if kind is PictureKind.PNG else badge.framed(kept)
    bake = baking.png if kind is PictureKind.PNG else baking.svg
    return bake(drawn, credential)
