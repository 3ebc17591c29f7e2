"""The rows of claims: what the database itself refuses, whoever asks."""

import pytest
from sqlalchemy.exc import DBAPIError

from credhub.errors import ConflictError
from credhub.store.store import Store
from tests.store.rows import fill, fill_claims, run
from tests.store.samples import Signers


@pytest.fixture
def filled(store: Store, database_url: str) -> str:
    fill(store, Signers())
    return database_url


@pytest.mark.parametrize(
    "change",
    [
        "opened_ms = NULL, session_hash = NULL, session_until_ms = NULL",
        "opened_ms = opened_ms + 1",
        "session_until_ms = session_until_ms + 3600000",
        "expires_ms = expires_ms + 1",
        "secret_hash = session_hash",
        "credential_id = 'another'",
        "claimed_ms = 1, actor = 'another'",
    ],
)
def test_t72_no_statement_opens_a_link_again(filled: str, change: str) -> None:
    with pytest.raises(DBAPIError):
        run(filled, f"UPDATE claim_link SET {change}")  # noqa: S608 - our own words

    run(filled, "UPDATE claim_link SET claimed_ms = 1", "UPDATE claim_link SET ended_ms = 2")
    for column in ("claimed_ms", "ended_ms"):
        with pytest.raises(DBAPIError):
            run(filled, f"UPDATE claim_link SET {column} = NULL")  # noqa: S608 - our own words


def test_an_answer_stays(filled: str) -> None:
    run(filled, "UPDATE learner_request SET answered_ms = 1, answered_by = 'key'")

    for change in ("answered_ms = NULL, answered_by = NULL", "answered_by = 'other'"):
        with pytest.raises(DBAPIError):
            run(filled, f"UPDATE learner_request SET {change}")  # noqa: S608 - our own words


@pytest.mark.usefixtures("filled")
def test_a_credential_has_one_link_that_was_not_ended(store: Store) -> None:
    with store.read() as tx:
        (hub,) = tx.hubs.all()

    with pytest.raises(ConflictError), store.begin() as tx:
        fill_claims(tx, hub.number)
