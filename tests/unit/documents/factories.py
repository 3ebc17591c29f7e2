"""Valid values for the tests of this folder."""

from datetime import UTC, datetime

from credhub.documents.content import CertificateContent

CODE = "aaaad4mfrggzdfmztwq2lk4djmjrhc3u"


def a_content() -> CertificateContent:
    return CertificateContent(
        hub_name="Riverside Learning Hub",
        issuer_did="did:web:credentials.riverside.example:hubs:riverside",
        learner_name="Zofia Wiśniewska-Nowak",
        achievement_name="Community Bicycle Mechanic",
        achievement_type="Certificate",
        criteria="Rebuilt three bicycles and served riders on two Saturdays in the repair café.",
        skills=("bicycle mechanics", "tune bicycles"),
        awarded_at=datetime(2026, 11, 14, 10, 30, tzinfo=UTC),
        valid_until=datetime(2028, 11, 14, tzinfo=UTC),
        address=f"https://credentials.riverside.example/c/{CODE}",
        credential='{"name": "Zofia Wiśniewska-Nowak",\n "proof": []}\n'.encode(),
    )
