"""Endorsements by partners, and API keys that are the account of one.

Revision ID: 0012
"""

from pathlib import Path
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0012"
down_revision: Final = "0011"
branch_labels: Final = None
depends_on: Final = None

LONG: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
GUARDS: Final = Path(__file__).parent.parent / "guards"


def upgrade() -> None:
    """Add the table with its guards, and the column."""
    op.create_table(
        "endorsement_change",
        sa.Column("hub_id", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("change", sa.Text, nullable=False),
        sa.Column("endorsement_id", sa.Text, nullable=False),
        sa.Column("document", sa.LargeBinary),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("endorser", sa.Text, nullable=False),
        sa.Column("achievement_id", sa.Text, nullable=False),
        sa.Column("achievement_version", sa.Integer, nullable=False),
        sa.Column("changed_by", sa.Text, nullable=False),
        sa.Column("sealed_reason", sa.LargeBinary),
        sa.Column("changed_ms", LONG, nullable=False),
        sa.Column("log", sa.Text, nullable=False),
        sa.Column("seq", LONG, nullable=False),
        sa.PrimaryKeyConstraint("hub_id", "version", name="pk_endorsement_change"),
        sa.UniqueConstraint(
            "hub_id",
            "endorsement_id",
            "change",
            name="uq_endorsement_change_hub_id_endorsement_id_change",
        ),
        sa.UniqueConstraint(
            "hub_id", "digest", "change", name="uq_endorsement_change_hub_id_digest_change"
        ),
        sa.UniqueConstraint("hub_id", "log", "seq", name="uq_endorsement_change_hub_id_log_seq"),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.hub_id"], name="fk_endorsement_change_hub"),
        sa.ForeignKeyConstraint(
            ["hub_id", "log", "seq"],
            ["ledger_entry.hub_id", "ledger_entry.log", "ledger_entry.seq"],
            name="fk_endorsement_change_ledger_entry",
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_endorsement_change_version")),
        sa.CheckConstraint("length(digest) = 32", name=op.f("ck_endorsement_change_digest")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_endorsement_change_hub_id_achievement_id",
        "endorsement_change",
        ["hub_id", "achievement_id"],
    )
    text = (GUARDS / f"0015_{op.get_context().dialect.name}.sql").read_text(encoding="utf-8")
    for statement in text.strip().split("\n\n"):
        op.get_bind().exec_driver_sql(statement, execution_options={"no_parameters": True})
    op.add_column("api_key", sa.Column("partner", sa.Text))


def downgrade() -> None:
    """Remove both; the guards go with the table."""
    op.drop_column("api_key", "partner")
    op.drop_table("endorsement_change")
