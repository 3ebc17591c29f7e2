"""What requests and answers look like: camelCase members, nothing undocumented."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from credhub import instants
from credhub.credentials.achievement import Achievement, Alignment, Criteria
from credhub.credentials.draft import Evidence, Recipient, Result, ResultStatus
from credhub.credentials.validity import Validity
from credhub.errors import MalformedInstantError

MAX_NAME: Final = 200
MAX_TEXT: Final = 10_000
MAX_URL: Final = 2_000
MAX_TOKEN: Final = 1024 * 1024


def _instant(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        raise ValueError("must be a text such as 2026-11-22T10:00:00Z")  # noqa: TRY004 - Pydantic turns only ValueError into an answer
    try:
        return instants.parse(value)
    except MalformedInstantError as error:
        raise ValueError("must be a date and time with an offset") from error


Instant = Annotated[
    datetime,
    BeforeValidator(_instant, json_schema_input_type=str),
    Field(examples=["2026-11-22T10:00:00Z"]),
]
Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME)]
Text = Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]
Url = Annotated[str, Field(min_length=1, max_length=MAX_URL, examples=["https://hub.example/x"])]


Did = Annotated[str, Field(max_length=500, pattern=r"^did:", examples=["did:web:employer.example"])]


class Model(BaseModel):
    """The form of every request and answer."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
    )


class RequestModel(Model):
    """The form of every request: members have the one spelling that is documented."""

    model_config = ConfigDict(validate_by_name=False)


class ProblemModel(Model):
    """An RFC 9457 problem document."""

    type: str
    title: str
    status: int
    code: str = Field(description="Permanent, for software to match on.")
    detail: str = Field(description="One sentence for a person.")
    errors: list[dict[str, str]] | None = Field(
        default=None, description="Which members of the request are wrong, and how."
    )


class CriteriaModel(RequestModel):
    """What has to be done to earn an achievement."""

    narrative: Text
    id: Url | None = Field(default=None, description="A page about it.")


class AlignmentModel(RequestModel):
    """The place of an achievement in a framework such as ESCO, CTDL or CASE."""

    target_name: Name
    target_url: Url
    target_framework: Name | None = None
    target_code: Name | None = None
    target_description: Text | None = None
    target_type: Name | None = None


class ImageModel(RequestModel):
    """A picture of an achievement."""

    id: Url


class AchievementRequest(RequestModel):
    """A definition, in the words of Open Badges 3.0."""

    name: Name
    description: Text
    criteria: CriteriaModel
    achievement_type: Name = Field(examples=["Certificate"])
    alignment: list[AlignmentModel] = Field(default=[], max_length=50)
    tag: list[Name] = Field(default=[], max_length=50)
    image: ImageModel | None = None
    validity: Annotated[str, Field(max_length=20, examples=["P2Y"])] | None = Field(
        default=None, description="How long a credential stands, an ISO 8601 duration."
    )
    suspendable: bool = Field(
        default=False,
        description="Whether its credentials can be suspended and resumed. Each then names two"
        " status lists, which the data model allows and the schema of Open Badges 3.0 does not.",
    )
    in_language: Annotated[str, Field(max_length=35, examples=["en"])] | None = None

    def to_achievement(self, address: str, version: int) -> Achievement:
        """Make the domain value of one version.

        Raises:
            InvalidClaimError: A member is not what Open Badges wants.
        """
        return Achievement(
            id=address,
            name=self.name,
            description=self.description,
            criteria=Criteria(narrative=self.criteria.narrative, id=self.criteria.id),
            achievement_type=self.achievement_type,
            alignments=tuple(Alignment(**item.model_dump()) for item in self.alignment),
            tags=tuple(self.tag),
            image=None if self.image is None else self.image.id,
            in_language=self.in_language,
            validity=None if self.validity is None else Validity.parse(self.validity),
            suspendable=self.suspendable,
            version=version,
        )


class RecipientModel(RequestModel):
    """The learner."""

    name: Name
    email: Annotated[str, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")] | None = Field(
        default=None, description="Enters the credential as a salted hash only."
    )
    did: Annotated[str, Field(max_length=500, pattern=r"^did:")] | None = Field(
        default=None, description="The learner's own identifier, such as that of a wallet."
    )
    external_id: Name | None = Field(
        default=None, description="The id in your software. Never enters a credential."
    )

    def to_recipient(self) -> Recipient:
        """Make the domain value."""
        return Recipient(**self.model_dump())


class EvidenceModel(RequestModel):
    """What shows that the criteria were met: a page, words, or both."""

    id: Url | None = None
    name: Name | None = None
    description: Text | None = None
    narrative: Text | None = None
    genre: Name | None = None


class ResultModel(RequestModel):
    """A grade, a score or a level, as text."""

    value: Name | None = None
    status: Literal[tuple(ResultStatus)] | None = None  # type: ignore[valid-type]  # the enum's own values, as strict text
    result_description: Url | None = None
    achieved_level: Url | None = None


class IssueRequest(RequestModel):
    """One credential to be issued."""

    achievement: Annotated[str, Field(max_length=64)] = Field(
        description="The id of a published achievement; its newest version is issued."
    )
    recipient: RecipientModel
    awarded_date: Instant | None = Field(
        default=None, description="When it was earned, when that is not now."
    )
    valid_until: Instant | None = Field(
        default=None, description="The end, when it is not the achievement's own rule."
    )
    evidence: list[EvidenceModel] = Field(default=[], max_length=20)
    results: list[ResultModel] = Field(default=[], max_length=20)

    def to_evidence(self) -> tuple[Evidence, ...]:
        """Make the domain values of the evidence."""
        return evidence_of(self.evidence)

    def to_results(self) -> tuple[Result, ...]:
        """Make the domain values of the results."""
        return results_of(self.results)


class RevocationRequest(RequestModel):
    """Why a credential is revoked."""

    reason: Text = Field(description="For the record; never public.")


class SuspensionRequest(RequestModel):
    """Why a credential is suspended, or stands again."""

    reason: Text = Field(description="For the record; never public.")


class ApiKeyRequest(RequestModel):
    """A new API key."""

    label: Name
    scopes: list[
        Literal["issue", "read", "revoke", "keys", "verify", "partners", "endorse", "webhooks"]
    ] = Field(min_length=1, max_length=8)
    expires_at: Instant | None = None
    partner: Did | None = Field(
        default=None,
        description="The DID of a partner of the hub whose account it is. Such a key has the scope"
        " `endorse` alone.",
    )


_VERIFIED: Final = ("credential", "token", "presentation", "url")


class VerifyRequest(RequestModel):
    """What is to be verified: one credential, where one is, or a presentation of several."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": [name]} for name in _VERIFIED],
            "dependentRequired": {"challenge": ["presentation"], "domain": ["presentation"]},
        }
    )

    credential: dict[str, object] | None = Field(
        default=None, description="The signed document, as JSON; or a bundle."
    )
    token: Annotated[str, Field(max_length=MAX_TOKEN)] | None = Field(
        default=None, description="A JWT or an SD-JWT, in its compact form."
    )
    presentation: dict[str, object] | Annotated[str, Field(max_length=MAX_TOKEN)] | None = Field(
        default=None, description="A presentation, as JSON or as a JWT in its compact form."
    )
    url: Annotated[str, Field(min_length=1, max_length=MAX_URL)] | None = Field(
        default=None,
        description="The permanent address of a credential here. Others are not opened: the report"
        " says `foreign-link`.",
    )
    challenge: Annotated[str, Field(max_length=MAX_URL)] | None = Field(
        default=None, description="What the holder of the presentation was asked to sign."
    )
    domain: Annotated[str, Field(max_length=MAX_URL)] | None = Field(
        default=None, description="Whom the presentation must be made for."
    )
    receipt: Annotated[str, Field(max_length=100_000)] | None = Field(
        default=None, description="A C2SP tlog-proof that is said to belong to the credential."
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        given = [name for name in _VERIFIED if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("must have exactly one of credential, token, presentation and url")
        asked = self.challenge is not None or self.domain is not None
        if asked and self.presentation is None:
            raise ValueError("has a challenge or a domain, which are for a presentation")
        if self.receipt is not None and given[0] not in ("credential", "token"):
            raise ValueError("has a receipt, which is for a credential")
        return self


def evidence_of(items: Iterable[EvidenceModel]) -> tuple[Evidence, ...]:
    """Make the domain values of evidence."""
    return tuple(Evidence(**item.model_dump()) for item in items)


def results_of(items: Iterable[ResultModel]) -> tuple[Result, ...]:
    """Make the domain values of results."""
    return tuple(
        Result(**item.model_dump(exclude={"status"}), status=_status(item.status)) for item in items
    )


def _status(text: str | None) -> ResultStatus | None:
    return None if text is None else ResultStatus(text)
