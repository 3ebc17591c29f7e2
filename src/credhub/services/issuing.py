"""Issue a credential: prepared, signed and checked while nothing is held, then recorded once.

(1) the same request with the same key gives what it gave before;
(2) one read transaction finds the achievement, the learner and a free status index;
(3) it is prepared, and the key of the request is recorded with it;
(4) the sequencer records it, or says that another took the key, the index or the learner:
    then all of it is prepared again.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Final, TypeVar

from credhub.errors import ConflictError, ContendedError, CredhubError, StoreError
from credhub.services import learners, preparing, reading, status_lists
from credhub.services.idempotency import Once
from credhub.services.issuing_survey import Ground, ListMissing, Made, Order, Wanted, survey
from credhub.services.keyring import HubKeys
from credhub.services.preparing import Prepared
from credhub.services.reading import OpenedCredential
from credhub.services.resources import Resources
from credhub.store.hubs import HubNumber

ATTEMPTS: Final = 20


Answer = OpenedCredential | CredhubError

_T = TypeVar("_T")


def issue(resources: Resources, number: HubNumber, order: Order, once: Once) -> OpenedCredential:
    """Issue one credential.

    Returns:
        The credential, from memory when it is new and as it stands now when it was made before.

    Raises:
        CredentialErasedError: It was made before, and its learner was erased since.
        AchievementNotFoundError: The hub has no such achievement.
        InvalidClaimError: A claim cannot be in a credential.
        IdempotencyKeyReusedError: The key was used with another body.
        ContendedError: Others kept taking what this order needed.
    """
    (answer,) = issue_all(resources, number, [Wanted(order=order, once=once)])
    if isinstance(answer, CredhubError):
        raise answer
    return answer


def issue_all(
    resources: Resources, number: HubNumber, wanted: Sequence[Wanted]
) -> tuple[Answer, ...]:
    """Issue what several callers of one hub ask for at once, each credential by itself.

    Returns:
        For each in the same order what ``issue`` returns, or the error that it raises.

    Raises:
        CredhubError: None of them could be looked at, as when there is no database.
    """
    keys = resources.keyring.of(number)
    answers: dict[int, Answer] = {}
    for _ in range(ATTEMPTS):
        left = {at: one for at, one in enumerate(wanted) if at not in answers}
        if not left:
            break
        answers |= _round(resources, keys, left)
    return tuple(answers.get(at) or ContendedError() for at in range(len(wanted)))


def _round(resources: Resources, keys: HubKeys, wanted: Mapping[int, Wanted]) -> dict[int, Answer]:
    """Do all steps once; give the answers of those that need not be tried again."""
    with resources.store.read() as tx:
        found = survey(resources, tx, keys, tuple(wanted.values()))  # (1), (2)
    if isinstance(found, ListMissing):
        status_lists.open_next(resources, keys.hub, found.purpose)
        return {}
    answers: dict[int, Answer] = {}
    prepared: dict[int, Prepared] = {}
    for (at, one), it in zip(wanted.items(), found, strict=True):
        match it:
            case Ground():
                made = _tried(partial(_prepared, resources, keys, one, it))  # (3)
                if isinstance(made, Prepared):
                    prepared[at] = made
                else:
                    answers[at] = made
            case Made():
                answers[at] = _tried(
                    partial(reading.by_id, resources, keys.hub.number, it.credential_id)
                )
            case error:
                answers[at] = error
    return answers | _recorded(resources, keys, wanted, prepared)


def _prepared(resources: Resources, keys: HubKeys, one: Wanted, ground: Ground) -> Prepared:
    return preparing.prepare(
        resources, keys, one.order, ground, lambda made: (one.once.insert_of(resources, made),)
    )


def _recorded(
    resources: Resources,
    keys: HubKeys,
    wanted: Mapping[int, Wanted],
    prepared: Mapping[int, Prepared],
) -> dict[int, Answer]:
    # (4), without those of whom another took something.
    placements = resources.sequencer.submit_all([it.unit for it in prepared.values()])
    lost = [
        wanted[at].order.recipient
        for at, placement in zip(prepared, placements, strict=True)
        if isinstance(placement, ConflictError)
    ]
    # What was recorded stays so, whatever becomes of this.
    with suppress(StoreError):
        learners.release_erased(resources, keys, lost)
    return {
        at: placement if isinstance(placement, CredhubError) else it.opened(keys.hub, placement)
        for (at, it), placement in zip(prepared.items(), placements, strict=True)
        if not isinstance(placement, ConflictError)
    }


def _tried(make: Callable[[], _T]) -> _T | CredhubError:
    try:
        return make()
    except CredhubError as error:
        return error
