"""Batches that ended in faults of ours are counted without reading all the others.

Revision ID: 0011
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0011"
down_revision: Final = "0010"
branch_labels: Final = None
depends_on: Final = None


def upgrade() -> None:
    """Add the index."""
    failed = sa.text("ending = 'failed'")
    op.create_index(
        "ix_batch_failed",
        "batch",
        ["hub_id", "batch_id"],
        sqlite_where=failed,
        postgresql_where=failed,
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_index("ix_batch_failed", "batch")
