"""In every form of a presentation: what was changed is refused, and each check counts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from types import MappingProxyType
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub import jwk
from credhub.credentials import sd_jwt_claims
from credhub.dids import did_jwk
from credhub.errors import StatusNotReachedError
from credhub.jsontypes import JsonObject, JsonValue, canonical, parse_object
from credhub.ledger.events import Standing
from credhub.proofs import data_integrity, vc_jwt
from credhub.proofs.forms import Form
from credhub.proofs.sd_jwt import credential as sd_jwt_credential
from credhub.proofs.sd_jwt import key_binding
from credhub.proofs.sd_jwt.key_binding import KeyBindingPolicy
from credhub.proofs.sd_jwt.profiles import DC
from credhub.proofs.signer import key_of
from credhub.public_key import KeyType
from credhub.verification.presentation_report import PresentationCheck, PresentationReport
from credhub.verification.presentations import verify_presentation
from credhub.verification.report import Outcome, Verdict
from tests.unit import factories
from tests.unit.ec_signer import EcMemorySigner
from tests.unit.factories import NOON, MemorySigner
from tests.unit.proofs.sd_jwt.making import salts
from tests.unit.verification.altering import (
    changed,
    changed_tokens,
    is_no_presentation,
    kinds,
    said,
    tokens_with_another_letter,
)
from tests.unit.verification.every_form import HUB, FormWorld, checking, signed, worth_credits
from tests.unit.verification.world import HUB_DID

ASKED: Final = KeyBindingPolicy(audience="https://employer.example", nonce="c-1")
SOON: Final = NOON + timedelta(minutes=1)
V2: Final = "https://www.w3.org/ns/credentials/v2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """How a presentation is made: each of these can be made otherwise than it must be."""

    signer: MemorySigner | EcMemorySigner
    holder: str
    asked: KeyBindingPolicy = ASKED
    type: str = "VerifiablePresentation"


def document(made: Made) -> JsonObject:
    inside: list[JsonValue] = [
        parse_object(signed(Form.EDDSA_RDFC_2022, worth_credits)),
        {
            "@context": [V2],
            "type": ["EnvelopedVerifiableCredential"],
            "id": f"data:application/vc+jwt,{signed(Form.VC_JWT, worth_credits).decode()}",
        },
    ]
    return {
        "@context": [V2],
        "type": [made.type],
        "holder": made.holder,
        "verifiableCredential": inside,
    }


def with_proof(form: Form) -> Callable[[Made], bytes]:
    def make(made: Made) -> bytes:
        return canonical(
            data_integrity.sign(
                document(made),
                suite=checking()[form],
                signer=made.signer,
                verification_method=made.signer.method,
                created=NOON,
                purpose=data_integrity.AUTHENTICATION,
                options={"challenge": made.asked.nonce, "domain": made.asked.audience},
            )
        )

    return make


def in_token(made: Made) -> bytes:
    return vc_jwt.sign(
        document(made),
        signer=made.signer,
        verification_method=made.signer.method,
        media_type=vc_jwt.PRESENTATION,
        claims={"nonce": made.asked.nonce, "aud": made.asked.audience},
    ).encode()


def in_envelope(made: Made) -> bytes:
    return canonical(
        {
            "@context": [V2],
            "type": ["EnvelopedVerifiablePresentation"],
            "id": f"data:application/vp+jwt,{in_token(made).decode()}",
        }
    )


def with_key_binding(made: Made) -> bytes:
    """Bind an SD-JWT VC to the holder of a key, which signs that it is shown."""
    badge = factories.credential(did=HUB_DID)
    worth_credits(badge)
    token = sd_jwt_credential.sign(
        sd_jwt_claims.to_claims(
            badge, issued_at=NOON, holder_key=jwk.encode(key_of(MemorySigner(5)))
        ),
        profile=DC,
        disclosable=sd_jwt_claims.disclosable(badge),
        signer=HUB.signer(KeyType.P256),
        verification_method=HUB.method(KeyType.P256),
        randomness=salts(),
    )
    bound = key_binding.bind(token, policy=made.asked, signer=made.signer, issued_at=NOON)
    return bound.text().encode()


def by(key_type: KeyType, seed: int = 5) -> MemorySigner | EcMemorySigner:
    return MemorySigner(seed) if key_type is KeyType.ED25519 else EcMemorySigner(key_type, seed)


Make = Callable[[Made], bytes]
WITH_PROOF: Final[Mapping[str, tuple[KeyType, Make]]] = MappingProxyType(
    {
        "eddsa-rdfc-2022": (KeyType.ED25519, with_proof(Form.EDDSA_RDFC_2022)),
        "eddsa-jcs-2022": (KeyType.ED25519, with_proof(Form.EDDSA_JCS_2022)),
        "ecdsa-rdfc-2019": (KeyType.P256, with_proof(Form.ECDSA_RDFC_2019)),
        "ecdsa-jcs-2019": (KeyType.P384, with_proof(Form.ECDSA_JCS_2019)),
        "vp+jwt in an envelope": (KeyType.ED25519, in_envelope),
    }
)
IN_TOKENS: Final[Mapping[str, tuple[KeyType, Make]]] = MappingProxyType(
    {
        "vp+jwt EdDSA": (KeyType.ED25519, in_token),
        "vp+jwt ES256": (KeyType.P256, in_token),
        "vp+jwt ES384": (KeyType.P384, in_token),
        "SD-JWT+KB": (KeyType.ED25519, with_key_binding),
    }
)
# An envelope is not signed and not told of; it is read as RDF would be.
IN_RDF: Final = ("eddsa-rdfc-2022", "ecdsa-rdfc-2019", "vp+jwt in an envelope")
ALL: Final = MappingProxyType({**WITH_PROOF, **IN_TOKENS})
# A key binding names no holder but by the key, and its type is in its header alone.
NAMING_A_HOLDER: Final = [name for name in ALL if name != "SD-JWT+KB"]


def presented(name: str, *, seed: int = 5, **otherwise: object) -> bytes:
    key_type, make = ALL[name]
    holder = by(key_type).did
    return make(Made(**({"signer": by(key_type, seed), "holder": holder} | otherwise)))  # type: ignore[arg-type]  # members of one dataclass


@cache
def genuine(name: str) -> bytes:
    return presented(name)


def judged(data: bytes, world: FormWorld | None = None) -> PresentationReport:
    return verify_presentation(
        data,
        context=(world or FormWorld()).context(),
        now=SOON,
        challenge=ASKED.nonce,
        domain=ASKED.audience,
    )


def outcome(report: PresentationReport, check: PresentationCheck) -> Outcome:
    return next(one.outcome for one in report.checks if one.check is check)


@pytest.mark.parametrize("name", ALL)
def test_a_genuine_presentation_is_valid(name: str) -> None:
    report = judged(genuine(name))

    assert report.verdict is Verdict.VALID, report.to_document()
    assert {one.outcome for one in report.checks} == {Outcome.PASSED}
    known = did_jwk.did_of(key_of(by(KeyType.ED25519)))
    assert report.holder == (by(ALL[name][0]).did if name in NAMING_A_HOLDER else known)


@pytest.mark.parametrize("name", [name for name in ALL if name != "vp+jwt in an envelope"])
def test_t16_there_is_something_of_every_kind_to_change(name: str) -> None:
    content = (
        list(said(genuine(name)).values()) if name in IN_TOKENS else parse_object(genuine(name))
    )

    assert kinds(content) == {"str", "bool", "int", "float", "texts"}


@pytest.mark.parametrize("name", WITH_PROOF)
@given(data=st.data())
def test_t16_a_document_in_which_anything_was_changed_is_refused(
    name: str, data: st.DataObject
) -> None:
    document = data.draw(changed(parse_object(genuine(name)), in_rdf=name in IN_RDF))

    assert is_no_presentation(judged(canonical(document)))


@pytest.mark.parametrize("name", IN_TOKENS)
@given(data=st.data())
def test_t16_a_token_in_which_anything_was_changed_is_refused(
    name: str, data: st.DataObject
) -> None:
    assert is_no_presentation(judged(data.draw(changed_tokens(genuine(name)))))


@pytest.mark.parametrize("name", IN_TOKENS)
@given(data=st.data())
def test_t16_a_token_in_which_a_letter_was_changed_is_refused(
    name: str, data: st.DataObject
) -> None:
    assert is_no_presentation(judged(data.draw(tokens_with_another_letter(genuine(name)))))


@pytest.mark.parametrize("name", ALL)
def test_t06_what_cannot_be_read_is_no_presentation(name: str) -> None:
    for spoiled in (genuine(name)[:-20], b"\0" + genuine(name), genuine(name) * 2):
        assert is_no_presentation(judged(spoiled))


# No presentation is a document of another type, in RDF: there it cannot even be signed.
@pytest.mark.parametrize("name", [name for name in NAMING_A_HOLDER if "rdfc" not in name])
def test_t06_another_structure_is_no_presentation(name: str) -> None:
    report = judged(presented(name, type="JsonSchemaCredential"))

    assert is_no_presentation(report)


@pytest.mark.parametrize("name", ALL)
def test_t06_the_signature_of_a_thief_is_refused(name: str) -> None:
    report = judged(presented(name, seed=66))

    assert is_no_presentation(report)
    refused = {one.check for one in report.checks if one.outcome is Outcome.FAILED}
    assert refused <= {PresentationCheck.PROOF, PresentationCheck.HOLDER_BINDING}
    assert refused


@pytest.mark.parametrize("name", NAMING_A_HOLDER)
def test_t06_another_holder_is_refused(name: str) -> None:
    report = judged(presented(name, holder=MemorySigner(7).did))

    assert is_no_presentation(report)
    assert outcome(report, PresentationCheck.HOLDER_BINDING) is Outcome.FAILED


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    "asked",
    [
        KeyBindingPolicy(audience=ASKED.audience, nonce="c-2"),
        KeyBindingPolicy(audience="https://evil.example", nonce=ASKED.nonce),
    ],
)
def test_t06_an_answer_to_somebody_else_is_refused(name: str, asked: KeyBindingPolicy) -> None:
    report = judged(presented(name, asked=asked))

    assert is_no_presentation(report)
    assert outcome(report, PresentationCheck.ANSWER) is Outcome.FAILED


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    ("standing", "verdict"),
    [
        (Standing.REVOKED, Verdict.REVOKED),
        (Standing.SUSPENDED, Verdict.SUSPENDED),
        (StatusNotReachedError(), Verdict.INDETERMINATE),
    ],
)
def test_t06_a_presentation_is_worth_what_its_credentials_are(
    name: str, standing: Standing | Exception, verdict: Verdict
) -> None:
    assert judged(genuine(name), FormWorld(standing=standing)).verdict is verdict
