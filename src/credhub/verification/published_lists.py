"""Status lists as others publish them: judged as credentials before a bit of them counts.

Whatever is wrong with a list, it says nothing: that is never read as "not revoked", and never as
a fault of the credential.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from credhub.errors import (
    OutcomeUnknownError,
    StatusListElsewhereError,
    StatusListExpiredError,
    StatusListNotGenuineError,
    StatusListNotYetValidError,
    StatusListOfAnotherError,
    VerificationError,
)
from credhub.proofs.suite import Suite
from credhub.status.published import PublishedList
from credhub.verification import checks
from credhub.verification.protocols import DidResolver
from credhub.verification.signature import earlier


def prove(  # noqa: PLR0913 - what a verification asks, and what the list must be
    data: bytes,
    *,
    url: str,
    issuer_id: str,
    suites: Mapping[str, Suite],
    dids: DidResolver,
    now: datetime,
) -> PublishedList:
    """Judge what was published at an address.

    Args:
        data: A credential in any form that we read.
        url: The address, which the list must name as its own.
        issuer_id: The issuer of the credential whose status is asked; the list must be its own.
        suites: The cryptosuites that count.
        dids: Where keys come from.
        now: The moment that is judged.

    Returns:
        The list. It ends when its signature does, if that is sooner.

    Raises:
        OutcomeUnknownError: The list says nothing, and why (STATUS_VERIFICATION_ERROR).

    Source:
        W3C Bitstring Status List 1.0, section 3.2 (Validate Algorithm).
    """
    try:
        secured = checks.parse(data)
        published = PublishedList.from_document(secured.document)
        check_of(published, url=url, issuer_id=issuer_id, now=now)
        signature = checks.proof(secured, suites=suites, dids=dids, now=now)
        signature = checks.issuer_binding(issuer_id, signature, now)
    except OutcomeUnknownError:
        raise
    except VerificationError as error:
        raise StatusListNotGenuineError from error
    return replace(published, valid_until=earlier(published.valid_until, signature.ends_at))


def check_of(published: PublishedList, *, url: str, issuer_id: str, now: datetime) -> None:
    """Check that a list says that it is the one that was asked for.

    Raises:
        StatusListOfAnotherError: It is another issuer's.
        StatusListElsewhereError: It belongs at another address.
        StatusListNotYetValidError, StatusListExpiredError: It is of another time.
    """
    if published.issuer_id != issuer_id:
        raise StatusListOfAnotherError
    if published.url != url:
        raise StatusListElsewhereError
    if published.valid_from is not None and now < published.valid_from:
        raise StatusListNotYetValidError
    if published.valid_until is not None and now > published.valid_until:
        raise StatusListExpiredError
