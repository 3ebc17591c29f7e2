"""The forms that a hub signs, one small class for each way of securing a credential.

Whoever makes a form also checks it as everybody will, so a signature that does not verify never
leaves.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from credhub import jsontypes
from credhub.credentials import sd_jwt_claims
from credhub.dids.document import DidDocument, VerificationMethod
from credhub.jsontypes import JsonObject
from credhub.proofs import data_integrity, vc_jwt
from credhub.proofs.forms import Form
from credhub.proofs.recorded import recorded_digest
from credhub.proofs.sd_jwt import credential as sd_jwt_credential
from credhub.proofs.sd_jwt.profiles import DC, PROFILES
from credhub.proofs.signer import key_of
from credhub.proofs.suite import Suite
from credhub.services.keyring import IssuingKey
from credhub.services.resources import Randomness, Resources
from credhub.verification.jwt_secured import JwtSecured
from credhub.verification.sd_jwt_secured import SdJwtSecured


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedForm:
    """A credential as it was signed.

    Attributes:
        form: How.
        signed: The bytes, exactly.
        digest: What the entry of the ledger commits to: 32 bytes.
        document: The same in the W3C data model, with its proof if that is a part of it.
    """

    form: Form
    signed: bytes = field(repr=False)
    digest: bytes
    document: JsonObject = field(repr=False)


class FormMaker(Protocol):
    """One way of securing a credential."""

    def make(self, document: JsonObject, key: IssuingKey, now: datetime) -> SignedForm:
        """Sign a document, and check the signature by the public path.

        Raises:
            VerificationError: The signature is not one.
        """
        ...


@dataclass(frozen=True, slots=True)
class DataIntegrityForm:
    """A document with a ``proof``."""

    form: Form
    suite: Suite

    def make(self, document: JsonObject, key: IssuingKey, now: datetime) -> SignedForm:
        """Sign a document, and check the signature by the public path.

        Raises:
            VerificationError: The signature is not one.
        """
        document = data_integrity.sign(
            document,
            suite=self.suite,
            signer=key.signer,
            verification_method=key.verification_method,
            created=now,
        )
        chosen = data_integrity.issuer_proof(document, {self.suite.name: self.suite})
        data_integrity.verify(
            document, chosen.proof, suite=self.suite, public_key=key_of(key.signer)
        )
        signed = jsontypes.canonical(document)
        return SignedForm(
            form=self.form,
            signed=signed,
            digest=recorded_digest(document, signed),
            document=document,
        )


@dataclass(frozen=True, slots=True)
class JwtForm:
    """A document as the content of a signed token."""

    def make(self, document: JsonObject, key: IssuingKey, now: datetime) -> SignedForm:
        """Sign a document, and check the signature by the public path.

        Raises:
            VerificationError: The signature is not one.
        """
        token = vc_jwt.sign(
            document, signer=key.signer, verification_method=key.verification_method
        )
        secured = JwtSecured.parse(token)
        secured.check_proof(suites={}, dids=_OneKey(key), now=now)
        return SignedForm(
            form=Form.VC_JWT,
            signed=token.encode("ascii"),
            digest=secured.digest,
            document=secured.document,
        )


@dataclass(frozen=True, slots=True)
class SdJwtForm:
    """A token of which the learner can show a part."""

    form: Form
    randomness: Randomness
    status: JsonObject | None = None
    """The ``status`` claim; without one the status entries of the document stay."""

    def make(self, document: JsonObject, key: IssuingKey, now: datetime) -> SignedForm:
        """Sign a document, and check the signature by the public path.

        Raises:
            VerificationError: The signature is not one.
        """
        profile = PROFILES[self.form]
        claims = (
            sd_jwt_claims.to_claims(document, issued_at=now, status=self.status)
            if profile is DC
            else sd_jwt_claims.without_schema(document)
        )
        token = sd_jwt_credential.sign(
            claims,
            profile=profile,
            disclosable=sd_jwt_claims.disclosable(claims),
            signer=key.signer,
            verification_method=key.verification_method,
            randomness=self.randomness,
        )
        secured = SdJwtSecured.parse(token.text())
        secured.check_proof(suites={}, dids=_OneKey(key), now=now)
        return SignedForm(
            form=self.form,
            signed=token.text().encode("ascii"),
            digest=secured.digest,
            document=secured.document,
        )


@dataclass(frozen=True, slots=True)
class _OneKey:
    """The DID document that a hub is going to publish, as far as one signature needs it."""

    key: IssuingKey

    def resolve(self, did: str) -> DidDocument:
        method = VerificationMethod(
            id=self.key.verification_method,
            controller=did,
            public_key=key_of(self.key.signer),
        )
        return DidDocument(id=did, methods=(method,), assertion=frozenset({method.id}))


OFFERED: Final = (
    Form.EDDSA_RDFC_2022,
    Form.EDDSA_JCS_2022,
    Form.ECDSA_RDFC_2019,
    Form.ECDSA_JCS_2019,
    Form.ECDSA_SD_2023,
    Form.VC_JWT,
    Form.VC_SD_JWT,
    Form.DC_SD_JWT,
)
"""What a hub can choose, the default first."""


def maker_of(
    resources: Resources, form: Form, *, token_status: JsonObject | None = None
) -> FormMaker:
    """Find what makes a form.

    Args:
        resources: What services work with.
        form: Which.
        token_status: The ``status`` claim of the tokens that have claims of their own.
    """
    match form:
        case Form.VC_JWT:
            return JwtForm()
        case Form.VC_SD_JWT | Form.DC_SD_JWT:
            return SdJwtForm(form, resources.random, token_status)
        case _:
            return DataIntegrityForm(form, resources.suites[form])
