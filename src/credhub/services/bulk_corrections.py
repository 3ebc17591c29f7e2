"""What a batch of corrections would do with one credential.

As with ``bulk_changes``, the same is asked before a row is taken in and again when its turn has
come. A table may hold a whole cohort: what says already what it should is left as it is, also
when there is a newer version of its achievement.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from credhub import jsontypes
from credhub.credentials.claimed import Claimed
from credhub.credentials.draft import CredentialDraft, Evidence, Recipient, Result
from credhub.documents.change_rows import AS_IT_IS, CorrectedClaims
from credhub.errors import InvalidClaimError, ReplacedOtherwiseError
from credhub.services import correcting, reading
from credhub.services.changing import Changeable
from credhub.services.reading import OpenedCredential
from credhub.services.resources import Resources
from credhub.services.row_checking import MOST_AHEAD
from credhub.store.batches import BatchKind
from credhub.store.store import Transaction

_SEVERAL: Final = "is one of several: correct this credential by itself."
_MEMBERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "name": "name",
        "awardedDate": "awarded_at",
        "validUntil": "valid_until",
        "evidenceUrl": "evidence",
        "result": "results",
    }
)


def wrong(
    resources: Resources, tx: Transaction, found: Changeable, wanted: CorrectedClaims
) -> tuple[str, ...]:
    """Name the claims that are to be corrected: of a credential that has no correction yet.

    Raises:
        NotCorrectableError: A client composed it.
        ReplacedOtherwiseError: The newest one that replaces it does not say it either.
        AlreadyRevokedError: It is revoked, so nothing may replace it.
        CredentialSuspendedError: It is suspended.
        InvalidClaimError: A claim cannot be in a credential.
        CredentialErasedError: The learner was erased.
        RecordDamagedError: The rows cannot be opened.
    """
    correcting.check_ours(found.credential)
    credential = found.credential
    opened = reading.by_id_in(tx, resources, credential.hub, credential.credential_id)
    if opened.superseded_by is not None:
        newest = reading.newest_in(tx, resources, opened)
        if _differing(_claims(newest), wanted):
            raise ReplacedOtherwiseError(newest.address)
        return ()
    claimed = _claims(opened)
    if differing := _differing(claimed, wanted):
        correcting.check_correctable(found)
        _check(resources, opened, corrected(claimed, wanted))
    return differing


def says_nothing(kind: BatchKind, wanted: CorrectedClaims) -> bool:
    """Say whether a row of a table of corrections leaves its credential as it is, whatever it is.

    So do the rows of learners who were erased, in the table that a batch gives.
    """
    return kind is BatchKind.CORRECTION and wanted == AS_IT_IS


def corrected(claimed: Claimed, wanted: CorrectedClaims) -> Claimed:
    """Say what a credential should have said.

    Raises:
        InvalidClaimError: It has several pieces of evidence, or results, and one is given.
    """
    return replace(
        claimed,
        name=wanted.name or claimed.name,
        awarded_at=wanted.awarded_at or claimed.awarded_at,
        valid_until=wanted.valid_until or claimed.valid_until,
        evidence=_evidence(claimed, wanted.evidence_url),
        results=_results(claimed, wanted.result),
    )


def _differing(claimed: Claimed, wanted: CorrectedClaims) -> tuple[str, ...]:
    said = corrected(claimed, wanted)
    return tuple(
        member for member, name in _MEMBERS.items() if getattr(claimed, name) != getattr(said, name)
    )


def _claims(opened: OpenedCredential) -> Claimed:
    return Claimed.of(jsontypes.parse_object(opened.signed))


def _evidence(claimed: Claimed, url: str | None) -> tuple[Evidence, ...]:
    if url is None:
        return claimed.evidence
    if len(claimed.evidence) > 1:
        raise InvalidClaimError("evidenceUrl", _SEVERAL)
    return tuple(replace(it, id=url) for it in claimed.evidence) or (Evidence(id=url),)


def _results(claimed: Claimed, value: str | None) -> tuple[Result, ...]:
    if value is None:
        return claimed.results
    if len(claimed.results) > 1:
        raise InvalidClaimError("result", _SEVERAL)
    return tuple(replace(it, value=value) for it in claimed.results) or (Result(value=value),)


def _check(resources: Resources, opened: OpenedCredential, claimed: Claimed) -> None:
    """Refuse what no credential can claim, as far as its schema need not be asked."""
    now = resources.clock().replace(microsecond=0)
    if claimed.awarded_at > now + MOST_AHEAD:
        raise InvalidClaimError("awardedDate", "lies in the future.")
    CredentialDraft(
        id=opened.address,
        recipient=Recipient(name=claimed.name, did=claimed.did),
        valid_from=now,
        valid_until=claimed.valid_until,
        evidence=claimed.evidence,
    )
