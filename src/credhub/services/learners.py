"""Find the learner that a request names, or prepare a new one with a key of their own."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from credhub.credentials.draft import Recipient
from credhub.errors import RecordDamagedError, UnsealError
from credhub.keys.sealing import hmac_of, seal, unseal
from credhub.services.keyring import HubKeys
from credhub.services.resources import Resources
from credhub.services.sealed import EMAIL, EXTERNAL_ID, learner_key_context, profile_context
from credhub.store import learners as learner_store
from credhub.store.hubs import HubNumber
from credhub.store.learners import StoredLearner
from credhub.store.store import Transaction
from credhub.store.unit import Insert

KEY_BYTES: Final = 32

Marks = tuple[bytes | None, bytes | None]
"""The HMACs by which a learner is found again: of the hub's own id, and of the e-mail address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerKey:
    """A learner and the key that everything about them is sealed with.

    ``inserts`` are the rows of a learner who is new to the hub.
    """

    learner_id: str
    key: bytes = field(repr=False)
    inserts: tuple[Insert, ...] = ()


def find_all(
    tx: Transaction, keys: HubKeys, marks: Sequence[Marks]
) -> tuple[LearnerKey | RecordDamagedError | None, ...]:
    """Find the learners of several requests, by their marks, as ``find`` finds each.

    A key that was changed keeps nobody else's from being found.
    """
    number = keys.hub.number
    found: dict[bytes, list[StoredLearner]] = {}
    for learner in tx.learners.by_external_ids(number, {it for it, _ in marks if it is not None}):
        found.setdefault(learner.external_id_hmac or b"", []).append(learner)
    only_mail = {mail for own, mail in marks if own is None and mail is not None}
    for learner in tx.learners.by_emails(number, only_mail):
        found.setdefault(learner.email_hmac or b"", []).append(learner)
    named = {learner.learner_id for several in found.values() for learner in several}
    wrapped = tx.learners.wrapped_keys(number, named)
    return tuple(
        next(
            (
                _opened(keys, it, wrapped[it])
                for it in (learner.learner_id for learner in found.get(own or mail or b"", ()))
                if it in wrapped
            ),
            None,
        )
        for own, mail in marks
    )


def find_or_prepare_all(
    resources: Resources, tx: Transaction, keys: HubKeys, recipients: Sequence[Recipient]
) -> Iterator[LearnerKey | RecordDamagedError]:
    """Give each recipient their learner; two for somebody new share one.

    The rows of a new learner are with the first of them. Units are recorded in order, and one
    whose learner is not there is a conflict, after which they are looked for again.
    """
    marks = [marks_of(keys, recipient) for recipient in recipients]
    known = find_all(tx, keys, marks)
    made: dict[bytes, LearnerKey] = {}
    for recipient, own, found in zip(recipients, marks, known, strict=True):
        shared = made.get(own[0] or own[1] or b"")
        if found is not None or shared is not None:
            yield found or shared  # type: ignore[misc]  # one of them is there
            continue
        new = prepare(resources, keys, recipient, marks=own)
        for mark in own:
            if mark is not None:
                made.setdefault(mark, LearnerKey(learner_id=new.learner_id, key=new.key))
        yield new


def release_erased(resources: Resources, keys: HubKeys, recipients: Iterable[Recipient]) -> None:
    """Let the hub's own ids of learners who were erased belong to nobody.

    Whoever comes back after an erasure is somebody new, and only one learner may have an id.
    """
    marks = {marks_of(keys, recipient)[0] for recipient in recipients} - {None}
    if marks:
        with resources.store.begin() as tx:
            tx.learners.release_erased(keys.hub.number, [it for it in marks if it is not None])


def marks_of(keys: HubKeys, recipient: Recipient) -> Marks:
    """Give by what a learner is found again: the hub's own id, else the e-mail address."""
    return (
        _mark(keys, EXTERNAL_ID, recipient.external_id),
        _mark(keys, EMAIL, normal_email(recipient.email)),
    )


def open_key(keys: HubKeys, learner_id: str, wrapped: bytes) -> bytes:
    """Open a learner's key with the hub's.

    Raises:
        RecordDamagedError: It was changed.
    """
    context = learner_key_context(keys.hub.number, learner_id)
    try:
        return unseal(keys.wrapping, wrapped, context=context)
    except UnsealError as error:
        raise RecordDamagedError from error


def _opened(keys: HubKeys, learner_id: str, wrapped: bytes) -> LearnerKey | RecordDamagedError:
    try:
        return LearnerKey(learner_id=learner_id, key=open_key(keys, learner_id, wrapped))
    except RecordDamagedError as error:
        return error


def prepare(
    resources: Resources, keys: HubKeys, recipient: Recipient, *, marks: Marks | None = None
) -> LearnerKey:
    """Prepare a learner who is new to the hub.

    Args:
        resources: What services work with.
        keys: Those of the hub.
        recipient: Who.
        marks: Theirs, where they are known.
    """
    number = keys.hub.number
    external_id, email = marks or marks_of(keys, recipient)
    learner_id = resources.new_id()
    key = resources.random(KEY_BYTES)
    learner = StoredLearner(
        hub=number,
        learner_id=learner_id,
        sealed_profile=seal(key, _profile(recipient), context=profile_context(number, learner_id)),
        external_id_hmac=external_id,
        email_hmac=email,
        created_at=resources.clock(),
    )
    wrapped = seal(keys.wrapping, key, context=learner_key_context(number, learner_id))
    return LearnerKey(
        learner_id=learner_id, key=key, inserts=learner_store.inserts_of(learner, wrapped)
    )


def key_of(tx: Transaction, keys: HubKeys, number: HubNumber, learner_id: str) -> bytes | None:
    """Open the key of a learner; ``None`` when they were erased.

    Raises:
        RecordDamagedError: It was changed.
    """
    wrapped = tx.learners.wrapped_key(number, learner_id)
    return None if wrapped is None else open_key(keys, learner_id, wrapped)


def changed_column(tx: Transaction, keys: HubKeys, learner_id: str, key: bytes) -> str | None:
    """Say which column of a learner is not what was written, if one is.

    By the two HMACs a learner is found again: whoever moved one to another row would have the next
    credential issued to somebody else.
    """
    number = keys.hub.number
    learner = tx.learners.by_id(number, learner_id)
    if learner is None:
        return "learner_id"
    context = profile_context(number, learner_id)
    try:
        profile = json.loads(unseal(key, learner.sealed_profile, context=context))
    except UnsealError:
        return "sealed_profile"
    if learner.external_id_hmac != _mark(keys, EXTERNAL_ID, profile["externalId"]):
        return "external_id_hmac"
    if learner.email_hmac != _mark(keys, EMAIL, normal_email(profile["email"])):
        return "email_hmac"
    return None


def _mark(keys: HubKeys, label: bytes, value: str | None) -> bytes | None:
    return None if value is None else hmac_of(keys.secret, label, value.encode())


def normal_email(email: str | None) -> str | None:
    """Write an address as learners are found by it."""
    return None if email is None else email.strip().lower()


def _profile(recipient: Recipient) -> bytes:
    return json.dumps(
        {
            "name": recipient.name,
            "email": recipient.email,
            "did": recipient.did,
            "externalId": recipient.external_id,
        },
        ensure_ascii=False,
    ).encode()
