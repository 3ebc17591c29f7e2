"""What is sealed, and under which context, so that nothing sealed can be put in another's place."""

from typing import Final

from credhub.store.hubs import HubNumber

EXTERNAL_ID: Final = b"external-id"
EMAIL: Final = b"email"
BODY: Final = b"body"
KEY: Final = b"key"
CLAIM_LINK: Final = b"claim-link"


def secret_context(hub: HubNumber) -> bytes:
    """Name a hub's own secret."""
    return _context("hub-secret", hub)


def private_key_context(hub: HubNumber, key_id: str) -> bytes:
    """Name a private key."""
    return _context("private-key", hub, key_id)


def witness_key_context(name: str) -> bytes:
    """Name the key of a witness, which belongs to no hub."""
    return f"credhub/v1\nwitness-key\n{name}".encode()


def learner_key_context(hub: HubNumber, learner_id: str) -> bytes:
    """Name a learner's key."""
    return _context("learner-key", hub, learner_id)


def profile_context(hub: HubNumber, learner_id: str) -> bytes:
    """Name a learner's profile."""
    return _context("profile", hub, learner_id)


def form_context(hub: HubNumber, credential_id: str, form: str) -> bytes:
    """Name one signed form of one credential."""
    return _context("form", hub, credential_id, form)


def reason_context(hub: HubNumber, credential_id: str, n: int) -> bytes:
    """Name why the standing of one credential changed."""
    return _context("reason", hub, credential_id, str(n))


def withdrawal_context(hub: HubNumber, endorsement_id: str) -> bytes:
    """Name why one endorsement by a partner was withdrawn."""
    return _context("withdrawal", hub, endorsement_id)


def opening_context(hub: HubNumber, entry_id: bytes) -> bytes:
    """Name what one private ledger entry says."""
    return _context("opening", hub, entry_id.hex())


def batch_row_context(hub: HubNumber, batch_id: str, row: int) -> bytes:
    """Name what one row of a batch asks for."""
    return _context("batch-row", hub, batch_id, str(row))


def request_context(hub: HubNumber, request_id: str) -> bytes:
    """Name what one learner wrote to the hub."""
    return _context("learner-request", hub, request_id)


def cohort_learner_context(hub: HubNumber, cohort_id: str, learner_id: str) -> bytes:
    """Name what is known of one learner in one cohort."""
    return _context("cohort-learner", hub, cohort_id, learner_id)


def webhook_url_context(hub: HubNumber, endpoint_id: str) -> bytes:
    """Name the address of one webhook."""
    return _context("webhook-url", hub, endpoint_id)


def webhook_secrets_context(hub: HubNumber, endpoint_id: str) -> bytes:
    """Name the secrets with which one webhook is signed."""
    return _context("webhook-secrets", hub, endpoint_id)


def _context(kind: str, hub: HubNumber, *parts: str) -> bytes:
    return "\n".join(("credhub/v1", kind, str(hub), *parts)).encode()
