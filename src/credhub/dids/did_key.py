"""did:key: the identifier is the public key."""

from typing import Final

from credhub import multikey
from credhub.dids.document import DidDocument, VerificationMethod
from credhub.errors import DidSyntaxError, MalformedKeyError
from credhub.public_key import PublicKey

PREFIX: Final = "did:key:"


def did_of(public_key: PublicKey) -> str:
    """Write the did:key of a public key."""
    return PREFIX + multikey.encode(public_key)


def resolve(did: str) -> DidDocument:
    """Make the document that a did:key stands for.

    Raises:
        DidSyntaxError: The text is not the did:key of a key that we know.

    Source:
        W3C CCG did:key 0.9, section 3.1.2.
    """
    text = did.removeprefix(PREFIX)
    if text == did:
        raise DidSyntaxError("The identifier is not a did:key.")
    try:
        public_key = multikey.decode(text)
    except MalformedKeyError as error:
        raise DidSyntaxError("The did:key is not that of a key that we know.") from error
    method = VerificationMethod(id=f"{did}#{text}", controller=did, public_key=public_key)
    ids = frozenset({method.id})
    return DidDocument(id=did, methods=(method,), assertion=ids, authentication=ids)
