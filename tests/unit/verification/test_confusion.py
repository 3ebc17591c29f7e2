"""T12: whatever one key signs for one use is refused in every other use.

Everything here is signed by the same key, in the name of the same DID, which is issuer and holder
at once: only what the signed things say that they are keeps them apart.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from credhub import cbor, jwk
from credhub.cbor import CborValue
from credhub.credentials import sd_jwt_claims
from credhub.errors import CredhubError
from credhub.jsontypes import JsonObject, canonical
from credhub.ledger.checkpoint import open_checkpoint
from credhub.ledger.receipt import Receipt, open_receipt
from credhub.proofs import cose, data_integrity, jose, vc_jwt
from credhub.proofs.sd_jwt import credential as sd_jwt_credential
from credhub.proofs.sd_jwt import key_binding
from credhub.proofs.sd_jwt.compact import SdJwt
from credhub.proofs.sd_jwt.key_binding import KeyBindingPolicy
from credhub.proofs.sd_jwt.profiles import DC
from credhub.proofs.signer import key_of
from credhub.status import bitstring
from credhub.status.document import Purpose, StatusList
from credhub.status.list_token import CWT_TYPE, JWT_TYPE, ListToken
from credhub.status.token_status_list import TokenStatusList
from credhub.verification import list_tokens, published_lists
from credhub.verification.presentations import verify_presentation
from credhub.verification.report import Verdict
from tests.ledger_vectors import world as ledger_world
from tests.unit import factories
from tests.unit.factories import NOON, MemorySigner
from tests.unit.proofs.sd_jwt.making import salts
from tests.unit.verification.world import HUB_DID, HUB_KEY, World, hub_document, sign

SIGNER = MemorySigner()
LIST = "https://hub.example/hubs/riverside/status/1"
ASKED = KeyBindingPolicy(audience="https://employer.example", nonce="n-1")
SOON = NOON + timedelta(minutes=1)
DOCUMENT = factories.credential(did=HUB_DID)
WEEK = timedelta(days=7)


def actor() -> World:
    document = replace(hub_document(), authentication=frozenset({HUB_KEY}))
    return World(dids={HUB_DID: document})


def presentation() -> JsonObject:
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "holder": HUB_DID,
        "verifiableCredential": [sign(DOCUMENT)],
    }


def with_proof() -> JsonObject:
    return data_integrity.sign(
        presentation(),
        suite=factories.suite(),
        signer=SIGNER,
        verification_method=HUB_KEY,
        created=NOON,
        purpose=data_integrity.AUTHENTICATION,
        options={"challenge": ASKED.nonce, "domain": ASKED.audience},
    )


def in_token(document: JsonObject, media_type: str) -> bytes:
    claims: JsonObject = {"nonce": ASKED.nonce, "aud": ASKED.audience}
    return vc_jwt.sign(
        document,
        signer=SIGNER,
        verification_method=HUB_KEY,
        media_type=media_type,
        claims=claims,
    ).encode()


def sd_jwt() -> SdJwt:
    document = sd_jwt_claims.without_schema(DOCUMENT)
    return sd_jwt_credential.sign(
        sd_jwt_claims.to_claims(document, issued_at=NOON, holder_key=jwk.encode(key_of(SIGNER))),
        profile=DC,
        disclosable=sd_jwt_claims.disclosable(document),
        signer=SIGNER,
        verification_method=HUB_KEY,
        randomness=salts(),
    )


def bound() -> SdJwt:
    return key_binding.bind(sd_jwt(), policy=ASKED, signer=SIGNER, issued_at=NOON)


def bitstring_list() -> JsonObject:
    published = StatusList(
        url=LIST,
        issuer=HUB_DID,
        purpose=Purpose.REVOCATION,
        encoded=bitstring.encode(()),
        valid_from=NOON,
        valid_until=NOON + WEEK,
    )
    return published.to_document()


MADE = ListToken(
    uri=LIST,
    issuer_id=HUB_DID,
    statuses=TokenStatusList.of({5: 1}, bits=2, length=8),
    valid_from=NOON,
    valid_until=NOON + WEEK,
)


def in_cbor(media_type: str, claims: CborValue) -> bytes:
    return cose.sign(cbor.encode(claims), media_type=media_type, kid=HUB_KEY, signer=SIGNER)


def in_older_jwt(document: JsonObject) -> bytes:
    """Make a token as Open Badges 3.0 has it: its type is said to be no more than JWT."""
    return typed("JWT", {**document, "iss": HUB_DID, "jti": document["id"]})


def typed(typ: str, claims: JsonObject) -> bytes:
    header: JsonObject = {"typ": typ, "kid": HUB_KEY}
    return jose.sign(header, canonical(claims), signer=SIGNER).encode()


SIGNED: dict[str, bytes] = {
    "credential": canonical(sign(DOCUMENT)),
    "credential in a JWT": in_token(DOCUMENT, vc_jwt.CREDENTIAL),
    "credential in an SD-JWT": sd_jwt().text().encode(),
    "presentation": canonical(with_proof()),
    "presentation in a JWT": in_token(presentation(), vc_jwt.PRESENTATION),
    "SD-JWT with key binding": bound().text().encode(),
    "key binding": str(bound().key_binding).encode(),
    "status list": canonical(sign(bitstring_list())),
    "status list in a JWT": in_token(bitstring_list(), vc_jwt.CREDENTIAL),
    "credential in an older JWT": in_older_jwt(DOCUMENT),
    "presentation in an older JWT": in_older_jwt({**presentation(), "id": "urn:uuid:1"}),
    "status list in an older JWT": in_older_jwt(bitstring_list()),
    "Token Status List": typed(JWT_TYPE, MADE.to_claims()),
    "Token Status List in CBOR": in_cbor(CWT_TYPE, MADE.to_cwt()),
    "access token in CBOR": in_cbor("application/at+cwt", MADE.to_cwt()),
    "access token": typed("at+jwt", {**DOCUMENT, "iss": HUB_DID}),
    "proof for a wallet": typed("openid4vci-proof+jwt", {**DOCUMENT, "nonce": ASKED.nonce}),
    "receipt": ledger_world.receipt(4).text().encode(),
    "checkpoint": ledger_world.receipt(4).checkpoint.encode(),
}


def as_credential(data: bytes) -> bool:
    return actor().verify(data, now=SOON).verdict is Verdict.VALID


def as_presentation(data: bytes) -> bool:
    report = verify_presentation(
        data,
        context=actor().context(),
        now=SOON,
        challenge=ASKED.nonce,
        domain=ASKED.audience,
    )
    return report.verdict is Verdict.VALID


def text(data: bytes) -> str:
    """Read what may be no text: those who take texts are given one."""
    return data.decode("utf-8", "replace")


def as_key_binding(data: bytes) -> bool:
    whole = replace(sd_jwt(), key_binding=text(data))
    claims = sd_jwt_credential.SdJwtCredential.parse(sd_jwt().text()).claims
    key_binding.check(whole, claims, policy=ASKED, now=SOON)
    return True


def as_status_list(data: bytes) -> bool:
    published_lists.prove(
        data,
        url=LIST,
        issuer_id=HUB_DID,
        suites=actor().context().suites,
        dids=actor(),
        now=SOON,
    )
    return True


def as_list_token(data: bytes) -> bool:
    list_tokens.prove(data, uri=LIST, issuer_id=HUB_DID, dids=actor(), now=SOON)
    return True


def as_receipt(data: bytes) -> bool:
    open_receipt(Receipt.parse(text(data)), [ledger_world.LOG_KEY])
    return True


def as_checkpoint(data: bytes) -> bool:
    open_checkpoint(text(data), [ledger_world.LOG_KEY])
    return True


USES: dict[str, tuple[Callable[[bytes], bool], set[str]]] = {
    "credential": (
        as_credential,
        {
            "credential",
            "credential in a JWT",
            "credential in an older JWT",
            "credential in an SD-JWT",
        },
    ),
    "presentation": (
        as_presentation,
        {"presentation", "presentation in a JWT", "SD-JWT with key binding"},
    ),
    "key binding": (as_key_binding, {"key binding"}),
    "status list": (
        as_status_list,
        {"status list", "status list in a JWT", "status list in an older JWT"},
    ),
    "Token Status List": (as_list_token, {"Token Status List", "Token Status List in CBOR"}),
    "receipt": (as_receipt, {"receipt"}),
    "checkpoint": (as_checkpoint, {"checkpoint"}),
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("name", SIGNED)
def test_t12_what_is_signed_for_one_use_is_refused_in_every_other(name: str, use: str) -> None:
    accepts, meant = USES[use]

    try:
        accepted = accepts(SIGNED[name])
    except CredhubError:
        accepted = False

    assert accepted == (name in meant)


def test_t12_every_use_has_something_that_is_meant_for_it() -> None:
    for _, meant in USES.values():
        assert meant <= SIGNED.keys()
