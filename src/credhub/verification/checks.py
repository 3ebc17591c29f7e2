"""The checks, one function each, numbered as in ``verify``. Each gives what it found or raises."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime

from credhub.dids.document import VerificationMethod
from credhub.errors import (
    ExpiredError,
    IssuerMismatchError,
    IssuerNamesakeError,
    IssuerNotKnownError,
    KeyExpiredError,
    KeyRetiredError,
    KeyRevokedError,
    KeyTimeUnknownError,
    NotAsRecordedError,
    NotInLedgerError,
    NotYetValidError,
    OlderOpenBadgeError,
    OutcomeUnknownError,
    RevokedError,
    SchemaNotKnownError,
    SuspendedError,
    VerificationError,
)
from credhub.jsontypes import JsonObject
from credhub.ledger.events import Standing
from credhub.proofs.suite import Suite
from credhub.verification import open_badges_2, reading
from credhub.verification.findings import IssuerStanding, LedgerPosition
from credhub.verification.protocols import (
    DidResolver,
    SchemaSource,
    TrustSource,
    VerifierContext,
)
from credhub.verification.published_status import could_withdraw, entries_of
from credhub.verification.secured import DataIntegritySecured, Secured
from credhub.verification.signature import Signature
from credhub.verification.structure import CredentialView


class CheckSkippedError(Exception):
    """A check has nothing to look at. It is caught where outcomes are written down."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def parse(data: bytes | JsonObject) -> Secured:
    """(1) Read a credential that has one meaning for every reader, and what secures it.

    Raises:
        VerificationError: It has none, or is something else.
        OutcomeUnknownError: It is secured in a way that we do not know, or is a badge of an edition
            that we do not verify.
    """
    secured = reading.read(data)
    if open_badges_2.is_one(secured.document):
        raise OlderOpenBadgeError
    return secured


def structure(document: JsonObject) -> CredentialView:
    """(2) Read what the later checks need of a credential.

    Raises:
        VerificationError: It is not as the data model, or Open Badges, wants it.
    """
    return CredentialView.of(document)


def proof(
    secured: Secured, *, suites: Mapping[str, Suite], dids: DidResolver, now: datetime
) -> Signature:
    """(3) Check the signature, whoever made it.

    Raises:
        VerificationError: The signature is not genuine, or does not cover the whole document.
        OutcomeUnknownError: The key that it names could not be had.
    """
    return secured.check_proof(suites=suites, dids=dids, now=now)


def issuer_binding(issuer_id: str, signature: Signature, used_at: datetime | None) -> Signature:
    """(4) Check that the issuer made the signature, with a key that was then in force.

    Of several by the issuer one is enough. A key that was stolen adds nothing to it and takes
    nothing from it.

    Args:
        issuer_id: The issuer that the document names.
        signature: Its genuine signature.
        used_at: When the key was used, as far as that is proved; ``None`` when it could not be
            found out. The document's own dates prove nothing.

    Returns:
        The signature that binds the issuer.

    Raises:
        IssuerMismatchError: Somebody else signed.
        VerificationError: The key is not for signing credentials, or had ended.
        KeyTimeUnknownError: Whether it had ended depends on what could not be found out.
        OutcomeUnknownError: Nobody says that the key is the issuer's.
    """

    def bind(one: Signature) -> None:
        if one.doubt is not None:
            raise one.doubt
        if one.signer.id != issuer_id:
            raise IssuerMismatchError("The key belongs to somebody other than the issuer.")
        key_in_force(one.signer.assertion_key(one.method.id), used_at)

    return one_that_counts(signature, bind)


def one_that_counts(signature: Signature, check: Callable[[Signature], None]) -> Signature:
    """Find one of somebody's signatures of a document that stands a check.

    Raises:
        OutcomeUnknownError: None does, and of one it is not known.
        VerificationError: None does.
    """
    reasons: list[VerificationError] = []
    for one in (signature, *signature.others):
        try:
            check(one)
        except VerificationError as error:
            reasons.append(error)
        else:
            return one
    raise min(reasons, key=lambda reason: not isinstance(reason, OutcomeUnknownError))


def key_in_force(method: VerificationMethod, used_at: datetime | None) -> None:
    """Check that a key had not ended when it was used.

    Raises:
        KeyRevokedError: It had been withdrawn.
        KeyRetiredError: Its owner had stopped using it.
        KeyExpiredError: It had ended by plan.
        KeyTimeUnknownError: Whether it had depends on what could not be found out.
    """
    if used_at is None:
        if method.has_end:
            raise KeyTimeUnknownError("The key has an end, and its use has no proved time.")
        return
    if method.revoked_at is not None and used_at >= method.revoked_at:
        raise KeyRevokedError("The key was withdrawn before its use.")
    if method.retired_at is not None and used_at >= method.retired_at:
        raise KeyRetiredError("The key was out of use before its use.")
    if method.expires_at is not None and used_at >= method.expires_at:
        raise KeyExpiredError("The key ended before its use.")


def schema(view: CredentialView, document: JsonObject, schemas: SchemaSource) -> None:
    """(5) Compare the credential with every schema that it names.

    Raises:
        SchemaError: It does not follow one.
        SchemaNotKnownError: It follows those that we know, but names others.
    """
    if not view.schema_ids:
        raise CheckSkippedError("no-schema")
    unknown: SchemaNotKnownError | None = None
    for schema_id in view.schema_ids:
        try:
            schemas.validate(schema_id, document)
        except SchemaNotKnownError as error:
            unknown = error
    if unknown is not None:
        raise unknown


def validity(view: CredentialView, now: datetime) -> None:
    """(6) Check the credential's own period, both ends included.

    Source:
        W3C VCDM 2.0, section 4.9.
    """
    if view.valid_from is not None and now < view.valid_from:
        raise NotYetValidError(f"The credential is valid from {_day(view.valid_from)} on.")
    if view.valid_until is not None and now > view.valid_until:
        raise ExpiredError(f"The credential was valid until {_day(view.valid_until)}.")


def status(view: CredentialView, document: JsonObject, context: VerifierContext) -> Standing:
    """(7) Ask whether the issuer has withdrawn the credential.

    Where only other things are published of it, such as how far an application is, nobody can ask:
    that is as if nothing were published.
    """
    if not view.has_status:
        raise CheckSkippedError("no-status-entry")
    if not any(map(could_withdraw, entries_of(document))):
        raise CheckSkippedError("no-withdrawal-entry")
    return context.statuses.state_of(document, view.issuer_id)


def still_stands(standing: Standing) -> None:
    """(7) Refuse a credential that was withdrawn.

    Raises:
        RevokedError: For good.
        SuspendedError: For now.
    """
    match standing:
        case Standing.ACTIVE:
            return
        case Standing.SUSPENDED:
            raise SuspendedError("The issuer has put the credential on hold.")
        case _:
            raise RevokedError("The issuer has withdrawn the credential for good.")


def ledger(secured: Secured, context: VerifierContext) -> LedgerPosition:
    """(8) Find the signature in the issuer's ledger, if we can look into it.

    Raises:
        NotInLedgerError: It is not there.
        NotAsRecordedError: It is there, but for the document without the proofs of others.
        ReceiptError: The receipt that came with it proves nothing about it.
        OutcomeUnknownError: That could not be found out.
    """
    try:
        position = context.ledgers.find(secured.document, secured.digest)
    except NotInLedgerError as error:
        _check_additions(secured, context, error)
        raise
    if position is None:
        raise CheckSkippedError("foreign-credential")
    return position


def _check_additions(secured: Secured, context: VerifierContext, error: NotInLedgerError) -> None:
    """Tell a document to which others added their proofs from one that was never given out.

    It is refused either way: what is recorded is the document with the proofs that it had. All
    proofs of the issuer stay in what is looked for, so that a thief's is never taken for one that
    somebody else added.
    """
    if not isinstance(secured, DataIntegritySecured):
        return
    given_out = secured.given_out_digest
    if given_out == secured.digest:
        return
    with suppress(NotInLedgerError):
        context.ledgers.find(secured.document, given_out)
        raise NotAsRecordedError("Somebody added to what is recorded.") from error


def trust(standing: IssuerStanding, claimed_name: str | None, known: TrustSource) -> None:
    """(9) Check that somebody vouches for the issuer.

    Args:
        standing: What is known of the issuer.
        claimed_name: What it calls itself.
        known: All issuers that are known.

    Raises:
        IssuerNamesakeError: Nobody does, and it goes by the name of one that is known.
        IssuerNotKnownError: Nobody does.
    """
    if standing.trusted:
        return
    namesake = None if claimed_name is None else known.namesake(claimed_name)
    if namesake is not None and namesake.name is not None:
        raise IssuerNamesakeError(namesake.name)
    raise IssuerNotKnownError("Nobody vouches for the issuer.")


def _day(moment: datetime) -> str:
    moment = moment.astimezone(UTC)
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"
