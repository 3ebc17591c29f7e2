"""Partners: the endorsements that a hub signs, and their ends.

Revision ID: 0005
"""

from pathlib import Path
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0005"
down_revision: Final = "0004"
branch_labels: Final = None
depends_on: Final = None

LONG: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
GUARDS: Final = Path(__file__).parent.parent / "guards"


def upgrade() -> None:
    """Add the table and its guards."""
    op.create_table(
        "partner_change",
        sa.Column("hub_id", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("change", sa.Text, nullable=False),
        sa.Column("endorsement_id", sa.Text, nullable=False),
        sa.Column("document", sa.LargeBinary),
        sa.Column("changed_ms", LONG, nullable=False),
        sa.Column("log", sa.Text, nullable=False),
        sa.Column("seq", LONG, nullable=False),
        sa.PrimaryKeyConstraint("hub_id", "version", name="pk_partner_change"),
        sa.UniqueConstraint(
            "hub_id",
            "endorsement_id",
            "change",
            name="uq_partner_change_hub_id_endorsement_id_change",
        ),
        sa.UniqueConstraint("hub_id", "log", "seq", name="uq_partner_change_hub_id_log_seq"),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.hub_id"], name="fk_partner_change_hub"),
        sa.ForeignKeyConstraint(
            ["hub_id", "log", "seq"],
            ["ledger_entry.hub_id", "ledger_entry.log", "ledger_entry.seq"],
            name="fk_partner_change_ledger_entry",
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_partner_change_version")),
        sqlite_strict=True,
    )
    text = (GUARDS / f"0005_{op.get_context().dialect.name}.sql").read_text(encoding="utf-8")
    for statement in text.strip().split("\n\n"):
        op.get_bind().exec_driver_sql(statement, execution_options={"no_parameters": True})


def downgrade() -> None:
    """Remove the table; its guards go with it."""
    op.drop_table("partner_change")
