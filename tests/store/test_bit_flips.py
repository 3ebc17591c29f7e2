"""One bit that turns over between commit and signature, wherever it is, and nothing is signed."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import Connection, select, update

from credhub.errors import CredhubError, LedgerIntegrityError
from credhub.ledger.merkle import Frontier
from credhub.proofs.signer import Signer
from credhub.public_key import KeyType
from credhub.store.appending import append
from credhub.store.hubs import HubNumber
from credhub.store.ledger import LedgerLog
from credhub.store.milliseconds import to_ms
from credhub.store.read_back import KnownTree, LogName
from credhub.store.store import Store
from credhub.store.tables import ledger_entry, ledger_head
from tests.store.rows import as_owner, drop_guards
from tests.store.samples import (
    LOG,
    NOW,
    Signers,
    log_signer,
    make_hub,
    note_unit,
    second_store_of,
    sequencer,
)

ENTRIES = 5


def turned(value: bytes, bit: int) -> bytes:
    """Turn one bit over."""
    data = bytearray(value)
    data[bit // 8] ^= 1 << bit % 8
    return bytes(data)


class DecayingStore(Store):
    """A store in which one bit of the newest row turns over before the rows are read back."""

    url: str
    column: str = ""
    bit: int = 0

    @contextmanager
    def connect_to_newest(self) -> Iterator[Connection]:
        if self.column:
            self._turn()
            self.column = ""
        with super().connect_to_newest() as connection:
            yield connection

    def _turn(self) -> None:
        table = ledger_entry if self.column in ledger_entry.c else ledger_head
        with as_owner(self.url) as connection:
            newest = select(ledger_head.c.size - 1).scalar_subquery()
            where = (
                ledger_entry.c.seq == newest if table is ledger_entry else ledger_head.c.log == LOG
            )
            value = connection.execute(select(table.c[self.column]).where(where)).scalar_one()
            to = {self.column: turned(value, self.bit)}
            connection.execute(update(table).where(where).values(to))


@pytest.mark.parametrize("bit", [0, 7, 100, 255])
@pytest.mark.parametrize("column", ["entry", "leaf_hash", "prev_hash", "chain_hash", "frontier"])
def test_a_bit_that_turns_over_in_the_database_is_not_signed(
    database_url: str, column: str, bit: int
) -> None:
    with closing(DecayingStore.open(database_url)) as store:
        store.url = database_url
        number = make_hub(store, Signers())
        with sequencer(store, log_signer) as running:
            running.submit(note_unit(number))
            drop_guards(database_url)
            store.column, store.bit = column, bit
            for _ in range(2):
                with pytest.raises(LedgerIntegrityError):
                    running.submit(note_unit(number))

        check_last_signed(store, number)


def check_last_signed(store: Store, number: HubNumber, size: int = 1) -> None:
    """Only the tree of before is signed, here and in the second store."""
    with store.read() as tx:
        (log,) = tx.ledger.logs(number)
        (signed,) = tx.ledger.checkpoints(number, LOG)
    elsewhere = second_store_of(store).read(f"log/{log.vkey}")
    assert elsewhere is not None
    assert (signed.size, int(elsewhere.split("\n")[1])) == (size, size)


@dataclass
class DecayingSigner:
    """A key whose signature is over a text in which a bit turned over, or is itself damaged."""

    inner: Signer
    what: str
    bit: int

    @property
    def key_type(self) -> KeyType:
        return KeyType.ED25519

    @property
    def public_key(self) -> bytes:
        return self.inner.public_key

    def sign(self, message: bytes) -> bytes:
        text = turned(message, self.bit) if self.what == "text" else message
        signature = self.inner.sign(text)
        return turned(signature, self.bit) if self.what == "signature" else signature


@pytest.mark.parametrize("bit", [0, 99, 500])
@pytest.mark.parametrize("what", ["text", "signature"])
def test_a_bit_that_turns_over_while_it_is_signed_is_noticed(
    store: Store, what: str, bit: int
) -> None:
    number = make_hub(store, Signers())

    def decaying(log: LedgerLog) -> Signer:
        return DecayingSigner(log_signer(log), what, bit)

    with sequencer(store, decaying) as running, pytest.raises(CredhubError):
        running.submit(note_unit(number))

    with store.read() as tx:
        assert tx.ledger.latest_checkpoint(number, LOG) is None


def test_a_bit_that_turns_over_in_the_tree_in_memory_is_noticed(store: Store) -> None:
    number = make_hub(store, Signers())
    with sequencer(store, log_signer) as running:
        for _ in range(ENTRIES):
            running.submit(note_unit(number))
    with store.connect_to_newest() as connection:
        known = KnownTree.last_signed(connection, LogName(hub=number, log=LOG))
    with store.connect_to_write() as connection:
        append(connection, [note_unit(number)], now_ms=to_ms(NOW))

    with store.connect_to_newest() as connection:
        for tree in decayed(known):
            with pytest.raises(LedgerIntegrityError):
                tree.read_on(connection)
        known.read_on(connection)
    assert known.frontier.size == ENTRIES + 1


def decayed(known: KnownTree) -> Iterator[KnownTree]:
    """Copy a tree with one bit of its hashes turned over."""
    size, hashes = known.frontier.size, known.frontier.encode()
    for bit in range(0, 8 * len(hashes), 5):
        yield replace(known.copy(), frontier=Frontier.decode(size, turned(hashes, bit)))
    for bit in range(0, 8 * len(known.chain), 5):
        yield replace(known.copy(), chain=turned(known.chain, bit))
