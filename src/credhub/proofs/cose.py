"""COSE_Sign1: one signature over bytes, in CBOR.

Invariants:
- A message is read in one way or refused, and the header that counts is the signed one.
- The key says which algorithms count; the message only says which of these it used.

Source:
    RFC 9052, sections 3 and 4.2; RFC 9053, section 2; RFC 9864, section 2.2.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from credhub import cbor
from credhub.cbor import CborKey, CborValue
from credhub.errors import (
    AlgorithmNotAllowedError,
    JoseHeaderError,
    KeyTypeError,
    MalformedCborError,
    MalformedTokenError,
    TokenTypeError,
)
from credhub.proofs import signatures
from credhub.proofs.signer import Signer
from credhub.public_key import KeyType, PublicKey

ALGORITHMS: Final[Mapping[KeyType, tuple[int, ...]]] = {
    KeyType.ED25519: (-8, -19),
    KeyType.P256: (-7,),
    KeyType.P384: (-35,),
}
"""The algorithms of each kind of key; the first is the one that we write."""

TAG: Final = b"\xd2"
"""The number 18 as a tag: what follows is a COSE_Sign1."""

_ALG: Final = 1
_CRIT: Final = 2
_KID: Final = 4
_TYP: Final = 16
_PARTS: Final = 4
_ALLOWED: Final = frozenset(number for numbers in ALGORITHMS.values() for number in numbers)

Header = Mapping[CborKey, CborValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign1:
    """A message that was read but not believed.

    Attributes:
        protected: The signed header, as it was signed.
        header: The same, read.
        kid: What the message calls its key, if it says; signed or not.
        payload: What is signed.
    """

    protected: bytes
    header: Header
    kid: str | None
    payload: bytes
    signature: bytes

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a tagged message.

        Raises:
            MalformedTokenError: It is not one, in the one form of CBOR.
            JoseHeaderError: Its header asks to be read in another way.
            AlgorithmNotAllowedError: It is not signed by an algorithm that we know.
        """
        parts = _decode(data.removeprefix(TAG)) if data[:1] == TAG else None
        if not isinstance(parts, list) or len(parts) != _PARTS:
            raise MalformedTokenError("The data is not one COSE message with a signature.")
        protected, unprotected, payload, signature = parts
        if not (isinstance(protected, bytes) and isinstance(unprotected, dict)):
            raise MalformedTokenError("The message has no headers.")
        if not (isinstance(payload, bytes) and isinstance(signature, bytes)):
            raise MalformedTokenError("The message has no content, or no signature.")
        header = _header(protected)
        return cls(
            protected=protected,
            header=header,
            kid=_kid(header.get(_KID, unprotected.get(_KID))),
            payload=payload,
            signature=signature,
        )

    def check_type(self, media_type: str) -> None:
        """Check that the message says what it is.

        Raises:
            TokenTypeError: It is something else, or does not say.

        Source:
            RFC 9596, section 2.
        """
        if self.header.get(_TYP) != media_type:
            raise TokenTypeError(f"The message is not of the type {media_type}.")

    def claims(self) -> CborValue:
        """Read what is signed.

        Raises:
            MalformedTokenError: It is not CBOR in its one form.
        """
        return _decode(self.payload)

    def verify(self, key: PublicKey) -> None:
        """Check the signature by a key that was found without believing the message.

        Raises:
            KeyTypeError: The message was signed by an algorithm that is not this key's.
            VerificationError: The signature does not fit, or the key is bad.
        """
        if self.header[_ALG] not in ALGORITHMS.get(key.type, ()):
            raise KeyTypeError(f"A key of type {key.type} does not make this kind of signature.")
        signatures.verify(key, self.signature, _signing_input(self.protected, self.payload))


def sign(payload: bytes, *, media_type: str, kid: str, signer: Signer) -> bytes:
    """Make a tagged message."""
    protected = cbor.encode(
        {_ALG: ALGORITHMS[signer.key_type][0], _KID: kid.encode("ascii"), _TYP: media_type}
    )
    signature = signer.sign(_signing_input(protected, payload))
    return TAG + cbor.encode([protected, {}, payload, signature])


def _signing_input(protected: bytes, payload: bytes) -> bytes:
    """Write the Sig_structure (RFC 9052, section 4.4)."""
    return cbor.encode(["Signature1", protected, b"", payload])


def _decode(data: bytes) -> CborValue:
    try:
        return cbor.decode(data)
    except MalformedCborError as error:
        raise MalformedTokenError("The message is not strict CBOR.") from error


def _header(protected: bytes) -> Header:
    header = _decode(protected)
    if not isinstance(header, dict) or _CRIT in header:
        raise JoseHeaderError("The header of the message asks to be read in another way.")
    algorithm = header.get(_ALG)
    # What is no integer may be an array, which no set can be asked for, or equal to one.
    if type(algorithm) is not int or algorithm not in _ALLOWED:
        raise AlgorithmNotAllowedError("The message is not signed with an algorithm that we know.")
    return header


def _kid(value: CborValue) -> str | None:
    if not isinstance(value, bytes) or not value.isascii():
        return None
    text = value.decode("ascii")
    # No address has control characters, and not every database can be asked for one.
    return text if text.isprintable() else None
