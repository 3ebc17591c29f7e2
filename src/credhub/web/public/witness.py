"""This service as a witness of the logs of others.

C2SP tlog-witness is its description; the OpenAPI document is about our own API alone.
"""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from credhub.errors import OldSizeError
from credhub.web.dependencies import ResourcesDep, exact_address

TEXT: Final = "text/plain; charset=utf-8"
SIZE: Final = "text/x.tlog.size"

router = APIRouter(
    prefix="/witness", include_in_schema=False, dependencies=[Depends(exact_address)]
)


async def _body(request: Request) -> bytes:
    return await request.body()


@router.post("/add-checkpoint")
def add_checkpoint(
    body: Annotated[bytes, Depends(_body)], resources: ResourcesDep, http: Request
) -> Response:
    """Cosign the checkpoint of a log that we watch, if the log only grew."""
    http.app.state.limits.count_cosigning(http)
    headers = {"cache-control": "no-store"}
    try:
        line = resources.cosigner.add_checkpoint(body)
    except OldSizeError as error:
        # Without a charset: the specification names the whole of the type.
        return Response(
            f"{error.size}\n", status_code=409, headers=headers | {"content-type": SIZE}
        )
    return Response(line, media_type=TEXT, headers=headers)


@router.head("/{origin_hash}/checkpoint")
@router.get("/{origin_hash}/checkpoint")
def read_checkpoint(origin_hash: str, resources: ResourcesDep) -> Response:
    """Read the last checkpoint of a log that we cosigned."""
    note = resources.cosigner.checkpoint(origin_hash)
    return Response(note, media_type=TEXT, headers={"cache-control": "public, max-age=2"})
