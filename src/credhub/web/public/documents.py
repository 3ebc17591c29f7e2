"""DID documents, status lists and schemas."""

from http import HTTPStatus

import orjson
from fastapi import APIRouter
from starlette.responses import Response

from credhub.credentials.schema import PUBLISHED_PATH
from credhub.errors import HubNotFoundError, StatusListNotFoundError
from credhub.services import did_documents, hubs, status_lists
from credhub.web.dependencies import ResourcesDep
from credhub.web.media import DID, VC
from credhub.web.problems import problems

MAX_AGE = {"cache-control": "public, max-age=60"}

router = APIRouter(tags=["Public documents"])


@router.get("/hubs/{slug}/did.json", responses=problems(HubNotFoundError))
def read_did_document(slug: str, resources: ResourcesDep) -> Response:
    """Read the DID document of a hub: every issuing key it ever had, with its end."""
    document = did_documents.of(resources, hubs.find(resources, slug))
    return Response(orjson.dumps(document.to_document()), media_type=DID, headers=MAX_AGE)


@router.get(
    "/hubs/{slug}/status/{number}",
    responses=problems(HubNotFoundError, StatusListNotFoundError),
)
def read_status_list(slug: str, number: int, resources: ResourcesDep) -> Response:
    """Read a signed status list (W3C Bitstring Status List 1.0)."""
    if not 1 <= number < 2**31:
        raise StatusListNotFoundError
    version = status_lists.newest(resources, hubs.find(resources, slug), number)
    return Response(version.document, media_type=VC, headers=MAX_AGE)


@router.get(PUBLISHED_PATH, response_class=Response)
def read_schema(resources: ResourcesDep) -> Response:
    """Read the JSON Schema that our credentials follow."""
    return Response(
        resources.schemas.published[PUBLISHED_PATH],
        status_code=HTTPStatus.OK,
        media_type="application/schema+json",
        headers={"cache-control": "public, max-age=86400"},
    )
