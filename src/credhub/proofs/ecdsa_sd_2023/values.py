"""Proof values as text: multibase of a header and strict CBOR."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Self, TypeVar

from credhub import base64url, cbor, multikey
from credhub.cbor import CborValue
from credhub.errors import (
    BaseProofError,
    MalformedBase64Error,
    MalformedCborError,
    MalformedKeyError,
    MalformedProofError,
)
from credhub.public_key import KeyType, PublicKey

MAX_SIGNATURES: Final = 1000
"""Statements that can be shown or hidden, each with a signature."""

MAX_CHARACTERS: Final = 128 * 1024
SIGNATURE_BYTES: Final = 64
HMAC_KEY_BYTES: Final = 32
DIGEST_BYTES: Final = 32

_BASE: Final = b"\xd9\x5d\x00"
_DERIVED: Final = b"\xd9\x5d\x01"
_MULTIBASE: Final = "u"

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class BaseProof:
    """What the issuer gives to the holder.

    Attributes:
        base_signature: By the issuer, over the proof's options, its key and what is mandatory.
        proof_key: The key that exists for this proof only.
        hmac_key: What the labels of blank nodes are made with.
        signatures: By the proof's key, one for each statement that is not mandatory, in order.
        pointers: What is mandatory.
    """

    base_signature: bytes
    proof_key: PublicKey
    hmac_key: bytes
    signatures: tuple[bytes, ...]
    pointers: tuple[str, ...]

    def text(self) -> str:
        """Write the proof value.

        Source:
            VC-DI-ECDSA 1.0, section 3.5.2 (serializeBaseProofValue).
        """
        return _text(
            _BASE,
            [
                self.base_signature,
                multikey.to_bytes(self.proof_key),
                self.hmac_key,
                list(self.signatures),
                list(self.pointers),
            ],
        )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a proof value.

        Raises:
            MalformedProofError: It is no base proof, or not in its one form.

        Source:
            VC-DI-ECDSA 1.0, section 3.5.3 (parseBaseProofValue).
        """
        signature, key, hmac_key, signatures, pointers = _components(text, _BASE)
        return cls(
            base_signature=_bytes(signature, SIGNATURE_BYTES),
            proof_key=_key(key),
            hmac_key=_bytes(hmac_key, HMAC_KEY_BYTES),
            signatures=_items(signatures, _signature),
            pointers=_items(pointers, _string),
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DerivedProof:
    """What the holder shows to a verifier.

    Attributes:
        base_signature: As in the base proof.
        proof_key: Likewise.
        signatures: Those of the statements that are shown and not mandatory, in order.
        labels: For each canonical label of the document that is shown, what stood in its place
            when the statements were signed.
        mandatory: The numbers of the mandatory ones among the statements that are shown.
    """

    base_signature: bytes
    proof_key: PublicKey
    signatures: tuple[bytes, ...]
    labels: tuple[bytes, ...]
    mandatory: tuple[int, ...]

    def text(self) -> str:
        """Write the proof value.

        Source:
            VC-DI-ECDSA 1.0, section 3.5.7 (serializeDerivedProofValue).
        """
        return _text(
            _DERIVED,
            [
                self.base_signature,
                multikey.to_bytes(self.proof_key),
                list(self.signatures),
                dict(enumerate(self.labels)),
                list(self.mandatory),
            ],
        )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a proof value.

        Raises:
            BaseProofError: It is the one from which others are derived.
            MalformedProofError: It is no derived proof, or not in its one form.

        Source:
            VC-DI-ECDSA 1.0, section 3.5.8 (parseDerivedProofValue).
        """
        if is_base(text):
            raise BaseProofError
        signature, key, signatures, labels, mandatory = _components(text, _DERIVED)
        return cls(
            base_signature=_bytes(signature, SIGNATURE_BYTES),
            proof_key=_key(key),
            signatures=_items(signatures, _signature),
            labels=_labels(labels),
            mandatory=_rising(_items(mandatory, _number)),
        )


def is_base(text: str) -> bool:
    """Tell whether a proof value is that of a base proof."""
    return text.startswith(_MULTIBASE + base64url.encode(_BASE))


def base_signature(text: str) -> bytes:
    """Read the signature that a base proof and all that is derived from it have in common.

    Raises:
        MalformedProofError: The proof value is malformed.
    """
    read = BaseProof.parse if is_base(text) else DerivedProof.parse
    return read(text).base_signature


def _text(header: bytes, components: list[CborValue]) -> str:
    return _MULTIBASE + base64url.encode(header + cbor.encode(components))


def _components(text: str, header: bytes) -> list[CborValue]:
    if not text.startswith(_MULTIBASE) or len(text) > MAX_CHARACTERS:
        raise MalformedProofError("The proofValue is not multibase base64url, or too long.")
    try:
        raw = base64url.decode(text.removeprefix(_MULTIBASE))
        components = cbor.decode(raw.removeprefix(header), max_depth=2)
    except (MalformedBase64Error, MalformedCborError) as error:
        raise MalformedProofError("The proofValue is not strict CBOR in base64url.") from error
    if not raw.startswith(header) or not isinstance(components, list) or len(components) != 5:  # noqa: PLR2004 - both kinds have five
        raise MalformedProofError("The proofValue is not of this cryptosuite.")
    return components


def _items(value: CborValue, read: Callable[[CborValue], Item]) -> tuple[Item, ...]:
    if not isinstance(value, list) or len(value) > MAX_SIGNATURES:
        raise MalformedProofError("A part of the proofValue is not an array, or too long.")
    return tuple(map(read, value))


def _bytes(value: CborValue, length: int) -> bytes:
    if not isinstance(value, bytes) or len(value) != length:
        raise MalformedProofError(f"A part of the proofValue is not {length} bytes.")
    return value


def _signature(value: CborValue) -> bytes:
    return _bytes(value, SIGNATURE_BYTES)


def _string(value: CborValue) -> str:
    if not isinstance(value, str):
        raise MalformedProofError("A pointer of the proofValue is not a text.")
    return value


def _number(value: CborValue) -> int:
    if type(value) is not int or value < 0:
        raise MalformedProofError("An index of the proofValue is not a number from zero.")
    return value


def _key(value: CborValue) -> PublicKey:
    try:
        key = multikey.from_bytes(value) if isinstance(value, bytes) else None
    except MalformedKeyError as error:
        raise MalformedProofError("The key of the proofValue is malformed.") from error
    if key is None or key.type is not KeyType.P256:
        raise MalformedProofError("The key of the proofValue is not of P-256.")
    return key


def _labels(value: CborValue) -> tuple[bytes, ...]:
    if not isinstance(value, dict) or sorted(map(_number, value)) != list(range(len(value))):
        raise MalformedProofError("The labels of the proofValue are not numbered from zero.")
    digests = tuple(_bytes(value[number], DIGEST_BYTES) for number in range(len(value)))
    if len(set(digests)) != len(digests):
        raise MalformedProofError("Two nodes have one label in the proofValue.")
    return digests


def _rising(numbers: tuple[int, ...]) -> tuple[int, ...]:
    if any(one >= next_one for one, next_one in pairwise(numbers)):
        raise MalformedProofError("The indexes of the proofValue are not in order.")
    return numbers
