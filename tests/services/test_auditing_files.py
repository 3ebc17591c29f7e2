"""G16: what was published is enough to have every public row of a ledger again."""

from pathlib import Path

import pytest

from credhub.egress.folder import Folder
from credhub.egress.reading import open_reader
from credhub.errors import LogNotFoundError
from credhub.ledger.checkpoint import Checkpoint
from credhub.ledger.entry import NO_HASH, LedgerEntry, chain_hash, leaf_hash
from credhub.ledger.merkle import EMPTY_ROOT, Frontier
from credhub.ledger.rows import EntryRow, NodeRow
from credhub.ledger.tile_audit import PublishedLog, Read
from credhub.ledger.tiles import bundles_of, decode_entries
from credhub.services import ledgers, publishing
from credhub.services.audit import auditing_files
from credhub.store.ledger import LedgerLog
from credhub.store.store import Store
from credhub.store.unit import Unit
from tests.store.samples import (
    LOG,
    Signers,
    achievement_unit,
    issue_unit,
    make_hub,
    public_entry,
    sequencer,
)

NOTES = 600


@pytest.fixture
def log(store: Store) -> LedgerLog:
    """A log of three tiles, with entries of several kinds."""
    signers = Signers()
    number = make_hub(store, signers)
    with sequencer(store, signers) as running:
        running.submit(achievement_unit(number))
        running.submit(issue_unit(number))
        entries = tuple(public_entry(f"note {n}") for n in range(NOTES))
        running.submit(Unit(hub=number, entries=entries))
    return ledgers.logs(store)[0][1]


def exported(store: Store, folder: Path) -> Read:
    target = Folder.open(folder)
    hub, log = ledgers.logs(store)[0]
    publication = publishing.prepare(store, target, hub, log)
    publishing.carry_out(store, target, publication)
    return open_reader(str(folder / publication.address))


def audited(read: Read, log: LedgerLog) -> PublishedLog:
    open_note = auditing_files.believing_key(log.vkey)
    return auditing_files.audit_published(read, open_note, lambda _: None)


def test_g16_the_head_is_rebuilt_from_files_alone(
    store: Store, log: LedgerLog, tmp_path: Path
) -> None:
    published = audited(exported(store, tmp_path / "site"), log)

    with store.read() as tx:
        assert published.head == tx.ledger.head(log.hub, LOG)
        assert published.checkpoint == tx.ledger.tree(log)
    auditing_files.compare(store, published)


def test_g16_every_public_row_is_rebuilt_from_entry_bundles(
    store: Store, log: LedgerLog, tmp_path: Path
) -> None:
    read = exported(store, tmp_path / "site")
    rows: list[EntryRow] = []
    nodes: list[NodeRow] = []
    frontier, chain = Frontier(), NO_HASH
    for bundle in bundles_of(audited(read, log).checkpoint.size):
        data = read(bundle.path)
        assert data is not None
        for entry in decode_entries(data, bundle.width):
            parsed, leaf = LedgerEntry.parse(entry), leaf_hash(entry)
            link = chain_hash(chain, leaf)
            place = (LOG, len(rows), int(parsed.kind), parsed.time_ms)
            rows.append(EntryRow(*place, entry, leaf, chain, link))
            nodes += [NodeRow(*node) for node in frontier.push(leaf)]
            chain = link

    with store.read() as tx:
        assert list(tx.ledger.entries(log.hub, LOG)) == rows
        assert list(tx.ledger.nodes(log.hub, LOG)) == nodes


def test_files_of_another_ledger_are_not_compared(
    store: Store, log: LedgerLog, tmp_path: Path
) -> None:
    published = audited(exported(store, tmp_path / "site"), log)
    other = Checkpoint(origin="elsewhere.example/log", size=0, root=EMPTY_ROOT)

    elsewhere = PublishedLog(checkpoint=other, head=published.head, files=0)
    with pytest.raises(LogNotFoundError):
        auditing_files.compare(store, elsewhere)
