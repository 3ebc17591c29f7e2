"""Webhooks: who is told of what happens, how far each was told, and what is tried again.

Revision ID: 0015
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0015"
down_revision: Final = "0014"
branch_labels: Final = None
depends_on: Final = None

LONG: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables. Their rows come and go, so they have no guards."""
    _add_endpoint()
    _add_waiting()


def downgrade() -> None:
    """Remove the tables."""
    op.drop_table("webhook_waiting")
    op.drop_table("webhook_endpoint")


def _add_endpoint() -> None:
    op.create_table(
        "webhook_endpoint",
        sa.Column("hub_id", sa.Integer, nullable=False),
        sa.Column("endpoint_id", sa.Text, nullable=False),
        sa.Column("sealed_url", sa.LargeBinary, nullable=False),
        sa.Column("sealed_secrets", sa.LargeBinary, nullable=False),
        sa.Column("types", sa.Text, nullable=False),
        sa.Column("created_ms", LONG, nullable=False),
        sa.Column("log", sa.Text, nullable=False),
        sa.Column("seq", LONG, nullable=False),
        sa.Column("replay_log", sa.Text),
        sa.Column("replay_seq", LONG),
        sa.Column("replay_end_log", sa.Text),
        sa.Column("replay_end_seq", LONG),
        sa.Column("leased_until_ms", LONG, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("failing_since_ms", LONG),
        sa.Column("next_ms", LONG, nullable=False),
        sa.Column("last_ms", LONG),
        sa.Column("last_outcome", sa.Text),
        sa.Column("last_status", sa.Integer),
        sa.Column("delivered_ms", LONG),
        sa.Column("disabled_ms", LONG),
        sa.Column("disabled_because", sa.Text),
        sa.PrimaryKeyConstraint("hub_id", "endpoint_id", name="pk_webhook_endpoint"),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.hub_id"], name="fk_webhook_endpoint_hub"),
        sa.CheckConstraint(
            "(disabled_ms IS NULL) = (disabled_because IS NULL)",
            name=op.f("ck_webhook_endpoint_disabled"),
        ),
        sa.CheckConstraint(
            "disabled_because IN ('asked', 'gone', 'failing')",
            name=op.f("ck_webhook_endpoint_disabled_because"),
        ),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _add_waiting() -> None:
    waits = sa.text("dead_ms IS NULL")
    op.create_table(
        "webhook_waiting",
        sa.Column("hub_id", sa.Integer, nullable=False),
        sa.Column("endpoint_id", sa.Text, nullable=False),
        sa.Column("log", sa.Text, nullable=False),
        sa.Column("seq", LONG, nullable=False),
        sa.Column("log_number", sa.Integer, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_ms", LONG, nullable=False),
        sa.Column("last_ms", LONG),
        sa.Column("last_outcome", sa.Text),
        sa.Column("last_status", sa.Integer),
        sa.Column("dead_ms", LONG),
        sa.PrimaryKeyConstraint("hub_id", "endpoint_id", "log", "seq", name="pk_webhook_waiting"),
        sa.ForeignKeyConstraint(
            ["hub_id", "endpoint_id"],
            ["webhook_endpoint.hub_id", "webhook_endpoint.endpoint_id"],
            name="fk_webhook_waiting_webhook_endpoint",
        ),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_webhook_waiting_subject",
        "webhook_waiting",
        ["hub_id", "endpoint_id", "subject", "log_number", "seq"],
        sqlite_where=waits,
        postgresql_where=waits,
    )
