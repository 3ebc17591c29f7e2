"""Proofs in all small trees, around every power of two, and in trees that nobody could store."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credhub.errors import MerkleProofError
from credhub.ledger import merkle_proofs
from credhub.ledger.commitment import InnerKind
from credhub.ledger.cosignature import WitnessKey, cosign
from credhub.ledger.merkle import EMPTY_ROOT, TILE_HEIGHT, TILE_WIDTH, hash_children, split
from credhub.ledger.merkle_proofs import (
    MAX_PROOF,
    consistency_proof,
    inclusion_proof,
    verify_consistency,
    verify_inclusion,
)
from credhub.ledger.note import add_signatures, split_note
from credhub.ledger.receipt import PrivateOpening, Receipt
from tests.unit.ledger.builder import KeyOf, Tiles, signed
from tests.unit.ledger.test_merkle import leaves_of

SMALL = 300
LARGEST = (1 << 16) + 1
POWERS = [size for k in range(9, 17) for size in (2**k - 1, 2**k, 2**k + 1)]
LEAVES = leaves_of(LARGEST)
TILES = Tiles(LEAVES)


@cache
def hash_of(start: int, end: int) -> bytes:
    """The definition of RFC 6962, section 2.1, over some of the leaves."""
    if end - start == 1:
        return LEAVES[start]
    middle = start + split(end - start)
    return hash_children(hash_of(start, middle), hash_of(middle, end))


def path(index: int, start: int, end: int) -> list[bytes]:
    """The definition of RFC 6962, section 2.1.1."""
    if end - start == 1:
        return []
    middle = start + split(end - start)
    if index < middle:
        return [*path(index, start, middle), hash_of(middle, end)]
    return [*path(index, middle, end), hash_of(start, middle)]


def proof(old: int, start: int, end: int, *, whole: bool) -> list[bytes]:
    """The definition of RFC 6962, section 2.1.2."""
    if old == end:
        return [] if whole else [hash_of(start, end)]
    middle = start + split(end - start)
    if old <= middle:
        return [*proof(old, start, middle, whole=whole), hash_of(middle, end)]
    return [*proof(old, middle, end, whole=False), hash_of(start, middle)]


def check_inclusion(index: int, size: int) -> None:
    made = inclusion_proof(index, size, TILES)
    assert list(made) == path(index, 0, size), (index, size)
    verify_inclusion(LEAVES[index], index, size, made, hash_of(0, size))


def check_consistency(old: int, new: int) -> None:
    made = consistency_proof(old, new, TILES)
    assert list(made) == proof(old, 0, new, whole=True), (old, new)
    verify_consistency(old, new, made, hash_of(0, old), hash_of(0, new))


def edges(size: int) -> Iterator[int]:
    """Give the places around tiles and powers of two, the first and the last."""
    near = {at + by for at in (0, 256, 512, size // 2, size) for by in (-1, 0, 1)}
    return (at for at in sorted(near) if 0 <= at < size)


def test_every_proof_of_every_small_tree_is_that_of_the_definition(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # 90,300 proofs hash the same few pairs, so what a pair hashes to is remembered.
    monkeypatch.setattr(merkle_proofs, "hash_children", cache(hash_children))

    for size in range(1, SMALL + 1):
        for at in range(size):
            check_inclusion(at, size)
            check_consistency(at + 1, size)


@pytest.mark.parametrize("size", POWERS)
def test_proofs_around_powers_of_two_are_those_of_the_definition(size: int) -> None:
    for at in edges(size):
        check_inclusion(at, size)
        check_consistency(at + 1, size)


# A verifier that is written down from the standard, step by step, and shares nothing with ours.


def standard_inclusion(
    leaf: bytes, index: int, size: int, hashes: Sequence[bytes], root: bytes
) -> bool:
    """RFC 9162, section 2.1.3.2."""
    if not 0 <= index < size:
        return False
    fn, sn, r = index, size - 1, leaf
    for p in hashes:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = hash_children(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = hash_children(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == root


def standard_consistency(
    old: int, new: int, hashes: Sequence[bytes], old_root: bytes, new_root: bytes
) -> bool:
    """RFC 9162, section 2.1.4.2."""
    if not hashes:
        return False
    climbing = [old_root, *hashes] if old & (old - 1) == 0 else list(hashes)
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = climbing[0]
    for c in climbing[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = hash_children(c, fr), hash_children(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = hash_children(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return (fr, sr, sn) == (old_root, new_root, 0)


@st.composite
def mutations(draw: st.DrawFn, hashes: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """Leave the hashes, or flip, drop, add, repeat or exchange some; or add far too many."""
    at = draw(st.integers(0, max(0, len(hashes) - 1)))
    other = draw(st.integers(0, max(0, len(hashes) - 1)))
    changed = list(hashes)
    match draw(st.sampled_from(["none", "flip", "drop", "add", "swap", "many"])):
        case "flip" if hashes:
            bit = draw(st.integers(0, 255))
            number = int.from_bytes(changed[at]) ^ 1 << bit
            changed[at] = number.to_bytes(32)
        case "drop" if hashes:
            del changed[at]
        case "add":
            changed.insert(at, draw(st.sampled_from([bytes(32), *hashes])))
        case "swap" if hashes:
            changed[at], changed[other] = changed[other], changed[at]
        case "many":
            changed += [bytes(32)] * (MAX_PROOF + 1)
        case _:
            pass
    return tuple(changed)


NEAR = st.integers(-3, 3)
SIZES = st.integers(1, SMALL) | st.sampled_from(POWERS)


@settings(max_examples=400)
@given(st.data(), SIZES)
def test_t81_inclusion_is_what_the_steps_of_the_standard_say(
    data: st.DataObject, size: int
) -> None:
    index = data.draw(st.integers(0, size - 1))
    good = inclusion_proof(index, size, TILES)
    hashes = data.draw(mutations(good))
    said = index + data.draw(NEAR), size + data.draw(NEAR)
    root = hash_of(0, size)

    accepted = True
    try:
        verify_inclusion(LEAVES[index], *said, hashes, root)
    except MerkleProofError:
        accepted = False

    assert accepted == standard_inclusion(LEAVES[index], *said, hashes, root)
    # A path has a shape and not a size: only the signed size of a checkpoint tells those apart.
    assert not accepted or (hashes, said[0]) == (good, index)


@settings(max_examples=400)
@given(st.data(), SIZES)
def test_t81_consistency_is_what_the_steps_of_the_standard_say(
    data: st.DataObject, size: int
) -> None:
    old = data.draw(st.integers(1, size))
    good = consistency_proof(old, size, TILES)
    hashes = data.draw(mutations(good))
    said = old + data.draw(NEAR), size + data.draw(NEAR)
    roots = hash_of(0, old), hash_of(0, size)

    accepted = True
    try:
        verify_consistency(*said, hashes, *roots)
    except MerkleProofError:
        accepted = False

    if 0 < said[0] < said[1]:
        assert accepted == standard_consistency(*said, hashes, *roots)
    else:
        empty = said == (0, 0) and roots[1] != EMPTY_ROOT
        same = said[0] == said[1] and not hashes and roots[0] == roots[1]
        assert accepted == (same and not empty)


# Trees that are larger than any disk: all leaves but a few are the same.


@cache
def same(height: int) -> bytes:
    """The hash over so many equal leaves as a full tree of this height has."""
    return hash_children(same(height - 1), same(height - 1)) if height else bytes(32)


class SparseTiles:
    """A source for a tree of any size, which counts the tiles that are asked for."""

    def __init__(self, marked: Sequence[int]) -> None:
        self._marked = sorted(marked)
        self.asked = 0

    def tile(self, level: int, index: int, width: int) -> Sequence[bytes]:
        self.asked += 1
        start = index * TILE_WIDTH
        return [self.node(level * TILE_HEIGHT, start + at) for at in range(width)]

    def node(self, height: int, index: int) -> bytes:
        first = bisect_left(self._marked, index << height)
        if first == len(self._marked) or self._marked[first] >= (index + 1) << height:
            return same(height)
        if height == 0:
            return sha256(b"%d" % index).digest()
        return hash_children(self.node(height - 1, 2 * index), self.node(height - 1, 2 * index + 1))

    def root(self, start: int, end: int) -> bytes:
        """The definition, where a full tree is one step."""
        count = end - start
        if count & (count - 1) == 0:
            height = count.bit_length() - 1
            return self.node(height, start >> height)
        middle = start + split(count)
        return hash_children(self.root(start, middle), self.root(middle, end))


HUGE = [10**6, 10**7, 10**8, 10**9, 2**28, 2**40 - 1, 2**62, 2**63 - 1, 2**63]


@pytest.mark.parametrize("size", HUGE)
def test_entries_of_a_huge_tree_are_proved_from_a_few_tiles(size: int) -> None:
    marked = [0, 1, 255, 256, size // 3, size // 2, size - 257, size - 2, size - 1]
    tiles = SparseTiles(marked)
    root = tiles.root(0, size)
    levels = -(-size.bit_length() // TILE_HEIGHT)

    for index in (*marked, 77, size // 5):
        tiles.asked = 0
        made = inclusion_proof(index, size, tiles)
        assert tiles.asked <= 2 * levels
        assert len(made) <= MAX_PROOF
        verify_inclusion(tiles.node(0, index), index, size, made, root)
        with pytest.raises(MerkleProofError):
            verify_inclusion(tiles.node(0, 2), index, size, made, root[::-1])


@pytest.mark.parametrize("size", [size for size in HUGE if size <= 2**62])
def test_a_huge_tree_is_the_beginning_of_a_larger_one(size: int) -> None:
    tiles = SparseTiles([0, size // 3, size - 1])
    root = tiles.root(0, size)

    for old in (1, 255, 256, size // 3, size // 2 + 1, size - 1):
        made = consistency_proof(old, size, tiles)
        verify_consistency(old, size, made, tiles.root(0, old), root)
        with pytest.raises(MerkleProofError):
            verify_consistency(old, size, made, tiles.root(0, old)[::-1], root)


def test_a_receipt_of_the_largest_log_with_three_witnesses_is_small() -> None:
    size = 2**28  # There the next log begins.
    opened = PrivateOpening(
        time_ms=1_700_000_000_000,
        opening=bytes(range(32)),
        inner_kind=InnerKind.ISSUE,
        payload=b"x" * 32,
    )
    tiles = SparseTiles([0, size // 3, size - 1])
    note = signed(size, tiles.root(0, size))
    text, _ = split_note(note)
    keys = [(KeyOf(name), f"{name}.example/witness") for name in ("ash", "elm", "oak")]
    lines = [
        cosign(
            text,
            key=WitnessKey(name=name, public_key=key.public_key),
            timestamp=1_700_000_000,
            sign=key.sign,
        )
        for key, name in keys
    ]

    receipt = Receipt(
        index=size // 3,
        proof=inclusion_proof(size // 3, size, tiles),
        checkpoint=add_signatures(note, lines),
        extra=opened.encode(),
    )

    assert len(receipt.proof) == 28
    assert len(receipt.text()) <= 2048
    assert Receipt.parse(receipt.text()) == receipt
