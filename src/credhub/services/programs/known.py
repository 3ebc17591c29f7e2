"""What is known of one learner in one cohort, as it is sealed and opened."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Self, TypeVar

from credhub import instants, jsontypes
from credhub.credentials.claims import check_name
from credhub.credentials.draft import MAX_ITEMS, Evidence, Recipient, Result, ResultStatus
from credhub.documents.rows.outcome import ReadRow
from credhub.errors import InvalidClaimError
from credhub.services.programs.attendance import Attendance, Mark

MAX_BYTES: Final = 32 * 1024
"""So much is kept of one learner in one cohort: five hundred of them are read at once."""


class Enrolment(StrEnum):
    """How a learner stands to a cohort."""

    ENROLLED = "enrolled"
    WITHDRAWN = "withdrawn"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnResult:
    """A result of a learner.

    Attributes:
        achievement_id: Of which achievement; of all of the program when nobody says.
    """

    result: Result
    achievement_id: str | None = None

    @property
    def is_passed(self) -> bool:
        """Whether it says that the learner passed."""
        return self.result.status is ResultStatus.COMPLETED


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnEvidence:
    """What shows that a learner did it: a page, or a file that the hub keeps.

    Attributes:
        sha256: The digest of the file, in hexadecimal. The file itself is not here.
        achievement_id: For which achievement; for all of the program when nobody says.
    """

    evidence: Evidence
    sha256: str | None = None
    achievement_id: str | None = None

    @classmethod
    def of_file(cls, *, name: str, sha256: str, achievement_id: str | None) -> Self:
        """Write of a file what a credential can say of it: its name and its digest."""
        check_name("evidence.name", name)
        said = Evidence(name=name, narrative=f"{name} (SHA-256 {sha256})")
        return cls(evidence=said, sha256=sha256, achievement_id=achievement_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All of it.

    Attributes:
        awarded_at: When the learner earned what is earned, if that was not when the cohort ended.
    """

    recipient: Recipient = field(repr=False)
    status: Enrolment = Enrolment.ENROLLED
    attendance: Attendance | None = None
    results: tuple[OwnResult, ...] = field(default=(), repr=False)
    evidence: tuple[OwnEvidence, ...] = field(default=(), repr=False)
    awarded_at: datetime | None = None
    valid_until: datetime | None = None

    def __post_init__(self) -> None:
        for achievement_id in self.named:
            for member, some in (
                ("results", self.results_for(achievement_id)),
                ("evidence", self.evidence_for(achievement_id)),
            ):
                if len(some) > MAX_ITEMS:
                    most = f"must have at most {MAX_ITEMS} items for one achievement."
                    raise InvalidClaimError(member, most)

    @property
    def named(self) -> frozenset[str | None]:
        """About which achievements anything is known; none stands for all of them."""
        results = {it.achievement_id for it in self.results}
        return frozenset(results | {it.achievement_id for it in self.evidence})

    def results_for(self, achievement_id: str | None) -> tuple[OwnResult, ...]:
        """List the results that are about an achievement."""
        return tuple(_about(achievement_id, self.results))

    def evidence_for(self, achievement_id: str | None) -> tuple[OwnEvidence, ...]:
        """List the evidence for an achievement."""
        return tuple(_about(achievement_id, self.evidence))

    @classmethod
    def of_row(cls, row: ReadRow) -> Self:
        """Take what a row of a roster says."""
        return cls(
            recipient=row.recipient,
            results=tuple(OwnResult(result=it) for it in row.results),
            evidence=tuple(OwnEvidence(evidence=it) for it in row.evidence),
            awarded_at=row.awarded_at,
            valid_until=row.valid_until,
        )

    def document(self) -> bytes:
        """Write it, to be sealed.

        Raises:
            InvalidClaimError: It is too much.
        """
        attendance = self.attendance
        document = jsontypes.canonical(
            {
                "recipient": asdict(self.recipient),
                "status": self.status.value,
                "attendance": None if attendance is None else asdict(attendance),
                "results": [asdict(it) for it in self.results],
                "evidence": [asdict(it) for it in self.evidence],
                "awarded": None if self.awarded_at is None else instants.text_of(self.awarded_at),
                "until": None if self.valid_until is None else instants.text_of(self.valid_until),
            }
        )
        if len(document) > MAX_BYTES:
            most = f"is more than can be kept of one: {MAX_BYTES} bytes."
            raise InvalidClaimError("learner", most)
        return document

    @classmethod
    def of(cls, document: bytes) -> Self:
        """Read what ``document`` wrote.

        Raises:
            InvalidClaimError: No credential can claim it any more.
        """
        kept: dict[str, Any] = dict(jsontypes.parse_object(document))
        return cls(
            recipient=Recipient(**kept["recipient"]),
            status=Enrolment(kept["status"]),
            attendance=_attendance(kept["attendance"]),
            results=tuple(map(_result, kept["results"])),
            evidence=tuple(map(_evidence, kept["evidence"])),
            awarded_at=None if kept["awarded"] is None else instants.parse(kept["awarded"]),
            valid_until=None if kept["until"] is None else instants.parse(kept["until"]),
        )


_Own = TypeVar("_Own", OwnResult, OwnEvidence)


def _about(achievement_id: str | None, several: Iterable[_Own]) -> Iterable[_Own]:
    return (it for it in several if it.achievement_id in (None, achievement_id))


def _attendance(kept: dict[str, Any] | None) -> Attendance | None:
    if kept is None:
        return None
    return Attendance(**kept | {"marks": tuple(map(Mark, kept["marks"]))})


def _result(kept: dict[str, Any]) -> OwnResult:
    said = kept["result"]
    status = None if said["status"] is None else ResultStatus(said["status"])
    return OwnResult(
        result=Result(**said | {"status": status}), achievement_id=kept["achievement_id"]
    )


def _evidence(kept: dict[str, Any]) -> OwnEvidence:
    return OwnEvidence(
        evidence=Evidence(**kept["evidence"]),
        sha256=kept["sha256"],
        achievement_id=kept["achievement_id"],
    )
