"""Tiles and entry bundles: the whole of a ledger as files that never change (C2SP tlog-tiles)."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from credhub.errors import HubNotFoundError, LogNotFoundError, TileError, TileNotFoundError
from credhub.ledger.tiles import EntryBundle, Tile, parse_path
from credhub.services import hubs, tiles
from credhub.web.dependencies import ResourcesDep, exact_address
from credhub.web.media import OCTETS
from credhub.web.problems import problems

FOR_EVER: Final = {"cache-control": "public, max-age=31536000, immutable"}

_OCTETS: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {OCTETS: {}}}}

router = APIRouter(tags=["Ledger"], dependencies=[Depends(exact_address)])


@router.head("/ledger/{slug}/{log}/tile/{place:path}", include_in_schema=False)
@router.get(
    "/ledger/{slug}/{log}/tile/{place:path}",
    response_class=Response,
    responses=problems(HubNotFoundError, LogNotFoundError, TileNotFoundError) | _OCTETS,
)
def read_tile(
    slug: str,
    log: str,
    place: Annotated[
        str,
        Path(
            description=(
                "`LEVEL/INDEX` for hashes or `entries/INDEX` for entries; `.p/WIDTH` follows where "
                "there are fewer than 256. An index is spelled like `x001/x234/067`."
            )
        ),
    ],
    resources: ResourcesDep,
) -> Response:
    """Read 256 hashes, or 256 entries, of a ledger (C2SP tlog-tiles). They never change."""
    found = tiles.read(resources.store, hubs.find(resources, slug), log, _parsed(place))
    return Response(found, media_type=OCTETS, headers=FOR_EVER)


def _parsed(place: str) -> Tile | EntryBundle:
    try:
        return parse_path(f"tile/{place}")
    except TileError as error:
        raise TileNotFoundError from error
