"""Links by which learners take what is theirs, what they show, and what they ask for.

Revision ID: 0013
"""

from pathlib import Path
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0013"
down_revision: Final = "0012"
branch_labels: Final = None
depends_on: Final = None

LONG: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
GUARDS: Final = Path(__file__).parent.parent / "guards"


def upgrade() -> None:
    """Add the tables and their guards."""
    _add_link()
    _add_choice()
    _add_request()
    text = (GUARDS / f"0014_{op.get_context().dialect.name}.sql").read_text(encoding="utf-8")
    for statement in text.strip().split("\n\n"):
        op.get_bind().exec_driver_sql(statement, execution_options={"no_parameters": True})


def downgrade() -> None:
    """Remove the tables; their guards go with them."""
    for table in ("learner_request", "learner_choice", "claim_link"):
        op.drop_table(table)


def _of_credential(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["hub_id", "credential_id"],
        ["credential.hub_id", "credential.credential_id"],
        name=f"fk_{table}_credential",
    )


def _add_link() -> None:
    op.create_table(
        "claim_link",
        sa.Column("hub_id", sa.Integer, nullable=False),
        sa.Column("link_id", sa.Text, nullable=False),
        sa.Column("credential_id", sa.Text, nullable=False),
        sa.Column("secret_hash", sa.LargeBinary, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("created_ms", LONG, nullable=False),
        sa.Column("expires_ms", LONG, nullable=False),
        sa.Column("ended_ms", LONG),
        sa.Column("opened_ms", LONG),
        sa.Column("session_hash", sa.LargeBinary),
        sa.Column("session_until_ms", LONG),
        sa.Column("claimed_ms", LONG),
        sa.PrimaryKeyConstraint("hub_id", "link_id", name="pk_claim_link"),
        sa.UniqueConstraint("hub_id", "secret_hash", name="uq_claim_link_hub_id_secret_hash"),
        sa.UniqueConstraint("hub_id", "session_hash", name="uq_claim_link_hub_id_session_hash"),
        _of_credential("claim_link"),
        sa.CheckConstraint("length(secret_hash) = 32", name="secret_hash"),
        sa.CheckConstraint(
            "(opened_ms IS NULL) = (session_hash IS NULL)"
            " AND (opened_ms IS NULL) = (session_until_ms IS NULL)",
            name="opened",
        ),
        sa.CheckConstraint("claimed_ms IS NULL OR opened_ms IS NOT NULL", name="claimed"),
        sa.CheckConstraint(
            "session_hash IS NULL OR length(session_hash) = 32",
            name="session_hash",
        ),
        sqlite_strict=True,
    )
    op.create_index("ix_claim_link_hub_id_credential_id", "claim_link", ["hub_id", "credential_id"])
    op.create_index(
        "uq_claim_link_live",
        "claim_link",
        ["hub_id", "credential_id"],
        unique=True,
        sqlite_where=sa.text("ended_ms IS NULL"),
        postgresql_where=sa.text("ended_ms IS NULL"),
    )


def _add_choice() -> None:
    op.create_table(
        "learner_choice",
        sa.Column("hub_id", sa.Integer, nullable=False),
        sa.Column("credential_id", sa.Text, nullable=False),
        sa.Column("shown", sa.Text, nullable=False),
        sa.Column("until_ms", LONG),
        sa.Column("chosen_ms", LONG, nullable=False),
        sa.PrimaryKeyConstraint("hub_id", "credential_id", name="pk_learner_choice"),
        _of_credential("learner_choice"),
        sa.CheckConstraint("shown IN ('everything', 'validity', 'nothing')", name="shown"),
        sa.CheckConstraint("until_ms IS NULL OR shown <> 'nothing'", name="until_ms"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _add_request() -> None:
    is_open = sa.text("answered_ms IS NULL")
    op.create_table(
        "learner_request",
        sa.Column("hub_id", sa.Integer, nullable=False),
        sa.Column("request_id", sa.Text, nullable=False),
        sa.Column("credential_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("sealed_text", sa.LargeBinary),
        sa.Column("asked_ms", LONG, nullable=False),
        sa.Column("answered_ms", LONG),
        sa.Column("answered_by", sa.Text),
        sa.PrimaryKeyConstraint("hub_id", "request_id", name="pk_learner_request"),
        _of_credential("learner_request"),
        sa.CheckConstraint("kind IN ('correction', 'erasure', 'link')", name="kind"),
        sa.CheckConstraint("(answered_ms IS NULL) = (answered_by IS NULL)", name="answered"),
        sqlite_strict=True,
    )
    op.create_index(
        "uq_learner_request_open",
        "learner_request",
        ["hub_id", "credential_id", "kind"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
