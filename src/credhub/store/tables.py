"""Every table, the same on SQLite and on PostgreSQL.

Every tenant table leads its primary key with ``hub_id``, and every unique and foreign key carries
it, so that Citus can keep one hub on one shard. ``hub`` itself is a reference table, and so is
``witness_key``, which belongs to no hub. Triggers (``migrations/guards``) make what was recorded
impossible to change by accident.

Times are milliseconds since 1970 in UTC (``*_ms``); ``sealed*`` columns hold AES-256-GCM.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeEngine

from credhub.proofs.forms import DEFAULT

metadata: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

_LONG: Final[TypeEngine[int]] = BigInteger().with_variant(Integer(), "sqlite")


def _text(name: str, *, nullable: bool = False) -> Column[str]:
    return Column(name, Text, nullable=nullable)


def _int(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, Integer, nullable=nullable, autoincrement=False)


def _count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default=text("0"))


def _long(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, _LONG, nullable=nullable, autoincrement=False)


def _bytes(name: str, *, nullable: bool = False) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=nullable)


def _hash(name: str) -> tuple[Column[bytes], CheckConstraint]:
    return _bytes(name), CheckConstraint(f"length({name}) = 32", name=name)


def _key(*columns: str) -> PrimaryKeyConstraint:
    return PrimaryKeyConstraint("hub_id", *columns)


def _unique(*columns: str) -> UniqueConstraint:
    return UniqueConstraint("hub_id", *columns)


def _refers(to: str, *columns: str) -> ForeignKeyConstraint:
    """Refer to the primary key of a table by columns of the same or of other names."""
    own = ("hub_id", *columns)
    theirs = [column.name for column in metadata.tables[to].primary_key.columns]
    return ForeignKeyConstraint(own, [f"{to}.{name}" for name in theirs])


hub: Final = Table(
    "hub",
    metadata,
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
    # Names with a space between them, the default form first.
    Column("forms", Text, nullable=False, server_default=DEFAULT),
    PrimaryKeyConstraint("hub_id"),
    UniqueConstraint("slug"),
    UniqueConstraint("did"),
    # A public code carries the number in three bytes.
    CheckConstraint("hub_id BETWEEN 0 AND 16777215", name="hub_id"),
    sqlite_strict=True,
)

signing_key: Final = Table(
    "signing_key",
    metadata,
    _int("hub_id"),
    _text("key_id"),
    _text("purpose"),
    _text("algorithm"),
    _bytes("public_key"),
    _bytes("sealed_private", nullable=True),
    _long("valid_from_ms"),
    _long("retired_ms", nullable=True),
    _long("compromised_ms", nullable=True),
    _key("key_id"),
    _refers("hub"),
    CheckConstraint("purpose IN ('issuing', 'ledger', 'tokens')", name="purpose"),
    sqlite_strict=True,
)

witness_key: Final = Table(
    "witness_key",
    metadata,
    _text("name"),
    _bytes("public_key"),
    _bytes("kdf_salt"),
    _bytes("sealed_private"),
    _long("created_ms"),
    PrimaryKeyConstraint("name"),
    sqlite_strict=True,
)

api_key: Final = Table(
    "api_key",
    metadata,
    _int("hub_id"),
    _text("key_id"),
    _text("label"),
    *_hash("secret_hash"),
    _text("scopes"),
    _long("created_ms"),
    _long("expires_ms", nullable=True),
    _long("last_used_ms", nullable=True),
    _long("revoked_ms", nullable=True),
    # The DID of the partner whose account it is, where it is one.
    _text("partner", nullable=True),
    _key("key_id"),
    _unique("secret_hash"),
    _refers("hub"),
    sqlite_strict=True,
)

learner: Final = Table(
    "learner",
    metadata,
    _int("hub_id"),
    _text("learner_id"),
    _bytes("sealed_profile"),
    _bytes("external_id_hmac", nullable=True),
    _bytes("email_hmac", nullable=True),
    _long("created_ms"),
    _key("learner_id"),
    _unique("external_id_hmac"),
    Index(None, "hub_id", "email_hmac"),
    _refers("hub"),
    sqlite_strict=True,
)

learner_key: Final = Table(
    "learner_key",
    metadata,
    _int("hub_id"),
    _text("learner_id"),
    _bytes("wrapped_key"),
    _key("learner_id"),
    _refers("learner", "learner_id"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

ledger_log: Final = Table(
    "ledger_log",
    metadata,
    _int("hub_id"),
    _text("log"),
    _text("origin"),
    _text("vkey"),
    _long("created_ms"),
    _long("frozen_ms", nullable=True),
    _key("log"),
    _unique("origin"),
    # A hub has one open log at a time.
    Index(
        "uq_ledger_log_open",
        "hub_id",
        unique=True,
        sqlite_where=text("frozen_ms IS NULL"),
        postgresql_where=text("frozen_ms IS NULL"),
    ),
    _refers("hub"),
    sqlite_strict=True,
)

ledger_entry: Final = Table(
    "ledger_entry",
    metadata,
    _int("hub_id"),
    _text("log"),
    _long("seq"),
    _int("kind"),
    _long("time_ms"),
    _bytes("entry"),
    *_hash("leaf_hash"),
    *_hash("prev_hash"),
    *_hash("chain_hash"),
    # Deliberately no other index over all rows: a random key here costs four fifths of the speed.
    _key("log", "seq"),
    # The few events of keys, which prove a bundle's key.
    Index(
        "ix_ledger_entry_keys",
        "hub_id",
        "log",
        "seq",
        sqlite_where=text("kind = 3"),
        postgresql_where=text("kind = 3"),
    ),
    _refers("ledger_log", "log"),
    CheckConstraint("seq >= 0", name="seq"),
    CheckConstraint("kind BETWEEN 1 AND 255", name="kind"),
    CheckConstraint("length(entry) BETWEEN 1 AND 65535", name="entry"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

ledger_node: Final = Table(
    "ledger_node",
    metadata,
    _int("hub_id"),
    _text("log"),
    _int("level"),
    _long("idx"),
    *_hash("hash"),
    _key("log", "level", "idx"),
    _refers("ledger_log", "log"),
    CheckConstraint("level BETWEEN 1 AND 7", name="level"),
    CheckConstraint("idx >= 0", name="idx"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

ledger_head: Final = Table(
    "ledger_head",
    metadata,
    _int("hub_id"),
    _text("log"),
    _long("size"),
    *_hash("chain_hash"),
    _bytes("frontier"),
    _long("last_ms"),
    _key("log"),
    _refers("ledger_log", "log"),
    CheckConstraint("length(frontier) % 32 = 0 AND length(frontier) <= 2048", name="frontier"),
    sqlite_strict=True,
    # Updated by every batch: room for many versions on one page.
    postgresql_with={"fillfactor": 10},
)

ledger_checkpoint: Final = Table(
    "ledger_checkpoint",
    metadata,
    _int("hub_id"),
    _text("log"),
    _long("size"),
    *_hash("root"),
    _text("note"),
    _long("signed_ms"),
    _key("log", "size"),
    _refers("ledger_log", "log"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

ledger_cosignature: Final = Table(
    "ledger_cosignature",
    metadata,
    _int("hub_id"),
    _text("log"),
    _long("size"),
    _text("witness"),
    _text("line"),
    _key("log", "size", "witness"),
    _refers("ledger_checkpoint", "log", "size"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

ledger_opening: Final = Table(
    "ledger_opening",
    metadata,
    _int("hub_id"),
    _text("log"),
    _long("seq"),
    _bytes("entry_id"),
    _int("inner_kind"),
    _text("learner_id", nullable=True),
    _bytes("sealed", nullable=True),
    _key("log", "seq"),
    _refers("ledger_entry", "log", "seq"),
    CheckConstraint("length(entry_id) = 16", name="entry_id"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

achievement: Final = Table(
    "achievement",
    metadata,
    _int("hub_id"),
    _text("achievement_id"),
    _int("version"),
    _bytes("document"),
    _long("created_ms"),
    _text("log"),
    _long("seq"),
    _key("achievement_id", "version"),
    _unique("log", "seq"),
    _refers("ledger_entry", "log", "seq"),
    CheckConstraint("version >= 1", name="version"),
    sqlite_strict=True,
)

credential: Final = Table(
    "credential",
    metadata,
    _int("hub_id"),
    _text("credential_id"),
    _text("code"),
    _text("achievement_id"),
    _int("achievement_version"),
    _text("learner_id"),
    _text("supersedes", nullable=True),
    _long("issued_ms"),
    # The API key, or the command, that asked for it; unknown of the oldest.
    _text("issued_by", nullable=True),
    _key("credential_id"),
    _unique("code"),
    # One credential has at most one correction.
    _unique("supersedes"),
    _refers("achievement", "achievement_id", "achievement_version"),
    _refers("learner", "learner_id"),
    ForeignKeyConstraint(
        ["hub_id", "supersedes"], ["credential.hub_id", "credential.credential_id"]
    ),
    sqlite_strict=True,
)

credential_form: Final = Table(
    "credential_form",
    metadata,
    _int("hub_id"),
    _text("credential_id"),
    _text("form"),
    _bytes("sealed", nullable=True),
    _text("log"),
    _long("seq"),
    _key("credential_id", "form"),
    _unique("log", "seq"),
    _refers("credential", "credential_id"),
    _refers("ledger_entry", "log", "seq"),
    sqlite_strict=True,
)

status_list: Final = Table(
    "status_list",
    metadata,
    _int("hub_id"),
    _int("list"),
    _text("purpose"),
    _int("length"),
    _long("created_ms"),
    _long("closed_ms", nullable=True),
    _key("list"),
    _refers("hub"),
    sqlite_strict=True,
)

status_list_version: Final = Table(
    "status_list_version",
    metadata,
    _int("hub_id"),
    _int("list"),
    _int("version"),
    _long("changes"),
    _bytes("document"),
    _long("valid_from_ms"),
    _long("valid_until_ms"),
    _text("log"),
    _long("seq"),
    _key("list", "version"),
    _unique("log", "seq"),
    _refers("status_list", "list"),
    _refers("ledger_entry", "log", "seq"),
    sqlite_strict=True,
)

status_entry: Final = Table(
    "status_entry",
    metadata,
    _int("hub_id"),
    _int("list"),
    _int("idx"),
    _text("credential_id"),
    _text("purpose"),
    _key("list", "idx"),
    _unique("credential_id", "purpose"),
    _refers("status_list", "list"),
    _refers("credential", "credential_id"),
    CheckConstraint("idx >= 0", name="idx"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

status_change: Final = Table(
    "status_change",
    metadata,
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
    _key("credential_id", "n"),
    _unique("log", "seq"),
    _refers("credential", "credential_id"),
    _refers("ledger_entry", "log", "seq"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

partner_change: Final = Table(
    "partner_change",
    metadata,
    _int("hub_id"),
    _int("version"),
    _text("change"),
    _text("endorsement_id"),
    # The signed endorsement, where it was added.
    _bytes("document", nullable=True),
    _long("changed_ms"),
    _text("log"),
    _long("seq"),
    _key("version"),
    # An endorsement is added once and ended once.
    _unique("endorsement_id", "change"),
    _unique("log", "seq"),
    _refers("hub"),
    _refers("ledger_entry", "log", "seq"),
    CheckConstraint("version >= 1", name="version"),
    sqlite_strict=True,
)

endorsement_change: Final = Table(
    "endorsement_change",
    metadata,
    _int("hub_id"),
    _int("version"),
    _text("change"),
    _text("endorsement_id"),
    # What the partner signed, or the confirmation; not where one is withdrawn.
    _bytes("document", nullable=True),
    *_hash("digest"),
    _text("endorser"),
    # An achievement and its version; nothing and zero for the hub.
    _text("achievement_id"),
    _int("achievement_version"),
    _text("changed_by"),
    # Why, where one is withdrawn.
    _bytes("sealed_reason", nullable=True),
    _long("changed_ms"),
    _text("log"),
    _long("seq"),
    _key("version"),
    # What came is withdrawn once, and never comes again.
    _unique("endorsement_id", "change"),
    _unique("digest", "change"),
    _unique("log", "seq"),
    _refers("hub"),
    _refers("ledger_entry", "log", "seq"),
    CheckConstraint("version >= 1", name="version"),
    Index(None, "hub_id", "achievement_id"),
    sqlite_strict=True,
)

picture: Final = Table(
    "picture",
    metadata,
    _int("hub_id"),
    # SHA-256 of what is served.
    _bytes("digest"),
    _bytes("png"),
    _long("created_ms"),
    _key("digest"),
    _refers("hub"),
    sqlite_strict=True,
)

idempotency: Final = Table(
    "idempotency",
    metadata,
    _int("hub_id"),
    _text("route"),
    _text("key"),
    _bytes("body_hmac"),
    _text("thing"),
    _long("created_ms"),
    _key("route", "key"),
    _refers("hub"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

IS_KEPT: Final = "ended_ms IS NOT NULL AND pruned_ms IS NULL AND skipped + failed > 0"
"""Batches that have results of which nothing came, to be removed some day."""

HAS_FAILED: Final = "ending = 'failed'"
"""Batches that ended in faults of ours; few, and counted again and again."""

batch: Final = Table(
    "batch",
    metadata,
    _int("hub_id"),
    _text("batch_id"),
    _text("kind"),
    # What is issued; other kinds are about credentials of any achievement.
    _text("achievement_id", nullable=True),
    _int("achievement_version", nullable=True),
    # The API key, or the command, that sent it.
    _text("actor"),
    _long("created_ms"),
    # What the reader recognised, as JSON; with it and the next two, every row is in.
    _text("report", nullable=True),
    _int("rows", nullable=True),
    _long("queued_ms", nullable=True),
    _long("started_ms", nullable=True),
    _long("ended_ms", nullable=True),
    _text("ending", nullable=True),
    # Rows of parts that are done, by what became of them.
    _count("issued"),
    _count("changed"),
    _count("skipped"),
    _count("failed"),
    # When the results of rows that gave nothing new were removed.
    _long("pruned_ms", nullable=True),
    _key("batch_id"),
    Index(
        "ix_batch_open",
        "hub_id",
        "batch_id",
        sqlite_where=text("ended_ms IS NULL"),
        postgresql_where=text("ended_ms IS NULL"),
    ),
    Index(
        "ix_batch_kept",
        "hub_id",
        "batch_id",
        sqlite_where=text(IS_KEPT),
        postgresql_where=text(IS_KEPT),
    ),
    Index(
        "ix_batch_failed",
        "hub_id",
        "batch_id",
        sqlite_where=text(HAS_FAILED),
        postgresql_where=text(HAS_FAILED),
    ),
    _refers("achievement", "achievement_id", "achievement_version"),
    CheckConstraint(
        "kind IN ('issue', 'revocation', 'suspension', 'lift', 'reissue', 'correction')",
        name="kind",
    ),
    CheckConstraint(
        "(achievement_id IS NULL) = (kind <> 'issue')"
        " AND (achievement_id IS NULL) = (achievement_version IS NULL)",
        name="achievement",
    ),
    CheckConstraint("ending IN ('finished', 'cancelled', 'failed')", name="ending"),
    CheckConstraint("(ended_ms IS NULL) = (ending IS NULL)", name="ended"),
    CheckConstraint("(queued_ms IS NULL) = (rows IS NULL)", name="queued"),
    sqlite_strict=True,
)

batch_row: Final = Table(
    "batch_row",
    metadata,
    _int("hub_id"),
    _text("batch_id"),
    _int("row"),
    # Until the row is done, or its batch has ended.
    _bytes("sealed"),
    _key("batch_id", "row"),
    _refers("batch", "batch_id"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

batch_chunk: Final = Table(
    "batch_chunk",
    metadata,
    _int("hub_id"),
    _text("batch_id"),
    _int("first_row"),
    _int("last_row"),
    _int("rows"),
    # Whose turn it is until then; 0 when it is nobody's.
    _long("leased_until_ms"),
    # How often it ended in a fault of ours.
    _int("faults"),
    _key("batch_id", "first_row"),
    _refers("batch", "batch_id"),
    CheckConstraint("rows >= 1 AND last_row - first_row >= rows - 1", name="rows"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

batch_result: Final = Table(
    "batch_result",
    metadata,
    _int("hub_id"),
    _text("batch_id"),
    _int("row"),
    _text("outcome"),
    _text("credential_id", nullable=True),
    _text("code", nullable=True),
    _text("detail", nullable=True),
    # With this key nothing becomes of a row twice, however many workers try.
    _key("batch_id", "row"),
    _refers("batch", "batch_id"),
    _refers("credential", "credential_id"),
    CheckConstraint("outcome IN ('issued', 'changed', 'skipped', 'failed')", name="outcome"),
    CheckConstraint("credential_id IS NOT NULL OR outcome = 'failed'", name="credential_id"),
    CheckConstraint("(code IS NULL) = (outcome <> 'failed')", name="code"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

claim_link: Final = Table(
    "claim_link",
    metadata,
    _int("hub_id"),
    _text("link_id"),
    # The first of a chain of corrections.
    _text("credential_id"),
    *_hash("secret_hash"),
    # The API key, or the command, that asked for it.
    _text("actor"),
    _long("created_ms"),
    _long("expires_ms"),
    _long("ended_ms", nullable=True),
    _long("opened_ms", nullable=True),
    # What the browser has for the secret since then.
    _bytes("session_hash", nullable=True),
    _long("session_until_ms", nullable=True),
    # When a file was taken first.
    _long("claimed_ms", nullable=True),
    _key("link_id"),
    _unique("secret_hash"),
    _unique("session_hash"),
    Index(None, "hub_id", "credential_id"),
    # A new link ends the one before it.
    Index(
        "uq_claim_link_live",
        "hub_id",
        "credential_id",
        unique=True,
        sqlite_where=text("ended_ms IS NULL"),
        postgresql_where=text("ended_ms IS NULL"),
    ),
    _refers("credential", "credential_id"),
    CheckConstraint(
        "(opened_ms IS NULL) = (session_hash IS NULL)"
        " AND (opened_ms IS NULL) = (session_until_ms IS NULL)",
        name="opened",
    ),
    CheckConstraint("claimed_ms IS NULL OR opened_ms IS NOT NULL", name="claimed"),
    CheckConstraint("session_hash IS NULL OR length(session_hash) = 32", name="session_hash"),
    sqlite_strict=True,
)

learner_choice: Final = Table(
    "learner_choice",
    metadata,
    _int("hub_id"),
    # The first of a chain of corrections.
    _text("credential_id"),
    _text("shown"),
    # Nothing is shown from then on.
    _long("until_ms", nullable=True),
    _long("chosen_ms"),
    _key("credential_id"),
    _refers("credential", "credential_id"),
    CheckConstraint("shown IN ('everything', 'validity', 'nothing')", name="shown"),
    CheckConstraint("until_ms IS NULL OR shown <> 'nothing'", name="until_ms"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

learner_request: Final = Table(
    "learner_request",
    metadata,
    _int("hub_id"),
    _text("request_id"),
    # The one that the learner saw, or had a link for.
    _text("credential_id"),
    _text("kind"),
    # In the learner's own words, under the learner's key.
    _bytes("sealed_text", nullable=True),
    _long("asked_ms"),
    _long("answered_ms", nullable=True),
    _text("answered_by", nullable=True),
    _key("request_id"),
    # Asking again before there is an answer is the same request.
    Index(
        "uq_learner_request_open",
        "hub_id",
        "credential_id",
        "kind",
        unique=True,
        sqlite_where=text("answered_ms IS NULL"),
        postgresql_where=text("answered_ms IS NULL"),
    ),
    _refers("credential", "credential_id"),
    CheckConstraint("kind IN ('correction', 'erasure', 'link')", name="kind"),
    CheckConstraint("(answered_ms IS NULL) = (answered_by IS NULL)", name="answered"),
    sqlite_strict=True,
)

program: Final = Table(
    "program",
    metadata,
    _int("hub_id"),
    _text("program_id"),
    # Counts its changes, from 1; what it was before is not kept.
    _int("version"),
    # Its name, and which achievements it leads to.
    _bytes("document"),
    _long("created_ms"),
    _long("changed_ms"),
    _long("archived_ms", nullable=True),
    _key("program_id"),
    _refers("hub"),
    CheckConstraint("version >= 1", name="version"),
    sqlite_strict=True,
)

cohort: Final = Table(
    "cohort",
    metadata,
    _int("hub_id"),
    _text("cohort_id"),
    _text("program_id"),
    _int("version"),
    # Its name, its days, where it takes place and with whom: nobody who learns.
    _bytes("document"),
    _long("created_ms"),
    _long("changed_ms"),
    # When it was last finished: late learners are finished again.
    _long("finished_ms", nullable=True),
    _key("cohort_id"),
    _refers("program", "program_id"),
    CheckConstraint("version >= 1", name="version"),
    sqlite_strict=True,
)

cohort_learner: Final = Table(
    "cohort_learner",
    metadata,
    _int("hub_id"),
    _text("cohort_id"),
    # Counts from 1 in the order in which they came.
    _int("place"),
    _text("learner_id"),
    _int("version"),
    # What is known of this learner in this cohort, under the learner's own key.
    _bytes("sealed"),
    _long("added_ms"),
    _key("cohort_id", "place"),
    _unique("cohort_id", "learner_id"),
    _refers("cohort", "cohort_id"),
    _refers("learner", "learner_id"),
    CheckConstraint("place >= 1", name="place"),
    CheckConstraint("version >= 1", name="version"),
    sqlite_strict=True,
)

_WAITS: Final = "dead_ms IS NULL"
"""Deliveries that are tried again; the others are kept until somebody decides."""

webhook_endpoint: Final = Table(
    "webhook_endpoint",
    metadata,
    _int("hub_id"),
    _text("endpoint_id"),
    _bytes("sealed_url"),
    _bytes("sealed_secrets"),
    # Names with a space between them.
    _text("types"),
    _long("created_ms"),
    # The first entry of the ledger that it was not told yet.
    _text("log"),
    _long("seq"),
    # What is told again: from the first of these up to the second, without it.
    _text("replay_log", nullable=True),
    _long("replay_seq", nullable=True),
    _text("replay_end_log", nullable=True),
    _long("replay_end_seq", nullable=True),
    # Whose turn it is until then; 0 when it is nobody's.
    _long("leased_until_ms"),
    # How often in a row it failed, since when, and when it is tried again.
    _int("failures"),
    _long("failing_since_ms", nullable=True),
    _long("next_ms"),
    # The last time that something was sent, and what became of it.
    _long("last_ms", nullable=True),
    _text("last_outcome", nullable=True),
    _int("last_status", nullable=True),
    _long("delivered_ms", nullable=True),
    _long("disabled_ms", nullable=True),
    _text("disabled_because", nullable=True),
    _key("endpoint_id"),
    _refers("hub"),
    CheckConstraint("(disabled_ms IS NULL) = (disabled_because IS NULL)", name="disabled"),
    CheckConstraint("disabled_because IN ('asked', 'gone', 'failing')", name="disabled_because"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

webhook_waiting: Final = Table(
    "webhook_waiting",
    metadata,
    _int("hub_id"),
    _text("endpoint_id"),
    _text("log"),
    _long("seq"),
    # Which of the hub's logs that is, so that rows have an order.
    _int("log_number"),
    # What it is about: of one credential, or one achievement, the oldest goes first.
    _text("subject"),
    # How often it was tried.
    _int("attempts"),
    _long("next_ms"),
    _long("last_ms", nullable=True),
    _text("last_outcome", nullable=True),
    _int("last_status", nullable=True),
    _long("dead_ms", nullable=True),
    _key("endpoint_id", "log", "seq"),
    Index(
        "ix_webhook_waiting_subject",
        "hub_id",
        "endpoint_id",
        "subject",
        "log_number",
        "seq",
        sqlite_where=text(_WAITS),
        postgresql_where=text(_WAITS),
    ),
    _refers("webhook_endpoint", "endpoint_id"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
