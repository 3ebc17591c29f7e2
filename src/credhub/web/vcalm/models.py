"""The bodies of requests, for those who read the documentation: the routes read them strictly."""

from typing import Final, Literal

from pydantic import Field

from credhub.web.api.models import Model

TAG: Final = "VCALM"


class VcalmRequest(Model):
    """What clients send."""


class IssueCredentialOptions(Model):
    """Which of the forms of the hub is answered, by its cryptosuite or by its media type."""

    cryptosuite: str | None = Field(
        default=None, description="Of a document with a proof, such as `ecdsa-rdfc-2019`."
    )
    media_type: str | None = Field(
        default=None,
        description=(
            "`application/vc+jwt` or `application/vc+sd-jwt`; without it `application/vc`."
        ),
    )
    mandatory_pointers: list[str] | None = Field(
        default=None,
        description=(
            "JSON Pointers to what is always shown of an `ecdsa-sd-2023` credential, which is then "
            "the form that is answered."
        ),
    )


class IssueCredentialRequest(VcalmRequest):
    """A credential to be signed."""

    credential: dict[str, object] = Field(
        description=(
            "A credential of version 2.0 or 1.1 without id, credentialStatus and proof, which the "
            "hub gives. Without an issuer it is the hub's."
        )
    )
    options: IssueCredentialOptions | None = None


class StatusChoice(Model):
    """Which status. What is said of its place must be what the credential says of it."""

    type: Literal["BitstringStatusListEntry", "BitstringStatusList"]
    status_purpose: Literal["revocation", "suspension"]
    id: str | None = None
    status_list_index: str | None = None
    status_list_credential: str | None = None


class StatusRequest(VcalmRequest):
    """Whether a credential is revoked, or suspended."""

    credential_id: str = Field(description="Its address.")
    credential_status: StatusChoice
    status: bool = Field(
        description=(
            "`true` revokes or suspends it, `false` lifts a suspension. A revocation is final."
        )
    )


class VerifyCredentialOptions(Model):
    """What may be said about a verification."""

    checks: list[str] | None = Field(
        default=None,
        description=(
            "The checks that decide: `proof`, `validity`, `status`, `credentialSchema`. "
            "Without it, all."
        ),
    )


class VerifyCredentialRequest(VcalmRequest):
    """A credential to be verified."""

    verifiable_credential: dict[str, object] | str = Field(
        description="A document with a proof, an envelope, or the text of a token."
    )
    options: VerifyCredentialOptions | None = None


class VerifyPresentationOptions(VerifyCredentialOptions):
    """What may be said about the verification of a presentation."""

    challenge: str | None = Field(default=None, description="What the holder was asked to sign.")
    domain: str | None = Field(default=None, description="Whom it must be made for.")


class VerifyPresentationRequest(VcalmRequest):
    """A presentation to be verified."""

    verifiable_presentation: dict[str, object] | str = Field(
        description="A document with or without a proof, an envelope, or the text of a token."
    )
    options: VerifyPresentationOptions | None = None


class DeriveCredentialOptions(Model):
    """What is shown."""

    selective_pointers: list[str] | None = Field(
        default=None, description="JSON Pointers to what is shown beside what is mandatory."
    )


class DeriveCredentialRequest(VcalmRequest):
    """A credential of which a part is to be shown."""

    verifiable_credential: dict[str, object]
    options: DeriveCredentialOptions | None = None


MODELS: Final = (
    IssueCredentialRequest,
    StatusRequest,
    VerifyCredentialRequest,
    VerifyPresentationRequest,
    DeriveCredentialRequest,
)
