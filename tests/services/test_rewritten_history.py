"""Who owns the database rewrites all of it, so that it agrees with itself: who notices?

The plain audit does not, and cannot. This is why a checkpoint is kept elsewhere: whoever holds
one (the auditor, the second store, the published files, a witness, a learner with a receipt)
refuses the rewritten ledger.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from obstore.store import MemoryStore
from sqlalchemy import delete, insert, select, update

from credhub.errors import (
    CredhubError,
    LedgerFaultError,
    MerkleProofError,
    NotConsistentError,
    RollbackDetectedError,
)
from credhub.ledger.add_checkpoint import AddCheckpoint, judge
from credhub.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from credhub.ledger.entry import NO_HASH, Kind, LedgerEntry, chain_hash, leaf_hash
from credhub.ledger.merkle import Frontier
from credhub.ledger.merkle_proofs import consistency_proof, verify_inclusion
from credhub.ledger.note import VerifierKey
from credhub.services import elsewhere
from credhub.services.audit import auditing
from credhub.services.elsewhere import Agreement, Source
from credhub.store.hubs import Hub
from credhub.store.ledger import LedgerLog
from credhub.store.second_store.objects import ObjectSecondStore
from credhub.store.second_store.protocol import SecondStore
from credhub.store.store import Store
from credhub.store.tables import (
    ledger_checkpoint,
    ledger_entry,
    ledger_head,
    ledger_node,
)
from credhub.store.unit import Unit
from tests.engines import ENGINES, Databases
from tests.store.rows import as_owner, drop_guards
from tests.store.samples import (
    LOG,
    Signers,
    ledger_signer,
    make_hub,
    note_unit,
    public_entry,
    sequencer,
)

SIZE = 700
REWRITTEN = 50
HUB = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What others hold of the log before it is rewritten."""

    note: str
    checkpoint: Checkpoint
    leaf: bytes
    proof: tuple[bytes, ...]
    second_store: SecondStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    url: str
    store: Store
    kept: Kept
    hub: Hub
    log: LedgerLog


@pytest.fixture(scope="module", params=ENGINES)
def rewritten(request: pytest.FixtureRequest) -> Iterator[Rewritten]:
    """A log of which one entry was changed, and everything after it computed and signed again."""
    databases: Databases = request.getfixturevalue(request.param)
    with databases.migrated() as url:
        store, second_store = Store.open(url), ObjectSecondStore(MemoryStore())
        signers = Signers()
        number = make_hub(store, signers)
        entries = tuple(public_entry(f"note {n}") for n in range(SIZE))
        with sequencer(store, signers, second_store=second_store) as running:
            running.submit(Unit(hub=number, entries=entries))
        with store.read() as tx:
            (log,), hub = tx.ledger.all_logs(), tx.hubs.by_number(number)
            row = tx.ledger.latest_checkpoint(number, LOG)
            entry = tx.ledger.entry(number, LOG, REWRITTEN)
            proof = tx.ledger.inclusion(number, LOG, REWRITTEN, SIZE)
        assert hub is not None
        assert row is not None
        assert entry is not None
        kept = Kept(
            note=row.note,
            checkpoint=open_checkpoint(row.note, (VerifierKey.parse(log.vkey),)),
            leaf=entry.leaf_hash,
            proof=proof,
            second_store=second_store,
        )
        drop_guards(url)
        rewrite(url, log)
        yield Rewritten(url=url, store=store, kept=kept, hub=hub, log=log)
        store.close()


def rewrite(url: str, log: LedgerLog) -> None:
    """Change one entry, and compute all that follows from it, with the key of the log."""
    frontier, chain = Frontier(), NO_HASH
    with as_owner(url) as connection:
        rows = connection.execute(select(ledger_entry).order_by(ledger_entry.c.seq)).mappings()
        for row in rows.all():
            entry = row["entry"]
            if row["seq"] == REWRITTEN:
                parsed = LedgerEntry.parse(entry)
                entry = LedgerEntry(
                    kind=Kind.OPERATION,
                    time_ms=parsed.time_ms,
                    commitment=NO_HASH,
                    public=b"it was never so",
                ).encode()
            leaf = leaf_hash(entry)
            link = chain_hash(chain, leaf)
            values = {"entry": entry, "leaf_hash": leaf, "prev_hash": chain, "chain_hash": link}
            connection.execute(
                update(ledger_entry).where(ledger_entry.c.seq == row["seq"]).values(values)
            )
            for node in frontier.push(leaf):
                place = (ledger_node.c.level == node.level) & (ledger_node.c.idx == node.idx)
                connection.execute(update(ledger_node).where(place).values(hash=node.hash))
            chain = link
        connection.execute(update(ledger_head).values(chain_hash=chain, frontier=frontier.encode()))
        connection.execute(delete(ledger_checkpoint))
        note = note_of(log, SIZE, frontier.root())
        values = {"hub_id": HUB, "log": LOG, "size": SIZE, "signed_ms": 1}
        signed = {"root": frontier.root(), "note": note}
        connection.execute(insert(ledger_checkpoint), values | signed)


def note_of(log: LedgerLog, size: int, root: bytes) -> str:
    signer = ledger_signer(HUB)
    checkpoint = Checkpoint(origin=log.origin, size=size, root=root)
    return sign_checkpoint(checkpoint, public_key=signer.public_key, sign=signer.sign)


def test_the_plain_audit_finds_nothing(rewritten: Rewritten) -> None:
    with rewritten.store.read() as tx:
        summary = tx.ledger.audit(rewritten.log)

    assert (summary.size, summary.signed_size) == (SIZE, SIZE)
    assert summary.root != rewritten.kept.checkpoint.root


def test_t81_a_kept_checkpoint_refuses_it(rewritten: Rewritten) -> None:
    with rewritten.store.read() as tx, pytest.raises(LedgerFaultError) as caught:
        tx.ledger.audit(rewritten.log, kept=(rewritten.kept.note,))

    assert (caught.value.table, caught.value.column) == ("ledger_entry", "entry")


def test_t81_the_audit_since_a_kept_checkpoint_refuses_it(rewritten: Rewritten) -> None:
    with pytest.raises(LedgerFaultError) as caught:
        auditing.audit_since(rewritten.store, rewritten.log, rewritten.kept.note)

    assert (caught.value.table, caught.value.column) == ("ledger_entry", "entry")


def test_t81_everybody_else_names_the_fork(rewritten: Rewritten) -> None:
    kept = rewritten.kept
    found = elsewhere.compare(
        rewritten.store,
        rewritten.hub,
        rewritten.log,
        (
            elsewhere.second_store_source(kept.second_store),
            elsewhere.published_source("site", {PUBLISHED: kept.note.encode()}.get),
            Source(name="witness", ask=lambda _, __: kept.checkpoint),
        ),
    )

    assert [one.agreement for one in found] == [Agreement.FORK] * 3


PUBLISHED = f"ledger/hub-1/{LOG}/checkpoint"


def test_t81_a_witness_refuses_to_cosign_it(rewritten: Rewritten) -> None:
    with rewritten.store.read() as tx:
        note = tx.ledger.latest_checkpoint(rewritten.log.hub, LOG)
        tiles = tx.ledger.tiles(rewritten.log.hub, LOG)
        assert note is not None
        proof = consistency_proof(SIZE - 1, SIZE, tiles)
    keys = (VerifierKey.parse(rewritten.log.vkey),)

    for old, hashes in ((SIZE, ()), (SIZE, proof)):
        request = AddCheckpoint(old_size=old, proof=hashes, note=note.note)
        with pytest.raises(NotConsistentError):
            judge(request, keys=keys, known=rewritten.kept.checkpoint)


def test_t82_the_signer_takes_no_more_entries(rewritten: Rewritten) -> None:
    signers = Signers({rewritten.log.hub: ledger_signer(HUB)})
    with (
        sequencer(rewritten.store, signers, second_store=rewritten.kept.second_store) as running,
        pytest.raises(CredhubError) as caught,
    ):
        running.submit(note_unit(rewritten.log.hub))

    assert isinstance(caught.value, RollbackDetectedError)


def test_t83_an_old_receipt_is_no_proof_in_it_but_stays_one_of_what_was(
    rewritten: Rewritten,
) -> None:
    kept = rewritten.kept
    with rewritten.store.read() as tx:
        now = tx.ledger.tree(rewritten.log)
        proof = tx.ledger.inclusion(rewritten.log.hub, LOG, REWRITTEN, SIZE)

    verify_inclusion(kept.leaf, REWRITTEN, SIZE, kept.proof, kept.checkpoint.root)
    for hashes in (kept.proof, proof):
        with pytest.raises(MerkleProofError):
            verify_inclusion(kept.leaf, REWRITTEN, SIZE, hashes, now.root)
    # Its checkpoint is evidence like any other that was kept.
    with pytest.raises(LedgerFaultError):
        auditing.audit_since(rewritten.store, rewritten.log, kept.note)
