"""The public keys in DID documents, in each of the spellings that are in use."""

from collections.abc import Mapping
from typing import Final

from credhub import jwk, multikey
from credhub.errors import MalformedKeyError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.public_key import PublicKey

_MULTIBASE: Final = "publicKeyMultibase"
_JWK: Final = "publicKeyJwk"

_ED25519: Final = "z6Mk"
# How keys begin that we know; those of other curves are nobody's fault.
_BEGINNINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "Multikey": (_ED25519, "zDn", "z82"),
    "Ed25519VerificationKey2020": (_ED25519,),
}
_JWK_TYPES: Final = frozenset({"JsonWebKey", "JsonWebKey2020"})


def public_key_of(method: JsonObject) -> PublicKey | None:
    """Read the key of a verification method; none where it is of a kind that we do not know.

    Raises:
        MalformedKeyError: It is of a kind that we know, and is not one key.

    Source:
        W3C Controlled Identifiers 1.0, sections 2.2.2 (Multikey) and 2.2.3 (JsonWebKey); W3C
        Data Integrity EdDSA Cryptosuites 1.0, section 2.1.1 (Ed25519VerificationKey2020).
    """
    if _MULTIBASE in method and _JWK in method:
        raise MalformedKeyError("A key is spelled in two ways, which need not be the same.")
    kind = method.get("type")
    if not isinstance(kind, str):
        return None
    if kind in _JWK_TYPES:
        return _of_jwk(method.get(_JWK))
    text = method.get(_MULTIBASE)
    if isinstance(text, str) and text.startswith(_BEGINNINGS.get(kind, ())):
        return multikey.decode(text)
    return None


def _of_jwk(members: JsonValue) -> PublicKey | None:
    if not isinstance(members, dict):
        return None
    return jwk.decode(members) if jwk.is_known(members) else None
