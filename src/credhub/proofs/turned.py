"""Documents that could be turned inside out.

In RDF no node is the first. Where a credential stands in a document of the same issuer and names
that document, one could write the inner credential around the outer one: what was signed is the
same, but the outer one's end, status and subject would be those of a part. Nobody else's key has
signed it, so credentials of other issuers are as they were.
"""

from collections.abc import Iterator
from typing import Final

from credhub.errors import DataLossError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs.own_endorsements import is_said, names

_CREDENTIAL: Final = "VerifiableCredential"


def check(body: JsonObject, *, identifying: frozenset[str]) -> None:
    """Refuse a document with a credential of its issuer that leads back to it.

    Args:
        body: The document without its own ``@context``.
        identifying: The terms whose values can be identifiers.

    Raises:
        DataLossError: Which of the two is the document is not signed.
    """
    own = body.get("id")
    if not isinstance(own, str):
        return
    for inner in _inside(body):
        if _could_be_first(inner, body) and own in names(inner, identifying, None):
            raise DataLossError("A credential in the document leads back to it.")


def _could_be_first(inner: JsonObject, body: JsonObject) -> bool:
    return (
        isinstance(inner.get("id"), str)
        and is_said(inner.get("type"), _CREDENTIAL)
        and _issuer(inner) == _issuer(body)
    )


def _issuer(credential: JsonObject) -> JsonValue:
    issuer = credential.get("issuer")
    return issuer.get("id") if isinstance(issuer, dict) else issuer


def _inside(members: JsonObject) -> Iterator[JsonObject]:
    for value in members.values():
        for item in value if isinstance(value, list) else (value,):
            if isinstance(item, dict):
                yield item
                yield from _inside(item)
