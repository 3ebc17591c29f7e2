"""Token Status Lists: packed from the right, unlike the other kind."""

import zlib
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub import base64url, cbor
from credhub.cbor import CborValue
from credhub.errors import StatusIndexError, StatusListError, StatusListTooLargeError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.status.list_token import MAX_TTL, ListToken
from credhub.status.token_status_list import MAX_BYTES, TokenStatusList
from tests.unit.factories import NOON

URI = "https://hub.example/hubs/riverside/status/3"
ISSUER = "did:web:hub.example:hubs:riverside"

# The two examples of draft-ietf-oauth-status-list, section 4.1.
ONE_BIT = (1, "78dadbb918000217015d", (1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1))
TWO_BITS = (2, "78da3be9f2130003df0207", (1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3))


@pytest.mark.parametrize(("bits", "packed", "statuses"), [ONE_BIT, TWO_BITS])
def test_t28_the_examples_of_the_specification_are_read_and_written(
    bits: int, packed: str, statuses: tuple[int, ...]
) -> None:
    read = TokenStatusList(bits=bits, packed=bytes.fromhex(packed))

    assert tuple(read.status_at(index) for index in range(len(statuses))) == statuses
    made = TokenStatusList.of(dict(enumerate(statuses)), bits=bits, length=len(statuses))
    assert made.unpacked() == read.unpacked() == zlib.decompress(bytes.fromhex(packed))


def test_the_encodings_of_the_specification_are_read() -> None:
    in_json: JsonObject = {"bits": 1, "lst": "eNrbuRgAAhcBXQ"}
    in_cbor = cbor.decode(bytes.fromhex("a2646269747301636c73744a78dadbb918000217015d"))

    assert TokenStatusList.from_json(in_json) == TokenStatusList.from_cbor(in_cbor)
    assert TokenStatusList.from_json(in_json).to_json() == in_json
    assert TokenStatusList.from_cbor(in_cbor).to_cbor() == in_cbor


@given(st.sampled_from((1, 2, 4, 8)), st.data())
def test_statuses_survive(bits: int, data: st.DataObject) -> None:
    length = 1024
    statuses = data.draw(
        st.dictionaries(st.integers(0, length - 1), st.integers(0, 2**bits - 1), max_size=20)
    )

    made = TokenStatusList.of(statuses, bits=bits, length=length)

    assert TokenStatusList.from_json(made.to_json()) == made
    assert TokenStatusList.from_cbor(made.to_cbor()) == made
    assert all(made.status_at(index) == status for index, status in statuses.items())
    assert made.read() == (length, {index: it for index, it in statuses.items() if it})
    free = set(range(length)) - set(statuses)
    assert not any(made.status_at(index) for index in list(free)[:20])


def test_t28_a_place_outside_the_list_is_an_error() -> None:
    made = TokenStatusList.of({}, bits=2, length=8)

    assert made.status_at(7) == 0
    for index in (-1, 8, 2**64):
        with pytest.raises(StatusIndexError):
            made.status_at(index)
        with pytest.raises(StatusIndexError):
            TokenStatusList.of({index: 1}, bits=2, length=8)


def test_what_does_not_fit_is_not_written() -> None:
    with pytest.raises(ValueError, match="fit"):
        TokenStatusList.of({0: 2}, bits=1, length=8)
    with pytest.raises(ValueError, match="whole"):
        TokenStatusList.of({}, bits=1, length=9)


def test_t27_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = TokenStatusList(bits=8, packed=zlib.compress(bytes(MAX_BYTES + 1)))

    with pytest.raises(StatusListTooLargeError):
        bomb.status_at(0)
    assert TokenStatusList(bits=8, packed=zlib.compress(bytes(MAX_BYTES))).status_at(0) == 0


@pytest.mark.parametrize(
    "packed",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(zlib.compress(bytes(8))[:-1], id="cut off"),
        pytest.param(zlib.compress(bytes(8)) + b"x", id="something behind"),
        pytest.param(zlib.compress(bytes(8)) * 2, id="two streams"),
        pytest.param(bytes(8), id="not packed"),
        pytest.param(zlib.compress(bytes(8), wbits=31), id="gzip"),
    ],
)
def test_t27_what_is_not_packed_as_it_must_be_is_refused(packed: bytes) -> None:
    with pytest.raises(StatusListError):
        TokenStatusList(bits=1, packed=packed).status_at(0)


def listed(**changes: JsonValue) -> JsonValue:
    return TokenStatusList.of({}, bits=1, length=8).to_json() | changes


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        listed(bits=3),
        listed(bits=0),
        listed(bits=True),
        listed(bits="1"),
        listed(lst=None),
        listed(lst="="),
    ],
)
def test_a_malformed_list_is_refused(value: JsonValue) -> None:
    with pytest.raises(StatusListError):
        TokenStatusList.from_json(value)


@pytest.mark.parametrize("value", [None, {}, {"bits": 1, "lst": "eNrbuRgAAhcBXQ"}, {"bits": 1}])
def test_a_malformed_list_in_cbor_is_refused(value: CborValue) -> None:
    with pytest.raises(StatusListError):
        TokenStatusList.from_cbor(value)


def token(**changes: object) -> ListToken:
    values: dict[str, object] = {
        "uri": URI,
        "issuer_id": ISSUER,
        "statuses": TokenStatusList.of({5: 1}, bits=1, length=8),
        "valid_from": NOON,
        "valid_until": NOON + timedelta(days=1),
        "ttl": timedelta(minutes=15),
    }
    return ListToken(**(values | changes))  # type: ignore[arg-type]  # a test may name any member


def test_the_claims_are_those_of_the_specification() -> None:
    claims = token().to_claims()

    assert claims == {
        "sub": URI,
        "iss": ISSUER,
        "iat": 1795348800,
        "exp": 1795435200,
        "ttl": 900,
        "status_list": token().statuses.to_json(),
    }


@pytest.mark.parametrize("changes", [{}, {"issuer_id": None, "valid_until": None, "ttl": None}])
def test_a_token_survives_its_claims(changes: dict[str, object]) -> None:
    made = token(**changes)

    assert ListToken.from_claims(made.to_claims()) == made
    assert ListToken.from_cwt(cbor.decode(cbor.encode(made.to_cwt()))) == made


def test_the_example_of_a_cwt_is_read() -> None:
    claims = cbor.decode(
        bytes.fromhex(
            "a502782168747470733a2f2f6578616d706c652e636f6d2f7374617475736c697374732f31"
            "061a648c5bea041a8898dfea19fffe19a8c019fffda2646269747301636c73744a78dadbb9"
            "18000217015d"
        )
    )

    read = ListToken.from_cwt(claims)

    assert (read.uri, read.issuer_id) == ("https://example.com/statuslists/1", None)
    assert read.ttl == timedelta(seconds=43200)
    assert read.statuses.status_at(0) == 1


def test_a_list_that_counts_later_than_it_was_issued_begins_then() -> None:
    later = token().to_claims() | {"nbf": 1795348860, "ttl": 0.5}

    assert ListToken.from_claims(later).valid_from == NOON + timedelta(minutes=1)
    assert ListToken.from_claims(later).ttl == timedelta(seconds=0.5)
    assert ListToken.from_claims(later | {"ttl": 10**40}).ttl == MAX_TTL


@pytest.mark.parametrize(
    "change",
    [
        {"sub": None},
        {"sub": ""},
        {"iss": 1},
        {"iat": None},
        {"iat": "now"},
        {"iat": True},
        {"iat": -1},
        {"exp": 10**12},
        {"ttl": 0},
        {"ttl": -5},
        {"ttl": "15"},
        {"ttl": True},
        {"ttl": None},
        {"status_list": None},
    ],
)
def test_malformed_claims_are_refused(change: JsonObject) -> None:
    with pytest.raises(StatusListError):
        ListToken.from_claims(token().to_claims() | change)


def test_claims_without_the_essentials_are_refused() -> None:
    for name in ("sub", "iat", "status_list"):
        claims = token().to_claims()
        del claims[name]
        with pytest.raises(StatusListError):
            ListToken.from_claims(claims)
    with pytest.raises(StatusListError):
        ListToken.from_cwt([])


def test_the_text_of_a_list_is_base64url() -> None:
    made = token().statuses

    assert base64url.decode(str(made.to_json()["lst"])) == made.packed
