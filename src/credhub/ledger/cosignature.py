"""Cosignatures: what a witness says about a checkpoint, and when (C2SP tlog-cosignature)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256
from struct import Struct
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from credhub.errors import NoteError
from credhub.ledger.checkpoint import Checkpoint
from credhub.ledger.note import SignatureLine, split_note
from credhub.ledger.spelling import MAX_SIZE, from_base64, is_name, to_base64

_ID_LENGTH: Final = 4
_TIME: Final = Struct(">Q")
_TREE: Final = Struct(">QQ32s")
_MAX_BYTE: Final = 255


class CosignatureType(IntEnum):
    """The algorithm of a witness key; the value is the type byte of its vkey."""

    ED25519 = 0x04
    ML_DSA_44 = 0x06


_KEY_LENGTH: Final = {CosignatureType.ED25519: 32, CosignatureType.ML_DSA_44: 1312}


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessKey:
    """The public key of a witness, with the name under which it cosigns."""

    name: str
    public_key: bytes
    type: CosignatureType = CosignatureType.ED25519

    def __post_init__(self) -> None:
        if not is_name(self.name) or len(self.public_key) != _KEY_LENGTH[self.type]:
            raise NoteError("The witness key has no usable name, or another length.")

    @property
    def key_id(self) -> bytes:
        """Compute the 4 bytes that tell apart keys of one name."""
        return sha256(self.name.encode() + b"\n" + self._material()).digest()[:_ID_LENGTH]

    def text(self) -> str:
        """Write the key as a vkey: name, id, and type with key, joined by plus signs."""
        return f"{self.name}+{self.key_id.hex()}+{to_base64(self._material())}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a vkey.

        Raises:
            NoteError: It is not one, is not of a witness, or its id is not the hash of its key.
        """
        try:
            name, _, encoded = text.split("+", 2)
            material = from_base64(encoded)
            algorithm = CosignatureType(int.from_bytes(material[:1]))
        except ValueError as error:
            raise NoteError("The text is not the key of a witness.") from error
        key = cls(name=name, public_key=material[1:], type=algorithm)
        if key.text() != text:
            raise NoteError("The id of the witness key is not that of its key.")
        return key

    def verify(self, signature: bytes, text: str) -> int:
        """Check what stands after the id in a cosignature line, and read when it was made.

        Args:
            signature: 8 bytes of time, then the signature.
            text: The text of the checkpoint.

        Returns:
            POSIX seconds, never zero.

        Raises:
            NoteError: It is not this witness's cosignature of this checkpoint.
        """
        timestamp = int.from_bytes(signature[: _TIME.size])
        if len(signature) <= _TIME.size or not 0 < timestamp <= MAX_SIZE:
            raise NoteError(f"The cosignature of {self.name} has no time.")
        message = _message(self.name, self.type, text, timestamp)
        try:
            self._algorithm().verify(signature[_TIME.size :], message)
        except InvalidSignature as error:
            raise NoteError(f"The cosignature of {self.name} is not genuine.") from error
        return timestamp

    def _material(self) -> bytes:
        return bytes([self.type]) + self.public_key

    def _algorithm(self) -> Ed25519PublicKey | MLDSA44PublicKey:
        if self.type is CosignatureType.ML_DSA_44:
            return MLDSA44PublicKey.from_public_bytes(self.public_key)
        return Ed25519PublicKey.from_public_bytes(self.public_key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosignature:
    """That a witness saw a checkpoint as the largest of its log, and when, in POSIX seconds."""

    key: WitnessKey
    timestamp: int


def cosign(
    text: str, *, key: WitnessKey, timestamp: int, sign: Callable[[bytes], bytes]
) -> SignatureLine:
    """Write a cosignature line.

    Args:
        text: The text of a checkpoint.
        key: Whose line it is.
        timestamp: When the witness saw it, in POSIX seconds.
        sign: Makes the signature of a message, of the type of the key.

    Source:
        C2SP tlog-cosignature, sections "Format", "Ed25519 signed message" and "ML-DSA-44 signed
        message".
    """
    signature = sign(_message(key.name, key.type, text, timestamp))
    return SignatureLine(
        name=key.name, key_id=key.key_id, signature=_TIME.pack(timestamp) + signature
    )


def read_cosignatures(note: str, keys: Iterable[WitnessKey]) -> tuple[Cosignature, ...]:
    """Read what the witnesses that we know say in a note; others are passed over.

    Of two lines of one witness the earlier time is told: since then the checkpoint is known.

    Raises:
        NoteError: It is not a note, or a line of a witness that we know is not genuine.
    """
    text, lines = split_note(note)
    known = {(key.name, key.key_id): key for key in keys}
    seen: dict[WitnessKey, int] = {}
    for line in lines:
        key = known.get((line.name, line.key_id))
        if key is not None:
            timestamp = key.verify(line.signature, text)
            seen[key] = min(timestamp, seen.get(key, timestamp))
    return tuple(Cosignature(key=key, timestamp=timestamp) for key, timestamp in seen.items())


def _message(name: str, algorithm: CosignatureType, text: str, timestamp: int) -> bytes:
    """Compute the bytes that a cosignature signs."""
    if algorithm is CosignatureType.ED25519:
        return f"cosignature/v1\ntime {timestamp}\n{text}".encode()
    checkpoint = Checkpoint.parse(text)
    time, tree = _TIME.pack(timestamp), _TREE.pack(0, checkpoint.size, checkpoint.root)
    return b"subtree/v1\n\0" + _short(name) + time + _short(checkpoint.origin) + tree


def _short(text: str) -> bytes:
    """Write a text with its length before it, in one byte."""
    encoded = text.encode()
    if len(encoded) > _MAX_BYTE:
        raise NoteError("A name is too long for this type of cosignature.")
    return bytes([len(encoded)]) + encoded
