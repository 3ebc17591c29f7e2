"""The application for the W3C's test suites: no login, no database, keys that nobody keeps."""

from http import HTTPStatus
from typing import Annotated

import orjson
from fastapi import Depends, FastAPI, Header, HTTPException, Request
from starlette.responses import Response

from credhub.config import LOOPBACK_HOSTS
from credhub.errors import VcalmRequestError, VerificationError
from credhub.jsontypes import JsonObject
from credhub.services import workshop, workshop_status
from credhub.services.vcalm import vcalm_issuing
from credhub.services.workshop import Workshop
from credhub.services.workshop_status import StatusDesk
from credhub.status.document import Purpose
from credhub.web import problems
from credhub.web.edge import Edge
from credhub.web.media import JSON, VC, preferred
from credhub.web.vcalm import acts, bodies, problem_details
from credhub.web.vcalm.answers import answered, made

STATUS_LIST = "/status-lists/revocation"
ISSUE_OPTIONS = frozenset({"mandatoryPointers"})
RESOLUTION = "application/did-resolution"


async def _body(request: Request) -> bytes:
    return await request.body()


BodyDep = Annotated[bytes, Depends(_body)]


def description(shop: Workshop, base_url: str) -> JsonObject:
    """Say where everything is, as the test suites want to know it."""
    issuers: JsonObject = {
        name: {"id": pen.issuer, "endpoint": f"{base_url}/issuers/{name}/credentials/issue"}
        for name, pen in shop.pens.items()
    }
    return {
        "name": "credhub",
        "issuers": issuers,
        "verify": f"{base_url}/credentials/verify",
        "verifyProofOnly": f"{base_url}/credentials/verify-proof",
        "verifyPresentation": f"{base_url}/presentations/verify",
        "derive": f"{base_url}/credentials/derive",
        "resolver": f"{base_url}/dids",
        "issuerWithStatus": {
            "id": shop.pens[workshop_status.ISSUER].issuer,
            "endpoint": f"{base_url}/with-status/credentials/issue",
        },
        "status": f"{base_url}/credentials/status",
        "statusList": base_url + STATUS_LIST,
    }


def create_app(shop: Workshop, base_url: str) -> FastAPI:
    """Make the application. It answers for this machine alone.

    Args:
        shop: What it works with.
        base_url: Where it is reached: credentials with a status name it.
    """
    desk = StatusDesk(shop, base_url + STATUS_LIST)
    app = FastAPI(title="credhub dev vcalm", openapi_url=None, redirect_slashes=False)
    problems.install(app)
    _add_issuing(app, shop)
    _add_status(app, desk)
    _add_deriving(app, shop)
    _add_verifying(app, shop, desk)
    _add_resolving(app)
    app.add_middleware(Edge, hosts=LOOPBACK_HOSTS, https=False)
    return app


def _add_issuing(app: FastAPI, shop: Workshop) -> None:
    @app.post("/issuers/{name}/credentials/issue")
    def issue(name: str, body: BodyDep) -> Response:
        pen = shop.pens.get(name)
        if pen is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return answered(lambda: _issued(shop, name, body))


def _issued(shop: Workshop, name: str, body: bytes) -> Response:
    credential, options = bodies.read_object(body, "credential", options=ISSUE_OPTIONS)
    mandatory = options.texts("mandatoryPointers")
    signed = vcalm_issuing.sign(credential, shop.pens[name], now=shop.clock(), mandatory=mandatory)
    return made({"verifiableCredential": signed})


def _add_status(app: FastAPI, desk: StatusDesk) -> None:
    @app.post("/with-status/credentials/issue")
    def issue(body: BodyDep) -> Response:
        return answered(lambda: _issued_with_status(desk, body))

    @app.post("/credentials/status")
    def change(body: BodyDep) -> Response:
        return answered(lambda: _changed(desk, body))

    @app.get(STATUS_LIST)
    def read(accept: Annotated[str | None, Header()] = None) -> Response:
        kind = preferred(accept, (JSON, VC))
        return Response(
            orjson.dumps(desk.published()), media_type=kind, headers=problem_details.NO_STORE
        )


def _issued_with_status(desk: StatusDesk, body: bytes) -> Response:
    credential, _ = bodies.read_object(body, "credential", options=())
    return made({"verifiableCredential": desk.sign(credential)})


def _changed(desk: StatusDesk, body: bytes) -> Response:
    wanted = bodies.status_change(body)
    if wanted.purpose is not Purpose.REVOCATION:
        raise VcalmRequestError("The list here is one of revocations.")
    desk.change(wanted.address, is_set=wanted.is_set)
    return Response(b"{}", media_type=JSON, headers=problem_details.NO_STORE)


def _add_verifying(app: FastAPI, shop: Workshop, desk: StatusDesk) -> None:
    acts_by_path = {
        "/credentials/verify": acts.verified_credential,
        "/credentials/verify-proof": acts.verified_proof,
        "/presentations/verify": acts.verified_presentation,
    }

    @app.post("/{things}/{act}")
    def verify(things: str, act: str, body: BodyDep) -> Response:
        found = acts_by_path.get(f"/{things}/{act}")
        if found is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return answered(lambda: found(body, context=shop.context(desk), now=shop.clock()))


def _add_deriving(app: FastAPI, shop: Workshop) -> None:
    @app.post("/credentials/derive")
    def derive(body: BodyDep) -> Response:
        return answered(lambda: acts.derived_credential(body, suite=shop.selective))


def _add_resolving(app: FastAPI) -> None:
    @app.get("/dids/{did:path}")
    def resolve(did: str) -> Response:
        try:
            document = workshop.resolve(did.partition("#")[0])
        except VerificationError as error:
            return _resolution(None, error)
        return _resolution(document.to_document(), None)


def _resolution(document: JsonObject | None, error: VerificationError | None) -> Response:
    """Answer as a resolver does (W3C DID Resolution 0.3, section 4.2)."""
    metadata: JsonObject = {"contentType": "application/did"}
    if error is not None:
        metadata = {"error": "notFound", "message": str(error)}
    result = {
        "didDocument": document,
        "didResolutionMetadata": metadata,
        "didDocumentMetadata": {},
    }
    status = HTTPStatus.OK if error is None else HTTPStatus.NOT_FOUND
    return Response(orjson.dumps(result), status_code=status, media_type=RESOLUTION)
