"""What strangers can hand in, with a host in it: one that must be asked, or one that never is."""

from collections.abc import Callable

from credhub import jwk
from credhub.credentials import sd_jwt_claims
from credhub.jsontypes import JsonObject, JsonValue, canonical
from credhub.proofs import data_integrity, eddsa_jcs_2022, jose, vc_jwt
from credhub.proofs.sd_jwt import credential as sd_jwt_credential
from credhub.proofs.sd_jwt.profiles import DC
from credhub.proofs.signer import key_of
from credhub.status.token_reference import TokenStatusReference
from tests.did_sites import SIGNER
from tests.unit import factories
from tests.unit.dids.webvh_writing import LogWriter, witness_rule
from tests.unit.factories import MemorySigner
from tests.unit.proofs.sd_jwt.making import salts

Sink = Callable[[str], JsonObject | bytes]


def badge(did: str = SIGNER.did, **changes: JsonValue) -> JsonObject:
    made = factories.credential(did=did)
    del made["credentialSchema"], made["credentialStatus"]
    return made | changes


def by_did_web(host: str) -> JsonObject:
    return signed_as(did_web(host))


def by_did_webvh(host: str) -> JsonObject:
    return signed_as(f"did:webvh:{'1' * 46}:{as_place(host)}")


def did_web(host: str) -> str:
    return f"did:web:{as_place(host)}"


def as_place(host: str) -> str:
    """Write a host, with a port or without, as it stands in a DID."""
    return host.replace(":", "%3A")


def in_token_by_did_web(host: str) -> bytes:
    did = did_web(host)
    token = vc_jwt.sign(badge(did), signer=SIGNER, verification_method=f"{did}#key-1")
    return token.encode()


def in_sd_jwt_by_did_web(host: str) -> bytes:
    return in_sd_jwt(did_web(host), f"{did_web(host)}#key-1")


def presented_by_did_web(host: str) -> JsonObject:
    return signed_as(did_web(host), presentation(), purpose=data_integrity.AUTHENTICATION)


def presented_in_token_by_did_web(host: str) -> bytes:
    did = did_web(host)
    return vc_jwt.sign(
        presentation() | {"holder": did},
        signer=SIGNER,
        verification_method=f"{did}#key-1",
        media_type=vc_jwt.PRESENTATION,
    ).encode()


def presented_with_status_list(host: str) -> JsonObject:
    return presentation(with_status_list(host))


def presentation(credential: JsonObject | None = None) -> JsonObject:
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [credential or factories.signed(badge())],
    }


def signed_as(
    did: str, document: JsonObject | None = None, *, purpose: str = data_integrity.ASSERTION
) -> JsonObject:
    """Sign with a key that the DID may hold or not."""
    return data_integrity.sign(
        document or badge(did),
        suite=factories.suite(),
        signer=SIGNER,
        verification_method=f"{did}#key-1",
        created=factories.NOON,
        purpose=purpose,
    )


def in_sd_jwt(
    did: str,
    method: str,
    status: JsonObject | None = None,
    document: JsonObject | None = None,
) -> bytes:
    claims = sd_jwt_claims.to_claims(
        document or badge(did), issued_at=factories.NOON, status=status
    )
    signed = sd_jwt_credential.sign(
        claims,
        profile=DC,
        disclosable=sd_jwt_claims.disclosable(claims),
        signer=SIGNER,
        verification_method=method,
        randomness=salts(),
    )
    return signed.text().encode()


def with_status_list(host: str) -> JsonObject:
    entry = factories.status_entry().to_document() | {
        "id": f"https://{host}/list#94567",
        "statusListCredential": f"https://{host}/list",
    }
    return factories.signed(badge(credentialStatus=entry))


def with_token_status_list(host: str) -> JsonObject:
    place = TokenStatusReference(uri=f"https://{host}/list", index=7)
    return data_integrity.sign(
        badge(credentialStatus=place.to_entry()),
        suite=eddsa_jcs_2022.suite(),
        signer=SIGNER,
        verification_method=SIGNER.method,
        created=factories.NOON,
    )


def with_revocation_list(host: str) -> JsonObject:
    entry: JsonObject = {"id": f"https://{host}/list", "type": "1EdTechRevocationList"}
    return factories.signed(badge(credentialStatus=entry))


def in_sd_jwt_with_list(host: str) -> bytes:
    place = TokenStatusReference(uri=f"https://{host}/list", index=7)
    return in_sd_jwt(SIGNER.did, SIGNER.method, place.to_claim())


def in_token_by_key_set(host: str) -> bytes:
    """Name a key of the host as the issuer's, as Open Badges 3.0 does it."""
    return older_token(f"https://{host}/issuers/1", kid=f"https://{host}/.well-known/jwks.json#1")


def in_token_by_key_address(host: str) -> bytes:
    return older_token(SIGNER.did, kid=f"https://{host}/keys#1")


def by_key_address(host: str) -> JsonObject:
    return data_integrity.sign(
        badge(),
        suite=factories.suite(),
        signer=SIGNER,
        verification_method=f"https://{host}/keys",
        created=factories.NOON,
    )


def with_its_key(host: str) -> bytes:
    """Bring a key, which only the issuer can call its own."""
    return older_token(f"https://{host}/issuers/1", jwk=jwk.encode(key_of(SIGNER)))


def by_issuer_address(host: str) -> JsonObject:
    return signed_as(f"https://{host}/issuers/1")


def endorsed_by_did_web(host: str) -> JsonObject:
    return endorsed(signed_as(did_web(host), endorsement(did_web(host))))


def endorsed_with_status_list(host: str) -> JsonObject:
    made = with_status_list(host)["credentialStatus"]
    return endorsed(factories.signed(endorsement(SIGNER.did, credentialStatus=made)))


def endorsed(item: JsonValue) -> JsonObject:
    issuer: JsonObject = {"id": SIGNER.did, "type": ["Profile"], "endorsement": [item]}
    return factories.signed(badge(issuer=issuer))


def endorsement(did: str, **changes: JsonValue) -> JsonObject:
    return {
        "@context": factories.credential()["@context"],
        "id": "urn:uuid:8c5f5b5e-0b5f-4b4f-9b1e-6a0e0a0c9d01",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": {"id": did, "type": ["Profile"]},
        "validFrom": "2026-11-01T00:00:00Z",
        "credentialSubject": {"id": SIGNER.did, "type": ["EndorsementSubject"]},
        **changes,
    }


def older_token(issuer: str, **header: JsonValue) -> bytes:
    return jose.sign({"typ": "JWT", **header}, canonical(badge(issuer)), signer=SIGNER).encode()


LISTS = (
    with_status_list,
    with_token_status_list,
    with_revocation_list,
    in_sd_jwt_with_list,
    presented_with_status_list,
)
KEYS = (in_token_by_key_set, in_token_by_key_address, by_key_address)
SINKS = (
    by_did_web,
    by_did_webvh,
    in_token_by_did_web,
    in_sd_jwt_by_did_web,
    presented_by_did_web,
    presented_in_token_by_did_web,
    *KEYS,
    *LISTS,
)
ENDORSEMENTS = (endorsed_by_did_web, endorsed_with_status_list)
"""They are asked for as well, and whatever comes of it changes nothing but the endorsement."""


def by_watched_did_webvh(host: str) -> JsonObject:
    """Name a DID of which others watched every version, as another file says."""
    return signed_as(watched_history(host).did)


def watched_history(host: str) -> LogWriter:
    """Give the log of that DID."""
    return LogWriter(place=as_place(host)).begin({"witness": witness_rule(1, MemorySigner(6))})


ASKING_TWICE = (with_its_key, by_issuer_address, by_watched_did_webvh)
"""They have two addresses of the host asked."""


def kind_of_token(host: str) -> bytes:
    """Name a type whose metadata its owner publishes."""
    made = badge()
    subject = made["credentialSubject"]
    assert isinstance(subject, dict)
    achievement = subject["achievement"]
    assert isinstance(achievement, dict)
    achievement["id"] = f"https://{host}/type"
    return in_sd_jwt(SIGNER.did, SIGNER.method, document=made)


def enveloped_elsewhere(host: str) -> JsonObject:
    return presentation(
        {
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": ["EnvelopedVerifiableCredential"],
            "id": f"https://{host}/credential",
        }
    )


def presented_with_words(host: str) -> JsonObject:
    more: JsonObject = {"@context": ["https://www.w3.org/ns/credentials/v2", f"https://{host}/"]}
    return presentation() | more


def presented_by_somebody_described(host: str) -> JsonObject:
    return presentation() | {"holder": {"id": SIGNER.did, "image": f"https://{host}/face"}}


NAMED = (
    kind_of_token,
    enveloped_elsewhere,
    presented_with_words,
    presented_by_somebody_described,
)
