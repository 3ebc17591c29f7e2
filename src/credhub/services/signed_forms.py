"""What the signed bytes of each form say, and what their ledger entries commit to."""

from hashlib import sha256

from credhub.jsontypes import JsonObject, parse_object
from credhub.proofs import data_integrity
from credhub.proofs.forms import TOKENS, Form
from credhub.proofs.jose import Jws
from credhub.proofs.recorded import recorded_digest
from credhub.verification import reading


def digest_of(form: Form, signed: bytes) -> bytes:
    """Compute what the entry of a ledger commits to.

    Returns:
        32 bytes: the SHA-256 of all signed bytes, without what a holder may leave out of them.
    """
    if form in (Form.VC_SD_JWT, Form.DC_SD_JWT):
        return sha256(signed.partition(b"~")[0]).digest()
    if form is Form.ECDSA_SD_2023:
        return recorded_digest(parse_object(signed))
    return sha256(signed).digest()


def document_of(form: Form, signed: bytes) -> JsonObject:
    """Read the credential in the W3C data model.

    Raises:
        MalformedJsonError, VerificationError: The bytes hold none.
    """
    return reading.read(signed).document if form in TOKENS else parse_object(signed)


def method_of(form: Form, signed: bytes) -> str:
    """Read which key of ours signed.

    Raises:
        MalformedJsonError, VerificationError: The bytes do not say.
    """
    if form in TOKENS:
        return str(Jws.parse(signed.partition(b"~")[0].decode("ascii")).kid)
    (proof,) = data_integrity.proofs_of(parse_object(signed))
    return str(proof["verificationMethod"])
