"""Where a token says that its status is published, as a status entry of the document in it.

The ``status`` claim is about every kind of token alike. Whoever passed it over would call a
credential valid that its issuer has withdrawn there.
"""

from typing import Final

from credhub.errors import ClaimMismatchError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.status import token_reference
from credhub.status.token_reference import TokenStatusReference

OTHER_STATUS: Final = "OtherTokenStatus"
"""What a status of a token is called here that is not a place in a list."""


def with_status(document: JsonObject, claims: JsonObject) -> JsonObject:
    """Give the document of a token with the status that the token has.

    Args:
        document: What was made of the claims.
        claims: What the token says.

    Raises:
        ClaimMismatchError: The document has a status already, so there are two readings.
        StatusEntryError: The place where the status is published is malformed.

    Source:
        draft-ietf-oauth-status-list, section 6 (Referenced Token).
    """
    if token_reference.CLAIM not in claims:
        return document
    if "credentialStatus" in document:
        raise ClaimMismatchError(token_reference.CLAIM)
    rest = {name: value for name, value in document.items() if name != token_reference.CLAIM}
    return rest | {"credentialStatus": _status_entry(claims[token_reference.CLAIM])}


def _status_entry(claim: JsonValue) -> JsonObject:
    if isinstance(claim, dict) and claim and token_reference.LIST not in claim:
        # Published in a way that we do not know, which is no fault of the credential.
        return {"type": OTHER_STATUS}
    return TokenStatusReference.from_claim(claim).to_entry()
