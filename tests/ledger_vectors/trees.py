"""Vectors of roots, inclusion proofs and consistency proofs."""

from collections.abc import Iterator, Sequence
from hashlib import sha256

from credhub.jsontypes import JsonObject, JsonValue
from credhub.ledger.entry import leaf_hash
from credhub.ledger.merkle import hash_children, root
from credhub.ledger.merkle_proofs import consistency_proof, inclusion_proof
from tests.ledger_vectors.cases import Case, VectorFile
from tests.unit.ledger.builder import Tiles

LEAVES = tuple(leaf_hash(b"leaf %d" % number) for number in range(300))
STRANGER = sha256(b"not in the tree").digest()
PLACES = ((0, 1), (0, 2), (1, 2), (2, 3), (0, 7), (3, 7), (6, 7), (4, 8), (255, 256), (299, 300))
SIZES = ((1, 1), (1, 2), (2, 3), (3, 7), (4, 7), (6, 8), (8, 8), (255, 256), (256, 300), (7, 300))


def _roots() -> Iterator[Case]:
    for size in (0, 1, 2, 3, 4, 5, 7, 8):
        leaves = _texts(LEAVES[:size])
        yield Case(name=f"{size} leaves", given={"leaves": leaves})


def _inclusion() -> Iterator[Case]:
    for index, size in PLACES:
        given = _included(index, size)
        place = f"leaf {index} of {size}"
        yield Case(name=place, given=given)
        yield Case(
            name=f"{place}, another leaf",
            given=given | {"leaf": STRANGER.hex()},
            why="The leaf is not in the tree.",
        )
        yield Case(
            name=f"{place}, at the end",
            given=given | {"index": str(size)},
            why="A tree of this size has no such leaf.",
        )
        for name, proof in _damaged(given["proof"]):
            why = "The proof has another length, or leads to another root."
            yield Case(name=f"{place}, {name}", given=given | {"proof": proof}, why=why)
    given = _included(3, 7)
    inner = hash_children(LEAVES[4], LEAVES[5])
    yield Case(
        name="another index",
        given=given | {"index": "2"},
        why="The path of the neighbour has its hashes on the other side.",
    )
    yield Case(
        name="a node for a leaf",
        given=given | {"leaf": inner.hex(), "index": "4", "proof": given["proof"]},
        why="The hash of a node is not that of a leaf.",
    )
    yield Case(
        name="an empty tree",
        given=given | {"index": "0", "size": "0", "proof": [], "root": root(()).hex()},
        why="An empty tree has no leaf.",
    )


def _consistency() -> Iterator[Case]:
    for old, new in SIZES:
        given = _consistent(old, new)
        sizes = f"{old} in {new}"
        yield Case(name=sizes, given=given)
        yield Case(
            name=f"{sizes}, another old root",
            given=given | {"oldRoot": STRANGER.hex()},
            why="The old tree is not the beginning of the new one.",
        )
        for name, proof in _damaged(given["proof"]):
            why = "The proof has another length, or does not lead to both roots."
            yield Case(name=f"{sizes}, {name}", given=given | {"proof": proof}, why=why)
    empty = root(()).hex()
    given = _consistent(3, 7)
    nothing: JsonObject = {"oldSize": "0", "newSize": "0", "oldRoot": empty, "newRoot": empty}
    yield Case(name="0 in 0", given=given | nothing | {"proof": []})
    yield Case(
        name="0 in 7",
        given=given | {"oldSize": "0", "oldRoot": empty, "proof": []},
        why="Every tree begins with the empty one, so there is no proof of it.",
    )
    yield Case(
        name="7 in 3",
        given=given
        | {
            "oldSize": "7",
            "newSize": "3",
            "oldRoot": given["newRoot"],
            "newRoot": given["oldRoot"],
        },
        why="A tree does not shrink.",
    )


def _included(index: int, size: int) -> JsonObject:
    return {
        "leaf": LEAVES[index].hex(),
        "index": str(index),
        "size": str(size),
        "proof": _texts(inclusion_proof(index, size, Tiles(LEAVES[:size]))),
        "root": root(LEAVES[:size]).hex(),
    }


def _consistent(old: int, new: int) -> JsonObject:
    return {
        "oldSize": str(old),
        "newSize": str(new),
        "proof": _texts(consistency_proof(old, new, Tiles(LEAVES[:new]))),
        "oldRoot": root(LEAVES[:old]).hex(),
        "newRoot": root(LEAVES[:new]).hex(),
    }


def _damaged(proof: JsonValue) -> Iterator[tuple[str, list[JsonValue]]]:
    assert isinstance(proof, list)
    yield "one hash more", [*proof, STRANGER.hex()]
    if proof:
        yield "one hash less", proof[:-1]
        yield "another hash", [STRANGER.hex(), *proof[1:]]
    if len(proof) > 1 and proof[0] != proof[-1]:
        yield "in reverse", proof[::-1]


def _texts(hashes: Sequence[bytes]) -> list[JsonValue]:
    return [item.hex() for item in hashes]


FILES = (
    VectorFile(
        name="trees",
        check="root",
        about="Roots over leaf hashes.",
        cases=tuple(_roots()),
    ),
    VectorFile(
        name="inclusion",
        check="inclusion",
        about="Inclusion proofs: a leaf is in a tree.",
        cases=tuple(_inclusion()),
    ),
    VectorFile(
        name="consistency",
        check="consistency",
        about="Consistency proofs: a tree is the beginning of another.",
        cases=tuple(_consistency()),
    ),
)
