"""Make, change and archive programs. None is ever removed: cohorts refer to them."""

from collections.abc import Iterable
from dataclasses import replace

from credhub.errors import (
    ChangedMeanwhileError,
    ConflictError,
    ProgramAchievementNotFoundError,
    ProgramNotFoundError,
)
from credhub.services.idempotency import Once
from credhub.services.programs.program import Program
from credhub.services.resources import Resources
from credhub.store.hubs import HubNumber
from credhub.store.programs import StoredProgram
from credhub.store.store import Transaction


def add(resources: Resources, number: HubNumber, program: Program, once: Once) -> StoredProgram:
    """Make a program.

    Raises:
        ProgramAchievementNotFoundError: The hub has no such achievement.
        IdempotencyKeyReusedError: The key was used with another body.
        ConflictError: The same request was faster.
    """
    now = resources.clock()
    made = StoredProgram(
        hub=number,
        program_id=resources.new_id(),
        version=1,
        document=program.document(),
        created_at=now,
        changed_at=now,
    )
    with resources.store.begin() as tx:
        before = once.made(tx)
        if before is not None:
            return find_in(tx, number, before)
        _check_achievements(tx, number, program)
        tx.programs.insert(made)
        tx.idempotency.insert(once.request_for(resources, made.program_id))
    return made


def find(resources: Resources, number: HubNumber, program_id: str) -> StoredProgram:
    """Find one program.

    Raises:
        ProgramNotFoundError: The hub has no such program.
    """
    with resources.store.read() as tx:
        return find_in(tx, number, program_id)


def find_in(tx: Transaction, number: HubNumber, program_id: str) -> StoredProgram:
    """Find one program in a transaction.

    Raises:
        ProgramNotFoundError: The hub has no such program.
    """
    found = tx.programs.by_id(number, program_id)
    if found is None:
        raise ProgramNotFoundError
    return found


def page(
    resources: Resources, number: HubNumber, *, after: str, limit: int
) -> tuple[StoredProgram, ...]:
    """List the programs of a hub, oldest first."""
    with resources.store.read() as tx:
        return tx.programs.page(number, after=after, limit=limit)


def change(
    resources: Resources, number: HubNumber, program_id: str, program: Program, *, version: int
) -> StoredProgram:
    """Say anew what a program is; one that was archived is used again.

    Args:
        resources: What services work with.
        number: The hub.
        program_id: Which.
        program: All of it.
        version: The one that whoever changes it has read.

    Raises:
        ProgramNotFoundError: The hub has no such program.
        ProgramAchievementNotFoundError: The hub has no such achievement.
        ChangedMeanwhileError: Another version is there.
    """
    with resources.store.begin() as tx:
        found = find_in(tx, number, program_id)
        _check_achievements(tx, number, program)
        changed = replace(
            found,
            version=version + 1,
            document=program.document(),
            changed_at=resources.clock(),
            archived_at=None,
        )
        if found.version != version or not tx.programs.change(changed):
            raise ChangedMeanwhileError(found.version)
    return changed


def archive(resources: Resources, number: HubNumber, program_id: str) -> StoredProgram:
    """Let no cohort of a program begin any more. Those that it has go on.

    Raises:
        ProgramNotFoundError: The hub has no such program.
        ConflictError: Somebody changed it at the same time.
    """
    with resources.store.begin() as tx:
        found = find_in(tx, number, program_id)
        if found.archived_at is not None:
            return found
        now = resources.clock()
        archived = replace(found, version=found.version + 1, changed_at=now, archived_at=now)
        if not tx.programs.change(archived):
            raise ConflictError("program")
    return archived


def _check_achievements(tx: Transaction, number: HubNumber, program: Program) -> None:
    named = tuple(program.named())
    known = tx.achievements.known(number, _ids(named))
    for member, achievement_id in named:
        if achievement_id not in known:
            raise ProgramAchievementNotFoundError(member)


def _ids(named: Iterable[tuple[str, str]]) -> frozenset[str]:
    return frozenset(achievement_id for _, achievement_id in named)
