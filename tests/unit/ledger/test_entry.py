from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.errors import EntryError
from credhub.ledger.entry import (
    MAX_PUBLIC,
    MAX_TIME_MS,
    NO_HASH,
    Kind,
    LedgerEntry,
    chain_hash,
    leaf_hash,
)
from tests.damage import damaged_bytes

TIMES = st.integers(0, MAX_TIME_MS)
PRIVATE = st.builds(
    LedgerEntry,
    kind=st.just(Kind.PRIVATE),
    time_ms=TIMES,
    commitment=st.binary(min_size=32, max_size=32).filter(any),
)
PUBLIC = st.builds(
    LedgerEntry,
    kind=st.sampled_from([kind for kind in Kind if kind is not Kind.PRIVATE]),
    time_ms=TIMES,
    commitment=st.just(NO_HASH),
    public=st.binary(min_size=1),
)
ENTRIES = PRIVATE | PUBLIC


def private_entry() -> LedgerEntry:
    return LedgerEntry(kind=Kind.PRIVATE, time_ms=1, commitment=b"c" * 32)


def public_entry(public: bytes = b"p") -> LedgerEntry:
    return LedgerEntry(kind=Kind.KEY, time_ms=1, commitment=NO_HASH, public=public)


@given(ENTRIES)
def test_an_entry_is_read_as_it_is_written(entry: LedgerEntry) -> None:
    assert LedgerEntry.parse(entry.encode()) == entry


@given(st.binary() | damaged_bytes(ENTRIES.map(LedgerEntry.encode)))
def test_bytes_are_refused_or_are_one_entry(data: bytes) -> None:
    try:
        entry = LedgerEntry.parse(data)
    except EntryError:
        return
    assert entry.encode() == data


def test_the_layout_of_an_entry_never_changes() -> None:
    entry = LedgerEntry(kind=Kind.PRIVATE, time_ms=0x0102, commitment=b"c" * 32)

    assert entry.encode() == b"CHL1\x01" + b"\0\0\0\0\0\0\x01\x02" + b"c" * 32 + b"\0\0"
    assert len(entry.encode()) == 47
    assert public_entry(b"abc").encode()[45:] == b"\0\x03abc"


def test_the_kinds_never_change() -> None:
    assert [(kind.name, kind.value) for kind in Kind] == [
        ("PRIVATE", 1),
        ("STATUS_LIST", 2),
        ("KEY", 3),
        ("DEFINITION", 4),
        ("CHILD_CHECKPOINT", 5),
        ("OPERATION", 6),
        ("FREEZE", 7),
        ("ENDORSEMENT", 8),
    ]


@pytest.mark.parametrize(
    "entry",
    [
        LedgerEntry(kind=Kind.PRIVATE, time_ms=-1, commitment=b"c" * 32),
        LedgerEntry(kind=Kind.PRIVATE, time_ms=MAX_TIME_MS + 1, commitment=b"c" * 32),
        LedgerEntry(kind=Kind.PRIVATE, time_ms=1, commitment=b"c" * 31),
        LedgerEntry(kind=Kind.PRIVATE, time_ms=1, commitment=NO_HASH),
        LedgerEntry(kind=Kind.PRIVATE, time_ms=1, commitment=b"c" * 32, public=b"p"),
        LedgerEntry(kind=Kind.KEY, time_ms=1, commitment=b"c" * 32, public=b"p"),
        public_entry(b""),
        public_entry(bytes(MAX_PUBLIC + 1)),
    ],
)
def test_an_entry_that_says_too_much_or_nothing_is_not_written(entry: LedgerEntry) -> None:
    with pytest.raises(EntryError):
        entry.encode()


def test_an_entry_fits_a_bundle_of_tiles() -> None:
    assert len(public_entry(bytes(MAX_PUBLIC)).encode()) == 2**16 - 1


@pytest.mark.parametrize("at", range(47))
def test_a_shorter_entry_is_refused(at: int) -> None:
    with pytest.raises(EntryError):
        LedgerEntry.parse(private_entry().encode()[:at])


def test_hashes_are_those_of_rfc_6962_and_of_our_chain() -> None:
    leaf = leaf_hash(b"entry")

    assert leaf == sha256(b"\0entry").digest()
    assert chain_hash(NO_HASH, leaf) == sha256(b"credhub/chain/v1\n" + NO_HASH + leaf).digest()
