"""What a page shows of a credential or of an achievement definition."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote

from credhub.credentials.code import PublicCode
from credhub.dids import web_address
from credhub.errors import UnknownCodeError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.verification.data_model import CREDENTIAL_TYPE
from credhub.verification.language import words
from credhub.verification.report import IssuerSummary
from credhub.web.pages.links import Link, link_of
from credhub.web.pages.reading import (
    language_of,
    language_of_words,
    object_of,
    objects_of,
    text_of,
    texts_of,
    time_of,
)

_SHOWN_AS_NAME_ONLY = 253


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillView:
    """One alignment: a skill of a public framework such as ESCO."""

    name: str
    framework: str | None
    code: str | None
    description: str | None
    link: Link | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultView:
    """One result that the learner reached."""

    name: str | None
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceView:
    """One piece of evidence. Its address is shown as text when it may not be a link."""

    name: str | None
    narrative: str | None
    description: str | None
    link: Link | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AchievementView:
    """What was, or can be, achieved.

    Attributes:
        type_code: The Open Badges ``achievementType``, when the document names one.
    """

    name: str
    type_code: str | None
    description: str | None
    criteria: str | None
    criteria_link: Link | None
    skills: tuple[SkillView, ...]
    tags: tuple[str, ...]
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerView:
    """Who issued a credential, as far as the document says.

    Attributes:
        name: The name under which we know the issuer, else the one that it claims.
        identifier: The issuer's whole DID.
        language: That of the name, where the document says it.
        domain: The host and the path behind a ``did:web`` identifier or a web address.
        own_page: The page of the hub, when it is one of this service.
    """

    name: str | None
    identifier: str
    language: str | None
    domain: str | None
    own_page: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialView:
    """Everything that a page may show of one verified credential.

    Attributes:
        achievement_page: The public page of the achievement, when a hub of this service issued the
            credential and publishes it.
    """

    learner: str | None
    achievement: AchievementView
    achievement_page: Link | None
    issuer: IssuerView
    awarded_at: datetime | None
    valid_from: datetime | None
    valid_until: datetime | None
    results: tuple[ResultView, ...]
    evidence: tuple[EvidenceView, ...]


def credential_view(
    credential: JsonObject,
    *,
    base_url: str,
    hub_slug: str | None = None,
    known: IssuerSummary | None = None,
) -> CredentialView:
    """Build the view of a credential whose structure, proof and issuer binding passed.

    Args:
        credential: The verified document.
        base_url: The address of this service.
        hub_slug: The hub of this service that issued it, when it is one.
        known: What this service knows of the issuer, when it does: then what the issuer calls
            itself does not count.
    """
    subject = object_of(credential, "credentialSubject")
    achievement = object_of(subject, "achievement") or _described_by_itself(credential)
    valid_from = time_of(credential, "validFrom") or time_of(credential, "issuanceDate")
    return CredentialView(
        learner=text_of(subject, "name"),
        achievement=achievement_view(achievement, base_url=base_url),
        achievement_page=_achievement_page(credential, achievement, base_url, known),
        issuer=_issuer(credential, hub_slug=hub_slug, known=known),
        awarded_at=time_of(credential, "awardedDate") or valid_from,
        valid_from=valid_from,
        valid_until=time_of(credential, "validUntil") or time_of(credential, "expirationDate"),
        results=_results(subject, achievement),
        evidence=tuple(
            _evidence(item, base_url=base_url) for item in objects_of(credential, "evidence")
        ),
    )


def _described_by_itself(credential: JsonObject) -> JsonObject:
    """Say what a credential that is no badge is: by its own name, else by its type."""
    kinds = [kind for kind in texts_of(credential, "type") if kind != CREDENTIAL_TYPE]
    described: JsonObject = {
        "name": words(credential.get("name")) or (kinds or [CREDENTIAL_TYPE])[0],
        "description": words(credential.get("description")),
        "inLanguage": language_of_words(credential.get("name")),
    }
    return described


def achievement_view(achievement: JsonObject, *, base_url: str) -> AchievementView:
    """Build the view of an Open Badges Achievement."""
    criteria = object_of(achievement, "criteria")
    return AchievementView(
        name=text_of(achievement, "name") or "",
        type_code=text_of(achievement, "achievementType"),
        description=text_of(achievement, "description"),
        criteria=text_of(criteria, "narrative"),
        criteria_link=link_of(criteria.get("id"), base_url=base_url),
        skills=tuple(
            _skill(item, base_url=base_url) for item in objects_of(achievement, "alignment")
        ),
        tags=texts_of(achievement, "tag"),
        language=language_of(achievement),
    )


def domain_of(did: str) -> str | None:
    """Give the host and the path behind a ``did:web`` identifier or a web address.

    On one host may be the pages of many who have nothing to do with each other, so that the host
    alone says too much.
    """
    if did.startswith("did:web:"):
        host, *path = did.removeprefix("did:web:").split(":")
        return "/".join((unquote(host), *path))[:_SHOWN_AS_NAME_ONLY] or None
    host = web_address.host_of(did) or ""
    page = host + did.removeprefix(web_address.SCHEME)[len(host) :].rstrip("/")
    return page[:_SHOWN_AS_NAME_ONLY] if host else None


def _issuer(
    credential: JsonObject, *, hub_slug: str | None, known: IssuerSummary | None
) -> IssuerView:
    issuer = object_of(credential, "issuer")
    identifier = text_of(credential, "issuer") or text_of(issuer, "id") or ""
    return IssuerView(
        name=words(issuer.get("name")) if known is None else known.name,
        identifier=identifier,
        language=language_of_words(issuer.get("name")) if known is None else None,
        domain=domain_of(identifier),
        own_page=None if hub_slug is None else f"/hubs/{hub_slug}",
    )


def _achievement_page(
    credential: JsonObject, achievement: JsonObject, base_url: str, known: IssuerSummary | None
) -> Link | None:
    """Find our page of an achievement, which anybody can name as the one of theirs."""
    if known is None or known.source is not None:
        return None
    origin, address = base_url.rstrip("/"), achievement.get("id")
    hub = _hub_at(f"{origin}/achievements/", address)
    is_its = hub is not None and hub == _hub_at(f"{origin}/c/", credential.get("id"))
    return link_of(address, base_url=base_url) if is_its else None


def _hub_at(prefix: str, address: JsonValue) -> int | None:
    """Read which hub of this service an address belongs to."""
    if not isinstance(address, str) or not address.startswith(prefix):
        return None
    try:
        return PublicCode.parse(address.removeprefix(prefix)).hub
    except UnknownCodeError:
        return None


def _skill(alignment: JsonObject, *, base_url: str) -> SkillView:
    address = text_of(alignment, "targetUrl")
    return SkillView(
        name=text_of(alignment, "targetName") or address or "",
        framework=text_of(alignment, "targetFramework"),
        code=text_of(alignment, "targetCode"),
        description=text_of(alignment, "targetDescription"),
        link=link_of(address, base_url=base_url),
    )


def _evidence(evidence: JsonObject, *, base_url: str) -> EvidenceView:
    return EvidenceView(
        name=text_of(evidence, "name"),
        narrative=text_of(evidence, "narrative"),
        description=text_of(evidence, "description"),
        link=link_of(evidence.get("id"), base_url=base_url),
    )


def _results(subject: JsonObject, achievement: JsonObject) -> tuple[ResultView, ...]:
    described = {text_of(item, "id"): item for item in objects_of(achievement, "resultDescription")}
    views = (_result(item, described) for item in objects_of(subject, "result"))
    return tuple(view for view in views if view is not None)


def _result(result: JsonObject, described: Mapping[str | None, JsonObject]) -> ResultView | None:
    value = text_of(result, "value") or text_of(result, "status")
    if value is None:
        return None
    described_as = described.get(text_of(result, "resultDescription"), {})
    return ResultView(name=text_of(described_as, "name"), value=value)
