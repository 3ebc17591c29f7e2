"""The ledger at its full promise: what a row says of its entry is what the entry is.

Revision ID: 0002
"""

from pathlib import Path
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0002"
down_revision: Final = "0001"
branch_labels: Final = None
depends_on: Final = None

LONG: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
GUARDS: Final = Path(__file__).parent.parent / "guards"
OF_KIND: Final = ("achievement", "credential_form", "status_change", "status_list_version")


def upgrade() -> None:
    """Add the guards, and find the events of keys."""
    op.create_index(
        "ix_ledger_entry_keys",
        "ledger_entry",
        ["hub_id", "log", "seq"],
        sqlite_where=sa.text("kind = 3"),
        postgresql_where=sa.text("kind = 3"),
    )
    op.create_table(
        "witness_key",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("kdf_salt", sa.LargeBinary, nullable=False),
        sa.Column("sealed_private", sa.LargeBinary, nullable=False),
        sa.Column("created_ms", LONG, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_witness_key"),
        sqlite_strict=True,
    )
    dialect = op.get_context().dialect
    connection = op.get_bind()
    text = (GUARDS / f"0002_{dialect.name}.sql").read_text(encoding="utf-8")
    if dialect.name == "postgresql":
        schema = connection.exec_driver_sql("SELECT current_schema()").scalar_one()
        text = text.replace("{schema}", dialect.identifier_preparer.quote(schema))
    for statement in text.strip().split("\n\n"):
        connection.exec_driver_sql(statement, execution_options={"no_parameters": True})


def downgrade() -> None:
    """Remove the guards and the index."""
    op.drop_index("ix_ledger_entry_keys", "ledger_entry")
    op.drop_table("witness_key")
    postgresql = op.get_context().dialect.name == "postgresql"
    for table in OF_KIND:
        op.execute(
            f"DROP TRIGGER of_kind ON {table}" if postgresql else f"DROP TRIGGER {table}_of_kind"
        )
    op.execute(
        "DROP TRIGGER in_open_log ON ledger_head"
        if postgresql
        else "DROP TRIGGER ledger_head_in_open_log"
    )
    if postgresql:
        op.execute("DROP FUNCTION credhub_log_is_open()")
        op.execute("DROP FUNCTION credhub_entry_of_kind()")
