"""The vectors of the ledger's specification are what our code makes."""

import json

import pytest

from tests.ledger_vectors.__main__ import FILES, FOLDER
from tests.ledger_vectors.cases import VectorFile

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
