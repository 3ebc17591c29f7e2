"""Signing and checking tokens with one given key, for the W3C's test suite for JOSE and COSE.

Nothing here is reachable from the service that hubs run: there a key comes from the document of
a DID, never from whoever asks.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credhub import base64url, jwk
from credhub.errors import (
    MalformedBase64Error,
    MalformedKeyError,
    MalformedPresentationError,
    SignatureError,
    UnknownAlgorithmError,
    UnknownEnvelopeError,
)
from credhub.jsontypes import JsonObject, canonical, parse_object
from credhub.keys.ec import EcSigner
from credhub.keys.ed25519 import Ed25519Signer
from credhub.proofs import vc_jwt
from credhub.proofs.jose import Jws
from credhub.proofs.sd_jwt import issuing
from credhub.proofs.sd_jwt.compact import SdJwt
from credhub.proofs.sd_jwt.disclosures import Path
from credhub.proofs.sd_jwt.processing import process
from credhub.proofs.signer import Signer, key_of
from credhub.public_key import KeyType, PublicKey
from credhub.verification import data_model, presented, reading

_STEP: Final = re.compile(r"\.?([^.\[\]]+)|\[([0-9]{1,6})\]")
_CURVES: Final = {KeyType.P256: ec.SECP256R1(), KeyType.P384: ec.SECP384R1()}
_IN_ENVELOPES: Final = frozenset(
    {"application/vc+jwt", "application/vc+sd-jwt", "application/vc+cose;base64"}
)


class Feature(StrEnum):
    """What is signed, and how."""

    CREDENTIAL_JOSE = "credential_jose"
    PRESENTATION_JOSE = "presentation_jose"
    CREDENTIAL_SD_JWT = "credential_sdjwt"
    PRESENTATION_SD_JWT = "presentation_sdjwt"


_TYPES: Final = {
    Feature.CREDENTIAL_JOSE: vc_jwt.CREDENTIAL,
    Feature.PRESENTATION_JOSE: vc_jwt.PRESENTATION,
    Feature.CREDENTIAL_SD_JWT: "vc+sd-jwt",
    Feature.PRESENTATION_SD_JWT: "vp+sd-jwt",
}
_PRESENTATIONS: Final = frozenset({Feature.PRESENTATION_JOSE, Feature.PRESENTATION_SD_JWT})
_HIDING: Final = frozenset({Feature.CREDENTIAL_SD_JWT, Feature.PRESENTATION_SD_JWT})


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenKey:
    """A key that was handed over.

    Attributes:
        name: What a token calls it.
        public_key: What its signatures are checked with.
        signer: What makes them, if the private key is there.
    """

    name: str
    public_key: PublicKey
    signer: Signer | None

    @classmethod
    def parse(cls, text: bytes) -> "GivenKey":
        """Read a verification method with keys as JSON Web Keys, or such a key alone.

        Raises:
            MalformedJsonError: The text is not a JSON object.
            MalformedKeyError: It is not a key of a curve that we know.
        """
        given = parse_object(text)
        whole = given.get("secretKeyJwk", given.get("publicKeyJwk", given))
        if not isinstance(whole, dict):
            raise MalformedKeyError("The key is not a JSON Web Key.")
        public_key = jwk.decode({name: part for name, part in whole.items() if name != "d"})
        signer = _signer(public_key, str(whole["d"])) if "d" in whole else None
        name = given.get("id", whole.get("kid", base64url.encode(jwk.thumbprint(public_key))))
        return cls(name=str(name), public_key=public_key, signer=signer)


def paths_of(texts: Collection[str]) -> frozenset[Path]:
    """Read where claims are, such as ``credentialSubject.phoneNumbers[0]``."""
    return frozenset(
        tuple(name or int(index) for name, index in _STEP.findall(text)) for text in texts
    )


def issue(
    text: bytes,
    key: GivenKey,
    feature: Feature,
    *,
    disclosable: frozenset[Path],
    randomness: Callable[[int], bytes],
) -> str:
    """Sign a credential or a presentation.

    Raises:
        MalformedJsonError: The text is not a JSON object.
        MalformedKeyError: The private key is not there.
        VerificationError: The document is not what the data model wants.
        InvalidClaimError: What is to be hidden is not there.
    """
    document = parse_object(text)
    _check(document, feature)
    if key.signer is None:
        raise MalformedKeyError("The private key is not there.")
    if feature not in _HIDING:
        return vc_jwt.sign(
            document,
            signer=key.signer,
            verification_method=key.name,
            media_type=_TYPES[feature],
        )
    content = "vp" if feature in _PRESENTATIONS else "vc"
    header: JsonObject = {"typ": _TYPES[feature], "cty": content, "kid": key.name}
    return issuing.issue(
        document, disclosable=disclosable, header=header, signer=key.signer, randomness=randomness
    ).text()


def verify(text: bytes, key: GivenKey, feature: Feature) -> str:
    """Check the form and the signature of a token, and nothing that depends on the time.

    Returns:
        The document as canonical JSON text.

    Raises:
        VerificationError: It is not what it must be, or somebody else signed it.
    """
    compact = text.strip().decode("ascii", errors="replace")
    try:
        document = (
            _hidden(compact, key, feature)
            if feature in _HIDING
            else (_whole(compact, key, feature))
        )
    except UnknownAlgorithmError as error:
        raise SignatureError from error  # The given key does not make such signatures.
    _check(document, feature)
    return canonical(document).decode()


def _whole(text: str, key: GivenKey, feature: Feature) -> JsonObject:
    jws, document = vc_jwt.read(text, _TYPES[feature])
    jws.verify(key.public_key)
    return document


def _hidden(text: str, key: GivenKey, feature: Feature) -> JsonObject:
    sd_jwt = SdJwt.parse(text)
    jws = Jws.parse(sd_jwt.jwt)
    jws.check_type(_TYPES[feature])
    jws.verify(key.public_key)
    return vc_jwt.document_of(process(jws.claims(), sd_jwt.disclosures).claims)


def _check(document: JsonObject, feature: Feature) -> None:
    if feature not in _PRESENTATIONS:
        data_model.check(document)
        return
    presented.check_structure(document)
    for credential in presented.credentials_of(document):
        if not isinstance(credential, dict):
            raise MalformedPresentationError("A credential is not in an envelope.")
        media_type, _ = reading.opened(credential, reading.ENVELOPED_CREDENTIAL)
        if media_type not in _IN_ENVELOPES:
            raise UnknownEnvelopeError("We do not know what is in the envelope.")


def _signer(public_key: PublicKey, text: str) -> Signer:
    try:
        secret = base64url.decode(text)
        if public_key.type is KeyType.ED25519:
            signer: Signer = Ed25519Signer(Ed25519PrivateKey.from_private_bytes(secret))
        else:
            number = int.from_bytes(secret, "big")
            private = ec.derive_private_key(number, _CURVES[public_key.type])
            signer = EcSigner(public_key.type, private)
    except (MalformedBase64Error, ValueError, KeyError) as error:
        raise MalformedKeyError("The private key is malformed.") from error
    if key_of(signer) != public_key:
        raise MalformedKeyError("The private key is that of another public key.")
    return signer
