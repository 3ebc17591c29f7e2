import json
from collections.abc import Callable
from copy import deepcopy
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld import jsonld
from pyoxigraph import BaseDirection, Literal, NamedNode, Quad

from credhub.credentials.achievement import Achievement
from credhub.credentials.document import to_document
from credhub.credentials.draft import CredentialDraft
from credhub.errors import (
    CanonicalizationError,
    ContextNotAllowedError,
    DataLossError,
    TooComplexError,
    VerificationError,
)
from credhub.jsontypes import JsonObject, JsonValue, canonical
from credhub.proofs.contexts import (
    DATA_INTEGRITY_1,
    DID,
    EXAMPLES,
    MULTIKEY,
    OB_VERSIONS,
    UNDEFINED_TERMS,
    VC,
    Contexts,
)
from credhub.proofs.quads import line_of
from credhub.proofs.rdfc import SafeCanonicalizer, check_lines
from tests.unit import factories
from tests.unit.credentials.strategies import achievements, drafts

Change = Callable[[JsonObject], None]

ACHIEVEMENT = ("credentialSubject", "achievement")


def lines(document: JsonObject) -> list[str]:
    return factories.canonicalizer().canonical(document).decode().splitlines()


def node(document: JsonObject, *path: str) -> JsonObject:
    place: JsonValue = document
    for step in path:
        place = place[int(step)] if isinstance(place, list) else _object(place)[step]
    return _object(place)


def changed(change: Change) -> JsonObject:
    document = deepcopy(factories.credential())
    change(document)
    return document


def put(name: str, value: JsonValue, *path: str) -> Change:
    return lambda document: node(document, *path).update({name: value})


def rename(old: str, new: str, *path: str) -> Change:
    def change(document: JsonObject) -> None:
        place = node(document, *path)
        place[new] = place.pop(old)

    return change


def test_a_credential_is_written_in_full() -> None:
    written = lines(factories.credential())

    assert len(written) == len(set(written))
    text = "\n".join(written)
    for part in ("Amélie Dubois", "install photovoltaic systems", '"87"', "#94567", "sha256-"):
        assert part in text


def test_the_order_of_members_and_of_equal_values_does_not_matter() -> None:
    document = factories.credential()
    reordered: JsonObject = dict(reversed(document.items()))
    reordered["type"] = ["OpenBadgeCredential", "VerifiableCredential"]

    assert lines(reordered) == lines(document)


# Data loss


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(put("honours", "summa"), id="undefined term"),
        pytest.param(put("honours", None), id="undefined term without value"),
        pytest.param(put("honours", []), id="undefined term with an empty array"),
        pytest.param(put("honours", {}), id="undefined term with an empty object"),
        pytest.param(put("honours", "summa", "credentialSubject"), id="nested"),
        pytest.param(put("honours", "summa", "evidence", "0"), id="nested in an array"),
        pytest.param(put("salt", "00"), id="a term of another scope"),
        pytest.param(put("targetUrl", "https://a.example", "issuer"), id="another scope, nested"),
        pytest.param(put("type", ["VerifiableCredential", "Diploma"]), id="undefined type"),
        pytest.param(put("type", ["Profile", "@vocab"], "issuer"), id="type like a keyword"),
        pytest.param(put("id", "@here"), id="id like a keyword"),
        pytest.param(put("statusListCredential", "@a", "credentialStatus"), id="link like one"),
        pytest.param(put("id", "relative/path"), id="relative id"),
        pytest.param(put("id", "//other.example/c/1"), id="id without a scheme"),
        pytest.param(put("id", "?q", "issuer"), id="query as id"),
        pytest.param(put("id", "", "issuer"), id="empty id"),
        pytest.param(put("id", "https://a.example/ b"), id="space in id"),
        pytest.param(put("id", "https://a.example/<b>"), id="brackets in id"),
        pytest.param(put("id", "https://a.example/\u0085"), id="control in id"),
        pytest.param(put("statusListCredential", "../1", "credentialStatus"), id="relative link"),
        pytest.param(put("name", {"@value": "x", "@language": "en us"}), id="language tag"),
        pytest.param(
            put("name", {"@value": "x", "@language": "en", "@direction": "rtl"}), id="rtl"
        ),
        pytest.param(put("name", {"@value": "x", "@direction": "rtl"}), id="direction"),
        pytest.param(put("name", {"@value": "x", "@index": "hidden"}), id="index"),
        pytest.param(put("name", {"@value": None, "@language": "en"}), id="null in a value"),
        pytest.param(put("name", {"@language": "en"}), id="language of nothing"),
        pytest.param(put("@foo", "hidden"), id="keyword that is none"),
        pytest.param(put("@index", "hidden"), id="index of a node"),
        pytest.param(put("_:b", "hidden"), id="blank member"),
    ],
)  # fmt: skip
def test_t03_what_the_signature_would_not_cover_is_refused(change: Change) -> None:
    with pytest.raises(DataLossError):
        lines(changed(change))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(put("description", "With honours: summa"), id="defined term"),
        pytest.param(put("description", None), id="defined term without value"),
        pytest.param(put("endorsement", []), id="defined term with an empty array"),
        pytest.param(put("narrative", "@vocab", "evidence", "0"), id="text like a keyword"),
        pytest.param(put("narrative", "_:b0", "evidence", "0"), id="text like a label"),
        pytest.param(put("name", {"@value": "x", "@language": "pt-br"}), id="language"),
        pytest.param(put("id", "https://a.example/b?c=d#é"), id="any address"),
        pytest.param(put("id", "urn:uuid:1"), id="urn"),
    ],
)
def test_t03_what_the_signature_covers_is_accepted(change: Change) -> None:
    assert lines(changed(change))


def test_t03_a_presentation_hides_nothing_behind_its_null_context() -> None:
    presentation: JsonObject = {
        "@context": [VC],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [{"honours": "summa"}],
    }

    with pytest.raises(DataLossError):
        lines(presentation)
    with pytest.raises(DataLossError):
        lines(presentation | {"verifiableCredential": [{"name": "summa"}]})


# Tricks with contexts, and second spellings of what was signed


@pytest.mark.parametrize("name", ["@graph", "@included", "@nest", "@reverse", "@context"])
def test_t04_members_that_change_the_meaning_of_others_are_refused(name: str) -> None:
    inside: JsonValue = [{"id": "https://a.example/x", "name": "x"}]
    for path in ((), ("issuer",), ("credentialSubject", "achievement"), ("evidence", "0")):
        if name != "@context" or path:
            with pytest.raises(ContextNotAllowedError):
                lines(changed(put(name, inside, *path)))


@pytest.mark.parametrize(
    "context",
    [
        [VC, OB_VERSIONS[0], {"displayName": "https://schema.org/name"}],
        [VC, OB_VERSIONS[0], {"@vocab": "https://evil.example/"}],
        VC,
        [VC, "https://evil.example/context.json"],
    ],
)
def test_t04_other_contexts_are_refused(context: JsonValue) -> None:
    with pytest.raises(ContextNotAllowedError):
        lines(changed(put("@context", context)))


def _same_graph_address(document: JsonObject) -> None:
    document["https://www.w3.org/2018/credentials#validUntil"] = {
        "@value": document.pop("validUntil"),
        "@type": "http://www.w3.org/2001/XMLSchema#dateTime",
    }


def _moved_to_second_place(document: JsonObject) -> None:
    document["evidence"] = [
        {
            "id": document["id"],
            "type": ["VerifiableCredential"],
            "validUntil": document.pop("validUntil"),
        }
    ]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(_same_graph_address, id="address instead of validUntil"),
        pytest.param(_moved_to_second_place, id="validUntil elsewhere"),
        pytest.param(rename("name", "https://schema.org/name"), id="address instead of name"),
        pytest.param(rename("name", "schema:name"), id="prefixed"),
        pytest.param(rename("type", "@type", "credentialStatus"), id="@type"),
        pytest.param(rename("id", "@id", "issuer"), id="@id"),
        pytest.param(rename("criteria", "Criteria", *ACHIEVEMENT), id="class"),
        pytest.param(put("name", {"@value": "Solar installer, level 1"}), id="value object"),
        pytest.param(put("name", {"@set": ["Solar installer, level 1"]}), id="set"),
        pytest.param(put("tag", {"@list": ["solar"]}, *ACHIEVEMENT), id="list"),
        pytest.param(put("evidence", [[{"narrative": "x"}]]), id="array in an array"),
    ],
)  # fmt: skip
def test_t04_a_second_spelling_of_what_was_signed_is_refused(change: Change) -> None:
    with pytest.raises(DataLossError):
        lines(changed(change))


def test_t04_the_first_spelling_is_accepted() -> None:
    assert lines(factories.credential())
    assert lines(changed(put("evidence", [{"id": "https://a.example/1", "type": ["Evidence"]}])))


def test_t04_a_term_of_a_known_kind_reaches_only_its_own_documents() -> None:
    did_document: JsonObject = {
        "@context": [DID, MULTIKEY],
        "id": "did:web:hub.example",
        "verificationMethod": [],
        "assertionMethod": ["did:web:hub.example#key"],
    }

    assert len(lines(did_document)) == 1
    with pytest.raises(DataLossError):
        lines(did_document | {"validFrom": "2026-11-22T12:00:00Z"})


# Contexts that give every other word a meaning


@pytest.mark.parametrize("address", [EXAMPLES, UNDEFINED_TERMS])
def test_t03_such_a_context_covers_what_no_other_one_defines(address: str) -> None:
    document: JsonObject = {
        "@context": [VC, address],
        "type": ["VerifiableCredential", "Diploma"],
        "honours": {"level": "summa"},
    }

    text = "\n".join(lines(document))
    assert '"summa"' in text
    for word in ("#honours>", "#level>", "#Diploma>"):
        assert word in text


@pytest.mark.parametrize("value", [None, [], [None], [None, None]])
def test_t03_a_word_without_value_leaves_no_trace_and_is_refused(value: JsonValue) -> None:
    document: JsonObject = {"@context": [VC, EXAMPLES], "type": ["VerifiableCredential"]}

    assert lines(document | {"description": value}) == lines(document)
    members: list[JsonObject] = [
        {"honours summa": value},
        {"credentialSubject": {"honours summa": value}},
    ]
    for hidden in members:
        with pytest.raises(DataLossError):
            lines(document | hidden)
    with pytest.raises(DataLossError):
        lines(document | {"honours summa": "yes"})


def test_t04_contexts_that_contradict_one_another_are_refused() -> None:
    body: JsonObject = {"type": ["VerifiableCredential"]}

    for contexts in ([VC, DATA_INTEGRITY_1], [VC, OB_VERSIONS[-1]]):
        with pytest.raises(ContextNotAllowedError, match="contradict"):
            lines({"@context": list(contexts), **body})
    assert lines({"@context": [VC, OB_VERSIONS[0]], **body})


# Numbers


@pytest.mark.parametrize(
    ("number", "twin"),
    [
        (0.1 + 0.2, 0.3),
        (1.0000000000000002, 1.0),
        (5e-324, 4.940656458412465e-324),
        (1.7976931348623157e308, 1.797693134862316e308),
    ],
)
def test_t19_a_number_that_would_share_its_signature_is_refused(number: float, twin: float) -> None:
    refused = changed(put("creditsEarned", number, "credentialSubject"))

    with pytest.raises(DataLossError):
        lines(refused)
    if twin == 0.3:
        assert lines(changed(put("creditsEarned", twin, "credentialSubject")))


def test_t19_different_numbers_have_different_forms() -> None:
    forms = [
        tuple(lines(changed(put("creditsEarned", number, "credentialSubject"))))
        for number in (0.3, 0.30000000000001, 1, 2, 1.5, 2**53 - 1, 2**53 - 2, 1e22)
    ]

    assert len(set(forms)) == len(forms)


def test_t19_one_number_in_two_spellings_is_one_number() -> None:
    assert lines(changed(put("creditsEarned", 1.0, "credentialSubject"))) == lines(
        changed(put("creditsEarned", 1, "credentialSubject"))
    )


# Work


def test_t31_labels_for_unnamed_nodes_are_refused() -> None:
    members: list[JsonValue] = [
        {"id": f"_:n{a}", "evidence": [f"_:n{b}" for b in range(8) if b != a]} for a in range(8)
    ]
    clique = changed(put("evidence", members))

    assert len(canonical(clique)) < 10_000
    with pytest.raises(TooComplexError):
        lines(clique)


def test_t31_64_nested_parts_that_look_the_same_are_refused() -> None:
    def nested(width: int, depth: int) -> list[JsonValue]:
        if not depth:
            return []
        return [{"type": ["Profile"], "parentOrg": nested(width, depth - 1)} for _ in range(width)]

    with pytest.raises(TooComplexError):
        lines(changed(put("parentOrg", nested(8, 2), "issuer")))
    assert lines(changed(put("parentOrg", nested(1, 20), "issuer")))


def test_t31_many_parts_beside_one_another_are_accepted() -> None:
    same: list[JsonValue] = [{"type": ["Evidence"], "narrative": "x"}] * 64
    different: list[JsonValue] = [
        {"type": ["Evidence"], "narrative": str(number)} for number in range(150)
    ]

    assert lines(changed(put("evidence", same)))
    assert lines(changed(put("evidence", different)))
    with pytest.raises(TooComplexError):
        lines(changed(put("evidence", different * 2)))


# The rest


def test_what_is_no_json_ld_is_refused() -> None:
    for change in (put("id", 5), put("type", 5), put("id", None)):
        with pytest.raises(CanonicalizationError, match="not JSON-LD"):
            lines(changed(change))


def test_what_is_no_json_is_refused() -> None:
    for value in ("\ud800", 2**70):
        with pytest.raises(CanonicalizationError, match="not JSON"):
            lines(changed(put("name", value)))


def test_a_document_of_nothing_but_contexts_says_nothing() -> None:
    assert lines({"@context": [VC]}) == []


def test_t03_a_text_with_a_direction_is_refused_wherever_it_comes_from() -> None:
    text = Literal("x", language="ar", direction=BaseDirection.RTL)
    name = NamedNode("https://schema.org/name")

    with pytest.raises(DataLossError, match="direction"):
        check_lines([line_of(Quad(name, name, text))])
    check_lines([line_of(Quad(name, name, Literal("x", language="ar")))])


def test_a_language_tag_that_is_none_stays_what_it_is() -> None:
    with pytest.raises(DataLossError, match="language"):
        lines(changed(put("name", {"@value": "x", "@language": "EN US"})))


def test_languages_are_written_in_lower_case() -> None:
    upper = changed(put("name", {"@value": "Solaire", "@language": "fr-CA"}))
    lower = changed(put("name", {"@value": "Solaire", "@language": "fr-ca"}))

    assert lines(upper) == lines(lower)
    assert '"Solaire"@fr-ca' in "\n".join(lines(upper))


def test_large_documents_are_not_remembered_and_come_out_the_same() -> None:
    large = changed(put("description", "x" * 100_000))

    assert lines(large) == lines(large)


def test_the_same_body_under_other_contexts_is_another_document() -> None:
    fresh = SafeCanonicalizer(factories.contexts())
    body: JsonObject = {"id": "urn:x:1", "type": ["VerifiableCredential"]}

    fresh.canonical({"@context": [VC], **body})
    with pytest.raises(DataLossError):
        fresh.canonical({"@context": [DID], **body})


def test_many_threads_get_the_same_bytes() -> None:
    fresh = SafeCanonicalizer(factories.contexts())
    expected = lines(factories.credential())
    found: list[list[str]] = []

    def work() -> None:
        found.append(fresh.canonical(factories.credential()).decode().splitlines())

    threads = [Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [expected] * 8


@given(st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["id", "type", "name", "evidence", "@value", "@type", "@id", "honours"])
        | st.text(max_size=5),
        inner,
        max_size=4,
    ),
    max_leaves=15,
))  # fmt: skip
def test_any_document_is_either_written_or_refused(value: JsonValue) -> None:
    document: JsonObject = {"@context": [VC], "type": ["VerifiableCredential"], "evidence": value}

    try:
        written = factories.canonicalizer().canonical(document)
    except (VerificationError, CanonicalizationError):
        return
    assert b"x-undefined" not in written
    assert b"x-relative" not in written


def _pyld_loader(address: str, _options: object) -> dict[str, object]:
    return {
        "contextUrl": None,
        "documentUrl": address,
        "document": {"@context": factories.contexts().definitions[address]},
    }


@settings(max_examples=15)
@given(drafts, achievements)
def test_another_engine_writes_the_same_bytes(
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

    other = jsonld.normalize(
        document,
        {
            "algorithm": "URDNA2015",
            "format": "application/n-quads",
            "base": None,
            "documentLoader": _pyld_loader,
        },
    )
    assert factories.canonicalizer().canonical(document).decode() == other


def test_contexts_of_ones_own_can_be_given() -> None:
    address = "https://own.example/context"
    own = Contexts({address: {"size": "https://own.example/size"}}, frozenset({address}))
    document: JsonObject = {"@context": [address], "size": "L"}

    assert b'<https://own.example/size> "L"' in SafeCanonicalizer(own).canonical(document)


def _object(value: JsonValue) -> JsonObject:
    assert isinstance(value, dict), json.dumps(value)
    return value
