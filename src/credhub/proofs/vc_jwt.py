"""``vc+jwt`` and ``vp+jwt``: a document of the W3C data model as the content of a signed token.

Source:
    W3C Securing Verifiable Credentials using JOSE and COSE, sections 3.1 and 4.
"""

from typing import Final

from credhub.errors import MalformedTokenError
from credhub.jsontypes import JsonObject, canonical
from credhub.proofs import jose, jwt_claims
from credhub.proofs.jose import Jws
from credhub.proofs.signer import Signer

CREDENTIAL: Final = "vc+jwt"
"""The type of a credential's token."""

PRESENTATION: Final = "vp+jwt"
"""The type of a presentation's token."""

_CONTENT: Final = {CREDENTIAL: "vc", PRESENTATION: "vp"}
_NOTHING: Final[JsonObject] = {}


def sign(
    document: JsonObject,
    *,
    signer: Signer,
    verification_method: str,
    media_type: str = CREDENTIAL,
    claims: JsonObject = _NOTHING,
) -> str:
    """Sign a document.

    Args:
        document: A credential or a presentation without a proof.
        signer: What signs.
        verification_method: The DID URL of the signer's public key.
        media_type: ``vc+jwt`` or ``vp+jwt``.
        claims: What the token says beside the document, such as ``aud`` and ``nonce``.

    Raises:
        MalformedTokenError: The document has members of its own that would be taken for claims.
        ClaimMismatchError: The claims say something else than the document.
    """
    header: JsonObject = {
        "typ": media_type,
        "cty": _CONTENT[media_type],
        "kid": verification_method,
    }
    payload = {**document, **claims}
    if document_of(payload) != document:
        raise MalformedTokenError("The document has members that are claims of tokens.")
    return jose.sign(header, canonical(payload), signer=signer)


def read(text: str, media_type: str = CREDENTIAL) -> tuple[Jws, JsonObject]:
    """Read a token and the document in it, without believing either.

    Raises:
        VerificationError: The text is not a token of this type.
    """
    jws = Jws.parse(text)
    jws.check_type(media_type)
    content = jws.header.get("cty", _CONTENT[media_type])
    if str(content).lower().removeprefix("application/") != _CONTENT[media_type]:
        raise MalformedTokenError("The content of the token is of another type than the token.")
    return jws, document_of(jws.claims())


def document_of(claims: JsonObject) -> JsonObject:
    """Take the document out of the content of a token.

    Raises:
        ClaimMismatchError: The token says one thing about the document, and it says another.
        MalformedTokenError: The document is not where it must be.
    """
    if "vc" in claims or "vp" in claims:
        raise MalformedTokenError("The document is the content of such a token, not a claim in it.")
    document = jwt_claims.without_registered(claims)
    jwt_claims.check_agreement(claims, document)
    return document
