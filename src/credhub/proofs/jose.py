"""JSON Web Signatures in the compact form: one reading for each text, one algorithm for each key.

Invariants:
- A text is read in one way or refused: three base64url segments, a header that is strict JSON.
- The key says which algorithms count; the token only says which of these it used.
- A token cannot bring its own key, nor change how the rest of it is read.
- Every segment has a cap, which is checked before anything is decoded.

Source:
    RFC 7515, sections 3.1, 4.1 and 5.2; RFC 8725, section 3; RFC 9864, section 2.2.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from credhub import base64url, jwk
from credhub.errors import (
    AlgorithmNotAllowedError,
    JoseHeaderError,
    KeyTypeError,
    MalformedBase64Error,
    MalformedJsonError,
    MalformedTokenError,
    TokenTooLargeError,
    TokenTypeError,
    UnknownAlgorithmError,
)
from credhub.jsontypes import JsonObject, canonical, parse_object
from credhub.proofs import signatures
from credhub.proofs.signer import Signer
from credhub.public_key import KeyType, PublicKey

ALGORITHMS: Final[Mapping[KeyType, tuple[str, ...]]] = {
    kind: names for kind, names in jwk.ALGORITHMS.items() if kind is not KeyType.RSA
}
"""The algorithms of each kind of key that signs here; the first is the one that we write."""

MAX_HEADER_BYTES: Final = 4096
MAX_PAYLOAD_BYTES: Final = 2**20
MAX_SIGNATURE_BYTES: Final = 1024

# What others sign with, and we never do (Open Badges 3.0, section 8.2, asks for it).
_READ: Final = jwk.ALGORITHMS
_SEGMENTS: Final = 3
_CAPS: Final = (MAX_HEADER_BYTES, MAX_PAYLOAD_BYTES, MAX_SIGNATURE_BYTES)
_ALLOWED: Final = frozenset(name for names in _READ.values() for name in names)
# Signatures by a private key, which others may check: what they say is not known here. Whatever
# else stands there (none, the HMACs, encryption) is nobody's signature.
_OTHERS: Final = frozenset(
    {
        *("RS384", "RS512", "PS256", "PS384", "PS512", "ES256K", "ES512", "Ed448"),
        *("ESP256", "ESP384", "ESP512", "ESB256", "ESB320", "ESB384", "ESB512"),
        *("ML-DSA-44", "ML-DSA-65", "ML-DSA-87"),
    }
)
# A key of the token's own, an address to get it from, or a change of how the token is read.
_KEY: Final = "jwk"
_REFUSED: Final = frozenset({"crit", "b64", "zip", "enc", _KEY, "jku", "x5u", "x5c"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Jws:
    """A token that was read but not believed.

    Attributes:
        text: All of it, as it was received.
        header: The protected header.
        payload: What is signed, whatever it is.
        signature: Both numbers in fixed length for the NIST curves.
    """

    text: str
    header: JsonObject
    payload: bytes
    signature: bytes

    @classmethod
    def parse(cls, text: str, *, key_along: bool = False) -> Self:
        """Read the compact form.

        Args:
            text: The token.
            key_along: Whether it may bring a key, which proves nothing about who made it.

        Raises:
            TokenTooLargeError: A segment is longer than any honest one.
            MalformedTokenError: The text is not three segments of strict base64url.
            JoseHeaderError: The header is not strict JSON, or holds what we refuse.
            AlgorithmNotAllowedError: The algorithm makes no signatures of a private key.
            UnknownAlgorithmError: It does, but we do not know it.
        """
        header, payload, signature = _segments(text)
        refused = _REFUSED - {_KEY} if key_along else _REFUSED
        return cls(text=text, header=_header(header, refused), payload=payload, signature=signature)

    @property
    def kid(self) -> str | None:
        """What the token calls its key, if it says."""
        kid = self.header.get("kid")
        return kid if isinstance(kid, str) else None

    @property
    def key_along(self) -> JsonObject | None:
        """The JSON Web Key that the token brings, if it does and that was allowed.

        Raises:
            JoseHeaderError: It brings something else as its key.
        """
        key = self.header.get(_KEY, {})
        if not isinstance(key, dict):
            raise JoseHeaderError("The key in the header of the token is not an object.")
        return key or None

    @property
    def media_type(self) -> str:
        """What the token says that it is, without ``application/``; empty where it says nothing."""
        return str(self.header.get("typ", "")).lower().removeprefix("application/")

    def check_type(self, *media_types: str) -> None:
        """Check that the token says what it is.

        Args:
            media_types: The ones that are accepted, without ``application/``.

        Raises:
            TokenTypeError: It is something else, or does not say.

        Source:
            RFC 7515, section 4.1.9; RFC 8725, section 3.11.
        """
        if self.media_type not in {name.lower() for name in media_types}:
            raise TokenTypeError(f"The token is not of the type {' or '.join(media_types)}.")

    def claims(self) -> JsonObject:
        """Read the payload as a JSON object.

        Raises:
            MalformedTokenError: It is not one that has one meaning for every reader.
        """
        try:
            return parse_object(self.payload)
        except MalformedJsonError as error:
            raise MalformedTokenError("The content of the token is not strict JSON.") from error

    def verify(self, key: PublicKey) -> None:
        """Check the signature by a key that was found without believing the token.

        Raises:
            KeyTypeError: The token was signed by an algorithm that is not this key's.
            VerificationError: The signature does not fit, or the key is bad.
        """
        if self.header["alg"] not in _READ[key.type]:
            raise KeyTypeError(f"A key of type {key.type} does not make this kind of signature.")
        signing_input = self.text.rpartition(".")[0].encode("ascii")
        signatures.verify(key, self.signature, signing_input)


def sign(header: JsonObject, payload: bytes, *, signer: Signer) -> str:
    """Make a token in the compact form.

    Args:
        header: The members of the protected header beside ``alg``.
        payload: What is signed.
        signer: Its key says which algorithm.
    """
    protected = canonical({**header, "alg": ALGORITHMS[signer.key_type][0]})
    signing_input = f"{base64url.encode(protected)}.{base64url.encode(payload)}"
    return f"{signing_input}.{base64url.encode(signer.sign(signing_input.encode('ascii')))}"


def _segments(text: str) -> tuple[bytes, bytes, bytes]:
    segments = text.split(".", _SEGMENTS)
    if len(segments) != _SEGMENTS:
        raise MalformedTokenError("A token has three parts.")
    for segment, cap in zip(segments, _CAPS, strict=True):
        if len(segment) > (4 * cap + 2) // 3:
            raise TokenTooLargeError("A part of the token is too large.")
    try:
        header, payload, signature = map(base64url.decode, segments)
    except MalformedBase64Error as error:
        raise MalformedTokenError("A part of the token is not base64url.") from error
    return header, payload, signature


def _header(raw: bytes, refused: frozenset[str]) -> JsonObject:
    try:
        header = parse_object(raw)
    except MalformedJsonError as error:
        raise JoseHeaderError("The header of the token is not strict JSON.") from error
    for name in sorted(refused & header.keys()):
        raise JoseHeaderError(f"The header of the token has the member {name}.")
    for name in ("kid", "typ", "cty"):
        if not isinstance(header.get(name, ""), str):
            raise JoseHeaderError(f"The member {name} of the token's header is not a text.")
    _check_algorithm(header)
    return header


def _check_algorithm(header: JsonObject) -> None:
    algorithm = str(header.get("alg"))
    if algorithm in _OTHERS:
        raise UnknownAlgorithmError(f"We do not know signatures of the kind {algorithm}.")
    if algorithm not in _ALLOWED:
        raise AlgorithmNotAllowedError("The token is not signed by a private key.")
