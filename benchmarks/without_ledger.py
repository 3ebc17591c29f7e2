"""The tables of credentials as a service without a ledger would have them."""

from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Constraint,
    ForeignKeyConstraint,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)

from credhub.store.tables import (
    achievement,
    credential,
    credential_form,
    hub,
    learner,
    learner_key,
    status_entry,
    status_list,
)

TABLES: Final = (
    hub,
    achievement,
    learner,
    learner_key,
    status_list,
    credential,
    credential_form,
    status_entry,
)
_NAMES: Final = frozenset(table.name for table in TABLES)


def make(connection: Connection) -> None:
    """Make them: no guards, no keys to the ledger, no place in it to be unique."""
    _described().create_all(connection)


def _described() -> MetaData:
    described = MetaData()
    for table in TABLES:
        kept = (_without_ledger(constraint) for constraint in table.constraints)
        Table(
            table.name,
            described,
            *(Column(c.name, c.type, nullable=c.nullable, autoincrement=False) for c in table.c),
            *(constraint for constraint in kept if constraint is not None),
            *(Index(str(index.name), *index.columns.keys()) for index in table.indexes),
            **table.kwargs,
        )
    return described


def _without_ledger(constraint: Constraint) -> Constraint | None:
    match constraint:
        case PrimaryKeyConstraint():
            return PrimaryKeyConstraint(*constraint.columns.keys())
        case UniqueConstraint() if "seq" not in constraint.columns:
            return UniqueConstraint(*constraint.columns.keys())
        case CheckConstraint():
            return CheckConstraint(str(constraint.sqltext))
        case ForeignKeyConstraint() if constraint.referred_table.name in _NAMES:
            targets = [element.target_fullname for element in constraint.elements]
            return ForeignKeyConstraint(constraint.column_keys, targets)
        case _:
            return None
