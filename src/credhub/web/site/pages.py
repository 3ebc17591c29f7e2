"""The start page, the pages of hubs and achievements, the API documentation, static files."""

from hashlib import sha256
from typing import Annotated, Final

import orjson
from fastapi import APIRouter, Header, Query, Request
from starlette.responses import HTMLResponse, Response

from credhub import jsontypes
from credhub.credentials import type_metadata
from credhub.errors import AchievementNotFoundError, HubNotFoundError
from credhub.services import (
    achievements,
    endorsed_credentials,
    endorsements,
    hubs,
    ledgers,
    partners,
)
from credhub.services.endorsements import GivenEndorsement
from credhub.services.partners import Partner
from credhub.store.achievements import StoredAchievement
from credhub.store.hubs import Hub
from credhub.web.dependencies import ResourcesDep, RuntimeDep
from credhub.web.media import HTML, JSON, preferred
from credhub.web.pages.given_view import GivenView, given_view
from credhub.web.pages.public_views import (
    AwardView,
    LogView,
    PartnerView,
    VersionView,
    definition_view,
    home_view,
    hub_view,
)
from credhub.web.pages.rendering import (
    render_achievement,
    render_docs,
    render_home,
    render_hub,
)
from credhub.web.problems import problems

PAGE_SIZE: Final = 100

_BY_ACCEPT: Final = {"vary": "Accept"}

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/")
def show_home(runtime: RuntimeDep) -> HTMLResponse:
    """Show the start page."""
    listed = [(hub.slug, hub.name) for hub in hubs.all_hubs(runtime.resources)]
    view = home_view(base_url=runtime.settings.origin, hubs=listed)
    return HTMLResponse(render_home(view))


@router.get("/hubs/{slug}", responses=problems(HubNotFoundError))
def show_hub(
    slug: str, resources: ResourcesDep, after: Annotated[str, Query(max_length=64)] = ""
) -> HTMLResponse:
    """Show a hub to the public, with what it awards from an achievement on."""
    hub = hubs.find(resources, slug)
    published = achievements.page(resources, hub.number, after=after, limit=PAGE_SIZE + 1)
    shown = published[:PAGE_SIZE]
    view = hub_view(
        slug=hub.slug,
        name=hub.name,
        did=hub.did,
        base_url=hub.base_url,
        description=hub.description,
        url=hub.url,
        email=hub.email,
        awards=[_award(stored) for stored in shown],
        more_after=shown[-1].achievement_id if len(published) > len(shown) else None,
        partners=[_partner(one) for one in partners.in_force(resources, hub)],
        given=[_given(one, hub) for one in endorsements.of_hub(resources, hub)],
        logs=[
            LogView(
                label=log.log,
                origin=log.origin,
                size=ledgers.size(resources.store, log),
                vkey=log.vkey,
                frozen=log.frozen_at is not None,
            )
            for owner, log in ledgers.logs(resources.store)
            if owner.number == hub.number
        ],
    )
    return HTMLResponse(render_hub(view))


@router.get("/achievements/{code}", responses=problems(AchievementNotFoundError))
def show_achievement(
    code: str,
    resources: ResourcesDep,
    accept: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Response:
    """Show an achievement to the public; whoever asks for JSON gets its Type Metadata."""
    stored = achievements.by_address(resources, code)
    hub = resources.keyring.of(stored.hub).hub
    definition = achievements.definition_of(stored)
    if preferred(accept, (HTML, JSON)) == JSON:
        document = orjson.dumps(type_metadata.of(definition))
        return Response(document, media_type=JSON, headers=_BY_ACCEPT)
    view = definition_view(
        definition.to_document(),
        code=stored.achievement_id,
        hub_name=hub.name,
        hub_slug=hub.slug,
        base_url=hub.base_url,
        version=stored.version,
        validity=None if definition.validity is None else definition.validity.text(),
        versions=[_version(one) for one in achievements.versions(resources, stored)],
        given=[
            _given(one, hub)
            for one in endorsements.of_achievement(resources, hub, stored.achievement_id)
        ],
    )
    return HTMLResponse(render_achievement(view), headers=_BY_ACCEPT)


@router.get("/docs")
def show_docs(request: Request, runtime: RuntimeDep) -> HTMLResponse:
    """Show the API documentation."""
    return HTMLResponse(render_docs(request.app.openapi(), base_url=runtime.settings.origin))


@router.get("/openapi.json")
def read_openapi(request: Request) -> Response:
    """Read the OpenAPI document."""
    return Response(orjson.dumps(request.app.openapi()), media_type=JSON)


def _partner(partner: Partner) -> PartnerView:
    said = partner.endorsement
    return PartnerView(
        name=said.name,
        did=said.did,
        until=said.valid_until,
        code=partner.stored.endorsement_id,
        comment=said.comment,
    )


def _given(one: GivenEndorsement, hub: Hub) -> GivenView:
    return given_view(
        endorsed_credentials.reported(one),
        base_url=hub.base_url,
        version=one.stored.achievement_version or None,
    )


def _award(stored: StoredAchievement) -> AwardView:
    definition = achievements.definition_of(stored)
    return AwardView(
        name=definition.name,
        code=stored.achievement_id,
        type_code=definition.achievement_type,
        description=definition.description,
    )


def _version(stored: StoredAchievement) -> VersionView:
    document = jsontypes.parse_object(stored.document)
    return VersionView(
        version=stored.version,
        published_at=stored.created_at,
        digest=sha256(jsontypes.canonical(document)).digest(),
        log=stored.log,
        seq=stored.seq,
    )
