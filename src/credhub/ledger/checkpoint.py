"""Checkpoints: the size and root of one ledger, signed under its origin (C2SP tlog-checkpoint)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Self

from credhub.errors import CheckpointError
from credhub.ledger.merkle import HASH_LENGTH
from credhub.ledger.note import VerifierKey, open_note, sign_note
from credhub.ledger.spelling import MAX_SIZE, decimal, hash_from_base64, is_name, to_base64


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What a ledger says about itself at one size.

    The origin is also the name of the ledger's key, so it has no spaces and no plus sign.
    Extension lines are refused: nobody can audit them.
    """

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        if not is_name(self.origin):
            raise CheckpointError("The origin of the checkpoint cannot name a key.")
        if not 0 <= self.size <= MAX_SIZE or len(self.root) != HASH_LENGTH:
            raise CheckpointError("The size or root of the checkpoint is out of range.")

    def text(self) -> str:
        """Write the text that is signed: origin, size and root, each on a line."""
        return f"{self.origin}\n{self.size}\n{to_base64(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text of a checkpoint, without signatures.

        Raises:
            CheckpointError: It is not one, or is spelled in another way.
        """
        lines = text.split("\n")
        try:
            origin, size, root, end = lines
            checkpoint = cls(origin=origin, size=decimal(size), root=hash_from_base64(root))
        except ValueError as error:
            raise CheckpointError("The text is not a checkpoint.") from error
        if end:
            raise CheckpointError("The checkpoint does not end with a newline.")
        return checkpoint


def sign_checkpoint(
    checkpoint: Checkpoint, *, public_key: bytes, sign: Callable[[bytes], bytes]
) -> str:
    """Write a checkpoint as a note, signed by the ledger's own key."""
    return sign_note(checkpoint.text(), name=checkpoint.origin, public_key=public_key, sign=sign)


def open_checkpoint(note: str, keys: Iterable[VerifierKey]) -> Checkpoint:
    """Read a checkpoint that its own ledger signed.

    Only keys named after the checkpoint's origin count: the key of another ledger, or of a
    witness, cannot speak for this one.

    Raises:
        UnknownNoteKeyError: We know no key of this ledger that signed it.
        NoteError: It is not a note, or the signature is not genuine.
        CheckpointError: The signed text is not a checkpoint.
    """
    origin = note.partition("\n")[0]
    signed = open_note(note, (key for key in keys if key.name == origin))
    return Checkpoint.parse(signed.text)
