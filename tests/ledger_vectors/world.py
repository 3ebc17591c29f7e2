"""The hub of the vectors: its keys, its log and its witnesses, all made from names."""

from collections.abc import Sequence
from datetime import UTC, datetime

from credhub import jsontypes
from credhub.ledger.checkpoint import Checkpoint, sign_checkpoint
from credhub.ledger.commitment import InnerKind, opening
from credhub.ledger.cosignature import WitnessKey, cosign
from credhub.ledger.entry import NO_HASH, Kind, LedgerEntry, leaf_hash
from credhub.ledger.events import (
    AchievementDefined,
    Issued,
    KeyChange,
    KeyEvent,
    Standing,
    StatusChanged,
    StatusListPublished,
)
from credhub.ledger.log_events import LogEnd, LogFrozen, PreviousLog, RollbackAccepted
from credhub.ledger.merkle import root
from credhub.ledger.merkle_proofs import consistency_proof, inclusion_proof
from credhub.ledger.note import VerifierKey, add_signatures
from credhub.ledger.partner_events import PartnerChange, PartnersChanged, digest_of_list
from credhub.ledger.receipt import PrivateOpening, PublicEntry, Receipt
from credhub.ledger.spelling import to_base64
from credhub.multikey import encode_ed25519
from tests.unit import factories
from tests.unit.ledger.builder import KeyOf, Tiles

ORIGIN = "hub.example/ledger/riverside/2026"
DID = "did:web:hub.example:hubs:riverside"
CREDENTIAL_ID = "0193b3c0-7c00-7000-8000-000000000001"
SUBJECT_KEY = bytes(range(32))
START_MS = 1_795_348_800_000
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
COSIGNED_AT = 1_795_349_000

LOG = KeyOf("ledger")
LOG_KEY = VerifierKey(name=ORIGIN, public_key=LOG.public_key)
OTHER = KeyOf("another ledger")
OTHER_KEY = VerifierKey(name="other.example/ledger/hill/2026", public_key=OTHER.public_key)
WITNESSES = {
    name: WitnessKey(name=f"{name}.example/witness", public_key=KeyOf(name).public_key)
    for name in ("oak", "elm", "ash")
}

# As a credhub signs and serves it: RFC 8785 bytes.
DOCUMENT = jsontypes.canonical(factories.signed())
DIGEST = jsontypes.digest(factories.signed())


def key_event(name: str, *, purpose: str) -> bytes:
    return KeyEvent(
        event=KeyChange.ADDED,
        key_id=name,
        purpose=purpose,
        algorithm="Ed25519",
        public_key_multibase=encode_ed25519(KeyOf(name).public_key),
        did=DID,
        at=AT,
    ).payload()


DEFINITION = AchievementDefined(
    achievement="https://hub.example/achievements/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    version=3,
    digest=jsontypes.digest({"name": "Solar installer, level 1"}),
).payload()
STATUS_LIST = StatusListPublished(
    url="https://hub.example/hubs/riverside/status/1",
    version=1,
    digest=jsontypes.digest({"statusPurpose": "revocation"}),
).payload()
ENDORSED_DIGEST = jsontypes.digest({"type": ["EndorsementCredential"]})


def endorsement(change: PartnerChange, version: int) -> bytes:
    left = [ENDORSED_DIGEST] if change is PartnerChange.ADDED else []
    return PartnersChanged(
        change=change,
        endorsement="https://hub.example/hubs/riverside/partners/1",
        digest=ENDORSED_DIGEST,
        in_force=digest_of_list(left),
        version=version,
        at=AT,
    ).payload()


ENDORSED = endorsement(PartnerChange.ADDED, 1)
ENDORSEMENT_ENDED = endorsement(PartnerChange.ENDED, 2)
ISSUED = Issued(credential_id=CREDENTIAL_ID, form="eddsa-rdfc-2022", digest=DIGEST).payload()
REVOKED = StatusChanged(
    credential_id=CREDENTIAL_ID,
    old=Standing.ACTIVE,
    new=Standing.REVOKED,
    reason="Issued to the wrong person.",
    actor="chk_1",
    changed_at=AT,
).payload()


FROZEN = LogFrozen(origin=ORIGIN, why=LogEnd.YEAR, at=AT).payload()
EMPTY = Checkpoint(origin=ORIGIN, size=0, root=root(()))
ROLLED_BACK = RollbackAccepted(
    known=EMPTY, held_size=0, held_root=EMPTY.root, actor="operator", reason="A test.", at=AT
).payload()


def entry_id(index: int) -> bytes:
    return index.to_bytes(16, "big")


def private(index: int, inner_kind: InnerKind, payload: bytes) -> PrivateOpening:
    return PrivateOpening(
        time_ms=START_MS + index,
        opening=opening(SUBJECT_KEY, entry_id(index)),
        inner_kind=inner_kind,
        payload=payload,
    )


def public(index: int, kind: Kind, payload: bytes) -> PublicEntry:
    entry = LedgerEntry(kind=kind, time_ms=START_MS + index, commitment=NO_HASH, public=payload)
    return PublicEntry(encoded=entry.encode())


LOGGED: Sequence[PrivateOpening | PublicEntry] = (
    public(0, Kind.KEY, key_event("ledger", purpose="ledger")),
    public(1, Kind.KEY, key_event("issuing", purpose="issuing")),
    public(2, Kind.DEFINITION, DEFINITION),
    public(3, Kind.STATUS_LIST, STATUS_LIST),
    private(4, InnerKind.ISSUE, ISSUED),
    private(5, InnerKind.STATUS, REVOKED),
    private(6, InnerKind.ISSUE, ISSUED),
)
LEAVES = tuple(leaf_hash(one.entry().encode()) for one in LOGGED)


def note(
    size: int = len(LEAVES),
    *,
    origin: str = ORIGIN,
    key: KeyOf = LOG,
    witnesses: Sequence[str] = (),
) -> str:
    """Sign the checkpoint of the first entries, and let witnesses cosign it."""
    checkpoint = Checkpoint(origin=origin, size=size, root=root(LEAVES[:size]))
    signed = sign_checkpoint(checkpoint, public_key=key.public_key, sign=key.sign)
    return cosigned(signed, checkpoint.text(), witnesses)


def cosigned(
    signed: str, text: str, witnesses: Sequence[str], *, timestamp: int = COSIGNED_AT
) -> str:
    lines = (
        cosign(text, key=WITNESSES[name], timestamp=timestamp, sign=KeyOf(name).sign)
        for name in witnesses
    )
    return add_signatures(signed, lines)


def receipt(index: int, *, checkpoint: str | None = None, size: int = len(LEAVES)) -> Receipt:
    return Receipt(
        index=index,
        proof=inclusion_proof(index, size, Tiles(LEAVES[:size])),
        checkpoint=checkpoint or note(size),
        extra=LOGGED[index].encode(),
    )


def alone(kind: Kind, payload: bytes) -> Receipt:
    """Prove an entry in a log of one entry."""
    extra = public(0, kind, payload)
    leaf = leaf_hash(extra.entry().encode())
    checkpoint = Checkpoint(origin=ORIGIN, size=1, root=root([leaf]))
    signed = sign_checkpoint(checkpoint, public_key=LOG.public_key, sign=LOG.sign)
    return Receipt(index=0, proof=(), checkpoint=signed, extra=extra.encode())


PREVIOUS = PreviousLog(note=note(), why=LogEnd.YEAR).payload()
UNSIGNED_PREVIOUS = PreviousLog(note=EMPTY.text(), why=LogEnd.ROLLBACK).payload()
POLICY = f"log {LOG_KEY.text()}\nquorum none\n"
TWO_OF_THREE = (
    f"#hub {DID} hub.example/ledger/riverside/\n"
    f"log {LOG_KEY.text()} https://{ORIGIN}\n"
    + "".join(f"witness {name} {key.text()}\n" for name, key in WITNESSES.items())
    + "group trees 2 oak elm ash\nquorum trees\n"
)


def consistency(old_size: int) -> list[str]:
    """Prove that the whole log begins with its first entries; one base64 text per hash."""
    proof = consistency_proof(old_size, len(LEAVES), Tiles(LEAVES))
    return [to_base64(item) for item in proof]
