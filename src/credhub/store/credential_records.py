"""A credential with everything that reading it takes, in one query."""

from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, exists, select

from credhub.store.credentials import StoredCredential, StoredForm, credential_of, form_of
from credhub.store.hubs import HubNumber
from credhub.store.learner_choices import Choice, choice_of
from credhub.store.tables import credential as table
from credhub.store.tables import credential_form, learner_choice, learner_key, status_change


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialRecord:
    """One credential and the rows that belong to it.

    Attributes:
        credential: The credential itself.
        forms: Its signed forms, by name.
        wrapped_key: The learner's key, sealed with the hub's; none when the learner was erased.
        superseded_by: The public code of its correction.
        changed: Whether its standing was ever changed; most never is.
        choice: What the learner shows of it, if nothing came before it.
    """

    credential: StoredCredential
    forms: tuple[StoredForm, ...]
    wrapped_key: bytes | None = field(repr=False)
    superseded_by: str | None
    changed: bool
    choice: Choice


_correction = table.alias("correction")
_RECORD: Final = (
    select(
        table,
        credential_form.c.form,
        credential_form.c.sealed,
        credential_form.c.log,
        credential_form.c.seq,
        learner_key.c.wrapped_key,
        _correction.c.code.label("superseded_by"),
        exists()
        .where(
            status_change.c.hub_id == table.c.hub_id,
            status_change.c.credential_id == table.c.credential_id,
        )
        .label("changed"),
        learner_choice.c.shown,
        learner_choice.c.until_ms,
    )
    .select_from(
        table.outerjoin(
            credential_form,
            and_(
                credential_form.c.hub_id == table.c.hub_id,
                credential_form.c.credential_id == table.c.credential_id,
            ),
        )
        .outerjoin(
            learner_key,
            and_(
                learner_key.c.hub_id == table.c.hub_id,
                learner_key.c.learner_id == table.c.learner_id,
            ),
        )
        .outerjoin(
            _correction,
            and_(
                _correction.c.hub_id == table.c.hub_id,
                _correction.c.supersedes == table.c.credential_id,
            ),
        )
        .outerjoin(
            learner_choice,
            and_(
                learner_choice.c.hub_id == table.c.hub_id,
                learner_choice.c.credential_id == table.c.credential_id,
            ),
        )
    )
    .where(table.c.hub_id == bindparam("hub"))
    .order_by(credential_form.c.form)
)


def _where(column: ColumnElement[str]) -> Select[*tuple[Any, ...]]:
    return _RECORD.where(column == bindparam("value"))


_BY_CODE: Final = _where(table.c.code)
_BY_ID: Final = _where(table.c.credential_id)


class CredentialRecords:
    """The table ``credential`` with ``credential_form`` and ``learner_key`` beside it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def by_code(self, hub: HubNumber, code: str) -> CredentialRecord | None:
        """Find a credential by its public code."""
        return self._one(_BY_CODE, hub, code)

    def by_id(self, hub: HubNumber, credential_id: str) -> CredentialRecord | None:
        """Find a credential by its internal id."""
        return self._one(_BY_ID, hub, credential_id)

    def _one(
        self, statement: Select[*tuple[Any, ...]], hub: HubNumber, value: str
    ) -> CredentialRecord | None:
        rows = self._connection.execute(statement, {"hub": hub, "value": value}).mappings().all()
        if not rows:
            return None
        return CredentialRecord(
            credential=credential_of(rows[0]),
            forms=tuple(form_of(row) for row in rows if row["form"] is not None),
            wrapped_key=rows[0]["wrapped_key"],
            superseded_by=rows[0]["superseded_by"],
            changed=rows[0]["changed"],
            choice=choice_of(rows[0]),
        )
