"""Spreading the tables over several servers with Citus: one hub on one shard.

(1) Triggers are allowed on spread tables; Citus calls them unsafe, because they could reach over
    shards. Guards that look up other rows would, so these are taken away: the key, the service's
    own reading back and the audit find what they found. Guards that refuse stay.
(2) Tables without a hub, and the hubs themselves, are copied to every server.
(3) The rest is spread by hub, each table after those it refers to, all in step with the first.
"""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Table

from credhub.errors import DistributionError
from credhub.store.administering import administering
from credhub.store.tables import hub, metadata

_KEY: Final = "hub_id"
_LOOKING_UP: Final = (
    ("ledger_entry", "extends"),
    ("ledger_head", "follows"),
    ("ledger_head", "in_open_log"),
    ("ledger_checkpoint", "grows"),
    ("credential_form", "of_kind"),
    ("status_change", "of_kind"),
    ("status_list_version", "of_kind"),
    ("achievement", "of_kind"),
    ("partner_change", "of_kind"),
    ("endorsement_change", "of_kind"),
    ("batch_result", "in_time"),
    ("batch_result", "after_end"),
)
"""Tables and their triggers that read more than the row they are fired for."""

_HAS_CITUS: Final = "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')"


def distribute(url: str) -> None:
    """Spread the tables of a database.

    Raises:
        NotPostgresqlError: It is another database.
        DistributionError: It has no Citus, or Citus refuses.
        StoreUnavailableError: It cannot be reached.
    """
    with administering(url, refusal=DistributionError) as driver:
        if driver.execute(_HAS_CITUS).fetchone() != (True,):
            raise DistributionError(
                "This database has no Citus: run CREATE EXTENSION citus on every server first."
            )
        for statement in statements():
            driver.execute(statement.encode())


def statements() -> tuple[str, ...]:
    """Write what ``distribute`` does, in order."""
    return (*_allow_triggers(), *_copied_everywhere(), *_spread())


def _allow_triggers() -> Iterator[str]:
    yield "SET LOCAL citus.enable_unsafe_triggers = on"
    # Every later connection to this database needs it too, or triggers cannot be changed.
    yield (
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET citus.enable_unsafe_triggers = on',"
        " current_database()); END $$"
    )
    for table, trigger in _LOOKING_UP:
        yield f"DROP TRIGGER IF EXISTS {trigger} ON {table}"


def _copied_everywhere() -> Iterator[str]:
    for table in metadata.sorted_tables:
        if not _belongs_to_a_hub(table):
            yield f"SELECT create_reference_table('{table.name}')"


def _spread() -> Iterator[str]:
    first: str | None = None
    for table in metadata.sorted_tables:
        if _belongs_to_a_hub(table):
            together = f", colocate_with => '{first}'" if first else ""
            yield f"SELECT create_distributed_table('{table.name}', '{_KEY}'{together})"
            first = first or table.name


def _belongs_to_a_hub(table: Table) -> bool:
    return table is not hub and _KEY in table.columns
