"""Chains of corrections: what belongs to a credential and to all that replace it.

A link, and what the learner shows, are kept with the first one: so they follow every correction
that comes after them, and no correction has to carry them along.
"""

from credhub.errors import RecordDamagedError
from credhub.store.credentials import StoredCredential
from credhub.store.store import Transaction


def first_of(tx: Transaction, credential: StoredCredential) -> StoredCredential:
    """Find the first credential of a chain: itself, if it replaces nothing.

    Raises:
        RecordDamagedError: One of them is gone.
    """
    while credential.supersedes is not None:
        before = tx.credentials.by_id(credential.hub, credential.supersedes)
        if before is None:
            raise RecordDamagedError
        credential = before
    return credential
