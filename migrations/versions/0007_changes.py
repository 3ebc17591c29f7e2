"""Batches that change what was issued: revoke, suspend, lift, issue anew.

Revision ID: 0007
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0007"
down_revision: Final = "0006"
branch_labels: Final = None
depends_on: Final = None

LONG: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
GUARDS: Final = Path(__file__).parent.parent / "guards"

KINDS: Final = "kind IN ('issue', 'revocation', 'suspension', 'lift', 'reissue')"
ACHIEVEMENT: Final = (
    "(achievement_id IS NULL) = (kind <> 'issue')"
    " AND (achievement_id IS NULL) = (achievement_version IS NULL)"
)
OUTCOMES: Final = "outcome IN ('issued', 'changed', 'skipped', 'failed')"
OLD_OUTCOMES: Final = "outcome IN ('issued', 'skipped', 'failed')"
CREDENTIAL: Final = "credential_id IS NOT NULL OR outcome = 'failed'"
OLD_CREDENTIAL: Final = "(credential_id IS NULL) = (outcome = 'failed')"

BATCH: Final = (
    "hub_id, batch_id, achievement_id, achievement_version, actor, created_ms, report, rows,"
    " queued_ms, started_ms, ended_ms, ending"
)
RESULT: Final = "hub_id, batch_id, row, outcome, credential_id, code, detail"
OF_OLD_KIND: Final = (
    "(hub_id, batch_id) IN (SELECT hub_id, batch_id FROM batch WHERE kind = 'issue')"
)


def upgrade() -> None:
    """Let a batch have a kind, and rows change what is there."""
    if op.get_context().dialect.name == "postgresql":
        _upgrade_postgresql()
        return
    op.execute("PRAGMA defer_foreign_keys = ON")
    _rebuild("batch", lambda: _create_batch(new=True), f"kind, {BATCH}", f"'issue', {BATCH}")
    _rebuild("batch_result", lambda: _create_result(OUTCOMES, CREDENTIAL), RESULT, RESULT)
    _guard("0007")


def downgrade() -> None:
    """Forget the batches that changed something; what they did stays in the ledger."""
    if op.get_context().dialect.name == "postgresql":
        _downgrade_postgresql()
        return
    op.execute("PRAGMA defer_foreign_keys = ON")
    _rebuild(
        "batch_result",
        lambda: _create_result(OLD_OUTCOMES, OLD_CREDENTIAL),
        RESULT,
        RESULT,
        where=OF_OLD_KIND,
    )
    for table in ("batch_chunk", "batch_row"):
        op.execute(f"DELETE FROM {table} WHERE NOT {OF_OLD_KIND}")  # noqa: S608 - names of our own
    _rebuild("batch", lambda: _create_batch(new=False), BATCH, BATCH, where="kind = 'issue'")
    _guard("0006")


def _upgrade_postgresql() -> None:
    op.add_column("batch", sa.Column("kind", sa.Text, nullable=False, server_default="issue"))
    op.alter_column("batch", "kind", server_default=None)
    op.alter_column("batch", "achievement_id", nullable=True)
    op.alter_column("batch", "achievement_version", nullable=True)
    op.create_check_constraint(op.f("ck_batch_kind"), "batch", KINDS)
    op.create_check_constraint(op.f("ck_batch_achievement"), "batch", ACHIEVEMENT)
    _replace_checks(OUTCOMES, CREDENTIAL)


def _downgrade_postgresql() -> None:
    for table in ("batch", "batch_result"):
        op.execute(f"ALTER TABLE {table} DISABLE TRIGGER no_delete")
    for table in ("batch_result", "batch_chunk", "batch_row", "batch"):
        op.execute(f"DELETE FROM {table} WHERE NOT {OF_OLD_KIND}")  # noqa: S608 - names of our own
    for table in ("batch", "batch_result"):
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER no_delete")
    _replace_checks(OLD_OUTCOMES, OLD_CREDENTIAL)
    for name in ("ck_batch_achievement", "ck_batch_kind"):
        op.drop_constraint(op.f(name), "batch")
    op.alter_column("batch", "achievement_version", nullable=False)
    op.alter_column("batch", "achievement_id", nullable=False)
    op.drop_column("batch", "kind")


def _replace_checks(outcome: str, credential_id: str) -> None:
    for column, rule in (("outcome", outcome), ("credential_id", credential_id)):
        name = op.f(f"ck_batch_result_{column}")
        op.drop_constraint(name, "batch_result")
        op.create_check_constraint(name, "batch_result", rule)


def _rebuild(
    table: str, create: Callable[[], None], columns: str, values: str, *, where: str = "1"
) -> None:
    """Make a table anew with the rows that it has: SQLite changes no column and no rule.

    What refers to it is looked at when all is done.
    """
    kept = f"{table}_kept"
    op.execute(f"CREATE TEMP TABLE {kept} AS SELECT {values} FROM {table} WHERE {where}")  # noqa: S608 - as above
    op.drop_table(table)
    create()
    op.execute(f"INSERT INTO {table} ({columns}) SELECT * FROM {kept}")  # noqa: S608 - as above
    op.execute(f"DROP TABLE {kept}")


def _guard(number: str) -> None:
    """Set up the guards of the tables that were made anew; those they had went with them."""
    text = (GUARDS / f"{number}_sqlite.sql").read_text(encoding="utf-8")
    for statement in text.strip().split("\n\n"):
        op.get_bind().exec_driver_sql(statement)


def _create_batch(*, new: bool) -> None:
    kind = (sa.Column("kind", sa.Text, nullable=False),) if new else ()
    rules = (
        (
            sa.CheckConstraint(KINDS, name=op.f("ck_batch_kind")),
            sa.CheckConstraint(ACHIEVEMENT, name=op.f("ck_batch_achievement")),
        )
        if new
        else ()
    )
    op.create_table(
        "batch",
        sa.Column("hub_id", sa.Integer, nullable=False),
        sa.Column("batch_id", sa.Text, nullable=False),
        *kind,
        sa.Column("achievement_id", sa.Text, nullable=new),
        sa.Column("achievement_version", sa.Integer, nullable=new),
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
        *rules,
        sa.CheckConstraint(
            "ending IN ('finished', 'cancelled', 'failed')", name=op.f("ck_batch_ending")
        ),
        sa.CheckConstraint("(ended_ms IS NULL) = (ending IS NULL)", name=op.f("ck_batch_ended")),
        sa.CheckConstraint("(queued_ms IS NULL) = (rows IS NULL)", name=op.f("ck_batch_queued")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_batch_open", "batch", ["hub_id", "batch_id"], sqlite_where=sa.text("ended_ms IS NULL")
    )


def _create_result(outcome: str, credential_id: str) -> None:
    op.create_table(
        "batch_result",
        sa.Column("hub_id", sa.Integer, nullable=False),
        sa.Column("batch_id", sa.Text, nullable=False),
        sa.Column("row", sa.Integer, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("credential_id", sa.Text),
        sa.Column("code", sa.Text),
        sa.Column("detail", sa.Text),
        sa.PrimaryKeyConstraint("hub_id", "batch_id", "row", name="pk_batch_result"),
        sa.ForeignKeyConstraint(
            ["hub_id", "batch_id"],
            ["batch.hub_id", "batch.batch_id"],
            name="fk_batch_result_batch",
        ),
        sa.ForeignKeyConstraint(
            ["hub_id", "credential_id"],
            ["credential.hub_id", "credential.credential_id"],
            name="fk_batch_result_credential",
        ),
        sa.CheckConstraint(outcome, name=op.f("ck_batch_result_outcome")),
        sa.CheckConstraint(credential_id, name=op.f("ck_batch_result_credential_id")),
        sa.CheckConstraint(
            "(code IS NULL) = (outcome <> 'failed')", name=op.f("ck_batch_result_code")
        ),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
