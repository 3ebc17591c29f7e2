"""Reading what somebody hands in as a credential: one reader, and one reading for each text."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from credhub.errors import (
    CanonicalizationError,
    EnvelopeError,
    JsonSerializationError,
    MalformedJsonError,
    TokenTypeError,
    UnknownEnvelopeError,
    UnreadableError,
)
from credhub.jsontypes import JsonObject, canonical, parse_object
from credhub.proofs import vc_jwt
from credhub.proofs.jose import Jws
from credhub.proofs.sd_jwt.compact import SEPARATOR
from credhub.proofs.sd_jwt.profiles import VC
from credhub.verification.data_model import V2
from credhub.verification.jwt_secured import JwtSecured
from credhub.verification.sd_jwt_secured import SdJwtSecured
from credhub.verification.secured import DataIntegritySecured, Secured

ENVELOPED_CREDENTIAL: Final = "EnvelopedVerifiableCredential"
ENVELOPED_PRESENTATION: Final = "EnvelopedVerifiablePresentation"

_SPACE: Final = b" \t\r\n"
_OF_TYPE: Final[Mapping[str, Callable[[str], Secured]]] = {
    vc_jwt.CREDENTIAL: JwtSecured.parse,
    "jwt": JwtSecured.parse_legacy,
    "": JwtSecured.parse_legacy,
}
_IN_ENVELOPE: Final[Mapping[str, Callable[[str], Secured]]] = {
    f"application/{vc_jwt.CREDENTIAL}": JwtSecured.parse,
    f"application/{VC.typ}": SdJwtSecured.parse_w3c,
}

_TOKEN: Final = re.compile(rb"(?:ey[A-DI-L]|ew[k-r0-3])[^.]*\.")
"""An object in base64url: a brace, and then a quotation mark or white space."""

_PARTS: Final = re.compile(
    rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.(?:[A-Za-z0-9_-]{64,}|[A-Za-z0-9_-]*~[!-~]*)"
)
"""Three parts: the last longer than any in the name of a host, or a holder shows more after ~."""


def read(data: bytes | JsonObject) -> Secured:
    """Read a credential: a JSON document with a proof, a token, or an envelope around a token.

    Args:
        data: What was handed in, or a JSON object that was parsed strictly.

    Raises:
        UnreadableError: It is neither JSON nor a token.
        VerificationError: It is a token that is not a credential's, or that has two readings.
        OutcomeUnknownError: It is a credential in a form that we do not know.
    """
    content = content_of(data)
    return read_token(content) if isinstance(content, str) else _read_object(content)


def content_of(data: bytes | JsonObject) -> str | JsonObject:
    """Read the outermost part of what was handed in: a text that may be a token, or an object.

    Raises:
        UnreadableError: It is neither.
    """
    try:
        text = data.strip(_SPACE) if isinstance(data, bytes) else canonical(data)
        return text.decode("ascii") if looks_like_token(text) else parse_object(text)
    except (CanonicalizationError, MalformedJsonError) as error:
        raise UnreadableError("It is neither one strict JSON object nor a token.") from error


def looks_like_token(text: bytes) -> bool:
    """Say whether a text could be a token in the compact form, and so is not JSON.

    One that an e-mail program cut begins like a token. The name of a file, an e-mail address and
    whatever else has a full stop in it are no damaged tokens.
    """
    return text.isascii() and bool(_TOKEN.match(text) or _PARTS.fullmatch(text))


def read_token(text: str) -> Secured:
    """Read a credential in a token, by the type that the token says that it is.

    Raises:
        VerificationError: It is not a credential's token, or has two readings.
    """
    if SEPARATOR in text:
        return SdJwtSecured.parse(text)
    said = Jws.parse(text, key_along=True).media_type
    if said not in _OF_TYPE:
        raise TokenTypeError("The token is not one of a credential.")
    return _OF_TYPE[said](text)


def is_enveloped(document: JsonObject, kind: str) -> bool:
    """Say whether a document says that it is an envelope of this kind."""
    types = document.get("type")
    return kind in (types if isinstance(types, list) else [types])


def opened(document: JsonObject, kind: str) -> tuple[str, str]:
    """Take the token out of an envelope.

    Returns:
        The media type and the token.

    Raises:
        EnvelopeError: It says anything else than where its token is.

    Source:
        W3C VCDM 2.0, sections 4.13 (verifiable presentations, enveloped) and 4.13.2; RFC 2397.
    """
    contexts = document.get("@context")
    named = contexts if isinstance(contexts, list) else [contexts]
    if named[:1] != [V2] or document.get("type") not in (kind, [kind]):
        raise EnvelopeError("The envelope has another type or context than every envelope.")
    if document.keys() - {"@context", "type", "id"}:
        raise EnvelopeError("The envelope says more than where its token is.")
    scheme, _, rest = str(document.get("id")).partition(":")
    media_type, comma, token = rest.partition(",")
    if scheme.lower() != "data" or not comma:
        raise EnvelopeError("The envelope holds no token.")
    return media_type.lower(), token


def _read_object(document: JsonObject) -> Secured:
    if "payload" in document and document.keys() & {"signature", "signatures"}:
        raise JsonSerializationError("The token is in the JSON serialization.")
    if not is_enveloped(document, ENVELOPED_CREDENTIAL):
        return DataIntegritySecured(document)
    media_type, token = opened(document, ENVELOPED_CREDENTIAL)
    if media_type not in _IN_ENVELOPE:
        raise UnknownEnvelopeError("We do not know what is in the envelope.")
    return _IN_ENVELOPE[media_type](token)
