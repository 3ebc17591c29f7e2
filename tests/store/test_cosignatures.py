from dataclasses import replace
from datetime import UTC, datetime

import pytest

from credhub.errors import ConflictError
from credhub.store.cosignatures import StoredCosignature
from credhub.store.hubs import HubNumber
from credhub.store.store import Store
from credhub.store.unit import Unit
from credhub.store.witness_keys import StoredWitnessKey
from tests.store.samples import LOG, Signers, make_hub, public_entry, sequencer

KEY = StoredWitnessKey(
    name="hub.example/witness",
    public_key=b"p" * 32,
    kdf_salt=b"salt",
    sealed_private=b"sealed",
    created_at=datetime(2026, 11, 22, tzinfo=UTC),
)


def signed(store: Store, sizes: int) -> HubNumber:
    """Make a log with a checkpoint at every size."""
    signers = Signers()
    number = make_hub(store, signers)
    with sequencer(store, signers) as running:
        for n in range(sizes):
            running.submit(Unit(hub=number, entries=(public_entry(f"note {n}"),)))
    return number


def add(store: Store, number: HubNumber, size: int, witness: str) -> None:
    line = StoredCosignature(
        hub=number, log=LOG, size=size, witness=witness, line=f"{witness} {size}\n"
    )
    with store.begin() as tx:
        tx.cosignatures.insert(line)


def test_lines_are_found_by_size_and_by_witness(store: Store) -> None:
    number = signed(store, 5)
    for size, witness in [(1, "a"), (3, "b"), (3, "a"), (4, "b")]:
        add(store, number, size, witness)

    with store.read() as tx:
        found = tx.cosignatures
        assert found.lines(number, LOG, 3) == ("a 3\n", "b 3\n")
        assert found.lines(number, LOG, 2) == ()
        assert found.newest_of_each(number, LOG) == {"a": 3, "b": 4}
        assert list(found.sizes_above(number, LOG, 1, most=5)) == [3, 4]
        assert list(found.sizes_above(number, LOG, 0, most=2)) == [1, 3]
        assert list(found.newest_sizes(number, LOG, most=2)) == [4, 3]
        assert found.newest_of_each(number, "another") == {}


def test_a_witness_has_one_line_about_a_checkpoint(store: Store) -> None:
    number = signed(store, 1)
    add(store, number, 1, "a")

    with pytest.raises(ConflictError):
        add(store, number, 1, "a")


def test_a_line_about_no_checkpoint_is_refused(store: Store) -> None:
    number = signed(store, 1)

    with pytest.raises(ConflictError):
        add(store, number, 2, "a")


def test_a_witness_key_is_found_by_its_name_and_stays(store: Store) -> None:
    with store.begin() as tx:
        tx.witness_keys.insert(KEY)

    with pytest.raises(ConflictError), store.begin() as tx:
        tx.witness_keys.insert(replace(KEY, public_key=b"q" * 32))
    with store.read() as tx:
        assert tx.witness_keys.by_name(KEY.name) == KEY
        assert tx.witness_keys.by_name("another") is None
    assert "sealed'" not in repr(KEY)
