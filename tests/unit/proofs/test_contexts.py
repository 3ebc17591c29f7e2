import json
from collections import defaultdict
from collections.abc import Iterator
from hashlib import sha256

import pytest

from credhub.errors import ContextNotAllowedError, TamperedFileError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs.contexts import (
    DATA_INTEGRITY,
    DID,
    ED25519_2020,
    EXAMPLES,
    MAX_CONTEXTS,
    MULTIKEY,
    OB_EXTENSIONS,
    OB_VERSIONS,
    PINNED,
    STATUS,
    STATUS_2021,
    UNDEFINED_TERMS,
    VC,
    VC_1,
    Combination,
    Contexts,
)
from tests import vectors
from tests.unit import factories

BADGE = OB_VERSIONS[0]
# Nobody published a copy of that one among the vectors.
PUBLISHED = sorted(PINNED.keys() - {STATUS_2021})


@pytest.mark.parametrize("address", PUBLISHED)
def test_each_context_is_the_published_one(address: str) -> None:
    manifest = vectors.document("contexts/manifest.json")
    published = vectors.document(f"contexts/{manifest[address]}")

    assert json.loads(factories.read_schema(PINNED[address][0])) == published


def test_the_published_contexts_have_the_digests_that_were_published_with_them() -> None:
    manifest = vectors.document("contexts/manifest.json")
    digests = vectors.document("contexts/sha256.json")

    found = {
        address: sha256(vectors.path(f"contexts/{manifest[address]}").read_bytes()).hexdigest()
        for address in PUBLISHED
    }

    assert found == {address: digests[address] for address in PUBLISHED}
    # The others are the same JSON with other spaces, as packages ship them.
    same = {address for address in PUBLISHED if found[address] == PINNED[address][1]}
    assert same == {EXAMPLES, UNDEFINED_TERMS, MULTIKEY, *OB_VERSIONS[:2]}


def test_the_specification_of_status_lists_has_the_same_context() -> None:
    published = vectors.document("bitstring-status-list/v1.jsonld")

    assert json.loads(factories.read_schema(PINNED[STATUS][0])) == published


@pytest.mark.parametrize("name", [name for name, _ in PINNED.values()])
def test_t98_a_tampered_context_is_refused_by_name(name: str) -> None:
    def read(wanted: str) -> bytes:
        data = bytearray(factories.read_schema(wanted))
        data[-1] ^= wanted == name
        return bytes(data)

    with pytest.raises(TamperedFileError) as refused:
        Contexts.load(read)
    assert refused.value.name == name


def test_t98_the_files_as_shipped_are_accepted() -> None:
    assert set(Contexts.load(factories.read_schema).definitions) == set(PINNED)


@pytest.mark.parametrize(
    "combination",
    [
        (VC,),
        (VC, BADGE),
        (VC, BADGE, OB_EXTENSIONS),
        (VC, OB_VERSIONS[-1]),
        (VC, DATA_INTEGRITY),
        (DID, MULTIKEY),
        (VC, EXAMPLES),
        (VC, BADGE, UNDEFINED_TERMS),
        (VC_1, OB_VERSIONS[-1], STATUS_2021, ED25519_2020),
        (VC, *sorted(PINNED.keys() - {VC})[: MAX_CONTEXTS - 1]),
    ],
)
def test_t04_known_combinations_are_accepted(combination: Combination) -> None:
    assert factories.contexts().combination({"@context": list(combination)}) == combination


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(None, id="none"),
        pytest.param([], id="empty"),
        pytest.param(VC, id="text"),
        pytest.param({"@vocab": "https://evil.example/"}, id="object"),
        pytest.param([VC, {"honours": "https://schema.org/award"}], id="inline"),
        pytest.param([VC, {"@vocab": "https://evil.example/"}], id="vocabulary"),
        pytest.param([VC, BADGE, {"displayName": "https://schema.org/name"}], id="alias"),
        pytest.param([None, VC], id="null"),
        pytest.param([VC, None, BADGE], id="null between"),
        pytest.param([VC, [BADGE]], id="nested"),
        pytest.param([BADGE, VC], id="other order"),
        pytest.param([VC, VC], id="twice"),
        pytest.param([VC, BADGE, OB_EXTENSIONS, OB_EXTENSIONS], id="last twice"),
        pytest.param([VC, "https://evil.example/context.json"], id="unknown"),
        pytest.param([VC, BADGE.replace("3.0.3", "3.0.4")], id="Open Badges 3.0.4"),
        pytest.param([VC, 5], id="number"),
        pytest.param([VC, *sorted(PINNED.keys() - {VC})[:MAX_CONTEXTS]], id="too many"),
        pytest.param([VC, BADGE + "#"], id="fragment"),
        pytest.param([VC.upper()], id="upper case"),
        pytest.param(["https://www.w3.org/ns/credentials/examples/v2"], id="examples"),
        pytest.param([UNDEFINED_TERMS, VC], id="undefined first"),
    ],
)
def test_t04_any_other_context_is_refused(value: JsonValue) -> None:
    with pytest.raises(ContextNotAllowedError):
        factories.contexts().combination({"@context": value})


def test_t04_a_document_without_context_is_refused() -> None:
    with pytest.raises(ContextNotAllowedError):
        factories.contexts().combination({})


def test_t04_no_shipped_context_has_a_base_or_language() -> None:
    for definition in _definitions(list(factories.contexts().definitions.values())):
        assert not {"@base", "@language", "@direction", "@import", "@propagate"} & set(definition)


def test_t04_only_the_two_that_say_so_have_a_default_vocabulary() -> None:
    for address, definition in factories.contexts().definitions.items():
        has_one = any("@vocab" in part for part in _definitions(definition))
        assert has_one is (address in {EXAMPLES, UNDEFINED_TERMS})


def test_t04_only_id_and_type_stand_for_keywords() -> None:
    for definition in _definitions(list(factories.contexts().definitions.values())):
        for term, meaning in definition.items():
            address = meaning.get("@id") if isinstance(meaning, dict) else meaning
            if str(address).startswith("@") and not term.startswith("@"):
                assert (term, address) in {("id", "@id"), ("type", "@type")}


@pytest.mark.parametrize("base", [VC, VC_1])
def test_t04_no_two_members_mean_the_same(base: str) -> None:
    # Else one could stand for the other, and hide from whoever looks for the first. Every
    # combination is a part of these two, because those that have both bases contradict.
    members: defaultdict[str, set[str]] = defaultdict(set)
    contexts = factories.contexts().definitions
    for address in contexts.keys() - ({VC, VC_1} - {base}):
        for term, meaning in _full_meanings(contexts[address]):
            if not term[0].isupper():
                members[meaning].add(term)

    assert {address: terms for address, terms in members.items() if len(terms) > 1} == {}


def test_t04_no_defined_word_means_what_an_undefined_one_would() -> None:
    contexts = factories.contexts().definitions
    vocabularies = [
        str(part["@vocab"])
        for address in (EXAMPLES, UNDEFINED_TERMS)
        for part in _definitions(contexts[address])
    ]

    for definition in contexts.values():
        for _, meaning in _full_meanings(definition):
            assert not meaning.startswith(tuple(vocabularies))


def _full_meanings(value: JsonValue) -> Iterator[tuple[str, str]]:
    definitions = list(_definitions(value))
    prefixes = {
        term: meaning
        for definition in definitions
        for term, meaning in definition.items()
        if isinstance(meaning, str)
    }
    for definition in definitions:
        for term, meaning in definition.items():
            if not term.startswith("@"):
                text = str(meaning.get("@id") if isinstance(meaning, dict) else meaning)
                prefix, _, rest = text.partition(":")
                known = prefix in prefixes and not rest.startswith("//")
                yield term, prefixes[prefix] + rest if known else text


def _definitions(value: JsonValue) -> Iterator[JsonObject]:
    if isinstance(value, list):
        for item in value:
            yield from _definitions(item)
    elif isinstance(value, dict):
        yield value
        for meaning in value.values():
            if isinstance(meaning, dict):
                yield from _definitions(meaning.get("@context"))
