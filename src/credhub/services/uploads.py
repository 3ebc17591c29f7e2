"""What somebody uploads or pastes: told apart, and verified."""

from typing import Final

from credhub.jsontypes import JsonObject, parse_object
from credhub.services import verifying
from credhub.services.resources import Resources
from credhub.verification import presented
from credhub.verification.presentation_report import PresentationReport
from credhub.verification.reading import looks_like_token
from credhub.verification.report import Report

_SPACE: Final = b" \t\r\n"


def read(data: bytes) -> bytes | JsonObject:
    """Tell a token from JSON, and parse JSON strictly.

    Raises:
        MalformedJsonError: It is neither.
    """
    text = data.strip(_SPACE)
    return text if looks_like_token(text) else parse_object(text)


def verify(
    resources: Resources, uploaded: bytes | JsonObject, *, receipt: str | None = None
) -> Report | PresentationReport:
    """Verify a credential, a bundle or a presentation, whichever it says that it is.

    Args:
        resources: What services work with.
        uploaded: What was read.
        receipt: A receipt that is said to belong to it; then it is a credential.

    Raises:
        PresentationTooLargeError: It is a presentation of too many credentials.
    """
    if receipt is None and presented.says_it_is_one(uploaded):
        return verifying.verify_presented(resources, uploaded)
    return verifying.verify_uploaded(resources, uploaded, receipt=receipt)
