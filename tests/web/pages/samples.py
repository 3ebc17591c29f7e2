"""Sample reports and definitions, as the verification and the services give them."""

from copy import deepcopy
from datetime import UTC, datetime
from typing import Final

from credhub.jsontypes import JsonObject
from credhub.verification.findings import LedgerPosition
from credhub.verification.report import (
    Check,
    CheckResult,
    IssuerSummary,
    Outcome,
    Report,
    Verdict,
    verdict_of,
)

BASE_URL: Final = "https://learn.example.org"
CODE: Final = "aaaaah7k2m4p5q6r7s2t3u4v5w6x7y2z"
DID: Final = "did:web:learn.example.org:hubs:riverside"
CHECKPOINT: Final = (
    "learn.example.org/ledger/riverside/2026\n1482\n"
    "0m3H9r8nU1k7bS4rQ2vXy6cTz5aEw1dLgPiJoNfMhBs=\n\n"
    "— learn.example.org/ledger/riverside/2026 c2lnbmF0dXJl\n"
)
POSITION: Final = LedgerPosition(
    log="2026",
    seq=1207,
    logged_at=datetime(2026, 6, 14, 9, 0, 12, tzinfo=UTC),
    checkpoint=CHECKPOINT,
)

_FAILURES: Final = {
    Verdict.REVOKED: (Check.STATUS, Outcome.FAILED, "revoked"),
    Verdict.SUSPENDED: (Check.STATUS, Outcome.FAILED, "suspended"),
    Verdict.EXPIRED: (Check.VALIDITY, Outcome.FAILED, "expired"),
    Verdict.NOT_YET_VALID: (Check.VALIDITY, Outcome.FAILED, "not-yet-valid"),
    Verdict.INDETERMINATE: (Check.STATUS, Outcome.UNKNOWN, "status-not-reached"),
    Verdict.UNKNOWN_ISSUER: (Check.TRUST, Outcome.UNKNOWN, "issuer-not-known"),
    Verdict.INVALID: (Check.PROOF, Outcome.FAILED, "bad-signature"),
}


def achievement() -> JsonObject:
    """An Open Badges Achievement with every member that a page shows."""
    return {
        "id": f"{BASE_URL}/achievements/aaaaaf2g3h4i5j6k7l2m3n4o5p6q7r2s",
        "type": ["Achievement"],
        "name": "Bicycle Mechanic, Level 2",
        "description": "Diagnoses, repairs and safety-checks any common bicycle unsupervised.",
        "achievementType": "ApprenticeshipCertificate",
        "inLanguage": "en-GB",
        "criteria": {
            "id": "https://riverside.example.org/criteria/mechanic-2",
            "narrative": (
                "120 workshop hours, a logbook of 40 repairs signed by a supervisor, and a "
                "practical examination: rebuild a wheel, bleed a hydraulic brake, index a "
                "drivetrain.\n\nMarked by two assessors, one from a partner employer."
            ),
        },
        "alignment": [
            {
                "type": ["Alignment"],
                "targetName": "repair bicycles",
                "targetUrl": "https://data.europa.eu/esco/skill/5f3b0d5c-8d0b-4a4c-b5f4-3f6d5f6f7f10",
                "targetFramework": "ESCO",
                "targetCode": "5f3b0d5c",
                "targetDescription": "Perform basic repair and maintenance on bicycles.",
            },
            {
                "type": ["Alignment"],
                "targetName": "provide customer follow-up services",
                "targetUrl": "https://data.europa.eu/esco/skill/0b071b01-4b40-4936-b2ff-8d9c8c5f2f2e",
                "targetFramework": "ESCO",
            },
        ],
        "tag": ["hydraulic brakes", "wheel building", "e-bikes"],
        "resultDescription": [
            {
                "id": "urn:uuid:4f0c6f2e-1c2a-4c3e-9e43-0c7f0f1a2b3c",
                "type": ["ResultDescription"],
                "name": "Practical examination",
                "resultType": "Percent",
            }
        ],
    }


def credential(learner: str = "Amina Yusuf Warsame") -> JsonObject:
    """A signed Open Badges credential with every member that a page shows."""
    return {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": f"{BASE_URL}/c/{CODE}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Bicycle Mechanic, Level 2",
        "issuer": {
            "id": DID,
            "type": ["Profile"],
            "name": "Riverside Makers Hub",
            "url": "https://riverside.example.org/",
        },
        "validFrom": "2026-06-14T09:00:00Z",
        "validUntil": "2028-06-14T09:00:00Z",
        "awardedDate": "2026-06-12T00:00:00Z",
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "name": learner,
            "achievement": achievement(),
            "result": [
                {
                    "type": ["Result"],
                    "resultDescription": "urn:uuid:4f0c6f2e-1c2a-4c3e-9e43-0c7f0f1a2b3c",
                    "value": "87 %",
                }
            ],
        },
        "evidence": [
            {
                "id": "https://riverside.example.org/logbooks/amina-2026",
                "type": ["Evidence"],
                "name": "Workshop logbook",
                "narrative": "43 repairs, each with photographs before and after.",
                "description": "Signed by the workshop supervisor.",
            },
            {
                "type": ["Evidence"],
                "narrative": "Rebuilt a 36-spoke rear wheel to 0.3 mm in 55 minutes.",
            },
        ],
    }


def foreign_credential() -> JsonObject:
    """A credential that anyone could have signed, under the name of a known school."""
    document = credential("Alex Smith")
    document["id"] = "urn:uuid:0b1f7c54-3f1e-4a54-b6a1-6a0d5f4b3c2d"
    document["issuer"] = {
        "id": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
        "type": ["Profile"],
        "name": "University of Oxford",
    }
    return document


def report(verdict: Verdict = Verdict.VALID, document: JsonObject | None = None) -> Report:
    """A report with this verdict, whose other checks passed, were skipped or were not made."""
    checks = tuple(_result(check, verdict) for check in Check)
    own = verdict not in {Verdict.UNKNOWN_ISSUER, Verdict.INVALID}
    shown = document or (credential() if own else foreign_credential())
    return Report(
        verdict=verdict_of(checks),
        checks=checks,
        credential=None if verdict is Verdict.INVALID else deepcopy(shown),
        issuer=IssuerSummary(id=DID, name="Riverside Makers Hub", trusted=True) if own else None,
        status=None,
        ledger=POSITION if own else None,
        superseded_by=None,
        checked_at=datetime(2026, 11, 22, 16, 4, 31, tzinfo=UTC),
    )


def _result(check: Check, verdict: Verdict) -> CheckResult:
    outcome, code = Outcome.PASSED, "passed"
    failed, failed_outcome, failed_code = _FAILURES.get(verdict, (None, outcome, code))
    if check is failed:
        outcome, code = failed_outcome, failed_code
    elif failed is Check.TRUST and check is Check.LEDGER:
        outcome, code = Outcome.SKIPPED, "foreign-credential"
    elif failed is Check.PROOF and list(Check).index(check) > list(Check).index(Check.PROOF):
        outcome, code = Outcome.UNKNOWN, "not-checked"
    return CheckResult(check=check, outcome=outcome, code=code, detail=f"{check}: {outcome}.")
