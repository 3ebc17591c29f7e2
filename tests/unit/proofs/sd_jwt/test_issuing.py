"""What is issued, what of it is shown, and what whoever verifies then reads."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub import base64url
from credhub.errors import InvalidClaimError, VerificationError
from credhub.jsontypes import JsonObject, JsonValue, parse
from credhub.proofs.jose import Jws
from credhub.proofs.sd_jwt import key_binding
from credhub.proofs.sd_jwt.compact import SdJwt
from credhub.proofs.sd_jwt.disclosures import Path
from credhub.proofs.sd_jwt.issuing import conceal, issue
from credhub.proofs.sd_jwt.presenting import present
from credhub.proofs.sd_jwt.processing import Processed, process
from credhub.proofs.signer import key_of
from tests.unit.factories import NOON, MemorySigner
from tests.unit.proofs.sd_jwt.making import salts

CLAIMS: JsonObject = {
    "iss": "did:web:hub.example",
    "name": "Amelie",
    "languages": ["fr", "de"],
    "address": {"city": "Lyon", "street": {"name": "Rue A", "number": 5}},
}
ALL: tuple[Path, ...] = (
    ("name",),
    ("languages", 1),
    ("address",),
    ("address", "street"),
    ("address", "street", "number"),
)


def issued(
    claims: JsonObject = CLAIMS, disclosable: tuple[Path, ...] = ALL, decoys: int = 0
) -> SdJwt:
    return issue(
        claims,
        disclosable=disclosable,
        header={"typ": "example+sd-jwt"},
        signer=MemorySigner(),
        randomness=salts(),
        decoys=decoys,
    )


def read(sd_jwt: SdJwt) -> Processed:
    return process(Jws.parse(sd_jwt.jwt).claims(), sd_jwt.disclosures)


def test_everything_shown_is_everything_issued() -> None:
    sd_jwt = issued()

    assert read(sd_jwt).claims == CLAIMS
    assert set(read(sd_jwt).disclosed) == set(ALL)
    assert SdJwt.parse(sd_jwt.text()) == sd_jwt


def test_nothing_shown_leaves_what_is_never_hidden() -> None:
    shown = present(issued(), [])

    assert read(shown).claims == {"iss": "did:web:hub.example", "languages": ["fr"]}


def test_a_claim_is_shown_with_all_that_it_is_inside_of() -> None:
    shown = present(issued(), [("address", "street", "number")])

    assert read(shown).claims["address"] == {
        "city": "Lyon",
        "street": {"name": "Rue A", "number": 5},
    }
    assert "name" not in read(shown).claims


def test_the_signed_token_shows_nothing_of_what_is_hidden() -> None:
    payload = Jws.parse(issued().jwt).payload

    assert b"Amelie" not in payload
    assert b"Lyon" not in payload
    assert b'"_sd_alg":"sha-256"' in payload


def test_the_order_of_digests_is_not_the_order_of_claims() -> None:
    names = [f"claim-{number}" for number in range(20)]
    paths: list[Path] = [(name,) for name in names]
    concealed = conceal(dict.fromkeys(names, 1), paths, randomness=salts())

    digests = concealed.payload["_sd"]
    assert isinstance(digests, list)
    assert digests == sorted(map(str, digests))


def test_decoys_are_digests_of_nothing() -> None:
    sd_jwt = issued(decoys=3)

    assert read(sd_jwt).claims == CLAIMS
    payload = Jws.parse(sd_jwt.jwt).claims()
    assert isinstance(payload["_sd"], list)
    assert len(payload["_sd"]) == 2 + 3


def test_every_salt_is_another() -> None:
    salts_used = [parse(base64url.decode(text)) for text in issued().disclosures]

    assert len({str(items[0]) for items in salts_used if isinstance(items, list)}) == len(ALL)


def test_a_token_that_hides_nothing_has_no_trace_of_hiding() -> None:
    sd_jwt = issued(disclosable=())

    assert Jws.parse(sd_jwt.jwt).claims() == CLAIMS
    assert sd_jwt.text().endswith("~")
    assert not sd_jwt.disclosures


@pytest.mark.parametrize(
    ("path", "member"),
    [(("nobody",), "nobody"), (("languages", 2), "languages.2"), (("iss", "x"), "iss.x")],
)
def test_a_claim_that_is_not_there_cannot_be_hidden(path: Path, member: str) -> None:
    with pytest.raises(InvalidClaimError) as caught:
        issued(disclosable=(path,))

    assert caught.value.member == member


@pytest.mark.parametrize("name", ["_sd", "...", "_sd_alg"])
def test_a_claim_with_a_reserved_name_is_not_issued(name: str) -> None:
    below: list[JsonObject] = [{name: 1}, {"below": [{name: 1}]}]
    for claims in below:
        with pytest.raises(InvalidClaimError):
            issued(claims, ())


def test_what_is_not_hidden_cannot_be_shown() -> None:
    with pytest.raises(InvalidClaimError) as caught:
        present(issued(), [("address", "city")])

    assert caught.value.member == "address.city"


# Text that our parser takes and that no salt or digest holds by chance.
texts = st.text(alphabet=st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
names = texts.filter(lambda name: name not in {"_sd", "...", "_sd_alg"})
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(names, values, max_size=4)


def places(value: JsonValue, path: Path = ()) -> Iterator[Path]:
    inner: list[tuple[str | int, JsonValue]] = []
    if isinstance(value, dict):
        inner = [*value.items()]
    elif isinstance(value, list):
        inner = [*enumerate(value)]
    for name, item in inner:
        yield (*path, name)
        yield from places(item, (*path, name))


def without(value: JsonValue, hidden: frozenset[Path], path: Path = ()) -> JsonValue:
    if isinstance(value, dict):
        return {
            name: without(item, hidden, (*path, name))
            for name, item in value.items()
            if (*path, name) not in hidden
        }
    if isinstance(value, list):
        return [
            without(item, hidden, (*path, index))
            for index, item in enumerate(value)
            if (*path, index) not in hidden
        ]
    return value


@given(objects, st.data())
def test_any_part_that_is_shown_is_exactly_what_is_read(
    claims: JsonObject, data: st.DataObject
) -> None:
    everywhere = tuple(places(claims))
    some = st.lists(st.sampled_from(everywhere), unique=True) if everywhere else st.just([])
    disclosable = tuple(data.draw(some))
    wanted = data.draw(st.lists(st.sampled_from(disclosable)) if disclosable else st.just([]))

    sd_jwt = issued(claims, disclosable, data.draw(st.integers(0, 2)))
    shown = SdJwt.parse(present(sd_jwt, wanted).text())

    visible = {place for place in disclosable if any(p[: len(place)] == place for p in wanted)}
    assert read(shown).claims == without(claims, frozenset(disclosable) - visible)
    assert len(shown.disclosures) == len(visible)
    Jws.parse(shown.jwt).verify(key_of(MemorySigner()))


def everything(sd_jwt: SdJwt) -> JsonObject:
    Jws.parse(sd_jwt.jwt).verify(key_of(MemorySigner()))
    claims = read(sd_jwt).claims
    key_binding.check(sd_jwt, claims, policy=None, now=NOON)
    return claims


@given(st.data())
def test_any_changed_character_is_refused(data: st.DataObject) -> None:
    text = issued().text()
    assert everything(SdJwt.parse(text)) == CLAIMS
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from("aB3-_.~ {").filter(lambda one: one != text[place]))

    with pytest.raises(VerificationError):
        everything(SdJwt.parse(text[:place] + other + text[place + 1 :]))
