"""Who asked for a credential, so that what one API key issued can be found.

Revision ID: 0007
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0007"
down_revision: Final = "0006"
branch_labels: Final = None
depends_on: Final = None


def upgrade() -> None:
    """Add the column; of what was issued before, nobody says it."""
    op.add_column("credential", sa.Column("issued_by", sa.Text))


def downgrade() -> None:
    """Forget who asked."""
    op.drop_column("credential", "issued_by")
