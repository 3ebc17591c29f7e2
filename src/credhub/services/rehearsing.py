"""Rehearse the credentials of an achievement before it is published.

For each optional member a credential that nobody gets is written as RDF: by the full path, and by
the shape that real ones are filled into. Where these differ, or where a signature would not cover
all that is said, nothing is published. The shapes stay for the first real credentials.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from credhub.credentials import document as credential_document
from credhub.credentials.achievement import Achievement
from credhub.credentials.code import RANDOM_BYTES, PublicCode
from credhub.credentials.document import SALT_BYTES
from credhub.credentials.draft import CredentialDraft, Evidence, Recipient, Result
from credhub.credentials.schema import PUBLISHED_PATH
from credhub.errors import CanonicalizationError, InvalidClaimError, VerificationError
from credhub.jsontypes import JsonObject
from credhub.services import status_lists
from credhub.services.hubs import issuer_of
from credhub.services.resources import Resources
from credhub.status.document import Purpose, StatusEntry
from credhub.store.hubs import Hub

_AT: Final = datetime(2026, 1, 1, tzinfo=UTC)
_NAME: Final = "Learner"
_MAIL: Final = "learner@learner.example"
_RECIPIENTS: Final = (
    Recipient(name=_NAME),
    Recipient(name=_NAME, email=_MAIL),
    Recipient(name=_NAME, email=_MAIL, did="did:example:learner"),
)
_EVIDENCE: Final = Evidence(narrative=_NAME, id="https://learner.example/evidence")


def rehearse(resources: Resources, hub: Hub, achievement: Achievement) -> None:
    """Write credentials of an achievement as they will be written when it is issued.

    Raises:
        InvalidClaimError: They could not be signed as they are.
    """
    for draft in _drafts(hub):
        document = _document(hub, achievement, draft)
        try:
            resources.shapes.rehearse(document)
        except (CanonicalizationError, VerificationError) as error:
            raise InvalidClaimError("achievement", f"cannot be signed: {error}") from error


def _drafts(hub: Hub) -> Iterator[CredentialDraft]:
    code = PublicCode.make(hub.number, bytes(RANDOM_BYTES)).text
    address = f"{hub.base_url}/c/{code}"
    for recipient in _RECIPIENTS:
        yield CredentialDraft(id=address, recipient=recipient, valid_from=_AT)
        yield CredentialDraft(id=address, recipient=recipient, valid_from=_AT, awarded_at=_AT)
    yield CredentialDraft(
        id=address,
        recipient=_RECIPIENTS[-1],
        valid_from=_AT,
        valid_until=_AT + timedelta(days=1),
        awarded_at=_AT,
        evidence=(_EVIDENCE,),
        results=(Result(value=_NAME),),
    )


def _document(hub: Hub, achievement: Achievement, draft: CredentialDraft) -> JsonObject:
    purposes = tuple(Purpose) if achievement.suspendable else (Purpose.REVOCATION,)
    return credential_document.to_document(
        draft,
        issuer=issuer_of(hub),
        achievement=achievement,
        status_entries=tuple(
            StatusEntry.at(status_lists.address_of(hub, number), number, purpose).to_document()
            for number, purpose in enumerate(purposes)
        ),
        schema_id=hub.base_url + PUBLISHED_PATH,
        salt=bytes(SALT_BYTES),
    )
