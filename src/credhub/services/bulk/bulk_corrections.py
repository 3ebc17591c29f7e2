"""What a batch of corrections would do with one credential.

As with ``bulk_changes``, the same is asked before a row is taken in and again when its turn has
come. A table may hold a whole cohort: what says already what it should is left as it is, also
when there is a newer version of its achievement.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Final, TypeVar

from credhub import jsontypes
from credhub.credentials.claimed import Claimed
from credhub.credentials.draft import CredentialDraft, Evidence, Recipient, Result
from credhub.documents.change_rows import AS_IT_IS, CorrectedClaims
from credhub.errors import InvalidClaimError, ReplacedOtherwiseError
from credhub.services import correcting, reading
from credhub.services.bulk.row_checking import MOST_AHEAD
from credhub.services.changing import Changeable
from credhub.services.reading import OpenedCredential
from credhub.services.resources import Resources
from credhub.store.batches import BatchKind
from credhub.store.store import Transaction

_Text = TypeVar("_Text", bound=str | None)
_Moment = TypeVar("_Moment", bound=datetime | None)

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
        name=_text(claimed.name, wanted.name),
        awarded_at=_moment(
            claimed.awarded_at, wanted.awarded_at, is_day="awardedDate" in wanted.days
        ),
        valid_until=_moment(
            claimed.valid_until, wanted.valid_until, is_day="validUntil" in wanted.days
        ),
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


def _text(signed: _Text, said: str | None) -> _Text | str:
    """Say which text is right: no cell can say what stands around one that was signed."""
    if said is None or (signed is not None and signed.strip() == said.strip()):
        return signed
    return said


def _moment(signed: _Moment, said: datetime | None, *, is_day: bool) -> _Moment | datetime:
    """Say which moment is right: each of a day is, where nothing but the day is said."""
    if said is None or (is_day and signed is not None and _day(signed) == _day(said)):
        return signed
    return said


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()


def _evidence(claimed: Claimed, url: str | None) -> tuple[Evidence, ...]:
    if url is None:
        return claimed.evidence
    if len(claimed.evidence) > 1:
        raise InvalidClaimError("evidenceUrl", _SEVERAL)
    return tuple(replace(it, id=_text(it.id, url)) for it in claimed.evidence) or (
        Evidence(id=url),
    )


def _results(claimed: Claimed, value: str | None) -> tuple[Result, ...]:
    if value is None:
        return claimed.results
    if len(claimed.results) > 1:
        raise InvalidClaimError("result", _SEVERAL)
    return tuple(replace(it, value=_text(it.value, value)) for it in claimed.results) or (
        Result(value=value),
    )


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
