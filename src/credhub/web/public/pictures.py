"""Pictures of achievements."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from credhub.errors import HubNotFoundError, PictureNotFoundError
from credhub.services import hubs, pictures
from credhub.web.dependencies import ResourcesDep
from credhub.web.media import produced
from credhub.web.problems import problems

_PNG: Final = "image/png"
_FOR_EVER: Final = {"cache-control": "public, max-age=31536000, immutable"}

router = APIRouter(tags=["Public documents"])


@router.get(
    "/hubs/{slug}/pictures/{digest}.png",
    response_class=Response,
    responses=produced([_PNG]) | problems(HubNotFoundError, PictureNotFoundError),
)
def read_picture(slug: str, digest: str, resources: ResourcesDep) -> Response:
    """Read a picture of an achievement, which never changes: its address is its SHA-256.

    It was drawn by this service, from a picture that it was given.
    """
    png = pictures.read(resources, hubs.find(resources, slug), digest)
    return Response(png, media_type=_PNG, headers=_FOR_EVER)
