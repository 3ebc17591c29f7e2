"""What a client may compose, and what the hub adds to it before it is signed."""

from typing import Final

from credhub.errors import (
    CanonicalizationError,
    ForeignIssuerError,
    MalformedPeriodError,
    NotJsonLdError,
)
from credhub.jsontypes import JsonObject, JsonValue
from credhub.services import achievements, preparing
from credhub.services.guarded import GuardedCanonicalizer
from credhub.services.resources import Resources
from credhub.services.status_places import FreePlace
from credhub.services.vcalm.vcalm_issuing import completed, with_words_for_status
from credhub.store.hubs import Hub
from credhub.verification import data_model
from credhub.verification.structure import CredentialView

_GIVEN: Final = ("id", "credentialStatus", "proof")

# The dates of the other version: who reads it would not see that it ends.
_NOT_OF: Final = {
    data_model.V1: frozenset({"validFrom", "validUntil"}),
    data_model.V2: frozenset({"issuanceDate", "expirationDate"}),
}


def check(hub: Hub, credential: JsonObject) -> None:
    """Refuse what a hub does not sign for a client, whatever else it says.

    Raises:
        ForeignIssuerError: It has what the hub gives, or is about an achievement of the hub.
        MalformedPeriodError: It has the dates of another version of the data model.
        NotACredentialError: It follows no version of the data model that we know.
    """
    given = [name for name in _GIVEN if name in credential]
    if given:
        raise ForeignIssuerError(f"The hub gives a credential its {given[0]} itself.")
    if credential.keys() & _NOT_OF[data_model.version_of(credential)]:
        raise MalformedPeriodError(
            "Version 2.0 has validFrom and validUntil, version 1.1 issuanceDate and expirationDate."
        )
    subjects = _objects(credential.get("credentialSubject"))
    own = achievements.address_of(hub, "")
    for achievement in (
        one for subject in subjects for one in _objects(subject.get("achievement"))
    ):
        if str(achievement.get("id")).startswith(own):
            raise ForeignIssuerError("The hub issues its own achievements at /v1/credentials.")


def finished(
    resources: Resources, hub: Hub, composed: JsonObject, *, code: str, place: FreePlace
) -> JsonObject:
    """Add the issuer, the address and the status, and read all of it as verifiers will.

    Raises:
        ForeignIssuerError: It names another issuer.
        VerificationError: It is not as the data model wants it, or holds something without a
            meaning.
    """
    document = with_words_for_status(completed(composed, hub.did)) | {
        "id": preparing.address_of(hub, code),
        "credentialStatus": place.entry(hub).to_document(),
    }
    CredentialView.of(document)
    try:
        GuardedCanonicalizer(resources.sandbox).canonical(document)
    except CanonicalizationError as error:
        raise NotJsonLdError("The document is not JSON-LD.") from error
    return document


def _objects(value: JsonValue) -> list[JsonObject]:
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, dict)]
