import json
from collections import defaultdict
from collections.abc import Iterator

import pytest

from credhub.errors import ContextNotAllowedError, TamperedFileError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs.contexts import (
    ALLOWED,
    DATA_INTEGRITY,
    DID,
    MULTIKEY,
    OB_EXTENSIONS,
    OB_VERSIONS,
    PINNED,
    VC,
    Combination,
    Contexts,
)
from tests import vectors
from tests.unit import factories

BADGE = OB_VERSIONS[0]


@pytest.mark.parametrize("address", PINNED)
def test_each_context_is_the_published_one(address: str) -> None:
    manifest = vectors.document("contexts/manifest.json")
    published = vectors.document(f"contexts/{manifest[address]}")

    assert json.loads(factories.read_schema(PINNED[address][0])) == published


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
        pytest.param([VC, BADGE.replace("-3.0.3", "")], id="Open Badges 3.0.0"),
        pytest.param([VC, BADGE.replace("3.0.3", "3.0.1")], id="Open Badges 3.0.1"),
        pytest.param([VC, BADGE + "#"], id="fragment"),
        pytest.param([VC.upper()], id="upper case"),
        pytest.param(["https://www.w3.org/ns/credentials/examples/v2"], id="examples"),
        pytest.param([VC, "https://www.w3.org/ns/credentials/examples/v2"], id="with examples"),
        pytest.param([VC, "https://www.w3.org/ns/credentials/undefined-terms/v2"], id="undefined"),
    ],
)
def test_t04_any_other_context_is_refused(value: JsonValue) -> None:
    with pytest.raises(ContextNotAllowedError):
        factories.contexts().combination({"@context": value})


def test_t04_a_document_without_context_is_refused() -> None:
    with pytest.raises(ContextNotAllowedError):
        factories.contexts().combination({})


def test_t04_no_shipped_context_has_a_default_vocabulary_base_or_language() -> None:
    for definition in _definitions(list(factories.contexts().definitions.values())):
        assert not {"@vocab", "@base", "@language", "@direction", "@import"} & set(definition)


def test_t04_only_id_and_type_stand_for_keywords() -> None:
    for definition in _definitions(list(factories.contexts().definitions.values())):
        for term, meaning in definition.items():
            address = meaning.get("@id") if isinstance(meaning, dict) else meaning
            if str(address).startswith("@") and not term.startswith("@"):
                assert (term, address) in {("id", "@id"), ("type", "@type")}


@pytest.mark.parametrize("combination", sorted(ALLOWED))
def test_t04_no_two_members_mean_the_same(combination: Combination) -> None:
    # Else one could stand for the other, and hide from whoever looks for the first.
    members: defaultdict[str, set[str]] = defaultdict(set)
    definitions = [factories.contexts().definitions[address] for address in combination]
    for definition in _definitions(definitions):
        for term, meaning in definition.items():
            if not term.startswith("@") and not term[0].isupper():
                address = meaning.get("@id") if isinstance(meaning, dict) else meaning
                members[str(address)].add(term)

    assert {address: terms for address, terms in members.items() if len(terms) > 1} == {}


def _definitions(value: JsonValue) -> Iterator[JsonObject]:
    if isinstance(value, list):
        for item in value:
            yield from _definitions(item)
    elif isinstance(value, dict):
        yield value
        for meaning in value.values():
            if isinstance(meaning, dict):
                yield from _definitions(meaning.get("@context"))
