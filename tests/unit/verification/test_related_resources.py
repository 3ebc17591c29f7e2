"""T35: a file that a credential vouches for is the one that we have, or it vouches for nothing."""

from collections.abc import Callable

import pytest

from credhub.jsontypes import JsonObject
from credhub.verification.data_model import V2
from credhub.verification.report import Check, Verdict
from tests.unit.verification.test_data_model import MULTIHASH, OTHER_SRI, SRI, related
from tests.unit.verification.world import World, credential, result

Change = Callable[[JsonObject], None]


def saying(more: JsonObject) -> Change:
    """Add something to a credential; our own schema has no such members."""

    def change(document: JsonObject) -> None:
        del document["credentialSchema"]
        document.update(more)

    return change


def naming(digest: JsonObject) -> Change:
    return saying(related({"id": V2, **digest}))


@pytest.mark.parametrize("digest", [{"digestSRI": SRI}, {"digestMultibase": MULTIHASH}])
def test_t35_the_file_that_is_meant_is_accepted(digest: JsonObject) -> None:
    report = World().verify(credential(naming(digest)))

    assert report.verdict is Verdict.VALID
    assert result(report, Check.STRUCTURE).code == "passed"


def test_t35_another_file_makes_a_credential_invalid() -> None:
    report = World().verify(credential(naming({"digestSRI": OTHER_SRI})))

    assert report.verdict is Verdict.INVALID
    assert result(report, Check.STRUCTURE).code == "related-resource-differs"
    assert report.credential is None


def test_t35_so_does_a_file_that_is_named_twice() -> None:
    once = related({"id": V2, "digestSRI": SRI})
    twice = related({"id": V2, "digestSRI": SRI}, {"id": V2, "digestMultibase": MULTIHASH})

    assert World().verify(credential(saying(once))).verdict is Verdict.VALID
    assert World().verify(credential(saying(twice))).verdict is Verdict.INVALID
