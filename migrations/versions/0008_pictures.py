"""Pictures of achievements, drawn by us.

Revision ID: 0008
"""

from pathlib import Path
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0008"
down_revision: Final = "0007"
branch_labels: Final = None
depends_on: Final = None

LONG: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
GUARDS: Final = Path(__file__).parent.parent / "guards"


def upgrade() -> None:
    """Add the table and its guards."""
    op.create_table(
        "picture",
        sa.Column("hub_id", sa.Integer, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("png", sa.LargeBinary, nullable=False),
        sa.Column("created_ms", LONG, nullable=False),
        sa.PrimaryKeyConstraint("hub_id", "digest", name="pk_picture"),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.hub_id"], name="fk_picture_hub"),
        sqlite_strict=True,
    )
    text = (GUARDS / f"0008_{op.get_context().dialect.name}.sql").read_text(encoding="utf-8")
    for statement in text.strip().split("\n\n"):
        op.get_bind().exec_driver_sql(statement, execution_options={"no_parameters": True})


def downgrade() -> None:
    """Remove the table; its guards go with it."""
    op.drop_table("picture")
