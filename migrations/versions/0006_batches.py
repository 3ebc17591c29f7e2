"""Batches: what arrived, what waits to be done, and what became of every row.

Revision ID: 0006
"""

from pathlib import Path
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0006"
down_revision: Final = "0005"
branch_labels: Final = None
depends_on: Final = None

LONG: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
GUARDS: Final = Path(__file__).parent.parent / "guards"


def upgrade() -> None:
    """Add the tables and their guards."""
    _add_batch()
    _add_row()
    _add_chunk()
    _add_result()
    connection = op.get_bind()
    dialect = connection.dialect
    text = (GUARDS / f"0006_{dialect.name}.sql").read_text(encoding="utf-8")
    if dialect.name == "postgresql":
        schema = connection.exec_driver_sql("SELECT current_schema()").scalar_one()
        text = text.replace("{schema}", dialect.identifier_preparer.quote(schema))
    for statement in text.strip().split("\n\n"):
        connection.exec_driver_sql(statement, execution_options={"no_parameters": True})


def downgrade() -> None:
    """Remove the tables; their guards go with them."""
    for table in ("batch_result", "batch_chunk", "batch_row", "batch"):
        op.drop_table(table)
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION credhub_batch_goes_on")


def _add_batch() -> None:
    open_ones = sa.text("ended_ms IS NULL")
    op.create_table(
        "batch",
        sa.Column("hub_id", sa.Integer, nullable=False),
        sa.Column("batch_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("achievement_id", sa.Text),
        sa.Column("achievement_version", sa.Integer),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("created_ms", LONG, nullable=False),
        sa.Column("report", sa.Text),
        sa.Column("rows", sa.Integer),
        sa.Column("queued_ms", LONG),
        sa.Column("started_ms", LONG),
        sa.Column("ended_ms", LONG),
        sa.Column("ending", sa.Text),
        sa.PrimaryKeyConstraint("hub_id", "batch_id", name="pk_batch"),
        sa.ForeignKeyConstraint(
            ["hub_id", "achievement_id", "achievement_version"],
            ["achievement.hub_id", "achievement.achievement_id", "achievement.version"],
            name="fk_batch_achievement",
        ),
        sa.CheckConstraint(
            "kind IN ('issue', 'revocation', 'suspension', 'lift', 'reissue', 'correction')",
            name=op.f("ck_batch_kind"),
        ),
        sa.CheckConstraint(
            "(achievement_id IS NULL) = (kind <> 'issue')"
            " AND (achievement_id IS NULL) = (achievement_version IS NULL)",
            name=op.f("ck_batch_achievement"),
        ),
        sa.CheckConstraint(
            "ending IN ('finished', 'cancelled', 'failed')", name=op.f("ck_batch_ending")
        ),
        sa.CheckConstraint("(ended_ms IS NULL) = (ending IS NULL)", name=op.f("ck_batch_ended")),
        sa.CheckConstraint("(queued_ms IS NULL) = (rows IS NULL)", name=op.f("ck_batch_queued")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_batch_open",
        "batch",
        ["hub_id", "batch_id"],
        sqlite_where=open_ones,
        postgresql_where=open_ones,
    )


def _add_row() -> None:
    op.create_table(
        "batch_row",
        *_of_batch(),
        sa.Column("row", sa.Integer, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("hub_id", "batch_id", "row", name="pk_batch_row"),
        _to_batch("batch_row"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _add_chunk() -> None:
    op.create_table(
        "batch_chunk",
        *_of_batch(),
        sa.Column("first_row", sa.Integer, nullable=False),
        sa.Column("last_row", sa.Integer, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("leased_until_ms", LONG, nullable=False),
        sa.Column("faults", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("hub_id", "batch_id", "first_row", name="pk_batch_chunk"),
        _to_batch("batch_chunk"),
        sa.CheckConstraint(
            "rows >= 1 AND last_row - first_row >= rows - 1", name=op.f("ck_batch_chunk_rows")
        ),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _add_result() -> None:
    op.create_table(
        "batch_result",
        *_of_batch(),
        sa.Column("row", sa.Integer, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("credential_id", sa.Text),
        sa.Column("code", sa.Text),
        sa.Column("detail", sa.Text),
        sa.PrimaryKeyConstraint("hub_id", "batch_id", "row", name="pk_batch_result"),
        _to_batch("batch_result"),
        sa.ForeignKeyConstraint(
            ["hub_id", "credential_id"],
            ["credential.hub_id", "credential.credential_id"],
            name="fk_batch_result_credential",
        ),
        sa.CheckConstraint(
            "outcome IN ('issued', 'changed', 'skipped', 'failed')",
            name=op.f("ck_batch_result_outcome"),
        ),
        sa.CheckConstraint(
            "credential_id IS NOT NULL OR outcome = 'failed'",
            name=op.f("ck_batch_result_credential_id"),
        ),
        sa.CheckConstraint(
            "(code IS NULL) = (outcome <> 'failed')", name=op.f("ck_batch_result_code")
        ),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _of_batch() -> tuple[sa.Column[int], sa.Column[str]]:
    return (
        sa.Column("hub_id", sa.Integer, nullable=False),
        sa.Column("batch_id", sa.Text, nullable=False),
    )


def _to_batch(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["hub_id", "batch_id"], ["batch.hub_id", "batch.batch_id"], name=f"fk_{table}_batch"
    )
