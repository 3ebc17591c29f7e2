"""T14: every rule of RFC 9901, section 7.1, with the code of its own; and the honest twin."""

import pytest

from credhub.errors import VerificationError
from credhub.jsontypes import MAX_DEPTH, JsonObject, JsonValue
from credhub.proofs.sd_jwt.disclosures import HashAlgorithm
from credhub.proofs.sd_jwt.processing import process
from tests.unit.proofs.sd_jwt.making import digest, digests, disclosure

NAME = disclosure("salt-1", "name", "Amelie")
CITY = disclosure("salt-2", "city", "Lyon")
FRENCH = disclosure("salt-3", "fr")


def code_of(payload: JsonObject, *disclosures: str) -> str:
    with pytest.raises(VerificationError) as caught:
        process(payload, disclosures)
    return caught.value.code


def test_what_is_shown_comes_to_its_place() -> None:
    payload: JsonObject = {
        "_sd_alg": "sha-256",
        "_sd": digests([NAME, CITY]),
        "languages": ["de", {"...": digest(FRENCH)}, {"...": digest("a decoy")}],
        "address": {"_sd": [digest("another decoy")]},
    }

    processed = process(payload, [NAME, FRENCH])

    assert processed.claims == {"languages": ["de", "fr"], "address": {}, "name": "Amelie"}
    assert processed.disclosed == {("name",): NAME, ("languages", 1): FRENCH}
    assert processed.concealed == {(), ("languages",), ("address",)}


def test_a_payload_that_hides_nothing_is_itself() -> None:
    payload: JsonObject = {"a": [1, {"b": None}], "_sd": []}

    processed = process(payload, [])

    assert processed.claims == {"a": [1, {"b": None}]}
    assert not processed.disclosed
    assert not processed.concealed


def test_disclosures_inside_of_disclosures_are_found() -> None:
    inner = disclosure("salt-4", "street", "Rue A")
    outer = disclosure("salt-5", "address", {"_sd": digests([inner]), "city": "Lyon"})
    element = disclosure("salt-6", [{"...": digest(outer)}])
    last = disclosure("salt-7", outer)
    payload: JsonObject = {"_sd": digests([outer]), "list": [{"...": digest(last)}]}

    processed = process(payload, [inner, outer, last])

    assert processed.claims == {"address": {"city": "Lyon", "street": "Rue A"}, "list": [outer]}
    assert ("address", "street") in processed.disclosed
    assert code_of(payload, outer, element) == "unreferenced-disclosure"


@pytest.mark.parametrize("algorithm", HashAlgorithm)
def test_the_hashes_that_count(algorithm: HashAlgorithm) -> None:
    payload: JsonObject = {"_sd_alg": algorithm.value, "_sd": [algorithm.digest(NAME)]}

    assert process(payload, [NAME]).claims == {"name": "Amelie"}


@pytest.mark.parametrize("name", ["md5", "SHA-256", "sha256", "sha-256-128", "", None, 256, []])
def test_t14_an_unknown_hash_is_refused(name: JsonValue) -> None:
    assert code_of({"_sd_alg": name, "_sd": [digest(NAME)]}, NAME) == "unknown-sd-alg"


def test_t14_a_disclosure_that_nothing_refers_to_is_refused() -> None:
    assert code_of({"_sd": digests([NAME])}, NAME, CITY) == "unreferenced-disclosure"


def test_t14_a_disclosure_whose_parent_is_not_shown_is_refused() -> None:
    parent = disclosure("salt-8", "address", {"_sd": digests([CITY])})

    assert code_of({"_sd": digests([parent])}, CITY) == "unreferenced-disclosure"
    assert process({"_sd": digests([parent])}, [CITY, parent]).claims == {
        "address": {"city": "Lyon"}
    }


def test_t14_a_changed_disclosure_is_refused() -> None:
    changed = disclosure("salt-1", "name", "Bernard")

    assert code_of({"_sd": digests([NAME])}, changed) == "unreferenced-disclosure"


@pytest.mark.parametrize(
    "payload",
    [
        {"_sd": [*digests([NAME]), *digests([NAME])]},
        {"_sd": digests([NAME]), "more": {"_sd": digests([NAME])}},
        {"more": [{"...": "decoy"}, {"...": "decoy"}], "_sd": digests([NAME])},
    ],
)
def test_t14_a_digest_that_stands_twice_is_refused(payload: JsonObject) -> None:
    assert code_of(payload, NAME) == "repeated-digest"


def test_t14_a_digest_that_stands_in_a_disclosure_again_is_refused() -> None:
    outer = disclosure("salt-9", "outer", {"_sd": digests([NAME])})

    assert code_of({"_sd": digests([NAME, outer])}, NAME, outer) == "repeated-digest"


@pytest.mark.parametrize("name", ["_sd", "...", "_sd_alg", 1, None, ["name"]])
def test_t14_a_disclosure_with_a_reserved_name_is_refused(name: JsonValue) -> None:
    bad = disclosure("salt", name, ["value"])

    assert code_of({"_sd": digests([bad])}, bad) == "disclosure-name"


def test_t14_a_disclosure_that_would_replace_a_claim_is_refused() -> None:
    assert code_of({"name": "Zoe", "_sd": digests([NAME])}, NAME) == "disclosure-name-taken"


def test_t14_two_disclosures_of_one_name_are_refused() -> None:
    other = disclosure("salt", "name", "Zoe")

    assert code_of({"_sd": digests([NAME, other])}, NAME, other) == "disclosure-name-taken"
    assert process({"_sd": digests([NAME, other])}, [other]).claims == {"name": "Zoe"}


def test_t14_a_disclosure_of_an_element_is_none_of_a_member() -> None:
    assert code_of({"_sd": digests([FRENCH])}, FRENCH) == "disclosure-arity"


def test_t14_a_disclosure_of_a_member_is_none_of_an_element() -> None:
    assert code_of({"list": [{"...": digest(NAME)}]}, NAME) == "disclosure-arity"


@pytest.mark.parametrize(
    "text",
    [
        disclosure("salt"),
        disclosure("salt", "name", "value", "more"),
        disclosure(),
        disclosure(1, "name", "value"),
        disclosure(None, "value"),
        "e30",  # {}
        "bm90IGpzb24",
        "WyJhIiwiYiIsImMiXQ=",
        "WyJhIiwgImEiLCB7ImEiOjEsImEiOjJ9XQ",  # a member name twice
        "*",
        "WyJhIiwiYiIsTmFOXQ",  # NaN
    ],
)
def test_t14_a_disclosure_that_is_none_is_refused(text: str) -> None:
    assert code_of({"_sd": [digest(text)]}, text) == "malformed-disclosure"


@pytest.mark.parametrize(
    "payload",
    [
        {"_sd": "text"},
        {"_sd": {"a": "b"}},
        {"_sd": None},
        {"_sd": [digest("a"), 1]},
        {"below": {"_sd": 5}},
        {"below": [[{"_sd": [None]}]]},
        {"...": "a"},
        {"below": {"...": "a"}},
        {"list": [{"...": "a", "b": 1}]},
        {"list": [{"...": 5}]},
        {"list": [{"...": ["a"]}]},
        {"list": [{"...": "a", "_sd": []}]},
        {"below": {"_sd_alg": "sha-256"}},
        {"list": [{"_sd_alg": "sha-256"}]},
    ],
)
def test_t14_a_reserved_name_that_holds_something_else_is_refused(payload: JsonObject) -> None:
    assert code_of(payload) == "malformed-digests"


def test_t14_a_reserved_name_inside_of_a_disclosure_is_refused() -> None:
    bad = disclosure("salt", "outer", {"_sd_alg": "sha-256"})

    assert code_of({"_sd": digests([bad])}, bad) == "malformed-digests"


def chain(length: int) -> tuple[JsonObject, list[str]]:
    texts: list[str] = []
    value: JsonValue = "end"
    for number in range(length):
        texts.append(disclosure(f"salt-{number}", "next", value))
        value = {"_sd": digests(texts[-1:])}
    assert isinstance(value, dict)
    return value, texts


def test_disclosures_may_be_nested_as_deeply_as_any_document() -> None:
    payload, texts = chain(MAX_DEPTH - 1)
    assert len(process(payload, texts).disclosed) == MAX_DEPTH - 1

    payload, texts = chain(MAX_DEPTH)
    assert code_of(payload, *texts) == "too-complex"
