"""Signed notes: a text with the signatures of named keys under it (C2SP signed-note)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Protocol, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from credhub.errors import NoteError, UnknownNoteKeyError
from credhub.ledger.spelling import from_base64, is_name, to_base64

MAX_SIGNATURES: Final = 64
MAX_LENGTH: Final = 1_000_000

_ED25519: Final = b"\x01"
_KEY_LENGTH: Final = 32
_ID_LENGTH: Final = 4
_DASH: Final = "\N{EM DASH} "


class NoteKey(Protocol):
    """A public key with the name under which it signs notes, of whichever type."""

    @property
    def name(self) -> str:
        """The name in its signature lines."""

    @property
    def key_id(self) -> bytes:
        """The 4 bytes that tell apart keys of one name."""

    def verify(self, signature: bytes, text: str) -> object:
        """Check what stands after the id in a signature line of this key.

        Raises:
            NoteError: It is not this key's signature of this text.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierKey:
    """A public Ed25519 key with the name under which it signs notes."""

    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        if not is_name(self.name) or len(self.public_key) != _KEY_LENGTH:
            raise NoteError("The verifier key has no usable name or not 32 bytes.")

    @property
    def key_id(self) -> bytes:
        """Compute the 4 bytes that tell apart keys of one name."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public_key).digest()[:_ID_LENGTH]

    def verify(self, signature: bytes, text: str) -> None:
        """Check a signature of this key.

        Raises:
            NoteError: It is not this key's signature of this text.
        """
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, text.encode())
        except InvalidSignature as error:
            raise NoteError(f"The signature of {self.name} is not genuine.") from error

    def text(self) -> str:
        """Write the key as a vkey: name, id, and type with key, joined by plus signs."""
        return f"{self.name}+{self.key_id.hex()}+{to_base64(_ED25519 + self.public_key)}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a vkey.

        Raises:
            NoteError: It is not one, is of another type, or its id is not the hash of its key.
        """
        try:
            name, _, encoded = text.split("+", 2)
            material = from_base64(encoded)
        except ValueError as error:
            raise NoteError("The text is not a verifier key.") from error
        key = cls(name=name, public_key=material[1:])
        if key.text() != text:
            raise NoteError("The verifier key is not Ed25519, or its id is not that of its key.")
        return key


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureLine:
    """One line under a note: who is said to have signed it, and how."""

    name: str
    key_id: bytes
    signature: bytes

    def text(self) -> str:
        """Write the line, with its newline."""
        return f"{_DASH}{self.name} {to_base64(self.key_id + self.signature)}\n"

    @classmethod
    def parse(cls, line: str) -> Self:
        """Read a line, with its newline.

        Raises:
            NoteError: It is not a signature line, or is spelled in another way.
        """
        try:
            name, encoded = line.removeprefix(_DASH).removesuffix("\n").split(" ")
            blob = from_base64(encoded)
        except ValueError as error:
            raise NoteError("A signature line of the note is malformed.") from error
        parsed = cls(name=name, key_id=blob[:_ID_LENGTH], signature=blob[_ID_LENGTH:])
        if not is_name(name) or not parsed.signature or parsed.text() != line:
            raise NoteError("A signature line of the note is malformed.")
        return parsed

    def is_by(self, key: NoteKey) -> bool:
        """Say whether the line names this key: name and id, both."""
        return (self.name, self.key_id) == (key.name, key.key_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedNote:
    """A text and the keys, of those we know, whose signatures under it are genuine."""

    text: str
    signed_by: tuple[VerifierKey, ...]


def sign_note(text: str, *, name: str, public_key: bytes, sign: Callable[[bytes], bytes]) -> str:
    """Write a note with one signature.

    Args:
        text: What is signed. It ends with a newline.
        name: The name of the key, for a ledger its origin.
        public_key: 32 bytes.
        sign: Makes the 64-byte Ed25519 signature of a message.
    """
    key = VerifierKey(name=name, public_key=public_key)
    _check_text(text)
    signature = sign(text.encode())
    return f"{text}\n{SignatureLine(name=name, key_id=key.key_id, signature=signature).text()}"


def open_note(note: str, keys: Iterable[VerifierKey]) -> SignedNote:
    """Read a note whose text we may believe.

    Signatures of keys that we do not know are passed over; every signature of a known key must be
    genuine, and there must be one.

    Raises:
        UnknownNoteKeyError: No key that we know signed the note.
        NoteError: It is not a note, or a signature is not genuine.

    Source:
        C2SP signed-note, sections "Format" and "Signatures".
    """
    text, lines = split_note(note)
    known = {(key.name, key.key_id): key for key in keys}
    signed_by = []
    for line in lines:
        key = known.get((line.name, line.key_id))
        if key is not None:
            key.verify(line.signature, text)
            signed_by.append(key)
    if not signed_by:
        raise UnknownNoteKeyError("No key that we know signed the note.")
    return SignedNote(text=text, signed_by=tuple(dict.fromkeys(signed_by)))


def add_signatures(note: str, lines: Iterable[SignatureLine]) -> str:
    """Write more signatures under a note, each that is not there yet. None is verified.

    Raises:
        NoteError: It is not a note, or would have too many signatures.
    """
    _, before = split_note(note)
    more = dict.fromkeys(line for line in lines if line not in before)
    longer = note + "".join(line.text() for line in more)
    split_note(longer)
    return longer


def split_note(note: str) -> tuple[str, tuple[SignatureLine, ...]]:
    """Read a note without believing it: its text, and the lines under it.

    Raises:
        NoteError: It is not a note.

    Source:
        C2SP signed-note, section "Format".
    """
    if len(note) > MAX_LENGTH:
        raise NoteError("The note is too long.")
    _check_text(note)
    head, separator, tail = note.rpartition("\n\n")
    lines = [line + "\n" for line in tail.split("\n")[:-1]]
    if not separator or not 0 < len(lines) <= MAX_SIGNATURES:
        raise NoteError("The note has no signatures, or too many.")
    return head + "\n", tuple(map(SignatureLine.parse, lines))


def _check_text(text: str) -> None:
    if not text.endswith("\n") or min(set(text) - {"\n"}, default=" ") < " ":
        raise NoteError("The text has control characters or no newline at its end.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise NoteError("The text is not Unicode.") from error
