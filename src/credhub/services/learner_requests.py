"""What learners ask their hub for, and that the hub has answered.

The learner's words are sealed with the learner's key: after an erasure nobody reads them.
"""

from dataclasses import dataclass, field
from typing import Final

from credhub.credentials.claims import check_text
from credhub.errors import (
    ConflictError,
    LearnerRequestNotFoundError,
    RecordDamagedError,
    UnsealError,
)
from credhub.keys.sealing import seal, unseal
from credhub.services import learners
from credhub.services.keyring import HubKeys
from credhub.services.reading import OpenedCredential
from credhub.services.resources import Resources
from credhub.services.sealed import request_context
from credhub.store.hubs import HubNumber
from credhub.store.learner_requests import LearnerRequest, ListedRequest, RequestKind

MOST_CHARACTERS: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRequest:
    """A request as the hub reads it.

    Attributes:
        text: The learner's words; none after an erasure, and where there were none.
        url: The permanent address of the credential.
    """

    request: LearnerRequest
    url: str
    text: str | None = field(repr=False)


def ask(
    resources: Resources, opened: OpenedCredential, kind: RequestKind, text: str | None = None
) -> bool:
    """Keep what a learner asks for, until the hub has answered.

    Args:
        resources: What services work with.
        opened: The credential that it is about.
        kind: What for.
        text: In the learner's words.

    Returns:
        Whether it is new: asking again before there is an answer keeps what was asked first.

    Raises:
        InvalidClaimError: The text is empty, too long, or not printable.
    """
    credential = opened.credential
    request_id, sealed = resources.new_id(), None
    if text is not None:
        check_text("text", text, limit=MOST_CHARACTERS)
        context = request_context(credential.hub, request_id)
        sealed = seal(opened.learner_key, text.encode(), context=context)
    request = LearnerRequest(
        hub=credential.hub,
        request_id=request_id,
        credential_id=credential.credential_id,
        kind=kind,
        sealed_text=sealed,
        asked_at=resources.clock(),
    )
    try:
        with resources.store.begin() as tx:
            tx.learner_requests.insert(request)
    except ConflictError:
        return False
    return True


def waiting(resources: Resources, opened: OpenedCredential) -> frozenset[RequestKind]:
    """Say what was asked for about a credential and has no answer yet."""
    credential = opened.credential
    with resources.store.read() as tx:
        found = tx.learner_requests.open_of(credential.hub, (credential.credential_id,))
    return frozenset(it.kind for it in found)


def page(
    resources: Resources,
    number: HubNumber,
    *,
    before: str | None,
    limit: int,
    unanswered: bool,
) -> tuple[ReadRequest, ...]:
    """List what the learners of a hub ask for, newest first.

    Raises:
        RecordDamagedError: A text cannot be opened.
    """
    keys = resources.keyring.of(number)
    with resources.store.read() as tx:
        found = tx.learner_requests.page(number, before=before, limit=limit, unanswered=unanswered)
    return tuple(_read(keys, it) for it in found)


def answer(resources: Resources, number: HubNumber, request_id: str, *, actor: str) -> ReadRequest:
    """Say that a request was answered. Saying it again changes nothing.

    Raises:
        LearnerRequestNotFoundError: No learner of the hub asked for this.
        RecordDamagedError: The text cannot be opened.
    """
    with resources.store.begin() as tx:
        tx.learner_requests.answer(number, request_id, by=actor, at=resources.clock())
        found = tx.learner_requests.by_id(number, request_id)
    if found is None:
        raise LearnerRequestNotFoundError
    return _read(resources.keyring.of(number), found)


def _read(keys: HubKeys, listed: ListedRequest) -> ReadRequest:
    return ReadRequest(
        request=listed.request,
        url=f"{keys.hub.base_url}/c/{listed.code}",
        text=_text(keys, listed),
    )


def _text(keys: HubKeys, listed: ListedRequest) -> str | None:
    request = listed.request
    if request.sealed_text is None or listed.wrapped_key is None:
        return None
    key = learners.open_key(keys, listed.learner_id, listed.wrapped_key)
    context = request_context(request.hub, request.request_id)
    try:
        return unseal(key, request.sealed_text, context=context).decode()
    except UnsealError as error:
        raise RecordDamagedError from error
