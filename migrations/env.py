"""Alembic's way in. It runs inside the transaction that ``credhub.store.migrating`` opened."""

from alembic import context

from credhub.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=False,
)
context.run_migrations()
