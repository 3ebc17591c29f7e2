"""T65: signatures as Standard Webhooks has them, by its reference library and by hand."""

import base64
import hmac
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from credhub.services.webhooks.events import id_of
from credhub.services.webhooks.signing import headers_of, secret_of, signature

PAGE = Path(__file__).parents[3] / "docs" / "webhooks.md"
SECRET = secret_of(bytes(range(32)))
BODY = b'{"data":{},"type":"webhook.test"}'


def now() -> datetime:
    return datetime.now(UTC)


def test_t65_the_reference_library_verifies_what_we_sign() -> None:
    headers = dict(headers_of("evt_1", now(), BODY, [SECRET]))

    assert Webhook(SECRET).verify(BODY, headers) == {"data": {}, "type": "webhook.test"}


@pytest.mark.parametrize("first", [True, False])
def test_t65_with_several_secrets_each_verifies(*, first: bool) -> None:
    other = secret_of(bytes(32))
    headers = dict(headers_of("evt_1", now(), BODY, [SECRET, other]))

    Webhook(SECRET if first else other).verify(BODY, headers)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_t65_an_old_message_and_one_of_the_future_are_refused(minutes: int) -> None:
    headers = dict(headers_of("evt_1", now() + timedelta(minutes=minutes), BODY, [SECRET]))

    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(BODY, headers)


@pytest.mark.parametrize("place", range(len(BODY)))
def test_t65_a_changed_byte_is_refused(place: int) -> None:
    headers = dict(headers_of("evt_1", now(), BODY, [SECRET]))
    changed = BODY[:place] + bytes([BODY[place] ^ 1]) + BODY[place + 1 :]

    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(changed, headers)


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_t65_a_changed_or_missing_header_is_refused(name: str) -> None:
    headers = dict(headers_of("evt_1", now(), BODY, [SECRET]))
    changed = {
        "webhook-id": "evt_2",
        "webhook-timestamp": str(int(headers["webhook-timestamp"]) + 1),
        "webhook-signature": "v1," + base64.b64encode(bytes(32)).decode(),
    }

    for other in ({**headers, name: changed[name]}, {**headers, name: ""}):
        with pytest.raises(WebhookVerificationError):
            Webhook(SECRET).verify(BODY, other)


def test_t65_the_secret_of_another_webhook_is_refused() -> None:
    headers = dict(headers_of("evt_1", now(), BODY, [SECRET]))

    with pytest.raises(WebhookVerificationError):
        Webhook(secret_of(bytes(32))).verify(BODY, headers)


@given(key=st.binary(min_size=32, max_size=32), body=st.binary(), timestamp=st.integers(0, 2**40))
def test_a_signature_is_the_hmac_of_id_time_and_body(
    key: bytes, body: bytes, timestamp: int
) -> None:
    expected = hmac.digest(key, b"evt_1." + str(timestamp).encode() + b"." + body, "sha256")

    made = signature(secret_of(key), "evt_1", timestamp, body)

    assert made == "v1," + base64.b64encode(expected).decode()


def example(name: str) -> str:
    found = re.search(rf"\| `?{name}`? \| `([^`]+)` \|", PAGE.read_text("utf-8"))
    assert found is not None
    return found[1]


def test_the_example_of_the_page_is_signed_as_it_says() -> None:
    body = re.search(r"```json\n(.*)\n```", PAGE.read_text("utf-8"))
    assert body is not None
    secret, event_id = example("secret"), example("webhook-id")
    timestamp = int(example("webhook-timestamp"))

    ours = signature(secret, event_id, timestamp, body[1].encode())
    at = datetime.fromtimestamp(timestamp, UTC)

    assert ours == example("webhook-signature")
    assert Webhook(secret).sign(event_id, at, body[1]) == ours


def test_an_id_names_one_entry_of_one_log() -> None:
    assert id_of("hub.example/ledger/riverside/2026", 17) == "evt_b1334b3f4ad8c176b5d532ed7382f8bd"
    ids = {id_of(origin, seq) for origin in ("a/ledger/x/1", "a/ledger/x/11") for seq in (0, 1, 11)}
    assert len(ids) == 6
