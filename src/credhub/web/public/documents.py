"""DID documents, status lists and schemas, and the receipts of what is public."""

from http import HTTPStatus
from typing import Final

import orjson
from fastapi import APIRouter
from starlette.responses import Response

from credhub.credentials.schema import PUBLISHED_PATH
from credhub.errors import (
    AchievementNotFoundError,
    HubNotFoundError,
    KeyNotFoundError,
    ReceiptNotReadyError,
    StatusListNotFoundError,
)
from credhub.services import achievements, did_documents, hubs, key_events, receipts, status_lists
from credhub.services.resources import Resources
from credhub.store.hubs import Hub, HubNumber
from credhub.store.status import StatusListVersion
from credhub.web.dependencies import ResourcesDep
from credhub.web.media import DID, RECEIPT, RECEIPT_SUFFIX, STATUS_JWT, VC, produced, saved_as
from credhub.web.problems import problems

_SCHEMA: Final = "application/schema+json"

MAX_AGE = {"cache-control": "public, max-age=60"}

router = APIRouter(tags=["Public documents"])


@router.get(
    "/hubs/{slug}/did.json",
    response_class=Response,
    responses=produced([DID]) | problems(HubNotFoundError),
)
def read_did_document(slug: str, resources: ResourcesDep) -> Response:
    """Read the DID document of a hub: every issuing key it ever had.

    A key that is out of use stays, without an end, because what it signed stays valid; a key in
    wrong hands says since when (`revoked`).
    """
    document = did_documents.of(resources, hubs.find(resources, slug))
    return Response(orjson.dumps(document.to_document()), media_type=DID, headers=MAX_AGE)


@router.get(
    "/hubs/{slug}/status/{number}",
    response_class=Response,
    responses=produced([VC, STATUS_JWT]) | problems(HubNotFoundError, StatusListNotFoundError),
)
def read_status_list(slug: str, number: int, resources: ResourcesDep) -> Response:
    """Read a signed status list: W3C Bitstring Status List 1.0, or a Token Status List (JWT)."""
    version = _newest_list(resources, hubs.find(resources, slug), number)
    kind = VC if version.document[:1] == b"{" else STATUS_JWT
    return Response(version.document, media_type=kind, headers=MAX_AGE)


@router.get(
    "/hubs/{slug}/status/{number}/receipt",
    response_class=Response,
    responses=produced([RECEIPT])
    | problems(HubNotFoundError, StatusListNotFoundError, ReceiptNotReadyError),
)
def read_status_list_receipt(slug: str, number: int, resources: ResourcesDep) -> Response:
    """Read the proof that the newest version of a status list is in the ledger."""
    hub = hubs.find(resources, slug)
    version = _newest_list(resources, hub, number)
    return _receipt(resources, hub.number, version.log, version.seq)


@router.get(
    "/hubs/{slug}/keys/{name}/receipt",
    response_class=Response,
    responses=produced([RECEIPT])
    | problems(HubNotFoundError, KeyNotFoundError, ReceiptNotReadyError),
)
def read_key_receipt(slug: str, name: str, resources: ResourcesDep) -> Response:
    """Read the proof that a key of a hub was announced in its ledger."""
    hub = hubs.find(resources, slug)
    added = key_events.of_key(resources, hub, name)[0]
    return _receipt(resources, hub.number, added.log, added.seq)


@router.get(
    "/achievements/{code}/receipt",
    response_class=Response,
    responses=produced([RECEIPT]) | problems(AchievementNotFoundError, ReceiptNotReadyError),
)
def read_definition_receipt(code: str, resources: ResourcesDep) -> Response:
    """Read the proof that the newest version of a definition is in the ledger."""
    stored = achievements.by_address(resources, code)
    return _receipt(resources, stored.hub, stored.log, stored.seq)


@router.get(PUBLISHED_PATH, response_class=Response, responses=produced([_SCHEMA]))
def read_schema(resources: ResourcesDep) -> Response:
    """Read the JSON Schema that our credentials follow."""
    return Response(
        resources.schemas.published[PUBLISHED_PATH],
        status_code=HTTPStatus.OK,
        media_type=_SCHEMA,
        headers={"cache-control": "public, max-age=86400"},
    )


def _newest_list(resources: Resources, hub: Hub, number: int) -> StatusListVersion:
    if not 1 <= number < 2**31:
        raise StatusListNotFoundError
    return status_lists.newest(resources, hub, number)


def _receipt(resources: Resources, hub: HubNumber, log: str, seq: int) -> Response:
    text = receipts.of_public(resources, hub, log, seq).text()
    name = saved_as(f"entry-{seq}{RECEIPT_SUFFIX}")
    return Response(text, media_type=RECEIPT, headers=MAX_AGE | name)
