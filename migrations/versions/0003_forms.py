"""Every form the world uses: a hub chooses in which forms it signs.

Revision ID: 0003
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0003"
down_revision: Final = "0002"
branch_labels: Final = None
depends_on: Final = None

MAY_CHANGE: Final = ("name", "description", "url", "email", "kdf_salt", "sealed_secret")


def upgrade() -> None:
    """Add the choice; hubs that are there go on as before."""
    op.add_column(
        "hub", sa.Column("forms", sa.Text, nullable=False, server_default="eddsa-rdfc-2022")
    )
    _guard_hub(*MAY_CHANGE, "forms")


def downgrade() -> None:
    """Remove the choice."""
    _guard_hub(*MAY_CHANGE)
    op.drop_column("hub", "forms")


def _guard_hub(*columns: str) -> None:
    """Say which columns of a hub may change; SQLite's guard names those that may not."""
    if op.get_context().dialect.name != "postgresql":
        return
    rules = ", ".join(f"'freely {column}'" for column in columns)
    op.execute("DROP TRIGGER changes ON hub")
    op.execute(
        "CREATE TRIGGER changes BEFORE UPDATE ON hub"
        f" FOR EACH ROW EXECUTE FUNCTION credhub_changes_only({rules})"
    )
    op.execute("ALTER TABLE hub ENABLE ALWAYS TRIGGER changes")
