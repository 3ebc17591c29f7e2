"""What somebody uploads or pastes: told apart, and verified."""

from contextlib import AbstractContextManager, nullcontext
from typing import Final

from credhub.errors import (
    CredentialTooLargeError,
    FileNotReadError,
    FileTooComplexError,
    ForeignLinkError,
    OlderOpenBadgeError,
    PresentationInFileError,
    SandboxCrashedError,
    SandboxTaskError,
    SandboxTimeoutError,
    UploadRefusedError,
)
from credhub.jsontypes import JsonObject, parse_object
from credhub.sandbox.pool import Sandbox
from credhub.services import showing, verifying
from credhub.services.resources import Resources
from credhub.uploads import links
from credhub.uploads.found import MAX_CREDENTIAL, Carrier, Found, What
from credhub.uploads.links import ForeignLink
from credhub.uploads.sniffing import Kind, kind_of
from credhub.verification import presented
from credhub.verification.carried import Carried, carried
from credhub.verification.presentation_report import PresentationReport
from credhub.verification.reading import looks_like_token
from credhub.verification.report import Report
from credhub.verification.verify import refuse_unread

TASK: Final = "read-upload"
SECONDS: Final = 2.0
DRAWING: Final = "draw-upload"
DRAWING_SECONDS: Final = 1.5
"""A photo takes a tenth of a second."""

Turn = AbstractContextManager[None]
"""What somebody is in while something is drawn for them; it may refuse to be entered."""

REFUSALS: Final = {kind.code: kind for kind in UploadRefusedError.__subclasses__()}
"""Why a file is refused, by the permanent code."""

_SPACE: Final = b" \t\r\n"
_CARRIED: Final = {
    Carrier.PDF: Carried.PDF,
    Carrier.PNG: Carried.IMAGE,
    Carrier.SVG: Carried.IMAGE,
}


def read(data: bytes) -> bytes | JsonObject:
    """Tell a token from JSON, and parse JSON strictly.

    Raises:
        MalformedJsonError: It is neither.
    """
    text = data.strip(_SPACE)
    return text if looks_like_token(text) else parse_object(text)


def verify_file(
    resources: Resources, data: bytes, *, drawing: Turn | None = None
) -> Report | PresentationReport:
    """Verify what a file holds: a text, or whatever is attached, baked in or printed.

    Nothing is kept, and nobody is asked for what the file points to. An address of ours in a QR
    code is looked up.

    Args:
        resources: What services work with.
        data: The file.
        drawing: The turn of whoever asks, should it have to be drawn.

    Raises:
        MalformedJsonError: It is a text, and neither a token, strict JSON nor an address.
        UploadRefusedError: It is of another kind, damaged, or holds anything but one credential.
        CredentialNotFoundError: It holds an address of ours with nothing under it.
        CredentialErasedError: It leads to a credential of an erased learner.
        CredentialNotShownError: Whom it is about does not show it.
        PresentationTooLargeError: It is a presentation of too many credentials.
        SandboxBusyError: Every worker is busy.
    """
    if kind_of(data) is not Kind.TEXT:
        return _verify_found(resources, found_in(resources.sandbox, data, drawing=drawing))
    if len(data) > MAX_CREDENTIAL:
        raise CredentialTooLargeError
    return verify_text(resources, data)


def verify_text(resources: Resources, text: bytes) -> Report | PresentationReport:
    """Verify a text: a token, JSON, or the address of a credential.

    Raises:
        MalformedJsonError: It is none of them.
        NotALinkError: It begins like an address and is none.
        CredentialNotFoundError: It is an address of ours with nothing under it.
        CredentialErasedError: It leads to a credential of an erased learner.
        CredentialNotShownError: Whom it is about does not show it.
        PresentationTooLargeError: It is a presentation of too many credentials.
    """
    address = links.address_in(text)
    if address is not None:
        return verify_address(resources, address)
    return verify(resources, read(text))


def verify_address(resources: Resources, address: str) -> Report:
    """Verify the credential at a permanent address; another's address is never opened.

    Raises:
        NotALinkError: It is no web address.
        CredentialNotFoundError: It is an address of ours with nothing under it.
        CredentialErasedError: It leads to a credential of an erased learner.
        CredentialNotShownError: Whom it is about does not show it.
    """
    with resources.store.read() as tx:
        origins = {hub.base_url for hub in tx.hubs.all()}
    link = links.read(address, origins)
    if isinstance(link, ForeignLink):
        return refuse_unread(ForeignLinkError(link.host), now=resources.clock())
    return showing.verified(resources, link.code).report


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


def found_in(sandbox: Sandbox, data: bytes, *, drawing: Turn | None = None) -> Found:
    """Find the one thing that a file holds which is no text, in worker processes.

    What is attached or baked in is read first. Only a file without that is drawn, by workers of
    another kind, because what takes how long to draw is for whoever made the file to say.

    Raises:
        UploadRefusedError: It is damaged, or holds anything but one credential or address.
        SandboxBusyError: Every worker is busy.
    """
    found = run(sandbox, TASK, data, seconds=SECONDS)
    if not found:
        with drawing or nullcontext():
            found = run(sandbox, DRAWING, data, seconds=DRAWING_SECONDS)
    return Found.decode(found)


def baked_in(sandbox: Sandbox, data: bytes) -> Found | None:
    """Find what is attached to a file or baked into it; nothing is drawn.

    Raises:
        UploadRefusedError: It is damaged, or holds anything but one credential.
        SandboxBusyError: Every worker is busy.
    """
    found = run(sandbox, TASK, data, seconds=SECONDS)
    return Found.decode(found) if found else None


def run(sandbox: Sandbox, task: str, data: bytes, *, seconds: float) -> bytes:
    """Have a worker process look at a file.

    Raises:
        UploadRefusedError: It is damaged, too complex, or not what the task takes.
        SandboxBusyError: Every worker is busy.
    """
    try:
        return sandbox.run(task, data, seconds=seconds)
    except SandboxTaskError as error:
        kind = REFUSALS.get(error.task_code)
        if kind is None:  # not a refusal of a file, so a fault of ours
            raise
        raise kind from error
    except SandboxTimeoutError as error:
        raise FileTooComplexError from error
    except SandboxCrashedError as error:
        raise FileNotReadError from error


def _verify_found(resources: Resources, found: Found) -> Report:
    now = resources.clock()
    if found.what is What.ADDRESS:
        return carried(verify_address(resources, found.text), Carried.QR_CODE)
    if found.what is What.OPEN_BADGES_2:
        return refuse_unread(OlderOpenBadgeError(), now=now)
    return as_carried(verify(resources, read(found.text.encode())), found.carrier)


def as_carried(report: Report | PresentationReport, carrier: Carrier) -> Report:
    """Say in a report what the credential came in.

    Raises:
        PresentationInFileError: It is no credential but a presentation.
    """
    if isinstance(report, PresentationReport):
        raise PresentationInFileError
    return carried(report, _CARRIED[carrier])
