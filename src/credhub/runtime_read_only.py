"""What reads the database of a service and starts nothing that writes: to audit and to examine."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from credhub import witnesses
from credhub.config import Settings
from credhub.errors import DatabaseMissingError
from credhub.ledger.checkpoint import Checkpoint
from credhub.operator_files import master_key
from credhub.services.keyring import Keyring
from credhub.store.migrating import check_up_to_date
from credhub.store.second_store.opening import file_of, open_second_store
from credhub.store.second_store.protocol import SecondStore
from credhub.store.store import Store


@contextmanager
def open_to_audit(
    settings: Settings, *, public_only: bool
) -> Iterator[tuple[Store, Keyring | None]]:
    """Open the database and the keys, and nothing that writes.

    Raises:
        DatabaseMissingError: There is no database where the settings say.
        KeyStoreError: The master key is missing, weak or readable by others.
        SchemaNotCurrentError: The database is of another version.
    """
    _check_database(settings)
    store = Store.open(settings.database)
    try:
        keyring = None if public_only else Keyring(store, master_key(settings, create=False))
        yield store, keyring
    finally:
        store.close()


@contextmanager
def open_to_examine(
    settings: Settings,
) -> Iterator[tuple[Store, SecondStore, tuple[Checkpoint, ...]]]:
    """Open the database and the second store, ask the witnesses, and start nothing that writes.

    Raises:
        DatabaseMissingError: There is no database where the settings say.
        SchemaNotCurrentError: The database is of another version.
        SecondStoreUnavailableError: The second store of checkpoints cannot be opened.
    """
    _check_database(settings)
    with ExitStack() as closing:
        store = Store.open(settings.database)
        closing.callback(store.close)
        second_store = open_second_store(settings.second_store_url)
        closing.callback(second_store.close)
        yield store, second_store, witnesses.seen_by(witnesses.chosen(settings, store), store)


def _check_database(settings: Settings) -> None:
    """Check that there is a database of this version; one that is not there is not made."""
    file = file_of(settings.database)
    if file is not None and not file.exists():
        raise DatabaseMissingError(str(file))
    check_up_to_date(settings.database)
