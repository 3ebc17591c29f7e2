"""What a log asks of a witness, and whether the witness may say yes (C2SP tlog-witness)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Self

from credhub.errors import (
    CheckpointError,
    CosigningRequestError,
    MerkleProofError,
    NotConsistentError,
    NoteError,
    NotTheLogError,
    OldSizeError,
    OriginNotWitnessedError,
)
from credhub.ledger.checkpoint import Checkpoint
from credhub.ledger.merkle import EMPTY_ROOT
from credhub.ledger.merkle_proofs import MAX_PROOF, verify_consistency
from credhub.ledger.note import VerifierKey, open_note, split_note
from credhub.ledger.spelling import decimal, hash_from_base64, to_base64

MAX_LENGTH: Final = 128 * 1024

_OLD: Final = "old "


@dataclass(frozen=True, slots=True, kw_only=True)
class AddCheckpoint:
    """A request to cosign: the size that the witness knows, the proof from there, the checkpoint.

    ``note`` is the whole signed note.
    """

    old_size: int
    proof: tuple[bytes, ...]
    note: str

    def text(self) -> str:
        """Write the body of the request."""
        lines = [f"{_OLD}{self.old_size}", *map(to_base64, self.proof)]
        return "\n".join(lines) + "\n\n" + self.note

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the body of a request. Nothing in it is to be believed before ``judge``.

        Raises:
            CosigningRequestError: It is not one, or is spelled in another way.

        Source:
            C2SP tlog-witness, section "add-checkpoint".
        """
        if len(body) > MAX_LENGTH:
            raise CosigningRequestError("The body is too long.")
        try:
            head, _, note = body.decode().partition("\n\n")
            split_note(note)
            old, *proof = head.split("\n")
            asked = cls(
                old_size=decimal(old.removeprefix(_OLD)),
                proof=tuple(map(hash_from_base64, proof)),
                note=note,
            )
        except (NoteError, ValueError) as error:
            raise CosigningRequestError("The body is not an add-checkpoint request.") from error
        if not old.startswith(_OLD) or len(proof) > MAX_PROOF:
            raise CosigningRequestError("The body has no old size, or too many hashes.")
        return asked

    @property
    def origin(self) -> str:
        """The log that the checkpoint says it is of."""
        return self.note.partition("\n")[0]


def judge(
    request: AddCheckpoint, *, keys: Sequence[VerifierKey], known: Checkpoint | None
) -> Checkpoint:
    """Decide whether a witness may cosign.

    Args:
        request: What is asked.
        keys: The keys that we know of the log of this origin.
        known: The last checkpoint of this log that we cosigned.

    Returns:
        The checkpoint. It must be kept, in the place of ``known``, before it is cosigned.

    Raises:
        OriginNotWitnessedError: We know no key of this log.
        NotTheLogError: None of its keys signed the checkpoint, or not truly.
        CosigningRequestError: The signed text is no checkpoint, or is smaller than the old size.
        OldSizeError: We know another size than the old one.
        NotConsistentError: The checkpoint does not begin with what we know.
    """
    if not keys:
        raise OriginNotWitnessedError
    checkpoint = _signed(request, keys)
    if request.old_size > checkpoint.size:
        raise CosigningRequestError("The checkpoint is smaller than the old size.")
    before = known or Checkpoint(origin=checkpoint.origin, size=0, root=EMPTY_ROOT)
    if request.old_size != before.size:
        raise OldSizeError(before.size)
    _check_growth(before, checkpoint, request.proof)
    return checkpoint


def _signed(request: AddCheckpoint, keys: Iterable[VerifierKey]) -> Checkpoint:
    try:
        signed = open_note(request.note, (key for key in keys if key.name == request.origin))
    except NoteError as error:
        raise NotTheLogError from error
    try:
        return Checkpoint.parse(signed.text)
    except CheckpointError as error:
        raise CosigningRequestError("The signed text is not a plain checkpoint.") from error


def _check_growth(before: Checkpoint, now: Checkpoint, proof: Sequence[bytes]) -> None:
    """Check that the tree grew, or is the same. From nothing it may grow to anything."""
    if before.size == 0 < now.size:
        if proof:
            raise NotConsistentError
        return
    try:
        verify_consistency(before.size, now.size, proof, before.root, now.root)
    except MerkleProofError as error:
        raise NotConsistentError from error
