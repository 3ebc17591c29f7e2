"""Sample reports and definitions, as the verification and the services give them."""

from copy import deepcopy
from typing import Final

from credhub.jsontypes import JsonObject

BASE_URL: Final = "https://learn.example.org"
CODE: Final = "aaaaah7k2m4p5q6r7s2t3u4v5w6x7y2z"
DID: Final = "did:web:learn.example.org:hubs:riverside"
VERDICTS: Final = (
    "valid",
    "revoked",
    "suspended",
    "expired",
    "notYetValid",
    "indeterminate",
    "unknownIssuer",
    "invalid",
)
CHECKS: Final = (
    "parse",
    "structure",
    "proof",
    "issuerBinding",
    "schema",
    "validity",
    "status",
    "ledger",
    "trust",
)
CHECKPOINT: Final = (
    "learn.example.org/ledger/riverside/2026\n1482\n"
    "0m3H9r8nU1k7bS4rQ2vXy6cTz5aEw1dLgPiJoNfMhBs=\n\n"
    "— learn.example.org/ledger/riverside/2026 c2lnbmF0dXJl\n"
)

_FAILURES: Final = {
    "revoked": ("status", "failed", "revoked", "The issuer has revoked this credential."),
    "suspended": ("status", "failed", "suspended", "The issuer has suspended this credential."),
    "expired": ("validity", "failed", "expired", "The credential expired on 2026-06-14."),
    "notYetValid": ("validity", "failed", "not-yet-valid", "The credential is not valid yet."),
    "indeterminate": ("status", "unknown", "status-not-reached", "The list was not reached."),
    "unknownIssuer": ("trust", "failed", "issuer-not-trusted", "This issuer is not known."),
    "invalid": ("proof", "failed", "signature-wrong", "The signature does not match."),
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
            "name": "Riverside Makers’ Hub",
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


def report(verdict: str = "valid", document: JsonObject | None = None) -> JsonObject:
    """A report with this verdict, whose other checks passed."""
    failed = _FAILURES.get(verdict)
    shown = document or (foreign_credential() if verdict == "unknownIssuer" else credential())
    made: JsonObject = {
        "verdict": verdict,
        "checks": [_check(name, failed) for name in CHECKS],
        "credential": None if verdict == "invalid" else deepcopy(shown),
        "issuer": {"id": DID, "name": "Riverside Makers’ Hub", "trusted": True},
        "status": "active",
        "ledger": {"log": "2026", "seq": 1207, "checkpoint": CHECKPOINT, "cosignatures": []},
        "checkedAt": "2026-11-22T16:04:31Z",
    }
    if verdict in {"unknownIssuer", "invalid"}:
        made["ledger"] = None
    return made


def _check(name: str, failed: tuple[str, str, str, str] | None) -> JsonObject:
    if failed is not None and failed[0] == name:
        return {"check": name, "outcome": failed[1], "code": failed[2], "detail": failed[3]}
    if failed is not None and failed[0] == "trust" and name == "ledger":
        return {
            "check": name,
            "outcome": "skipped",
            "code": "foreign-credential",
            "detail": "The issuer is not one of ours.",
        }
    if failed is not None and failed[0] == "proof" and CHECKS.index(name) > CHECKS.index("proof"):
        return {"check": name, "outcome": "unknown", "code": "not-checked", "detail": "Not made."}
    return {"check": name, "outcome": "passed", "code": "passed", "detail": "Passed."}
