import pytest

from credhub.jsontypes import JsonObject
from credhub.verification.open_badges_2 import is_one
from credhub.verification.report import Check, Outcome, Verdict
from tests.unit.verification.world import World, credential, result

CONTEXT = "https://w3id.org/openbadges/v2"


@pytest.mark.parametrize(
    ("document", "older"),
    [
        ({"@context": CONTEXT, "type": "Assertion"}, True),
        ({"@context": [CONTEXT, "https://a.example/"], "type": ["Assertion", "Extension"]}, True),
        ({"@context": "https://w3id.org/openbadges/v1", "type": "Assertion"}, True),
        ({"@context": CONTEXT, "type": "BadgeClass"}, False),
        ({"@context": "https://www.w3.org/ns/credentials/v2", "type": "Assertion"}, False),
        ({"type": "Assertion"}, False),
        ({}, False),
    ],
)
def test_an_older_badge_says_its_edition(document: JsonObject, *, older: bool) -> None:
    assert is_one(document) is older


@pytest.mark.parametrize("proof", [{}, {"proof": {"type": "DataIntegrityProof"}}])
def test_an_older_badge_is_not_verified_and_not_called_invalid(proof: JsonObject) -> None:
    badge: JsonObject = {"@context": CONTEXT, "type": "Assertion"}

    report = World().verify(badge | proof)

    parsed = result(report, Check.PARSE)
    assert report.verdict is Verdict.INDETERMINATE
    assert (parsed.outcome, parsed.code) == (Outcome.UNKNOWN, "older-open-badge")
    assert report.credential is None


def test_a_badge_of_this_edition_is_verified() -> None:
    assert World().verify(credential()).verdict is Verdict.VALID
