"""What learners ask their hub for. Their words are sealed with their own key."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    Connection,
    RowMapping,
    Select,
    and_,
    bindparam,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from credhub.errors import ConflictError
from credhub.store.hubs import HubNumber
from credhub.store.milliseconds import from_ms, from_ms_or_none, to_ms
from credhub.store.tables import credential, learner_key
from credhub.store.tables import learner_request as table


class RequestKind(StrEnum):
    """What a learner can ask for."""

    CORRECTION = "correction"
    ERASURE = "erasure"
    LINK = "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerRequest:
    """One request.

    Attributes:
        request_id: An internal id (UUIDv7), so rows sort by time of asking.
        credential_id: About which credential.
        sealed_text: The learner's words, sealed with the learner's key; only with a correction.
        answered_by: The API key that marked it as answered.
    """

    hub: HubNumber
    request_id: str
    credential_id: str
    kind: RequestKind
    sealed_text: bytes | None = field(repr=False)
    asked_at: datetime
    answered_at: datetime | None = None
    answered_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedRequest:
    """A request with what it takes to read it.

    Attributes:
        wrapped_key: The learner's key, sealed with the hub's; none when the learner was erased.
    """

    request: LearnerRequest
    learner_id: str
    code: str
    wrapped_key: bytes | None = field(repr=False)


_LISTED: Final = (
    select(table, credential.c.learner_id, credential.c.code, learner_key.c.wrapped_key)
    .select_from(
        table.join(
            credential,
            and_(
                credential.c.hub_id == table.c.hub_id,
                credential.c.credential_id == table.c.credential_id,
            ),
        ).outerjoin(
            learner_key,
            and_(
                learner_key.c.hub_id == credential.c.hub_id,
                learner_key.c.learner_id == credential.c.learner_id,
            ),
        )
    )
    .where(table.c.hub_id == bindparam("hub"))
)
_PAGE: Final = _LISTED.order_by(table.c.request_id.desc()).limit(bindparam("limit"))
_BY_ID: Final = _LISTED.where(table.c.request_id == bindparam("request"))
_OPEN_OF: Final = select(table).where(
    table.c.hub_id == bindparam("hub"),
    table.c.credential_id.in_(bindparam("credentials", expanding=True)),
    table.c.answered_ms.is_(None),
)
_ANSWER: Final = (
    update(table)
    .where(
        table.c.hub_id == bindparam("of_hub"),
        table.c.request_id == bindparam("request"),
        table.c.answered_ms.is_(None),
    )
    .values(answered_ms=bindparam("now"), answered_by=bindparam("by"))
)


class LearnerRequests:
    """The table ``learner_request``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def insert(self, request: LearnerRequest) -> None:
        """Add a request.

        Raises:
            ConflictError: The same was asked for, and has no answer yet.
        """
        values = {
            "hub_id": request.hub,
            "request_id": request.request_id,
            "credential_id": request.credential_id,
            "kind": request.kind.value,
            "sealed_text": request.sealed_text,
            "asked_ms": to_ms(request.asked_at),
        }
        try:
            self._connection.execute(insert(table), values)
        except IntegrityError as error:
            raise ConflictError(table.name) from error

    def by_id(self, hub: HubNumber, request_id: str) -> ListedRequest | None:
        """Find a request."""
        found = self._several(_BY_ID, {"hub": hub, "request": request_id})
        return found[0] if found else None

    def page(
        self, hub: HubNumber, *, before: str | None, limit: int, unanswered: bool
    ) -> tuple[ListedRequest, ...]:
        """List requests, newest first.

        Args:
            hub: Whose learners ask.
            before: The last id of the page before; nothing for the first page.
            limit: How many at most.
            unanswered: Whether those that were answered are left out.
        """
        statement = _PAGE
        if before is not None:
            statement = statement.where(table.c.request_id < bindparam("before"))
        if unanswered:
            statement = statement.where(table.c.answered_ms.is_(None))
        return self._several(statement, {"hub": hub, "before": before, "limit": limit})

    def open_of(
        self, hub: HubNumber, credential_ids: tuple[str, ...]
    ) -> tuple[LearnerRequest, ...]:
        """List what was asked for about some credentials and has no answer yet."""
        values = {"hub": hub, "credentials": list(credential_ids)}
        return tuple(map(_request_of, self._connection.execute(_OPEN_OF, values).mappings()))

    def answer(self, hub: HubNumber, request_id: str, *, by: str, at: datetime) -> None:
        """Say that a request was answered; the first answer stays."""
        values = {"of_hub": hub, "request": request_id, "by": by, "now": to_ms(at)}
        self._connection.execute(_ANSWER, values)

    def _several(
        self, statement: Select[*tuple[Any, ...]], values: dict[str, object]
    ) -> tuple[ListedRequest, ...]:
        return tuple(
            ListedRequest(
                request=_request_of(row),
                learner_id=row["learner_id"],
                code=row["code"],
                wrapped_key=row["wrapped_key"],
            )
            for row in self._connection.execute(statement, values).mappings()
        )


def _request_of(row: RowMapping) -> LearnerRequest:
    return LearnerRequest(
        hub=HubNumber(row["hub_id"]),
        request_id=row["request_id"],
        credential_id=row["credential_id"],
        kind=RequestKind(row["kind"]),
        sealed_text=row["sealed_text"],
        asked_at=from_ms(row["asked_ms"]),
        answered_at=from_ms_or_none(row["answered_ms"]),
        answered_by=row["answered_by"],
    )
