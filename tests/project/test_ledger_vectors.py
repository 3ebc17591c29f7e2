"""The vectors of the ledger's specification are what our code makes."""

import json

import pytest

from credhub.ledger.entry import Kind, leaf_hash
from credhub.ledger.merkle import hash_children, root
from credhub.ledger.receipt import PrivateOpening
from tests.ledger_vectors import world
from tests.ledger_vectors.__main__ import FILES, FOLDER
from tests.ledger_vectors.cases import VectorFile
from tests.ledger_vectors.judging import fingerprint

by_name = pytest.mark.parametrize("vectors", FILES, ids=lambda vectors: vectors.name)


@by_name
def test_the_committed_vectors_are_those_that_the_code_makes(vectors: VectorFile) -> None:
    assert (FOLDER / f"{vectors.name}.json").read_text("utf-8") == vectors.text()


def test_no_vectors_lie_there_that_nobody_makes() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == {vectors.name for vectors in FILES}


@by_name
def test_every_bad_vector_says_why_and_every_name_is_its_own(vectors: VectorFile) -> None:
    cases = json.loads((FOLDER / f"{vectors.name}.json").read_text("utf-8"))["cases"]

    assert len({case["name"] for case in cases}) == len(cases)
    assert all((case["outcome"] == "accepted") == ("why" not in case) for case in cases)


def test_the_example_of_the_specification_is_computed() -> None:
    text = "".join((FOLDER.parent / "ledger.md").read_text("utf-8").split())
    entry = world.LOGGED[4]
    assert isinstance(entry, PrivateOpening)
    encoded = entry.entry().encode()
    proof = world.receipt(4).proof
    inner = hash_children(leaf_hash(encoded), proof[0])
    whole = hash_children(inner, proof[1])

    for value in (
        entry.payload.decode(),
        entry.opening.hex(),
        encoded.hex(),
        leaf_hash(encoded).hex(),
        *(item.hex() for item in proof),
        inner.hex(),
        whole.hex(),
        hash_children(proof[2], whole).hex(),
        world.LOG_KEY.text(),
        fingerprint(world.LOG_KEY.text()),
        str(entry.time_ms),
    ):
        assert value in text
    assert hash_children(proof[2], whole) == root(world.LEAVES)


def test_the_specification_and_both_verifiers_name_the_same_kinds_and_members() -> None:
    text = (FOLDER.parent / "ledger.md").read_text("utf-8")
    verifier = (FOLDER.parent / "verify.mjs").read_text("utf-8")

    for vectors in FILES:
        if vectors.check == "event":
            cases = json.loads(vectors.text())["cases"]
            members = {name for case in cases for name in case.get("gives", {})}
            assert {name for name in members if f"`{name}`" not in text} == set()
            assert {name for name in members if f"{name}: " not in verifier} == set()
    for kind in Kind:
        assert f"| {kind.value} | {kind.name.lower().replace('_', ' ')} |" in text
