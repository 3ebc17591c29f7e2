"""Certificates: the printed document of a credential, rendered in a worker process."""

from typing import Final

from credhub import instants
from credhub.credentials.achievement import Achievement
from credhub.documents.certificate import Certificate
from credhub.documents.content import CertificateContent
from credhub.errors import NoCertificateError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs.forms import Form
from credhub.services import signed_forms
from credhub.services.reading import OpenedCredential
from credhub.services.resources import Resources
from credhub.services.vcalm.vcalm_recording import definition_id

TASK: Final = "certificate"
OF_MANY: Final = "certificate-of-many"
"""The same in other workers, for whoever wants thousands."""

SECONDS: Final = 10.0


def render(resources: Resources, opened: OpenedCredential, *, task: str = TASK) -> bytes:
    """Print a credential as a PDF with the signed document attached.

    Raises:
        NoCertificateError: It is not for an achievement.
        SandboxBusyError: Every worker is busy.
        SandboxError: The page could not be made in time.
    """
    request = content_of(opened).encode()
    answer = resources.sandbox.run(task, request, seconds=SECONDS)
    return Certificate.decode(answer).pdf


def content_of(opened: OpenedCredential) -> CertificateContent:
    """Take what is printed from the signed document, and from nowhere else.

    Raises:
        NoCertificateError: It is not for an achievement.
    """
    form = Form(opened.form.form)
    document = signed_forms.document_of(form, opened.signed)
    subject = _object(document["credentialSubject"])
    if opened.credential.achievement_id == definition_id(opened.hub.number):
        raise NoCertificateError
    achievement = Achievement.from_document(_object(subject["achievement"]))
    issuer = _object(document["issuer"])
    until = document.get("validUntil")
    return CertificateContent(
        hub_name=str(issuer["name"]),
        issuer_did=str(issuer["id"]),
        learner_name=str(subject["name"]),
        achievement_name=achievement.name,
        achievement_type=achievement.achievement_type,
        criteria=achievement.criteria.narrative,
        skills=tuple(alignment.target_name for alignment in achievement.alignments),
        awarded_at=instants.parse(str(document.get("awardedDate", document["validFrom"]))),
        valid_until=None if until is None else instants.parse(str(until)),
        address=opened.address,
        picture=achievement.image,
        credential=opened.signed,
        media_type=form.media_type,
    )


def _object(value: JsonValue) -> JsonObject:
    return value if isinstance(value, dict) else {}
