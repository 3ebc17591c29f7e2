"""Receipts: the proof, for somebody offline, that one signed artefact is in a ledger.

The text is a C2SP tlog-proof. Its ``extra`` line holds what is needed to recompute the leaf:
the opening of a private entry, or the bytes of a public one.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from struct import Struct
from typing import Final, Self

from credhub.errors import (
    EntryError,
    LedgerError,
    LogNotKnownError,
    ReceiptError,
    ReceiptMismatchError,
    UnknownNoteKeyError,
)
from credhub.ledger.checkpoint import Checkpoint, open_checkpoint
from credhub.ledger.commitment import InnerKind, commit
from credhub.ledger.endorsement_events import EndorsementChange, EndorsementChanged
from credhub.ledger.entry import MAX_TIME_MS, Kind, LedgerEntry, leaf_hash
from credhub.ledger.events import AchievementDefined, Issued, StatusListPublished
from credhub.ledger.merkle_proofs import MAX_PROOF, verify_inclusion
from credhub.ledger.note import VerifierKey
from credhub.ledger.partner_events import PartnerChange, PartnersChanged
from credhub.ledger.spelling import decimal, from_base64, hash_from_base64, to_base64

HEADER: Final = "c2sp.org/tlog-proof@v1"
MAX_LENGTH: Final = 2_000_000

_EXTRA: Final = "extra "
_INDEX: Final = "index "
_OPENING: Final = Struct(">BQ32sB")
_PRIVATE: Final = 1
_PUBLIC: Final = 2
_INNER_KINDS: Final = {int(kind): kind for kind in InnerKind}


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateOpening:
    """What opens the commitment of a private entry."""

    time_ms: int
    opening: bytes
    inner_kind: InnerKind
    payload: bytes

    def entry(self) -> LedgerEntry:
        """Recompute the entry that this opening belongs to."""
        return LedgerEntry(
            kind=Kind.PRIVATE,
            time_ms=self.time_ms,
            commitment=commit(self.opening, self.inner_kind, self.payload),
        )

    def encode(self) -> bytes:
        """Write the bytes of the ``extra`` line."""
        head = _OPENING.pack(_PRIVATE, self.time_ms, self.opening, self.inner_kind)
        return head + self.payload


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicEntry:
    """A public entry, as it stands in the ledger."""

    encoded: bytes

    def entry(self) -> LedgerEntry:
        """Read the entry.

        Raises:
            EntryError: It is not one, or is private.
        """
        entry = LedgerEntry.parse(self.encoded)
        if entry.kind is Kind.PRIVATE:
            raise EntryError("A private entry needs its opening.")
        return entry

    def encode(self) -> bytes:
        """Write the bytes of the ``extra`` line."""
        return bytes([_PUBLIC]) + self.encoded


def parse_extra(data: bytes) -> PrivateOpening | PublicEntry:
    """Read the bytes of the ``extra`` line.

    Raises:
        ReceiptError: They are of no form that we know.
    """
    if data[:1] == bytes([_PUBLIC]):
        return PublicEntry(encoded=data[1:])
    if data[:1] != bytes([_PRIVATE]) or len(data) < _OPENING.size:
        raise ReceiptError("The receipt does not say what it is about.")
    _, time_ms, opening, number = _OPENING.unpack_from(data)
    inner_kind = _INNER_KINDS.get(number)
    if inner_kind is None or time_ms > MAX_TIME_MS:
        raise ReceiptError("The receipt opens to something that we do not know.")
    return PrivateOpening(
        time_ms=time_ms, opening=opening, inner_kind=inner_kind, payload=data[_OPENING.size :]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Where an entry is, the path from it to the root, and the signed checkpoint of that root.

    ``checkpoint`` is the whole signed note; ``extra`` is empty when there is none.
    """

    index: int
    proof: tuple[bytes, ...]
    checkpoint: str
    extra: bytes = b""

    def text(self) -> str:
        """Write the receipt as a C2SP tlog-proof."""
        lines = [HEADER]
        if self.extra:
            lines.append(_EXTRA + to_base64(self.extra))
        lines.append(f"{_INDEX}{self.index}")
        lines.extend(map(to_base64, self.proof))
        return "\n".join(lines) + "\n\n" + self.checkpoint

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a receipt. Nothing in it is to be believed before ``open_receipt``.

        Raises:
            ReceiptError: It is not a tlog-proof, or is spelled in another way.

        Source:
            C2SP tlog-proof, section "Format".
        """
        head, separator, checkpoint = text.partition("\n\n")
        if not separator or len(text) > MAX_LENGTH:
            raise ReceiptError("The receipt is too long, or has no checkpoint.")
        lines = head.split("\n")
        try:
            return cls._of_lines(lines, checkpoint)
        except ValueError as error:
            raise ReceiptError("The receipt is not a transparency log proof.") from error

    @classmethod
    def _of_lines(cls, lines: list[str], checkpoint: str) -> Self:
        header, *rest = lines
        extra = b""
        if rest and rest[0].startswith(_EXTRA):
            extra = from_base64(rest.pop(0).removeprefix(_EXTRA))
            if not extra:
                raise ValueError("an empty extra line")
        if header != HEADER or not rest or not rest[0].startswith(_INDEX):
            raise ValueError("no header or no index")
        index, *proof = rest
        if len(proof) > MAX_PROOF:
            raise ValueError("a proof that is too long")
        return cls(
            index=decimal(index.removeprefix(_INDEX)),
            proof=tuple(map(hash_from_base64, proof)),
            checkpoint=checkpoint,
            extra=extra,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedReceipt:
    """What a receipt has proved: this entry stands at this index of this ledger.

    ``inner_kind`` is ``None`` for a public entry; ``payload`` is what the entry says.
    """

    checkpoint: Checkpoint
    index: int
    entry: LedgerEntry
    inner_kind: InnerKind | None
    payload: bytes


Recall = Callable[[str, Callable[[], Checkpoint]], Checkpoint]
"""Opens a checkpoint by the function given, or gives what that gave for this note before."""


def _always_open(_: str, read: Callable[[], Checkpoint]) -> Checkpoint:
    return read()


def open_receipt(
    receipt: Receipt, keys: Iterable[VerifierKey], recall: Recall = _always_open
) -> OpenedReceipt:
    """Prove that the entry of a receipt is in the ledger that signed its checkpoint.

    Args:
        receipt: What is to be proved.
        keys: Of the ledgers that are believed.
        recall: Remembers checkpoints that these keys signed, and those of no others.

    Raises:
        LogNotKnownError: We know no key of this ledger.
        ReceiptError: It is not proved.

    Source:
        C2SP tlog-proof, section "Verifying a tlog proof". The numbers are its steps; step 3,
        cosignatures, is for ``policy``, which then calls ``open_under``.
    """
    try:
        # (2) The checkpoint, signed by a key of its own origin.
        note = receipt.checkpoint
        checkpoint = recall(note, lambda: open_checkpoint(note, keys))
    except UnknownNoteKeyError as error:
        raise LogNotKnownError("We do not know the ledger that signed the receipt.") from error
    except LedgerError as error:
        raise ReceiptError(f"The receipt proves nothing. {error}") from error
    return open_under(receipt, checkpoint)


def open_under(receipt: Receipt, checkpoint: Checkpoint) -> OpenedReceipt:
    """Prove that the entry of a receipt is in the tree of its checkpoint, which is proved already.

    Raises:
        ReceiptError: It is not proved.
    """
    extra = parse_extra(receipt.extra)
    try:
        # (1) The leaf, from what the receipt opens to.
        entry = extra.entry()
        leaf = leaf_hash(entry.encode())
        # (4) The path from the leaf to the signed root.
        verify_inclusion(leaf, receipt.index, checkpoint.size, receipt.proof, checkpoint.root)
    except LedgerError as error:
        raise ReceiptError(f"The receipt proves nothing. {error}") from error
    private = extra if isinstance(extra, PrivateOpening) else None
    return OpenedReceipt(
        checkpoint=checkpoint,
        index=receipt.index,
        entry=entry,
        inner_kind=private.inner_kind if private else None,
        payload=private.payload if private else entry.public,
    )


def verify_receipt(
    receipt: Receipt,
    *,
    digest: bytes,
    keys: Iterable[VerifierKey],
    recall: Recall = _always_open,
) -> OpenedReceipt:
    """Prove that the artefact with this digest is in a ledger; else as ``open_receipt``.

    Raises:
        LogNotKnownError: We know no key of this ledger.
        ReceiptMismatchError: The receipt is genuine but about something else.
        ReceiptError: It proves nothing.
    """
    opened = open_receipt(receipt, keys, recall)
    check_about(opened, digest)
    return opened


def check_about(opened: OpenedReceipt, digest: bytes) -> None:
    """Check that a receipt is about the artefact with this digest.

    Raises:
        ReceiptMismatchError: It is about something else.
        ReceiptError: Its entry says what no entry says.
    """
    try:
        logged = _digest_of(opened)
    except EntryError as error:
        raise ReceiptError(f"The entry cannot be read. {error}") from error
    if logged != digest:
        raise ReceiptMismatchError("The receipt is genuine, but it is about something else.")


def _digest_of(opened: OpenedReceipt) -> bytes | None:
    if opened.inner_kind is InnerKind.ISSUE:
        return Issued.parse(opened.payload).digest
    if opened.entry.kind is Kind.DEFINITION:
        return AchievementDefined.parse(opened.payload).digest
    if opened.entry.kind is Kind.STATUS_LIST:
        return StatusListPublished.parse(opened.payload).digest
    if opened.entry.kind is Kind.ENDORSEMENT:
        return _digest_of_endorsement(opened.payload)
    return None


def _digest_of_endorsement(payload: bytes) -> bytes | None:
    # That one ended or was withdrawn is no proof of it.
    try:
        given = EndorsementChanged.parse(payload)
    except EntryError:
        changed = PartnersChanged.parse(payload)
        return changed.digest if changed.change is PartnerChange.ADDED else None
    return None if given.change is EndorsementChange.WITHDRAWN else given.digest
