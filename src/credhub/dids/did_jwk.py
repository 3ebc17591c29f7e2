"""did:jwk: the identifier is the public key, as a JSON Web Key."""

from typing import Final

from credhub import base64url, jwk
from credhub.dids.document import DidDocument, VerificationMethod
from credhub.errors import (
    DidSyntaxError,
    MalformedBase64Error,
    MalformedJsonError,
    MalformedKeyError,
)
from credhub.jsontypes import canonical, parse_object
from credhub.public_key import PublicKey

PREFIX: Final = "did:jwk:"

_MAX_CHARACTERS: Final = 1024


def did_of(public_key: PublicKey) -> str:
    """Write the did:jwk of a public key that holds the key and nothing else."""
    return PREFIX + base64url.encode(canonical(jwk.encode(public_key)))


def resolve(did: str) -> DidDocument:
    """Make the document that a did:jwk stands for.

    Raises:
        DidSyntaxError: The text is not the did:jwk of a key that we know.

    Source:
        did:jwk method specification (github.com/quartzjer/did-jwk), "Read".
    """
    if not did.startswith(PREFIX) or len(did) > _MAX_CHARACTERS:
        raise DidSyntaxError("The identifier is not a did:jwk.")
    try:
        members = parse_object(base64url.decode(did.removeprefix(PREFIX)))
        public_key = jwk.decode(members)
    except (MalformedBase64Error, MalformedJsonError, MalformedKeyError) as error:
        raise DidSyntaxError("The did:jwk is not that of a key that we know.") from error
    method = VerificationMethod(id=f"{did}#0", controller=did, public_key=public_key)
    ids = frozenset({method.id})
    return DidDocument(id=did, methods=(method,), assertion=ids, authentication=ids)
