"""The spine: hubs, learners, the ledger, credentials and their status.

Revision ID: 0001
"""

from pathlib import Path
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0001"
down_revision: Final = None
branch_labels: Final = None
depends_on: Final = None

LONG: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
GUARDS: Final = Path(__file__).parent.parent / "guards"
TABLES: Final = (
    "hub",
    "signing_key",
    "api_key",
    "idempotency",
    "learner",
    "learner_key",
    "ledger_log",
    "ledger_entry",
    "ledger_node",
    "ledger_head",
    "ledger_checkpoint",
    "ledger_cosignature",
    "ledger_opening",
    "achievement",
    "credential",
    "credential_form",
    "status_list",
    "status_list_version",
    "status_entry",
    "status_change",
)
FUNCTIONS: Final = (
    "credhub_refuse",
    "credhub_entry_extends",
    "credhub_head_follows",
    "credhub_checkpoint_grows",
    "credhub_changes_only",
)


def upgrade() -> None:
    """Make all tables, then the guards."""
    _make_hubs()
    _make_learners()
    _make_ledger()
    _make_credentials()
    _make_statuses()
    _make_guards()


def downgrade() -> None:
    """Remove everything. Guards fall with their tables."""
    for table in reversed(TABLES):
        op.drop_table(table)
    if op.get_context().dialect.name == "postgresql":
        for function in FUNCTIONS:
            op.execute(f"DROP FUNCTION {function}()")


def _make_guards() -> None:
    dialect = op.get_context().dialect
    connection = op.get_bind()
    text = (GUARDS / f"0001_{dialect.name}.sql").read_text(encoding="utf-8")
    if dialect.name == "postgresql":
        schema = connection.exec_driver_sql("SELECT current_schema()").scalar_one()
        text = text.replace("{schema}", dialect.identifier_preparer.quote(schema))
    options = {"no_parameters": True}  # a percent sign in them is a percent sign
    for statement in text.strip().split("\n\n"):
        connection.exec_driver_sql(statement, execution_options=options)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _int(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable, autoincrement=False)


def _long(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, LONG, nullable=nullable, autoincrement=False)


def _bytes(name: str, *, nullable: bool = False) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(), nullable=nullable)


def _make_hubs() -> None:
    op.create_table(
        "hub",
        _int("hub_id"),
        _text("slug"),
        _text("name"),
        _text("description", nullable=True),
        _text("url", nullable=True),
        _text("email", nullable=True),
        _text("base_url"),
        _text("did"),
        _bytes("kdf_salt"),
        _bytes("sealed_secret"),
        _long("created_ms"),
        sa.PrimaryKeyConstraint("hub_id"),
        sa.UniqueConstraint("did"),
        sa.UniqueConstraint("slug"),
        sa.CheckConstraint("hub_id BETWEEN 0 AND 16777215", name="hub_id"),
        sqlite_strict=True,
    )
    op.create_table(
        "signing_key",
        _int("hub_id"),
        _text("key_id"),
        _text("purpose"),
        _text("algorithm"),
        _bytes("public_key"),
        _bytes("sealed_private", nullable=True),
        _long("valid_from_ms"),
        _long("retired_ms", nullable=True),
        _long("compromised_ms", nullable=True),
        sa.PrimaryKeyConstraint("hub_id", "key_id"),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.hub_id"]),
        sa.CheckConstraint("purpose IN ('issuing', 'ledger', 'tokens')", name="purpose"),
        sqlite_strict=True,
    )
    op.create_table(
        "api_key",
        _int("hub_id"),
        _text("key_id"),
        _text("label"),
        _bytes("secret_hash"),
        _text("scopes"),
        _long("created_ms"),
        _long("expires_ms", nullable=True),
        _long("last_used_ms", nullable=True),
        _long("revoked_ms", nullable=True),
        sa.PrimaryKeyConstraint("hub_id", "key_id"),
        sa.UniqueConstraint("hub_id", "secret_hash"),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.hub_id"]),
        sa.CheckConstraint("length(secret_hash) = 32", name="secret_hash"),
        sqlite_strict=True,
    )
    op.create_table(
        "idempotency",
        _int("hub_id"),
        _text("route"),
        _text("key"),
        _bytes("body_hmac"),
        _text("thing"),
        _long("created_ms"),
        sa.PrimaryKeyConstraint("hub_id", "route", "key"),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.hub_id"]),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _make_learners() -> None:
    op.create_table(
        "learner",
        _int("hub_id"),
        _text("learner_id"),
        _bytes("sealed_profile"),
        _bytes("external_id_hmac", nullable=True),
        _bytes("email_hmac", nullable=True),
        _long("created_ms"),
        sa.PrimaryKeyConstraint("hub_id", "learner_id"),
        sa.UniqueConstraint("hub_id", "external_id_hmac"),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.hub_id"]),
        sqlite_strict=True,
    )
    op.create_index("ix_learner_hub_id_email_hmac", "learner", ["hub_id", "email_hmac"])
    op.create_table(
        "learner_key",
        _int("hub_id"),
        _text("learner_id"),
        _bytes("wrapped_key"),
        sa.PrimaryKeyConstraint("hub_id", "learner_id"),
        sa.ForeignKeyConstraint(["hub_id", "learner_id"], ["learner.hub_id", "learner.learner_id"]),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _make_ledger() -> None:
    op.create_table(
        "ledger_log",
        _int("hub_id"),
        _text("log"),
        _text("origin"),
        _text("vkey"),
        _long("created_ms"),
        _long("frozen_ms", nullable=True),
        sa.PrimaryKeyConstraint("hub_id", "log"),
        sa.UniqueConstraint("hub_id", "origin"),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.hub_id"]),
        sqlite_strict=True,
    )
    op.create_index(
        "uq_ledger_log_open",
        "ledger_log",
        ["hub_id"],
        unique=True,
        sqlite_where=sa.text("frozen_ms IS NULL"),
        postgresql_where=sa.text("frozen_ms IS NULL"),
    )
    op.create_table(
        "ledger_entry",
        _int("hub_id"),
        _text("log"),
        _long("seq"),
        _int("kind"),
        _long("time_ms"),
        _bytes("entry"),
        _bytes("leaf_hash"),
        _bytes("prev_hash"),
        _bytes("chain_hash"),
        sa.PrimaryKeyConstraint("hub_id", "log", "seq"),
        sa.ForeignKeyConstraint(["hub_id", "log"], ["ledger_log.hub_id", "ledger_log.log"]),
        sa.CheckConstraint("length(chain_hash) = 32", name="chain_hash"),
        sa.CheckConstraint("length(entry) BETWEEN 1 AND 65535", name="entry"),
        sa.CheckConstraint("kind BETWEEN 1 AND 255", name="kind"),
        sa.CheckConstraint("length(leaf_hash) = 32", name="leaf_hash"),
        sa.CheckConstraint("length(prev_hash) = 32", name="prev_hash"),
        sa.CheckConstraint("seq >= 0", name="seq"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ledger_node",
        _int("hub_id"),
        _text("log"),
        _int("level"),
        _long("idx"),
        _bytes("hash"),
        sa.PrimaryKeyConstraint("hub_id", "log", "level", "idx"),
        sa.ForeignKeyConstraint(["hub_id", "log"], ["ledger_log.hub_id", "ledger_log.log"]),
        sa.CheckConstraint("length(hash) = 32", name="hash"),
        sa.CheckConstraint("idx >= 0", name="idx"),
        sa.CheckConstraint("level BETWEEN 1 AND 7", name="level"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ledger_head",
        _int("hub_id"),
        _text("log"),
        _long("size"),
        _bytes("chain_hash"),
        _bytes("frontier"),
        _long("last_ms"),
        sa.PrimaryKeyConstraint("hub_id", "log"),
        sa.ForeignKeyConstraint(["hub_id", "log"], ["ledger_log.hub_id", "ledger_log.log"]),
        sa.CheckConstraint("length(chain_hash) = 32", name="chain_hash"),
        sa.CheckConstraint(
            "length(frontier) % 32 = 0 AND length(frontier) <= 2048", name="frontier"
        ),
        sqlite_strict=True,
        postgresql_with={"fillfactor": 10},
    )
    op.create_table(
        "ledger_checkpoint",
        _int("hub_id"),
        _text("log"),
        _long("size"),
        _bytes("root"),
        _text("note"),
        _long("signed_ms"),
        sa.PrimaryKeyConstraint("hub_id", "log", "size"),
        sa.ForeignKeyConstraint(["hub_id", "log"], ["ledger_log.hub_id", "ledger_log.log"]),
        sa.CheckConstraint("length(root) = 32", name="root"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ledger_cosignature",
        _int("hub_id"),
        _text("log"),
        _long("size"),
        _text("witness"),
        _text("line"),
        sa.PrimaryKeyConstraint("hub_id", "log", "size", "witness"),
        sa.ForeignKeyConstraint(
            ["hub_id", "log", "size"],
            ["ledger_checkpoint.hub_id", "ledger_checkpoint.log", "ledger_checkpoint.size"],
        ),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ledger_opening",
        _int("hub_id"),
        _text("log"),
        _long("seq"),
        _bytes("entry_id"),
        _int("inner_kind"),
        _text("learner_id", nullable=True),
        _bytes("sealed", nullable=True),
        sa.PrimaryKeyConstraint("hub_id", "log", "seq"),
        sa.ForeignKeyConstraint(
            ["hub_id", "log", "seq"],
            ["ledger_entry.hub_id", "ledger_entry.log", "ledger_entry.seq"],
        ),
        sa.CheckConstraint("length(entry_id) = 16", name="entry_id"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _make_credentials() -> None:
    op.create_table(
        "achievement",
        _int("hub_id"),
        _text("achievement_id"),
        _int("version"),
        _bytes("document"),
        _long("created_ms"),
        _text("log"),
        _long("seq"),
        sa.PrimaryKeyConstraint("hub_id", "achievement_id", "version"),
        sa.UniqueConstraint("hub_id", "log", "seq"),
        sa.ForeignKeyConstraint(
            ["hub_id", "log", "seq"],
            ["ledger_entry.hub_id", "ledger_entry.log", "ledger_entry.seq"],
        ),
        sa.CheckConstraint("version >= 1", name="version"),
        sqlite_strict=True,
    )
    op.create_table(
        "credential",
        _int("hub_id"),
        _text("credential_id"),
        _text("code"),
        _text("achievement_id"),
        _int("achievement_version"),
        _text("learner_id"),
        _text("supersedes", nullable=True),
        _long("issued_ms"),
        sa.PrimaryKeyConstraint("hub_id", "credential_id"),
        sa.UniqueConstraint("hub_id", "code"),
        sa.UniqueConstraint("hub_id", "supersedes"),
        sa.ForeignKeyConstraint(
            ["hub_id", "achievement_id", "achievement_version"],
            ["achievement.hub_id", "achievement.achievement_id", "achievement.version"],
        ),
        sa.ForeignKeyConstraint(["hub_id", "learner_id"], ["learner.hub_id", "learner.learner_id"]),
        sa.ForeignKeyConstraint(
            ["hub_id", "supersedes"], ["credential.hub_id", "credential.credential_id"]
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "credential_form",
        _int("hub_id"),
        _text("credential_id"),
        _text("form"),
        _bytes("sealed", nullable=True),
        _text("log"),
        _long("seq"),
        sa.PrimaryKeyConstraint("hub_id", "credential_id", "form"),
        sa.UniqueConstraint("hub_id", "log", "seq"),
        sa.ForeignKeyConstraint(
            ["hub_id", "credential_id"], ["credential.hub_id", "credential.credential_id"]
        ),
        sa.ForeignKeyConstraint(
            ["hub_id", "log", "seq"],
            ["ledger_entry.hub_id", "ledger_entry.log", "ledger_entry.seq"],
        ),
        sqlite_strict=True,
    )


def _make_statuses() -> None:
    op.create_table(
        "status_list",
        _int("hub_id"),
        _int("list"),
        _text("purpose"),
        _int("length"),
        _long("created_ms"),
        _long("closed_ms", nullable=True),
        sa.PrimaryKeyConstraint("hub_id", "list"),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.hub_id"]),
        sqlite_strict=True,
    )
    op.create_table(
        "status_list_version",
        _int("hub_id"),
        _int("list"),
        _int("version"),
        _long("changes"),
        _bytes("document"),
        _long("valid_from_ms"),
        _long("valid_until_ms"),
        _text("log"),
        _long("seq"),
        sa.PrimaryKeyConstraint("hub_id", "list", "version"),
        sa.UniqueConstraint("hub_id", "log", "seq"),
        sa.ForeignKeyConstraint(["hub_id", "list"], ["status_list.hub_id", "status_list.list"]),
        sa.ForeignKeyConstraint(
            ["hub_id", "log", "seq"],
            ["ledger_entry.hub_id", "ledger_entry.log", "ledger_entry.seq"],
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "status_entry",
        _int("hub_id"),
        _int("list"),
        _int("idx"),
        _text("credential_id"),
        _text("purpose"),
        sa.PrimaryKeyConstraint("hub_id", "list", "idx"),
        sa.UniqueConstraint("hub_id", "credential_id", "purpose"),
        sa.ForeignKeyConstraint(
            ["hub_id", "credential_id"], ["credential.hub_id", "credential.credential_id"]
        ),
        sa.ForeignKeyConstraint(["hub_id", "list"], ["status_list.hub_id", "status_list.list"]),
        sa.CheckConstraint("idx >= 0", name="idx"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "status_change",
        _int("hub_id"),
        _text("credential_id"),
        _int("n"),
        _text("purpose"),
        _text("old_state"),
        _text("new_state"),
        _bytes("sealed_reason"),
        _text("actor"),
        _long("changed_ms"),
        _text("log"),
        _long("seq"),
        sa.PrimaryKeyConstraint("hub_id", "credential_id", "n"),
        sa.UniqueConstraint("hub_id", "log", "seq"),
        sa.ForeignKeyConstraint(
            ["hub_id", "credential_id"], ["credential.hub_id", "credential.credential_id"]
        ),
        sa.ForeignKeyConstraint(
            ["hub_id", "log", "seq"],
            ["ledger_entry.hub_id", "ledger_entry.log", "ledger_entry.seq"],
        ),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
