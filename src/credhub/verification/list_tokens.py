"""Token Status Lists as others publish them: judged before a status in them counts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from credhub.errors import (
    DidSyntaxError,
    OutcomeUnknownError,
    StatusListElsewhereError,
    StatusListExpiredError,
    StatusListNotGenuineError,
    StatusListNotYetValidError,
    StatusListOfAnotherError,
    VerificationError,
)
from credhub.proofs.cose import TAG, Sign1
from credhub.proofs.jose import Jws
from credhub.status.list_token import CWT_TYPE, JWT_TYPE, ListToken
from credhub.verification import checks
from credhub.verification.jwt_secured import genuine_signature_of
from credhub.verification.protocols import DidResolver
from credhub.verification.secured import key_named
from credhub.verification.signature import Signature, earlier

_Genuine = Callable[[], Signature]


def prove(data: bytes, *, uri: str, issuer_id: str, dids: DidResolver, now: datetime) -> ListToken:
    """Judge what was published at an address.

    Args:
        data: A JWT, or a CWT in COSE_Sign1.
        uri: The address, which the list must name as its own.
        issuer_id: The issuer of the credential whose status is asked; the list must be its own.
        dids: Where keys come from.
        now: The moment that is judged.

    Returns:
        The list. It ends when its key does, if that is sooner.

    Raises:
        OutcomeUnknownError: The list says nothing, and why.

    Source:
        draft-ietf-oauth-status-list, section 8.3 (Validation Rules).
    """
    try:
        token, genuine = _read(data, issuer_id, dids)
        check_of(token, uri=uri, issuer_id=issuer_id, now=now)
        signature = checks.issuer_binding(issuer_id, genuine(), now)
    except OutcomeUnknownError:
        raise
    except VerificationError as error:
        raise StatusListNotGenuineError from error
    return replace(token, valid_until=earlier(token.valid_until, signature.ends_at))


def check_of(token: ListToken, *, uri: str, issuer_id: str, now: datetime) -> None:
    """Check that a list says that it is the one that was asked for.

    Raises:
        StatusListOfAnotherError: It is another issuer's.
        StatusListElsewhereError: It belongs at another address.
        StatusListNotYetValidError, StatusListExpiredError: It is of another time.
    """
    if token.issuer_id not in (None, issuer_id):
        raise StatusListOfAnotherError
    if token.uri != uri:
        raise StatusListElsewhereError
    if now < token.valid_from:
        raise StatusListNotYetValidError
    if token.valid_until is not None and now >= token.valid_until:
        raise StatusListExpiredError


def _read(data: bytes, issuer_id: str, dids: DidResolver) -> tuple[ListToken, _Genuine]:
    if data[:1] == TAG:
        message = Sign1.parse(data)
        message.check_type(CWT_TYPE)
        return ListToken.from_cwt(message.claims()), lambda: _signature_of(message, issuer_id, dids)
    jws = Jws.parse(data.strip().decode("ascii", errors="replace"))
    jws.check_type(JWT_TYPE)
    return (
        ListToken.from_claims(jws.claims()),
        lambda: genuine_signature_of(jws, by=issuer_id, dids=dids),
    )


def _signature_of(message: Sign1, issuer_id: str, dids: DidResolver) -> Signature:
    if message.kid is None:
        raise DidSyntaxError("The message does not name a key.")
    method_id = f"{issuer_id}{message.kid}" if message.kid.startswith("#") else message.kid
    signer, method = key_named(method_id, dids)
    message.verify(method.public_key)
    return Signature(method=method, signer=signer)
