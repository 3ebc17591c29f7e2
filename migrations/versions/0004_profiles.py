"""What a hub is called, and what its public page says of it, stays as the operator wrote it.

Revision ID: 0004
"""

from typing import Final

from alembic import op

revision: Final = "0004"
down_revision: Final = "0003"
branch_labels: Final = None
depends_on: Final = None

PROFILE: Final = ("name", "description", "url", "email")
MAY_CHANGE: Final = ("kdf_salt", "sealed_secret", "forms")
IDENTITY: Final = ("hub_id", "slug", "did", "base_url", "created_ms")


def upgrade() -> None:
    """Guard the profile too."""
    if op.get_context().dialect.name == "postgresql":
        _guard_postgresql(*MAY_CHANGE)
    else:
        _guard_sqlite((*IDENTITY, *PROFILE), "hub keeps its number, slug, DID, address and profile")


def downgrade() -> None:
    """Let the profile change again."""
    if op.get_context().dialect.name == "postgresql":
        _guard_postgresql(*PROFILE, *MAY_CHANGE)
    else:
        _guard_sqlite(IDENTITY, "hub keeps its number, slug, DID and address")


def _guard_postgresql(*may_change: str) -> None:
    rules = ", ".join(f"'freely {column}'" for column in may_change)
    op.execute("DROP TRIGGER changes ON hub")
    op.execute(
        "CREATE TRIGGER changes BEFORE UPDATE ON hub"
        f" FOR EACH ROW EXECUTE FUNCTION credhub_changes_only({rules})"
    )
    op.execute("ALTER TABLE hub ENABLE ALWAYS TRIGGER changes")


def _guard_sqlite(may_not_change: tuple[str, ...], message: str) -> None:
    changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in may_not_change)
    op.execute("DROP TRIGGER hub_keeps_its_name")
    op.execute(
        f"CREATE TRIGGER hub_keeps_its_name BEFORE UPDATE ON hub WHEN {changed}"
        f" BEGIN SELECT RAISE(ABORT, '{message}'); END"
    )
