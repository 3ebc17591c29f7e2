"""Statements, and those that pointers select, here and in a worker."""

import pytest

from credhub.errors import (
    CanonicalizationError,
    DataLossError,
    PointerError,
    TamperedFileError,
    TooComplexError,
)
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs import isolated as contexts
from credhub.proofs.contexts import VC
from credhub.proofs.ecdsa_sd_2023 import isolated
from credhub.proofs.ecdsa_sd_2023.grouping import Grouped
from tests.unit import factories
from tests.unit.proofs.ecdsa_sd_2023 import samples

KEY = bytes(range(32))


def grouped(document: JsonObject, *shown: str, mandatory: tuple[str, ...] = ()) -> Grouped:
    return samples.grouping().group(document, hmac_key=KEY, mandatory=mandatory, shown=shown)


def lines(document: JsonObject, *shown: str) -> set[str]:
    divided = grouped(document, *shown)
    return {divided.statements[number] for number in divided.shown}


def with_evidence(*evidence: JsonValue) -> JsonObject:
    return factories.credential() | {"evidence": list(evidence)}


def test_each_member_leads_to_its_statements_and_all_to_all() -> None:
    document = factories.credential()
    members = [f"/{name}" for name in document if name != "@context"]

    assert grouped(document, *members).shown == tuple(range(len(grouped(document).statements)))
    assert set[str]().union(*(lines(document, one) for one in members)) == lines(document, *members)


def test_what_is_not_pointed_to_is_not_shown() -> None:
    shown = "".join(lines(factories.credential(), "/credentialSubject/identifier"))

    assert "sha256$" in shown
    assert "Amélie" not in shown


def test_without_pointers_nothing_is_shown() -> None:
    divided = grouped(factories.credential())

    assert (divided.shown, divided.mandatory, divided.labels) == ((), (), ())


def test_labels_depend_on_the_key_alone() -> None:
    document = factories.credential()
    one, again = grouped(document), grouped(document)
    other = samples.grouping().group(document, hmac_key=bytes(32), mandatory=(), shown=())

    assert one == again
    assert set(one.statements) & set(other.statements) < set(one.statements)
    assert len(one.statements) == len(other.statements)


def test_twins_are_told_apart_by_their_place() -> None:
    twin: JsonObject = {"type": ["Evidence"], "name": "Photo"}
    document = with_evidence(twin, twin, twin)

    first, second, both = (
        lines(document, *pointers)
        for pointers in (["/evidence/0"], ["/evidence/1"], ["/evidence/0", "/evidence/1"])
    )

    assert len(first) == len(second)
    assert first != second
    assert both == first | second


@pytest.mark.parametrize(
    "name", ["urn:x-unnamed:0", "urn:x-unnamed:1", "urn:x-unnamed:7", "urn:x-unnamed:x"]
)
def test_a_document_cannot_name_its_parts_as_we_do(name: str) -> None:
    document = with_evidence({"id": name, "type": ["Evidence"], "name": "Photo"})

    with pytest.raises(CanonicalizationError):
        grouped(document)


def test_an_ordered_list_cannot_be_divided() -> None:
    document = factories.credential()
    subject = document["credentialSubject"]
    assert isinstance(subject, dict)
    assert isinstance(subject["achievement"], dict)
    subject["achievement"]["resultDescription"] = [
        {
            "id": "urn:example:levels",
            "type": ["ResultDescription"],
            "name": "Level",
            "resultType": "LetterGrade",
            "allowedValue": ["A", "B"],
        }
    ]

    samples.canonicalizer().canonical(document)
    with pytest.raises(CanonicalizationError):
        grouped(document)


def test_a_proof_inside_the_document_cannot_be_divided() -> None:
    with pytest.raises(CanonicalizationError):
        grouped(factories.signed())


def test_what_no_context_defines_is_refused() -> None:
    with pytest.raises(DataLossError):
        grouped(factories.credential() | {"honours": "summa"})


def test_a_pointer_that_leads_nowhere_is_refused() -> None:
    for pointers in ({"mandatory": ["/nothing"], "shown": []}, {"mandatory": [], "shown": ["/x"]}):
        with pytest.raises(PointerError):
            samples.grouping().group(factories.credential(), hmac_key=KEY, **pointers)


def test_t31_a_document_built_to_be_slow_is_refused() -> None:
    many: list[JsonValue] = [{"type": ["Evidence"]}] * 201

    with pytest.raises(TooComplexError):
        grouped(with_evidence(*many))


def test_a_worker_divides_as_the_process_itself() -> None:
    document = factories.credential()
    group = isolated.grouping(contexts.pack(factories.read_schema))
    asked = isolated.request(
        document, hmac_key=KEY, mandatory=("/issuer",), shown=["/issuer", "/evidence"]
    )

    assert isolated.answered(group(asked)) == grouped(
        document, "/issuer", "/evidence", mandatory=("/issuer",)
    )


def test_a_worker_divides_documents_with_words_of_their_own() -> None:
    words: JsonObject = {"sail": {"@id": "urn:example:sail", "@context": {"size": "urn:example:s"}}}
    document: JsonObject = {
        "@context": [VC, words],
        "type": ["VerifiableCredential"],
        "credentialSubject": {"sail": [{"size": 5}, {"size": 6}]},
    }
    group = isolated.own_words_grouping(contexts.pack(factories.read_schema))
    asked = isolated.request(
        document, hmac_key=KEY, mandatory=(), shown=["/credentialSubject/sail/1"]
    )

    divided = isolated.answered(group(asked))

    shown = "".join(divided.statements[number] for number in divided.shown)
    assert '<urn:example:s> "6"' in shown
    assert '<urn:example:s> "5"' not in shown
    assert '<urn:example:s> "5"' in "".join(divided.statements)


def test_t98_a_worker_refuses_tampered_contexts() -> None:
    packed = contexts.pack(factories.read_schema).replace(b"protected", b"unprotected", 1)

    with pytest.raises(TamperedFileError):
        isolated.grouping(packed)
