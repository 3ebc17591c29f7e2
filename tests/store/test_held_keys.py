"""Keys of learners while something that was sealed with them is being recorded."""

import pytest
from sqlalchemy import delete, text

from credhub.errors import ConflictError, StoreUnavailableError
from credhub.store import held_keys
from credhub.store.store import Store
from credhub.store.tables import learner_key
from credhub.store.unit import Unit
from tests.engines import PostgresqlDatabases
from tests.store.samples import Signers, learner, make_hub, private_entry


def test_whoever_erases_waits_until_what_was_sealed_is_recorded(
    postgresql: PostgresqlDatabases,
) -> None:
    """On SQLite there is one writer at a time."""
    with postgresql.migrated() as url:
        store = Store.open(url)
        hub = make_hub(store, Signers())
        with store.begin() as tx:
            tx.learners.insert(learner(hub, "ada"), b"wrapped")
            tx.learners.insert(learner(hub, "ben"), b"wrapped")
        unit = Unit(hub=hub, entries=(private_entry("ada"),))

        with store.connect_to_write() as connection:
            held_keys.hold(connection, [unit])
            erase(store, "ben")
            with pytest.raises(StoreUnavailableError):
                erase(store, "ada")
        erase(store, "ada")

        with pytest.raises(ConflictError), store.connect_to_write() as connection:
            held_keys.hold(connection, [unit])
        store.close()


def erase(store: Store, learner_id: str) -> None:
    """Take a key away, without waiting for others."""
    with store.connect_to_write() as connection:
        connection.execute(text("SET LOCAL lock_timeout = 1"))
        own = learner_key.c.learner_id == learner_id
        assert connection.execute(delete(learner_key).where(own)).rowcount == 1
