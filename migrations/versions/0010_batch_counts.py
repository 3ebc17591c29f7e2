"""Batches count what became of their rows, so rows that gave nothing may go after a while.

Revision ID: 0010
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0010"
down_revision: Final = "0008"
branch_labels: Final = None
depends_on: Final = None

LONG: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
GUARDS: Final = Path(__file__).parent.parent / "guards"
OUTCOMES: Final = ("issued", "changed", "skipped", "failed")
REPLACED: Final = {
    "sqlite": ("batch_goes_on", "batch_result_no_delete"),
    "postgresql": ("changes", "no_delete"),
}
"""The guards of 0006 that others take the place of."""


def upgrade() -> None:
    """Add the columns, count what there is, and replace the guards."""
    for outcome in OUTCOMES:
        none = sa.text("0")
        op.add_column("batch", sa.Column(outcome, sa.Integer, nullable=False, server_default=none))
    op.add_column("batch", sa.Column("pruned_ms", LONG))
    _drop_guards()
    for outcome in OUTCOMES:
        op.execute(_counting(outcome))
    _run((GUARDS / f"0010_{_dialect()}.sql").read_text(encoding="utf-8").split("\n\n"))
    kept = sa.text("ended_ms IS NOT NULL AND pruned_ms IS NULL AND skipped + failed > 0")
    op.create_index(
        "ix_batch_kept",
        "batch",
        ["hub_id", "batch_id"],
        sqlite_where=kept,
        postgresql_where=kept,
    )


def downgrade() -> None:
    """Remove the columns, and put the guards back that were there before.

    What was removed of results is not there to be counted again.
    """
    op.drop_index("ix_batch_kept", "batch")
    _drop_guards()
    if _dialect() == "postgresql":
        op.execute("DROP TRIGGER counted ON batch")
        op.execute("DROP TRIGGER after_end ON batch_result")
        op.execute("DROP FUNCTION credhub_batch_ended")
    for column in (*OUTCOMES, "pruned_ms"):
        op.drop_column("batch", column)
    before = (GUARDS / f"0006_{_dialect()}.sql").read_text(encoding="utf-8").split("\n\n")
    on = {"changes": "ON batch\n", "no_delete": "ON batch_result\n"}
    _run(
        statement
        for statement in before
        for name in REPLACED[_dialect()]
        if f"CREATE TRIGGER {name} " in statement and on.get(name, "") in statement
    )
    if _dialect() == "postgresql":
        op.execute("ALTER TABLE batch ENABLE ALWAYS TRIGGER changes")
        op.execute("ALTER TABLE batch_result ENABLE ALWAYS TRIGGER no_delete")


def _counting(outcome: str) -> str:
    """Count rows of parts that are done: those of others are counted when they are."""
    return (
        f"UPDATE batch SET {outcome} = (SELECT count(*) FROM batch_result r"  # noqa: S608 - names of our own
        " WHERE r.hub_id = batch.hub_id AND r.batch_id = batch.batch_id"
        f" AND r.outcome = '{outcome}' AND NOT EXISTS (SELECT 1 FROM batch_chunk c"
        " WHERE c.hub_id = r.hub_id AND c.batch_id = r.batch_id"
        " AND r.row BETWEEN c.first_row AND c.last_row))"
    )


def _drop_guards() -> None:
    first, second = REPLACED[_dialect()]
    if _dialect() == "postgresql":
        op.execute(f"DROP TRIGGER {first} ON batch")
        op.execute(f"DROP TRIGGER {second} ON batch_result")
    else:
        op.execute(f"DROP TRIGGER {first}")
        op.execute(f"DROP TRIGGER {second}")


def _run(statements: Iterable[str]) -> None:
    connection = op.get_bind()
    for statement in statements:
        text = statement.strip()
        if _dialect() == "postgresql":
            schema = connection.exec_driver_sql("SELECT current_schema()").scalar_one()
            quoted = connection.dialect.identifier_preparer.quote(schema)
            text = text.replace("{schema}", quoted)
        connection.exec_driver_sql(text, execution_options={"no_parameters": True})


def _dialect() -> str:
    return op.get_context().dialect.name
