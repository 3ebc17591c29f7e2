"""T58: keys are long, kept as hashes, and end at once."""

import base64
from datetime import timedelta
from secrets import token_bytes

import pytest

from credhub.errors import ApiKeyNotFoundError, ScopeMissingError, UnauthenticatedError
from credhub.services import access_tokens, api_keys
from credhub.services.api_keys import PREFIX, SECRET_BYTES, Scope
from credhub.store.store import Store
from tests.running import Service


def test_t58_a_key_opens_its_own_hub_and_no_other(service_on_each: Service) -> None:
    caller = api_keys.authenticate(service_on_each.resources, service_on_each.other.token)

    assert caller.hub == service_on_each.other.hub.number
    assert caller.scopes == frozenset(Scope)


def test_t58_keys_have_256_random_bits() -> None:
    assert SECRET_BYTES * 8 == 256


def test_t58_a_key_is_not_kept(service_on_each: Service) -> None:
    resources, hub = service_on_each.resources, service_on_each.one.hub.number
    key, token = api_keys.create(resources, hub, label="x", scopes=(Scope.READ,))

    with resources.store.read() as tx:
        (kept,) = [one for one in tx.api_keys.of_hub(hub) if one.key_id == key.key_id]

    assert token not in repr(kept)
    assert token.encode() not in kept.secret_hash


def test_a_database_that_only_reads_still_knows_its_keys(service: Service) -> None:
    path = service.runtime.settings.database.removeprefix("sqlite:///")
    token = service.key(Scope.READ)
    read_only = Store.open(f"sqlite:///file:{path}?mode=ro&uri=true")

    caller = api_keys.authenticate(service.with_resources(store=read_only), token)
    read_only.close()

    assert caller.scopes == {Scope.READ}


def moved(token: str, hub: int) -> str:
    """Put another hub's number into a key."""
    raw = base64.urlsafe_b64decode(token.removeprefix(PREFIX) + "=")
    changed = hub.to_bytes(3, "big") + raw[3:]
    return PREFIX + base64.urlsafe_b64encode(changed).decode().rstrip("=")


def test_t58_no_other_text_is_a_key(service_on_each: Service) -> None:
    token = service_on_each.one.token
    stranger = service_on_each.one.hub.number.to_bytes(3, "big") + token_bytes(SECRET_BYTES)
    texts = (
        "",
        PREFIX,
        token.removeprefix(PREFIX),
        token[:-1],
        token + "=",
        token[:-1] + "!",
        token[:-1] + "é",
        token.swapcase(),
        " " + token,
        PREFIX + PREFIX,
        PREFIX + base64.urlsafe_b64encode(stranger).decode().rstrip("="),
        moved(token, service_on_each.other.hub.number),
        moved(token, 9999),
    )

    for text in texts:
        with pytest.raises(UnauthenticatedError):
            api_keys.authenticate(service_on_each.resources, text)
    assert api_keys.authenticate(service_on_each.resources, token).scopes


def test_t59_a_revoked_key_ends_at_once(service_on_each: Service) -> None:
    resources, hub = service_on_each.resources, service_on_each.one.hub.number
    key, token = api_keys.create(resources, hub, label="x", scopes=(Scope.READ,))
    assert api_keys.authenticate(resources, token).key_id == key.key_id

    api_keys.revoke(resources, hub, key.key_id)

    with pytest.raises(UnauthenticatedError):
        api_keys.authenticate(resources, token)
    api_keys.revoke(resources, hub, key.key_id)


def test_a_key_of_another_hub_is_not_there_to_be_revoked(service: Service) -> None:
    resources = service.resources
    key, token = api_keys.create(resources, service.one.hub.number, label="x", scopes=("read",))

    with pytest.raises(ApiKeyNotFoundError):
        api_keys.revoke(resources, service.other.hub.number, key.key_id)

    assert api_keys.authenticate(resources, token).scopes


def test_t58_a_key_ends_when_it_expires(fresh_service: Service) -> None:
    resources, hub = fresh_service.resources, fresh_service.one.hub.number
    expires_at = fresh_service.clock.now + timedelta(hours=1)
    _, token = api_keys.create(
        resources, hub, label="x", scopes=(Scope.READ,), expires_at=expires_at
    )
    fresh_service.clock.now = expires_at - timedelta(milliseconds=2)
    assert api_keys.authenticate(resources, token).scopes

    with pytest.raises(UnauthenticatedError):
        api_keys.authenticate(resources, token)


def test_the_last_use_of_a_key_is_known_to_the_minute(fresh_service: Service) -> None:
    resources, hub = fresh_service.resources, fresh_service.one.hub.number

    def last_use() -> object:
        api_keys.authenticate(resources, fresh_service.one.token)
        return api_keys.of_hub(resources, hub)[0].last_used_at

    first = last_use()
    assert last_use() == first
    fresh_service.clock.move(minutes=1)
    assert last_use() != first


def test_t58_a_scope_that_a_key_lacks_is_refused(service: Service) -> None:
    caller = api_keys.authenticate(service.resources, service.key(Scope.READ))

    caller.require(Scope.READ)
    for scope in (Scope.ISSUE, Scope.REVOKE, Scope.KEYS):
        with pytest.raises(ScopeMissingError):
            caller.require(scope)


def test_t59_an_answer_that_goes_on_ends_with_its_key_or_its_token(fresh_service: Service) -> None:
    resources, hub = fresh_service.resources, fresh_service.one.hub.number
    key, secret = api_keys.create(resources, hub, label="x", scopes=(Scope.READ,))
    by_key = api_keys.authenticate(resources, secret)
    token = access_tokens.issue(resources, key.key_id, secret).text
    by_token = access_tokens.authenticate(resources, token)
    api_keys.check(resources, by_key)
    api_keys.check(resources, by_token)

    fresh_service.clock.now += access_tokens.LIFETIME
    api_keys.check(resources, by_key)
    with pytest.raises(UnauthenticatedError):
        api_keys.check(resources, by_token)

    api_keys.revoke(resources, hub, key.key_id)
    with pytest.raises(UnauthenticatedError):
        api_keys.check(resources, by_key)
