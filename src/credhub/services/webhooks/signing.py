"""The signature of a message: HMAC-SHA-256 with every secret that has not ended.

Source:
    Standard Webhooks 1.0.0, "Webhook headers" and "Signature scheme" (symmetric, ``v1``).
"""

import base64
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

SECRET_BYTES: Final = 32
PREFIX: Final = "whsec_"

_VERSION: Final = "v1"


def secret_of(random: bytes) -> str:
    """Write a secret as its receiver is given it."""
    return PREFIX + base64.b64encode(random).decode("ascii")


def signature(secret: str, event_id: str, timestamp: int, body: bytes) -> str:
    """Sign one message.

    Args:
        secret: As ``secret_of`` writes it.
        event_id: The ``webhook-id``.
        timestamp: The ``webhook-timestamp``: seconds since 1970.
        body: The exact bytes that are sent.
    """
    key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    signed = f"{event_id}.{timestamp}.".encode() + body
    mac = hmac.digest(key, signed, "sha256")
    return f"{_VERSION},{base64.b64encode(mac).decode('ascii')}"


def headers_of(
    event_id: str, at: datetime, body: bytes, secrets: Iterable[str]
) -> Mapping[str, str]:
    """Write the headers of one message that is sent now."""
    timestamp = int(at.timestamp())
    signatures = (signature(secret, event_id, timestamp, body) for secret in secrets)
    return {
        "content-type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }
