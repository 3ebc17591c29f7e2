"""One badge in each form that is read here and issued by others, with a status and an end."""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from credhub import base64url, multikey
from credhub.jsontypes import JsonObject, JsonValue, canonical
from credhub.proofs import data_integrity, ed25519_signature_2020, jose, vc_jwt
from credhub.proofs.contexts import ED25519_2020, OB_VERSIONS, STATUS_2021, VC_1
from credhub.proofs.forms import Form
from credhub.public_key import KeyType
from tests.unit import factories
from tests.unit.factories import NOON
from tests.unit.verification.every_form import HUB, Change, Issuer, checking
from tests.unit.verification.world import HUB_DID

Make = Callable[[JsonObject, Issuer], bytes]


def older(document: JsonObject) -> JsonObject:
    """Write a badge in the data model 1.1."""
    renamed = {"validFrom": "issuanceDate", "validUntil": "expirationDate"}
    made = {
        renamed.get(name, name): value
        for name, value in document.items()
        if name != "credentialSchema"
    }
    status: JsonObject = {
        "id": "https://hub.example/hubs/riverside/status/1#7",
        "type": "StatusList2021Entry",
        "statusPurpose": "revocation",
        "statusListIndex": "7",
        "statusListCredential": "https://hub.example/hubs/riverside/status/1",
    }
    contexts: list[JsonValue] = [VC_1, OB_VERSIONS[0], STATUS_2021]
    return made | {"@context": contexts, "credentialStatus": status}


def with_signature_of_2020(document: JsonObject, by: Issuer) -> bytes:
    contexts = older(document)["@context"]
    assert isinstance(contexts, list)
    made = older(document) | {"@context": [*contexts, ED25519_2020]}
    options: JsonObject = {
        "type": ed25519_signature_2020.NAME,
        "created": "2026-11-22T12:00:00Z",
        "verificationMethod": by.method(KeyType.ED25519),
        "proofPurpose": "assertionMethod",
    }
    suite = ed25519_signature_2020.suite(factories.canonicalizer())
    signature = by.signer(KeyType.ED25519).sign(suite.signing_input(made, options))
    return canonical(made | {"proof": options | {"proofValue": multikey.encode_base58(signature)}})


def signed(
    document: JsonObject, by: Issuer, form: Form, key_type: KeyType, **options: JsonValue
) -> JsonObject:
    return data_integrity.sign(
        document,
        suite=checking()[form],
        signer=by.signer(key_type),
        verification_method=by.method(key_type),
        created=NOON,
        options=options,
    )


def with_p384(form: Form) -> Make:
    return lambda document, by: canonical(signed(document, by, form, KeyType.P384))


def with_two_proofs(document: JsonObject, by: Issuer) -> bytes:
    once = signed(document, by, Form.EDDSA_RDFC_2022, KeyType.ED25519)
    return canonical(signed(once, by, Form.ECDSA_JCS_2019, KeyType.P256))


def with_a_chain(document: JsonObject, by: Issuer) -> bytes:
    once = signed(document, by, Form.EDDSA_JCS_2022, KeyType.ED25519, id="urn:uuid:1")
    return canonical(
        signed(once, by, Form.ECDSA_RDFC_2019, KeyType.P256, previousProof="urn:uuid:1")
    )


def in_jwt(key_type: KeyType) -> Make:
    def make(document: JsonObject, by: Issuer) -> bytes:
        return vc_jwt.sign(
            document, signer=by.signer(key_type), verification_method=by.method(key_type)
        ).encode()

    return make


def in_jwt_of_1_1(document: JsonObject, by: Issuer) -> bytes:
    made = older(document)
    return in_older_jwt({"iss": HUB_DID, "jti": made["id"], "vc": made}, by)


def in_older_jwt(claims: JsonObject, by: Issuer) -> bytes:
    header: JsonObject = {"typ": "JWT", "kid": by.method(KeyType.ED25519)}
    return jose.sign(header, canonical(claims), signer=by.signer(KeyType.ED25519)).encode()


def in_older_jwt_of_badges(document: JsonObject, by: Issuer) -> bytes:
    return in_older_jwt(document | {"iss": HUB_DID, "jti": document["id"]}, by)


def with_the_other_name_of_the_algorithm(document: JsonObject, by: Issuer) -> bytes:
    header = {"alg": "Ed25519", "typ": "vc+jwt", "kid": by.method(KeyType.ED25519)}
    signed = ".".join(
        base64url.encode(part) for part in (json.dumps(header).encode(), canonical(document))
    )
    signature = by.signer(KeyType.ED25519).sign(signed.encode())
    return f"{signed}.{base64url.encode(signature)}".encode()


WITH_PROOF: Final[Mapping[str, Make]] = MappingProxyType(
    {
        "Ed25519Signature2020": with_signature_of_2020,
        "ecdsa-rdfc-2019 P-384": with_p384(Form.ECDSA_RDFC_2019),
        "ecdsa-jcs-2019 P-384": with_p384(Form.ECDSA_JCS_2019),
        "proof set": with_two_proofs,
        "proof chain": with_a_chain,
    }
)
IN_TOKENS: Final[Mapping[str, Make]] = MappingProxyType(
    {
        "vc+jwt EdDSA": in_jwt(KeyType.ED25519),
        "vc+jwt Ed25519": with_the_other_name_of_the_algorithm,
        "vc+jwt ES384": in_jwt(KeyType.P384),
        "1EdTech JWT": in_older_jwt_of_badges,
        "JWT of the data model 1.1": in_jwt_of_1_1,
    }
)
ALL: Final[Mapping[str, Make]] = MappingProxyType({**WITH_PROOF, **IN_TOKENS})


def foreign(name: str, change: Change = lambda _: None, *, by: Issuer = HUB) -> bytes:
    """Make a badge of the issuer in one of these forms, after a change to it."""
    document = factories.credential(did=HUB_DID)
    document["validUntil"] = "2030-01-01T00:00:00Z"
    change(document)
    return ALL[name](document, by)
