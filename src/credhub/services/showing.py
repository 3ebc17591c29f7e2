"""What the public gets to see of a credential: as much of it as its learner chose.

Every door for strangers leads through here, whatever it gives away: the page, the report, each
form, the certificate, the receipt, the bundle, and a verification by address. What a hub asks about
its own credentials does not, and neither does a document that somebody hands in: whoever has it
was given it.
"""

from dataclasses import replace
from typing import Final

from credhub.errors import CredentialNotShownError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs.forms import DEFAULT, Form
from credhub.services import reading, verifying
from credhub.services.reading import OpenedCredential
from credhub.services.resources import Resources
from credhub.services.vcalm.vcalm_recording import definition_id
from credhub.services.verifying import VerifiedCredential
from credhub.store.learner_choices import Choice, Shown
from credhub.verification.report import Report

_MEMBERS: Final = ("@context", "id", "type", "validFrom", "validUntil", "awardedDate")
_OF_ISSUER: Final = ("id", "type", "name")


def by_code(resources: Resources, code: str, form: Form = DEFAULT) -> OpenedCredential:
    """Open the credential at a permanent address for anybody: all of it, or nothing.

    Raises:
        CredentialNotFoundError: There is none.
        CredentialErasedError: The learner was erased.
        CredentialNotShownError: The learner does not show all of it.
        FormNotIssuedError: It was not signed in this form.
        RecordDamagedError: The rows cannot be opened.
    """
    with resources.store.read() as tx:
        found = reading.found_by_code(tx, resources, code)
    if _shown(resources, found.choice) is not Shown.EVERYTHING:
        raise CredentialNotShownError
    return found.opened(form)


def verified(resources: Resources, code: str) -> VerifiedCredential:
    """Verify the credential at a permanent address for anybody.

    Where the learner shows only whether it is valid, the report says no more than that, of what
    and from whom; what it is a report about is not to be given away with it.

    Raises:
        CredentialNotFoundError: There is none.
        CredentialErasedError: The learner was erased.
        CredentialNotShownError: The learner shows nothing of it.
        RecordDamagedError: The rows cannot be opened.
    """
    verified = verifying.verify_own(resources, code)
    match _shown(resources, verified.opened.choice):
        case Shown.EVERYTHING:
            return verified
        case Shown.VALIDITY:
            return replace(verified, report=_reduced(verified))
        case Shown.NOTHING:
            raise CredentialNotShownError


def _shown(resources: Resources, choice: Choice) -> Shown:
    return choice.at(resources.clock())


def _reduced(verified: VerifiedCredential) -> Report:
    """Keep of a report what says nothing about the learner; what is not known to is left out."""
    report = verified.report
    if report.credential is None:
        return replace(report, endorsements=(), endorsements_left_out=0, is_partial=True)
    credential = verified.opened.credential
    composed = credential.achievement_id == definition_id(credential.hub)
    return replace(
        report,
        credential=part_of(report.credential, composed=composed),
        endorsements=(),
        endorsements_left_out=0,
        is_partial=True,
    )


def part_of(document: JsonObject, *, composed: bool = False) -> JsonObject:
    """Keep of a document what says nothing about the learner.

    Args:
        document: The signed document.
        composed: Whether a client composed it, so that whatever stands in it may be about anybody.
    """
    part: JsonObject = {name: document[name] for name in _MEMBERS if name in document}
    issuer = document.get("issuer")
    if isinstance(issuer, dict):
        part["issuer"] = {name: issuer[name] for name in _OF_ISSUER if name in issuer}
    elif issuer is not None:
        part["issuer"] = issuer
    part["credentialSubject"] = _subject(document.get("credentialSubject"), composed=composed)
    return part


def _subject(subject: JsonValue, *, composed: bool) -> JsonObject:
    """Keep the achievement, which the hub has published. What a client composed may be anything."""
    if composed or not isinstance(subject, dict) or "achievement" not in subject:
        return {}
    return {"type": ["AchievementSubject"], "achievement": subject["achievement"]}
