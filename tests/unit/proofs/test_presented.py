"""Credentials inside a presentation, each with contexts of its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld

from credhub.errors import (
    CanonicalizationError,
    ContextNotAllowedError,
    DataLossError,
    TooComplexError,
    VerificationError,
)
from credhub.jsontypes import JsonObject, JsonValue, canonical, parse_object
from tests.unit import factories

V2 = "https://www.w3.org/ns/credentials/v2"
V1 = "https://www.w3.org/2018/credentials/v1"
BADGE = factories.signed()
ENVELOPE: JsonObject = {
    "@context": V2,
    "type": "EnvelopedVerifiableCredential",
    "id": "data:application/vc+jwt,eyJhbGciOiJFZERTQSJ9.e30.c2ln",
}
OLD: JsonObject = {
    "@context": [V1],
    "type": ["VerifiableCredential"],
    "issuer": "did:example:issuer",
    "issuanceDate": "2020-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:subject"},
}


def presentation(*credentials: JsonValue, context: str = V2, **members: JsonValue) -> JsonObject:
    return {
        "@context": [context],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": list(credentials),
        **members,
    }


def by_other_software(document: JsonObject) -> bytes:
    definitions = factories.contexts().definitions

    def load(address: str, _: object) -> dict[str, object]:
        document = {"@context": definitions[address]}
        return {"contextUrl": None, "documentUrl": address, "document": document}

    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "base": None}
    text: str = jsonld.normalize(document, {**options, "documentLoader": load})
    return text.encode()


@pytest.mark.parametrize(
    "document",
    [
        presentation(BADGE),
        presentation(BADGE, ENVELOPE, holder="did:example:holder"),
        presentation(ENVELOPE, id="urn:uuid:1"),
        presentation(BADGE, {**BADGE, "id": "https://hub.example/c/2"}),
        presentation(OLD),
        presentation(OLD, context=V1),
        {**presentation(), "verifiableCredential": BADGE},
    ],
)
def test_other_software_reads_the_same(document: JsonObject) -> None:
    assert factories.canonicalizer().canonical(document) == by_other_software(document)


def changed(member: str, value: JsonValue) -> JsonObject:
    return {**parse_object(canonical(BADGE)), member: value}


@pytest.mark.parametrize(
    ("credential", "error"),
    [
        (changed("honours", "summa"), DataLossError),
        (changed("type", ["VerifiableCredential", "Unheard"]), DataLossError),
        (changed("id", "relative"), DataLossError),
        (changed("@context", [{"name": "https://schema.org/alternateName"}]), None),
        (changed("@context", {"@vocab": "https://example.org/"}), None),
        (changed("@context", None), None),
        (changed("@context", []), None),
        (changed("@context", [V2, "https://example.org/more"]), None),
        (changed("@graph", []), ContextNotAllowedError),
        (changed("id", "_:b0"), TooComplexError),
        (changed("verifiableCredential", [ENVELOPE]), ContextNotAllowedError),
        (changed("credentialSubject", ENVELOPE), ContextNotAllowedError),
    ],
)
def test_t04_a_credential_inside_is_read_as_strictly(
    credential: JsonObject, error: type[VerificationError] | None
) -> None:
    factories.canonicalizer().canonical(presentation(BADGE))

    with pytest.raises(error or ContextNotAllowedError):
        factories.canonicalizer().canonical(presentation(BADGE, credential))


@pytest.mark.parametrize("other", ["eyJ.a.b", 5, None, True, {"id": "urn:uuid:1"}, ["a"]])
def test_what_brings_no_contexts_is_read_with_those_around_it(other: JsonValue) -> None:
    with pytest.raises((VerificationError, CanonicalizationError)):
        factories.canonicalizer().canonical(presentation(BADGE, other))


@pytest.mark.parametrize("context", [V2, "https://www.w3.org/ns/did/v1"])
def test_the_member_must_be_one_that_the_contexts_define(context: str) -> None:
    with pytest.raises(DataLossError):
        factories.canonicalizer().canonical(
            {"@context": [context], "verifiableCredential": [ENVELOPE]}
        )


@given(st.sampled_from(["name", "validFrom", "id", "description", "awardedDate"]))
def test_every_change_inside_changes_what_is_signed(member: str) -> None:
    before = factories.canonicalizer().canonical(presentation(BADGE))

    after = factories.canonicalizer().canonical(
        presentation(changed(member, "https://example.org/2027"))
    )

    assert before != after
