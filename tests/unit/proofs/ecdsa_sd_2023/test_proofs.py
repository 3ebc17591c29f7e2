"""Base proofs and what is derived from them, over badges of our own."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credhub.credentials.schema import PUBLISHED_PATH, Schemas
from credhub.errors import (
    BaseProofError,
    CanonicalizationError,
    CredhubError,
    KeyTypeError,
    MalformedProofError,
    PointerError,
    SignatureError,
    TooComplexError,
    VerificationError,
)
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs import data_integrity
from credhub.proofs.ecdsa_sd_2023 import base, values
from credhub.proofs.ecdsa_sd_2023.derived import NAME, relabelled
from credhub.proofs.ecdsa_sd_2023.labels import keyed_label
from credhub.proofs.ecdsa_sd_2023.mandatory import JUDGED, pointers_for
from credhub.proofs.ecdsa_sd_2023.suite import VerifyingSuite
from credhub.proofs.ecdsa_sd_2023.values import BaseProof, DerivedProof
from credhub.proofs.recorded import recorded_digest
from credhub.proofs.signer import key_of
from credhub.proofs.suites import issuing_suites, suites
from credhub.public_key import PublicKey
from tests.unit import factories
from tests.unit.factories import NOON, MemorySigner
from tests.unit.proofs.ecdsa_sd_2023 import samples
from tests.unit.proofs.ecdsa_sd_2023.samples import (
    METHOD,
    P256Signer,
    check,
    issuing,
    shown,
    signed,
    verifying,
)

SIGNED = signed()
HIDDEN = ("/awardedDate", "/evidence", "/credentialSubject/identifier", "/credentialSubject/result")


def proof_of(document: JsonObject) -> JsonObject:
    [proof] = data_integrity.proofs_of(document)
    return proof


def with_value(document: JsonObject, text: str) -> JsonObject:
    return {**document, "proof": [proof_of(document) | {"proofValue": text}]}


def base_of(document: JsonObject) -> BaseProof:
    return BaseProof.parse(str(proof_of(document)["proofValue"]))


def derived_of(document: JsonObject) -> DerivedProof:
    return DerivedProof.parse(str(proof_of(document)["proofValue"]))


def check_base(document: JsonObject, key: PublicKey | None = None) -> None:
    data_integrity.verify(
        document,
        proof_of(document),
        suite=issuing(),
        public_key=key or key_of(P256Signer()),
    )


def leaves(value: JsonValue, way: str = "") -> list[str]:
    match value:
        case dict():
            return [one for name, item in value.items() for one in leaves(item, f"{way}/{name}")]
        case list():
            return [one for n, item in enumerate(value) for one in leaves(item, f"{way}/{n}")]
        case _:
            return [way]


LEAVES = leaves({name: one for name, one in SIGNED.items() if name not in {"@context", "proof"}})


def test_a_base_proof_verifies_for_its_issuer() -> None:
    check_base(SIGNED)


def test_a_derived_proof_verifies_for_everyone() -> None:
    for pointers in ([], [HIDDEN[0]], HIDDEN):
        check(shown(SIGNED, *pointers))


def test_the_issuers_suite_checks_what_is_derived_too() -> None:
    check_base(shown(SIGNED, *HIDDEN))


def test_what_is_not_selected_is_not_there() -> None:
    part = shown(SIGNED, "/evidence")

    assert part.keys() == SIGNED.keys() - {"awardedDate"}
    subject = part["credentialSubject"]
    assert isinstance(subject, dict)
    assert subject.keys() == {"id", "type", "name", "achievement"}


def test_everything_can_be_shown() -> None:
    part = shown(SIGNED, *HIDDEN)

    assert {**part, "proof": None} == {**SIGNED, "proof": None}


def test_a_derived_proof_keeps_the_form_of_its_base() -> None:
    alone = {**SIGNED, "proof": proof_of(SIGNED)}

    part = shown(alone)

    assert isinstance(part["proof"], dict)
    check(part)


@settings(max_examples=40)
@given(st.sets(st.sampled_from(LEAVES)), st.sets(st.sampled_from(LEAVES), min_size=1))
def test_any_pointers_can_be_mandatory_and_any_others_be_shown(
    selective: set[str], mandatory: set[str]
) -> None:
    document = signed(None, *sorted(mandatory))

    check_base(document)
    part = shown(document, *sorted(selective))
    check(part)

    assert part.keys() >= {pointer.split("/")[1] for pointer in selective | mandatory}


PART = shown(SIGNED, *HIDDEN)


def changed(value: JsonValue) -> JsonValue:
    match value:
        case bool():
            return not value
        case str():
            return value + "x"
        case _:
            return 7


def damaged(value: JsonValue, way: list[str]) -> JsonValue:
    if not way:
        return changed(value)
    step, *rest = way
    if isinstance(value, list):
        place = int(step)
        return [*value[:place], damaged(value[place], rest), *value[place + 1 :]]
    assert isinstance(value, dict)
    return {**value, step: damaged(value[step], rest)}


@pytest.mark.parametrize("way", leaves(PART))
def test_any_changed_value_is_refused(way: str) -> None:
    document = damaged(PART, way.split("/")[1:])
    assert isinstance(document, dict)

    with pytest.raises((VerificationError, CanonicalizationError)):
        check(document)


@pytest.mark.parametrize("name", [name for name in PART if name != "proof"])
def test_a_member_that_was_left_out_later_is_refused(name: str) -> None:
    with pytest.raises((VerificationError, CanonicalizationError)):
        check({member: one for member, one in PART.items() if member != name})


def test_a_member_that_was_added_later_is_refused() -> None:
    with pytest.raises(VerificationError):
        check(shown(SIGNED) | {"awardedDate": SIGNED["awardedDate"]})


def test_a_statement_that_moves_to_another_node_is_refused() -> None:
    evidence: list[JsonValue] = [
        {"type": ["Evidence"], "name": "One", "genre": "Photo"},
        {"type": ["Evidence"], "name": "Two", "genre": "Film"},
    ]
    swapped: list[JsonValue] = [
        {"type": ["Evidence"], "name": "One", "genre": "Film"},
        {"type": ["Evidence"], "name": "Two", "genre": "Photo"},
    ]
    part = shown(signed(factories.credential() | {"evidence": evidence}), "/evidence")
    check(part)

    with pytest.raises(SignatureError):
        check({**part, "evidence": swapped})


def test_parts_of_two_credentials_do_not_mix() -> None:
    one, two = shown(SIGNED, "/awardedDate"), shown(signed(factories.credential("2")))
    mixed = {**two, "awardedDate": one["awardedDate"]}
    proof = derived_of(two)
    last = derived_of(one).signatures[-1]

    for signatures in ((*proof.signatures, last), (last, *proof.signatures)):
        with pytest.raises(VerificationError):
            check(with_value(mixed, replace(proof, signatures=signatures).text()))


def test_the_keys_of_a_proof_and_of_its_issuer_are_not_exchanged() -> None:
    forger = P256Signer(99)
    forged = replace(derived_of(PART), proof_key=key_of(forger))

    with pytest.raises(SignatureError):
        check(with_value(PART, forged.text()))


def test_a_base_proof_is_refused_where_a_derived_one_is_wanted() -> None:
    with pytest.raises(BaseProofError):
        check(SIGNED)


def test_a_derived_proof_has_nothing_to_derive_from() -> None:
    with pytest.raises(MalformedProofError):
        shown(PART)


def test_labels_in_other_places_are_refused() -> None:
    proof = derived_of(PART)

    with pytest.raises(VerificationError):
        check(with_value(PART, replace(proof, labels=proof.labels[::-1]).text()))


def test_a_label_too_many_is_refused() -> None:
    proof = derived_of(PART)
    more = replace(proof, labels=(*proof.labels, bytes(32)))

    with pytest.raises(MalformedProofError, match="label"):
        check(with_value(PART, more.text()))


def test_a_label_too_few_is_refused() -> None:
    proof = derived_of(PART)

    with pytest.raises(MalformedProofError, match="label"):
        check(with_value(PART, replace(proof, labels=proof.labels[:-1]).text()))


def test_an_index_beyond_the_last_statement_is_refused() -> None:
    proof = derived_of(PART)
    beyond = replace(proof, mandatory=(*proof.mandatory, 1000))

    with pytest.raises(MalformedProofError, match="index"):
        check(with_value(PART, beyond.text()))


def test_an_index_too_few_is_refused() -> None:
    proof = derived_of(PART)

    with pytest.raises(VerificationError):
        check(with_value(PART, replace(proof, mandatory=proof.mandatory[1:]).text()))


@pytest.mark.parametrize("places", [slice(1, None), slice(None, -1)])
@pytest.mark.parametrize("times", [1, 2])
def test_too_few_and_too_many_signatures_are_refused(places: slice, times: int) -> None:
    derived, full = derived_of(PART), base_of(SIGNED)
    wrong = with_value(PART, replace(derived, signatures=derived.signatures[places] * times).text())
    wrong_base = with_value(
        SIGNED, replace(full, signatures=full.signatures[places] * times).text()
    )

    with pytest.raises(MalformedProofError, match="signatures"):
        check(wrong)
    with pytest.raises(MalformedProofError, match="signatures"):
        check_base(wrong_base)
    with pytest.raises(MalformedProofError, match="of this document"):
        shown(wrong_base)


@pytest.mark.parametrize(
    "change",
    [
        {"base_signature": bytes(64)},
        {"hmac_key": bytes(32)},
        {"pointers": ("/issuer",)},
        {"pointers": ("/nothing",)},
        {"proof_key": key_of(P256Signer(5))},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_base_proof_is_refused(change: dict[str, object]) -> None:
    forged = replace(base_of(SIGNED), **change)  # type: ignore[arg-type]  # the fields' own types

    with pytest.raises(VerificationError):
        check_base(with_value(SIGNED, forged.text()))


def test_the_key_of_another_issuer_is_refused() -> None:
    with pytest.raises(SignatureError):
        check_base(SIGNED, key_of(P256Signer(2)))


def test_keys_of_other_curves_neither_sign_nor_verify() -> None:
    ed25519 = MemorySigner()

    with pytest.raises(KeyTypeError):
        data_integrity.sign(
            factories.credential(),
            suite=issuing(),
            signer=ed25519,
            verification_method=METHOD,
            created=NOON,
        )
    for document, suite in ((SIGNED, issuing()), (PART, verifying())):
        with pytest.raises(KeyTypeError):
            data_integrity.verify(
                document, proof_of(document), suite=suite, public_key=key_of(ed25519)
            )


def test_two_proofs_of_one_document_have_nothing_in_common() -> None:
    draws = iter(bytes([number]) * 32 for number in range(1, 9))
    suite = issuing(random=lambda _: next(draws))
    one, two = (
        BaseProof.parse(suite.proof_value(factories.credential(), {}, P256Signer()))
        for _ in range(2)
    )

    assert one.proof_key != two.proof_key
    assert one.hmac_key != two.hmac_key
    assert not set(one.signatures) & set(two.signatures)


def test_what_says_too_much_is_not_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "MAX_SIGNATURES", 10)

    with pytest.raises(TooComplexError, match="too much"):
        signed()


def test_what_we_sign_at_most_can_be_read() -> None:
    most = replace(
        base_of(SIGNED), signatures=(bytes(64),) * values.MAX_SIGNATURES, pointers=("/issuer",)
    )

    assert BaseProof.parse(most.text()) == most


def test_a_mandatory_pointer_that_leads_nowhere_is_refused() -> None:
    for pointers in (["/nothing"], ["issuer"], [""]):
        with pytest.raises(PointerError):
            issuing(mandatory=lambda _, these=pointers: these).proof_value(  # type: ignore[misc]  # bound
                factories.credential(), {}, P256Signer()
            )


def test_nothing_at_all_cannot_be_shown() -> None:
    document = data_integrity.sign(
        factories.credential(),
        suite=issuing(mandatory=lambda _: ()),
        signer=P256Signer(),
        verification_method=METHOD,
        created=NOON,
    )
    check_base(document)

    with pytest.raises(PointerError, match="Nothing"):
        shown(document)
    part = issuing().derive(document, ["/name"])
    check(part)
    assert part.keys() == {"@context", "id", "type", "name", "proof"}


@pytest.mark.parametrize(
    "proofs",
    [
        [],
        [proof_of(factories.signed())],
        [proof_of(SIGNED), proof_of(SIGNED)],
        [proof_of(SIGNED) | {"previousProof": "urn:example:first"}],
    ],
    ids=["none", "another", "two", "on top of another"],
)
def test_one_base_proof_that_stands_for_itself_is_derived_from(proofs: list[JsonValue]) -> None:
    with pytest.raises(MalformedProofError):
        shown({**SIGNED, "proof": proofs})


def test_a_proof_of_the_whole_is_left_out_of_a_part() -> None:
    other = proof_of(factories.signed())

    part = shown({**SIGNED, "proof": [other, proof_of(SIGNED)]})

    check(part)


def test_what_only_looks_like_a_label_is_no_label() -> None:
    document = factories.credential() | {"name": '_:c14n0 "_:c14n1" <_:c14n2>'}
    document["evidence"] = [
        {"id": "https://hub.example/_:c14n0", "type": ["Evidence"], "name": "_:c14n0"}
    ]
    part = shown(signed(document), "/name", "/evidence")

    check(part)


def test_labels_are_put_in_place_and_sorted_again() -> None:
    labels = [bytes([255] * 32), bytes(32)]
    one, two = (keyed_label(label) for label in labels)
    canonical = '_:c14n0 <urn:p> "x" .\n_:c14n1 <urn:p> _:c14n0 .\n'

    assert relabelled(canonical, labels) == sorted(
        [f'_:{one} <urn:p> "x" .\n', f"_:{two} <urn:p> _:{one} .\n"]
    )


def test_t15_what_decides_whether_to_believe_is_mandatory() -> None:
    pointers = pointers_for(SIGNED)

    assert {*JUDGED[:3], "/credentialStatus", "/credentialSchema"} <= set(pointers)
    assert not set(HIDDEN) & set(pointers)
    for name in ("validUntil", "credentialStatus"):
        assert name in shown(SIGNED)


def test_t15_an_issuer_adds_to_what_decides() -> None:
    suite = issuing().always_showing(["/issuer", "/awardedDate"])

    text = suite.proof_value(factories.credential(), {}, P256Signer())

    pointers = BaseProof.parse(text).pointers
    assert pointers[:2] == ("/issuer", "/awardedDate")
    assert set(pointers) == {
        "/awardedDate",
        *(one for one in pointers_for(SIGNED) if one in JUDGED),
    }
    assert len(set(pointers)) == len(pointers)


def test_a_credential_that_is_no_badge_shows_what_decides() -> None:
    plain: JsonObject = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": "did:web:hub.example",
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": [{"name": "Amélie"}],
    }
    assert pointers_for(plain) == ("/issuer", "/validFrom")

    check(shown(signed(plain)))


def test_a_derived_badge_follows_our_schema() -> None:
    schemas = Schemas.load(factories.read_schema)

    for pointers in ([], ["/evidence/0/name"], HIDDEN):
        schemas.validate(factories.HOST + PUBLISHED_PATH, shown(SIGNED, *pointers))


def test_every_part_is_recorded_as_one_signature() -> None:
    digests = {recorded_digest(one) for one in (SIGNED, PART, shown(SIGNED))}

    assert len(digests) == 1
    assert digests != {recorded_digest(signed(factories.credential("2")))}
    assert recorded_digest({**PART, "proof": proof_of(PART)}) in digests


def test_beside_another_proof_a_copy_proves_nothing() -> None:
    copied: JsonObject = {**SIGNED, "proof": [proof_of(factories.signed()), proof_of(SIGNED)]}

    assert recorded_digest(copied) != recorded_digest(SIGNED)


@pytest.mark.parametrize("text", ["", "u2V0A", "z", 7])
def test_a_malformed_proof_is_recorded_nowhere(text: JsonValue) -> None:
    with pytest.raises(MalformedProofError):
        recorded_digest({**PART, "proof": {"cryptosuite": NAME, "proofValue": text}})


def test_both_kinds_of_suites_have_the_name_of_the_standard() -> None:
    checking = suites(factories.canonicalizer())
    making = issuing_suites(
        factories.canonicalizer(), samples.grouping(), random=lambda length: bytes([1] * length)
    )

    assert checking.keys() == making.keys()
    assert checking[NAME].name == making[NAME].name == "ecdsa-sd-2023"
    assert checking[NAME].key_types == {key_of(P256Signer()).type}
    assert making[NAME].options({}, {"id": "urn:example"}) == {"id": "urn:example"}


def test_a_suite_for_checking_does_not_sign() -> None:
    with pytest.raises(NotImplementedError):
        VerifyingSuite(factories.canonicalizer()).proof_value({}, {}, P256Signer())


def test_no_refusal_is_a_fault_of_ours() -> None:
    for error in (BaseProofError(), PointerError("x")):
        assert isinstance(error, VerificationError)
        assert isinstance(error, CredhubError)
