"""The vectors of transparency-dev/merkle, good and failing ones, and the C2SP note."""

import json
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from credhub.errors import MerkleProofError
from credhub.ledger.merkle_proofs import verify_consistency, verify_inclusion
from credhub.ledger.note import VerifierKey, open_note
from tests import vectors


@dataclass(frozen=True)
class Case:
    """One file of vectors; hashes are base64 in it."""

    name: str
    members: dict[str, object]

    def number(self, member: str) -> int:
        return int(str(self.members[member]))

    def hash(self, member: str) -> bytes:
        return b64decode(str(self.members[member]))

    def proof(self) -> list[bytes]:
        hashes = self.members["proof"] or []
        assert isinstance(hashes, list)
        return [b64decode(item or "") for item in hashes]


def cases(folder: str) -> Iterator[Case]:
    for file in sorted(vectors.path(f"tlog/merkle-testdata/{folder}").rglob("*.json")):
        yield Case(str(file), json.loads(file.read_text()))


def verify_inclusion_case(case: Case) -> None:
    index, size = case.number("leafIdx"), case.number("treeSize")
    verify_inclusion(case.hash("leafHash"), index, size, case.proof(), case.hash("root"))


def verify_consistency_case(case: Case) -> None:
    sizes = case.number("size1"), case.number("size2")
    verify_consistency(*sizes, case.proof(), case.hash("root1"), case.hash("root2"))


def verify_subtree_inclusion_case(case: Case) -> None:
    """Read a subtree as the tree that it is."""
    start = case.number("start")
    index, size = case.number("leafIdx") - start, case.number("end") - start
    verify_inclusion(case.hash("leafHash"), index, size, case.proof(), case.hash("root"))


def verify_subtree_consistency_case(case: Case) -> None:
    sizes = case.number("end"), case.number("size")
    verify_consistency(*sizes, case.proof(), case.hash("root1"), case.hash("root2"))


# An empty subtree is in every tree there, even in one without leaves and with another root.
STRICTER = (
    "subtree-is-empty-sizes-are-equal-zero-subtree-root-valid-tree-root-random-proof-is-empty"
)


def is_ours(case: Case) -> bool:
    """Say whether a proof is of a kind that our ledgers have: not from a later subtree to a tree.

    Nobody here asks for one: a subtree that begins at the first leaf is an earlier tree.
    """
    later = "size" in case.members and case.number("start") != 0
    return not later and STRICTER not in case.name


@pytest.mark.parametrize(
    ("folder", "verify", "ours", "others"),
    [
        ("inclusion", verify_inclusion_case, 98, 0),
        ("consistency", verify_consistency_case, 98, 0),
        ("subtreeinclusion", verify_subtree_inclusion_case, 204, 0),
        ("subtreeconsistency", verify_subtree_consistency_case, 101, 17),
    ],
)
def test_proofs_hold_or_fail_as_published(
    folder: str, verify: Callable[[Case], None], ours: int, others: int
) -> None:
    found = list(cases(folder))
    judged = [case for case in found if is_ours(case)]
    for case in judged:
        if case.members["wantErr"]:
            with pytest.raises(MerkleProofError):
                verify(case)
        else:
            verify(case)

    assert (len(judged), len(found) - len(judged)) == (ours, others)


def test_the_published_note_opens_with_its_key() -> None:
    key = VerifierKey.parse(vectors.text("c2sp/vector-signed-note.vkey").strip())

    note = open_note(vectors.text("c2sp/vector-signed-note.txt"), [key])

    assert note.text == "This is an example message.\n"
