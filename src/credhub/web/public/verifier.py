"""The verifier that pages run in the reader's browser, and that anybody may keep."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from credhub.web.pages import assets

JAVASCRIPT: Final = "text/javascript"

router = APIRouter(include_in_schema=False)


@router.get(f"/static/{assets.VERIFIER_NAME}")
def read_verifier() -> Response:
    """Read the verifier of the ledger's specification: one module, for browsers and Node.js."""
    return Response(
        assets.verifier(),
        media_type=JAVASCRIPT,
        headers={"cache-control": "public, max-age=86400"},
    )
