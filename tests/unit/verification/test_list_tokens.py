"""T29 for Token Status Lists: only the issuer's own, at its address and in its time, counts."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from credhub import cbor
from credhub.errors import (
    OutcomeUnknownError,
    StatusListElsewhereError,
    StatusListError,
    StatusListExpiredError,
    StatusListNotGenuineError,
    StatusListNotYetValidError,
    StatusListOfAnotherError,
)
from credhub.jsontypes import JsonObject, canonical
from credhub.proofs import cose, jose
from credhub.status.list_token import CWT_TYPE, JWT_TYPE, ListToken
from credhub.status.token_status_list import TokenStatusList
from credhub.verification import list_tokens
from tests.unit.factories import NOON, MemorySigner
from tests.unit.verification.world import HUB_DID, HUB_KEY, World, hub_document

URI = "https://hub.example/hubs/riverside/status/3"
HOUR = timedelta(hours=1)


def token(**changes: object) -> ListToken:
    values: dict[str, object] = {
        "uri": URI,
        "issuer_id": HUB_DID,
        "statuses": TokenStatusList.of({5: 1}, bits=2, length=8),
        "valid_from": NOON,
        "valid_until": NOON + timedelta(days=1),
    }
    return ListToken(**(values | changes))  # type: ignore[arg-type]  # a test may name any member


def jwt(
    made: ListToken | None = None, *, kid: str | None = HUB_KEY, typ: str = JWT_TYPE, seed: int = 1
) -> bytes:
    header: JsonObject = {"typ": typ} if kid is None else {"typ": typ, "kid": kid}
    claims = canonical((made or token()).to_claims())
    return jose.sign(header, claims, signer=MemorySigner(seed)).encode()


def cwt(
    made: ListToken | None = None, *, kid: str = HUB_KEY, typ: str = CWT_TYPE, seed: int = 1
) -> bytes:
    claims = cbor.encode((made or token()).to_cwt())
    return cose.sign(claims, media_type=typ, kid=kid, signer=MemorySigner(seed))


def without_kid() -> bytes:
    protected, payload = cbor.encode({1: -8, 16: CWT_TYPE}), cbor.encode(token().to_cwt())
    signed = MemorySigner().sign(cbor.encode(["Signature1", protected, b"", payload]))
    return cose.TAG + cbor.encode([protected, {}, payload, signed])


def prove(
    data: bytes, *, issuer: str = HUB_DID, later: timedelta = HOUR, world: World | None = None
) -> ListToken:
    dids = world or World()
    return list_tokens.prove(data, uri=URI, issuer_id=issuer, dids=dids, now=NOON + later)


WAYS = pytest.mark.parametrize("way", [jwt, cwt])
Way = Callable[..., bytes]


@WAYS
def test_the_issuers_own_list_is_believed(way: Way) -> None:
    assert prove(way()).statuses.status_at(5) == 1
    assert prove(way(kid="#key-1")) == token()
    assert prove(way(token(issuer_id=None))).issuer_id is None


@WAYS
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"issuer_id": "did:web:other.example"}, StatusListOfAnotherError),
        ({"uri": "https://hub.example/hubs/riverside/status/4"}, StatusListElsewhereError),
        ({"valid_from": NOON + 2 * HOUR}, StatusListNotYetValidError),
        ({"valid_until": NOON + HOUR}, StatusListExpiredError),
    ],
)
def test_t29_the_list_of_another_place_or_time_says_nothing(
    way: Way, changes: dict[str, object], expected: type[OutcomeUnknownError]
) -> None:
    with pytest.raises(expected):
        prove(way(token(**changes)))


@WAYS
def test_t29_a_list_that_someone_else_signed_says_nothing(way: Way) -> None:
    stranger = MemorySigner(2)

    for made in (way(seed=2), way(token(issuer_id=None), kid=stranger.method, seed=2)):
        with pytest.raises(StatusListNotGenuineError):
            prove(made)


@WAYS
def test_t12_a_token_of_another_type_is_no_list(way: Way) -> None:
    with pytest.raises(StatusListNotGenuineError):
        prove(way(typ="application/vc+jwt"))


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"\xff", cose.TAG, jwt()[:-4], cwt()[:-4], without_kid(), jwt(kid=None)]
)
def test_t29_what_is_no_signed_list_says_nothing(data: bytes) -> None:
    with pytest.raises(StatusListNotGenuineError):
        prove(data)


def test_t29_a_token_without_a_list_says_nothing() -> None:
    made = jose.sign({"typ": JWT_TYPE, "kid": HUB_KEY}, b"{}", signer=MemorySigner())

    with pytest.raises(StatusListError):
        prove(made.encode())


@WAYS
def test_t30_keys_that_cannot_be_had_leave_the_list_unknown(way: Way) -> None:
    other = "did:web:other.example"

    with pytest.raises(OutcomeUnknownError) as refused:
        prove(way(token(issuer_id=other), kid=f"{other}#key-1"), issuer=other)

    assert refused.value.code == "did-not-resolved"


def test_an_endless_list_does_not_end() -> None:
    endless = jwt(token(valid_until=None))

    assert prove(endless, later=timedelta(days=900)).valid_until is None


@WAYS
@pytest.mark.parametrize("until", [None, NOON + timedelta(days=9)])
def test_t30_a_list_ends_with_its_key(way: Way, until: datetime | None) -> None:
    end = NOON + timedelta(days=2)
    world = World(dids={HUB_DID: hub_document(expires_at=end)})

    assert prove(way(token(valid_until=until)), world=world).valid_until == end
