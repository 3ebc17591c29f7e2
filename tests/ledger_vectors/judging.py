"""What our own code makes of the inputs of a vector; one function per check.

Bytes are hexadecimal, numbers that may pass 2^53 are text. The names of the arguments are those
of the members of ``given``, and what is returned is ``gives``.
"""

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Final

from credhub import instants, jsontypes
from credhub.errors import CredhubError, EntryError, NoteError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.ledger.commitment import InnerKind, commit, opening
from credhub.ledger.cosignature import WitnessKey, read_cosignatures
from credhub.ledger.entry import Kind, LedgerEntry, leaf_hash
from credhub.ledger.events import (
    AchievementDefined,
    Issued,
    KeyEvent,
    StatusChanged,
    StatusListPublished,
)
from credhub.ledger.log_events import LogFrozen, PreviousLog, RollbackAccepted
from credhub.ledger.merkle import root as root_of
from credhub.ledger.merkle_proofs import verify_consistency, verify_inclusion
from credhub.ledger.note import VerifierKey, open_note
from credhub.ledger.partner_events import PartnersChanged
from credhub.ledger.policy import Policy
from credhub.ledger.receipt import OpenedReceipt, Receipt, verify_receipt
from credhub.verification.report import Verdict
from tests.unit.verification import stapling

KIND_NAMES: Final[Mapping[Kind, str]] = {
    Kind.PRIVATE: "private",
    Kind.STATUS_LIST: "statusList",
    Kind.KEY: "key",
    Kind.DEFINITION: "definition",
    Kind.CHILD_CHECKPOINT: "childCheckpoint",
    Kind.OPERATION: "operation",
    Kind.FREEZE: "freeze",
    Kind.ENDORSEMENT: "endorsement",
}
EVENTS: Final[Mapping[str, Callable[[bytes], object]]] = {
    "issue": Issued.parse,
    "status": StatusChanged.parse,
    "key": KeyEvent.parse,
    "definition": AchievementDefined.parse,
    "statusList": StatusListPublished.parse,
    "freeze": LogFrozen.parse,
    "childCheckpoint": PreviousLog.parse,
    "operation": RollbackAccepted.parse,
    "endorsement": PartnersChanged.parse,
}


class NotValidError(Exception):
    """A bundle was judged, and is not valid."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.value)
        self.verdict = verdict


def _json(*, bytes: str) -> JsonObject:  # noqa: A002 - the name of the member
    value = jsontypes.parse(from_hex(bytes))
    return {
        "canonical": jsontypes.canonical(value).decode(),
        "digest": jsontypes.digest(value).hex(),
    }


def _entry(*, entry: str) -> JsonObject:
    data = from_hex(entry)
    parsed = LedgerEntry.parse(data)
    return {
        "kind": KIND_NAMES[parsed.kind],
        "timeMs": str(parsed.time_ms),
        "commitment": parsed.commitment.hex(),
        "says": parsed.public.hex(),
        "leafHash": leaf_hash(data).hex(),
    }


def _commitment(
    *,
    subjectKey: str,  # noqa: N803 - the name of the member
    entryId: str,  # noqa: N803 - as the vectors spell it
    innerKind: int,  # noqa: N803 - as the vectors spell it
    payload: str,
) -> JsonObject:
    opened = opening(from_hex(subjectKey), from_hex(entryId))
    made = commit(opened, InnerKind(innerKind), from_hex(payload))
    return {"opening": opened.hex(), "commitment": made.hex()}


def _event(*, kind: str, payload: str) -> JsonObject:
    if kind not in EVENTS:
        raise EntryError("no entry is of this kind")
    EVENTS[kind](from_hex(payload))
    return jsontypes.parse_object(from_hex(payload))


def _root(*, leaves: Sequence[str]) -> JsonObject:
    return {"root": root_of(map(from_hex, leaves)).hex()}


def _inclusion(*, leaf: str, index: str, size: str, proof: Sequence[str], root: str) -> None:
    hashes = list(map(from_hex, proof))
    verify_inclusion(from_hex(leaf), int(index), int(size), hashes, from_hex(root))


def _consistency(
    *,
    oldSize: str,  # noqa: N803 - the name of the member
    newSize: str,  # noqa: N803 - as the vectors spell it
    proof: Sequence[str],
    oldRoot: str,  # noqa: N803 - as the vectors spell it
    newRoot: str,  # noqa: N803 - as the vectors spell it
) -> None:
    hashes = list(map(from_hex, proof))
    roots = from_hex(oldRoot), from_hex(newRoot)
    verify_consistency(int(oldSize), int(newSize), hashes, *roots)


def _vkey(*, vkey: str) -> JsonObject:
    key: VerifierKey | WitnessKey
    try:
        key = VerifierKey.parse(vkey)
    except NoteError:
        key = WitnessKey.parse(vkey)
    return {
        "name": key.name,
        "id": key.key_id.hex(),
        "publicKey": key.public_key.hex(),
        "fingerprint": fingerprint(vkey),
    }


def _note(*, note: str, logs: Sequence[str] = (), witnesses: Sequence[str] = ()) -> JsonObject:
    signed = open_note(note, map(VerifierKey.parse, logs))
    cosigned = read_cosignatures(note, map(WitnessKey.parse, witnesses))
    keys: list[JsonValue] = [key.text() for key in signed.signed_by]
    return {"text": signed.text, "signedBy": keys + [one.key.text() for one in cosigned]}


def _checkpoint(*, note: str, policy: str) -> JsonObject:
    known = Policy.parse(policy.encode())
    result = known.check(note)
    seen = {one.key for one in result.cosignatures}
    return {
        "origin": result.checkpoint.origin,
        "size": str(result.checkpoint.size),
        "root": result.checkpoint.root.hex(),
        "cosigners": [one.name for one in known.witnesses if one.key in seen],
    }


def _policy(*, policy: str) -> JsonObject:
    known = Policy.parse(policy.encode())
    return {
        "logs": [log.key.text() for log in known.logs],
        "witnesses": {one.name: one.key.text() for one in known.witnesses},
        "quorum": known.quorum,
        "hubs": [{"did": one.did, "origin": one.origin} for one in known.issuers],
    }


def _receipt(
    *, receipt: str, policy: str, document: str | None = None, digest: str = ""
) -> JsonObject:
    known = Policy.parse(policy.encode())
    read = Receipt.parse(receipt)
    wanted = from_hex(digest)
    if document is not None:
        wanted = jsontypes.digest(jsontypes.parse(document.encode()))
    known.check(read.checkpoint)
    opened = verify_receipt(read, digest=wanted, keys=[log.key for log in known.logs])
    return {
        "kind": _kind_of(opened),
        "index": str(opened.index),
        "timeMs": str(opened.entry.time_ms),
        "event": jsontypes.parse_object(opened.payload),
    }


def _bundle(*, bundle: str, policy: str, now: str) -> JsonObject:
    report = stapling.judge(bundle.encode(), Policy.parse(policy.encode()), now=instants.parse(now))
    if report.verdict is not Verdict.VALID:
        raise NotValidError(report.verdict)
    return {"verdict": report.verdict.value}


def _kind_of(opened: OpenedReceipt) -> str:
    return opened.inner_kind.name.lower() if opened.inner_kind else KIND_NAMES[opened.entry.kind]


def fingerprint(vkey: str) -> str:
    """Compute what people compare: the SHA-256 of the text of a verifier key."""
    return sha256(vkey.encode()).hexdigest()


def from_hex(text: str) -> bytes:
    """Read lower-case hexadecimal.

    Raises:
        CredhubError: It is spelled in another way.
    """
    data = bytes.fromhex(text)
    if data.hex() != text:
        raise CredhubError("not lower-case hexadecimal")
    return data


CHECKS: Final[Mapping[str, Callable[..., JsonObject | None]]] = {
    "json": _json,
    "entry": _entry,
    "commitment": _commitment,
    "event": _event,
    "root": _root,
    "inclusion": _inclusion,
    "consistency": _consistency,
    "vkey": _vkey,
    "note": _note,
    "checkpoint": _checkpoint,
    "policy": _policy,
    "receipt": _receipt,
    "bundle": _bundle,
}
