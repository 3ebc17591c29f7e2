import pytest

from credhub.jsontypes import JsonObject
from credhub.uploads.older_badges import is_one

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
