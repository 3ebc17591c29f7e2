"""Documents that could be turned inside out.

In RDF no node is the first. Where a credential stands in a document of the same issuer and names
that document, one could write the inner credential around the outer one: what was signed is the
same, but the outer one's end, status and subject would be those of a part. Nobody else's key has
signed it, so credentials of other issuers are as they were.
"""

from typing import Final

from credhub.jsontypes import JsonObject
from credhub.proofs.jwt_claims import id_of
from credhub.proofs.own_endorsements import is_said, names

_CREDENTIAL: Final = "VerifiableCredential"


def could_hold(inner: JsonObject, outer: JsonObject, *, identifying: frozenset[str]) -> bool:
    """Say whether what stands in a document could as well be written around it.

    Args:
        inner: A node somewhere in the document.
        outer: The document without its own ``@context``.
        identifying: The terms whose values can be identifiers.
    """
    own = outer.get("id")
    return (
        isinstance(inner.get("id"), str)
        and is_said(inner.get("type"), _CREDENTIAL)
        and id_of(inner.get("issuer")) == id_of(outer.get("issuer"))
        and isinstance(own, str)
        and own in names(inner, identifying, None)
    )
