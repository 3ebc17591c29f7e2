import json
from collections.abc import Iterator

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pyld import jsonld

from credhub.credentials.achievement import Achievement
from credhub.credentials.document import CONTEXTS, to_document
from credhub.credentials.draft import CredentialDraft
from credhub.errors import CanonicalizationError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs.contexts import (
    DATA_INTEGRITY,
    DID,
    ED25519_2020,
    EXAMPLES,
    MULTIKEY,
    OB_EXTENSIONS,
    OB_VERSIONS,
    STATUS,
    STATUS_2021,
    UNDEFINED_TERMS,
    VC,
    VC_1,
    Combination,
)
from credhub.proofs.kinds import with_joint_kinds
from credhub.proofs.pruning import UNDEFINED, PrunedContexts, words
from credhub.proofs.quads import canonical_quads
from credhub.proofs.rdfc import to_quads
from tests.unit import factories
from tests.unit.credentials.strategies import achievements, drafts

SEEN: tuple[Combination, ...] = (
    (VC,),
    *((VC, badges) for badges in OB_VERSIONS[:2]),
    *((VC, badges, OB_EXTENSIONS) for badges in OB_VERSIONS[:2]),
    (VC, DATA_INTEGRITY),
    (VC, EXAMPLES),
    (VC, OB_VERSIONS[0], STATUS, UNDEFINED_TERMS),
    (VC_1, DATA_INTEGRITY),
    *((VC_1, badges, STATUS_2021, ED25519_2020) for badges in OB_VERSIONS),
    (DATA_INTEGRITY,),
    (DID,),
    (DID, MULTIKEY),
    (MULTIKEY,),
)
"""What we issue, what other issuers write, and the documents around them."""


def pruned_for(combination: Combination) -> PrunedContexts:
    return PrunedContexts(factories.contexts().definitions[address] for address in combination)


BY_COMBINATION = {combination: pruned_for(combination) for combination in SEEN}
ISSUED = BY_COMBINATION[CONTEXTS]


def outcome(context: bytes, body: JsonObject) -> bytes:
    # The engine reads one type of a node only, so which contexts are left would matter.
    try:
        return canonical_quads(to_quads(*with_joint_kinds(context, body)))
    except CanonicalizationError as error:
        return str(error).encode()


@given(drafts, achievements)
def test_pruned_contexts_give_the_bytes_of_the_full_ones(
    draft: CredentialDraft, achievement: Achievement
) -> None:
    document = to_document(
        draft,
        issuer=factories.issuer(),
        achievement=achievement,
        status_entries=(factories.status_entry().to_document(),),
        schema_id="https://hub.example/schemas/x.json",
        salt=bytes(16),
    )
    body = {name: value for name, value in document.items() if name != "@context"}

    assert outcome(ISSUED.text(words(document)), body) == outcome(ISSUED.full_text(), body)


def _nodes(terms: frozenset[str]) -> st.SearchStrategy[JsonObject]:
    known = sorted(terms - {"id", "type"})
    types = [term for term in known if term[0].isupper()] or known
    # The name of a class is refused as a member, and the engine mixes its two contexts up. Of
    # several types it reads the last only; test_kinds has those.
    members = [term for term in known if not term[0].isupper()]
    names = st.sampled_from([*members, "honours", "https://schema.org/name", "sec:x"])
    strings = st.sampled_from([*known, "x", "did:web:x", "https://a.example/1", "rel", "xsd:date"])
    leaves: st.SearchStrategy[JsonValue] = strings | st.booleans() | st.integers(0, 9)

    def node(inner: st.SearchStrategy[JsonValue]) -> st.SearchStrategy[JsonObject]:
        parts = st.dictionaries(names, inner | st.lists(inner, max_size=2), max_size=4)
        return st.builds(
            lambda rest, kinds, number: {
                "id": f"https://a.example/n/{number}",
                "type": list(kinds),
                **rest,
            },
            parts,
            st.lists(st.sampled_from(types), max_size=1),
            st.integers(0, 99),
        )

    return st.recursive(leaves, node, max_leaves=5).flatmap(lambda leaf: node(st.just(leaf)))


@pytest.mark.parametrize("combination", SEEN)
@settings(max_examples=40)
@given(data=st.data())
def test_pruning_changes_nothing_for_documents_of_any_shape(
    combination: Combination, data: st.DataObject
) -> None:
    pruned = BY_COMBINATION[combination]
    document = data.draw(_nodes(pruned.terms))
    full = outcome(pruned.full_text(), document)

    # Two types may both protect a word; where the document does not use it, we do not mind.
    assume(b"protected" not in full)
    lean = pruned.text(words(document))
    assert outcome(lean, document) == full or same_elsewhere(lean, pruned.full_text(), document)


def test_the_words_of_a_type_are_not_those_of_a_node_below() -> None:
    # The engine takes them along where the word in between has a context of its own, however
    # little of it is used. PyLD does not, whether contexts are pruned or not.
    pruned = BY_COMBINATION[VC_1, DATA_INTEGRITY]
    below: JsonObject = {"id": "https://a.example/n/1", "challenge": "x"}
    document: JsonObject = {
        "id": "https://a.example/n/0",
        "type": ["DataIntegrityProof"],
        "proofPurpose": below,
    }
    lean = pruned.text(words(document))

    assert same_elsewhere(lean, pruned.full_text(), document)
    assert f"{UNDEFINED}challenge".encode() in outcome(lean, document)


def same_elsewhere(one: bytes, other: bytes, body: JsonObject) -> bool:
    """Ask another engine whether two contexts mean the same for a document."""
    return by_pyld(one, body) == by_pyld(other, body)


def by_pyld(context: bytes, body: JsonObject) -> str:
    document = {"@context": json.loads(context), **body}
    text: str = jsonld.normalize(document, {"base": None, "format": "application/n-quads"})
    return text


def test_every_combination_that_is_seen_can_be_read_in_full() -> None:
    # Two contexts may not both protect a word; pruned, that would go unnoticed.
    for pruned in BY_COMBINATION.values():
        assert to_quads(pruned.full_text(), b'{"id":"urn:x:1","type":"urn:x:2"}')


def test_pruning_keeps_what_a_kept_term_needs() -> None:
    definition: JsonValue = {
        "@version": 1.1,
        "@protected": True,
        "schema": "https://schema.org/",
        "other": "https://other.example/",
        "name": "schema:name",
        "alias": {"@id": "name"},
        "Thing": {
            "@id": "schema:Thing",
            "@context": {"size": {"@id": "other:size"}, "weight": "schema:weight"},
        },
    }
    pruned = PrunedContexts([definition])

    kept = json.loads(pruned.text({"alias", "size", "Thing"}))

    assert kept == [
        {"@vocab": UNDEFINED},
        {
            "@version": 1.1,
            "@protected": True,
            "schema": "https://schema.org/",
            "other": "https://other.example/",
            "name": "schema:name",
            "alias": {"@id": "name"},
            "Thing": {"@id": "schema:Thing", "@context": {"size": {"@id": "other:size"}}},
        },
    ]
    assert json.loads(pruned.text(set())) == [
        {"@vocab": UNDEFINED},
        {"@version": 1.1, "@protected": True},
    ]


def test_pruning_follows_keywords_and_lists_of_contexts() -> None:
    pruned = PrunedContexts([[{"@vocab": "base:x"}, {"base": "https://b.example/"}, "https://x"]])

    assert json.loads(pruned.text(set())) == [
        {"@vocab": UNDEFINED},
        [{"@vocab": "base:x"}, {"base": "https://b.example/"}, "https://x"],
    ]


def test_t03_the_notice_of_undefined_terms_survives_a_null_context() -> None:
    pruned = PrunedContexts([{"holds": {"@id": "https://x.example/holds", "@context": None}}])

    kept = json.loads(pruned.text({"holds"}))

    assert kept[1]["holds"]["@context"] == [None, {"@vocab": UNDEFINED}]
    assert json.loads(pruned.full_text()) == kept


def test_terms_that_identify_are_known() -> None:
    pruned = PrunedContexts(
        [{"id": "@id", "kind": {"@id": "@type"}, "at": {"@id": "x:a", "@type": "@id"}, "b": "x:b"}]
    )

    assert pruned.identifying == {"id", "kind", "at"}
    assert ISSUED.identifying >= {"id", "type", "credentialSubject", "statusListCredential"}
    assert not ISSUED.identifying & {"name", "narrative", "description"}


def test_no_shipped_term_is_another_name_of_a_term() -> None:
    # ``identifying`` looks at each definition alone, and would not see through such a name.
    for combination, pruned in BY_COMBINATION.items():
        for meaning in _meanings([factories.contexts().definitions[a] for a in combination]):
            assert meaning not in pruned.identifying, meaning


def _meanings(value: JsonValue) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _meanings(item)
    elif isinstance(value, dict):
        for term, meaning in value.items():
            if isinstance(meaning, dict):
                yield str(meaning.get("@id"))
                yield from _meanings(meaning.get("@context"))
            elif isinstance(meaning, str) and not term.startswith("@"):
                yield meaning


def test_what_the_first_context_says_is_said_once() -> None:
    keywords: JsonObject = {"id": "@id", "type": "@type"}
    scoped: JsonObject = {"@protected": True, **keywords}
    pruned = PrunedContexts(
        [
            {
                **keywords,
                "holds": {"@id": "https://x.example/holds", "@context": None},
                "Empty": {"@id": "https://x.example/Empty", "@context": scoped},
                "Full": {"@id": "https://x.example/Full", "@context": {**scoped, "size": "x:s"}},
                "prefix": {"@id": "https://x.example/"},
            }
        ]
    )

    kept = json.loads(pruned.text({"id", "type", "holds", "Empty", "Full", "prefix", "size"}))

    assert kept == [
        {"@vocab": UNDEFINED, **keywords},
        {
            "holds": {"@id": "https://x.example/holds", "@context": [None, {"@vocab": UNDEFINED}]},
            "Empty": "https://x.example/Empty",
            "Full": {
                "@id": "https://x.example/Full",
                "@context": {"@protected": True, "size": "x:s"},
            },
            "prefix": {"@id": "https://x.example/"},
        },
    ]
