"""In RDF a number in quotes can be a number: as quotes are not signed, one spelling counts."""

from collections.abc import Iterable
from typing import Final

import orjson
import pytest
from pyoxigraph import Literal

from credhub.errors import DataLossError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs.contexts import OB_VERSIONS, PINNED, VC, VC_1
from credhub.proofs.pruning import PrunedContexts
from credhub.proofs.rdfc import to_quads
from tests.unit import factories

NEWEST: Final = (VC, OB_VERSIONS[0])
TRUE: Final[JsonValue] = True
OLDEST: Final = (VC_1, OB_VERSIONS[-1])


def badge(contexts: Iterable[str], achievement: JsonObject, **subject: JsonValue) -> JsonObject:
    return {
        "@context": list(contexts),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "achievement": {"type": ["Achievement"], **achievement},
            **subject,
        },
    }


def worth(value: JsonValue) -> JsonObject:
    return badge(NEWEST, {"creditsAvailable": value})


def hashed(value: JsonValue) -> JsonObject:
    return badge(NEWEST, {}, identifier=[{"type": ["IdentityObject"], "hashed": value}])


def valid_from(value: JsonValue) -> JsonObject:
    return badge(NEWEST, {}) | {"validFrom": value}


def named(value: JsonValue) -> JsonObject:
    return badge(OLDEST, {"name": value})


def place(value: JsonValue) -> JsonObject:
    geo: JsonObject = {"type": ["GeoCoordinates"], "latitude": value}
    address: JsonObject = {"type": ["Address"], "geo": geo}
    return badge(OLDEST, {"creator": {"type": ["Profile"], "address": address}})


def in_rdf(document: JsonObject) -> list[str]:
    """List what JSON-LD reads as values, with all that the contexts define and no check of ours."""
    contexts = document["@context"]
    assert isinstance(contexts, list)
    pruned = PrunedContexts(factories.contexts().definitions[str(one)] for one in contexts)
    body = {name: value for name, value in document.items() if name != "@context"}
    quads = to_quads(pruned.full_text(), orjson.dumps(body))
    return sorted(str(quad.object) for quad in quads if isinstance(quad.object, Literal))


TWINS: Final = {
    "number": (worth(12), worth("12")),
    "number with a fraction": (worth(7.5), worth("7.5E0")),
    "numbers": (worth([12, 13]), worth([12, "13"])),
    "truth value": (hashed(TRUE), hashed("true")),
    "number that is a text": (named("12"), named(12)),
    "truth value that is a text": (named("true"), named(TRUE)),
    "year": (valid_from("2026"), valid_from(2026)),
    "latitude": (place(45), place("45")),
}
twins = pytest.mark.parametrize(("written", "twin"), TWINS.values(), ids=TWINS)


@twins
def test_t04_what_only_quotes_tell_apart_is_one_in_rdf(
    written: JsonObject, twin: JsonObject
) -> None:
    assert in_rdf(written) == in_rdf(twin)


@twins
def test_t04_what_only_quotes_tell_apart_has_one_spelling(
    written: JsonObject, twin: JsonObject
) -> None:
    assert factories.canonicalizer().canonical(written)
    with pytest.raises(DataLossError, match=r"stands in quotes|stands without quotes"):
        factories.canonicalizer().canonical(twin)


def test_t04_where_rdf_tells_them_apart_both_are_accepted() -> None:
    numbers = [badge(NEWEST, {"name": value}) for value in (12, "12", True, "true")]

    assert len({factories.canonicalizer().canonical(one) for one in numbers}) == len(numbers)


def test_no_shipped_term_is_a_number_here_and_a_text_there() -> None:
    pruned = PrunedContexts(factories.contexts().definitions[address] for address in PINNED)

    assert pruned.counted >= {"creditsAvailable", "creditsEarned", "hashed", "statusSize"}
    assert pruned.worded >= {"name", "validFrom", "proofValue"}
    assert not pruned.counted & pruned.worded
