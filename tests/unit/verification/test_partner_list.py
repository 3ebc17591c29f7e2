"""Lists of partners: read whole or refused whole. That they are genuine is another matter."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.errors import TrustListError
from credhub.jsontypes import JsonObject, JsonValue, canonical
from credhub.verification import partner_list
from credhub.verification.partner_list import MAX_PARTNERS, PartnerList, SignedEndorsement
from credhub.verification.trust_list import MAX_BYTES, ListedIssuer
from tests.damage import damaged_bytes
from tests.unit.factories import NOON
from tests.unit.verification.partners import (
    BALTIC,
    HUB,
    NORDIC,
    YEAR,
    endorsement,
    issuer,
    signed,
    vouching,
)

LISTED = vouching(signed(), signed(endorsement(BALTIC, name="Baltic").to_document(issuer())))
PUBLISHED = LISTED.published()
EMPTY = PartnerList(did=HUB.did, version=0, receipt=None, endorsements=())


def parse(document: JsonValue) -> PartnerList:
    return PartnerList.parse(json.dumps(document).encode(), source="a list")


@pytest.mark.parametrize("listed", [PUBLISHED, EMPTY], ids=["two", "empty"])
def test_a_list_is_read_as_it_is_written(listed: PartnerList) -> None:
    assert PartnerList.parse(listed.encode(), source="a list") == listed


@given(damaged_bytes(st.just(EMPTY.encode())))
def test_bytes_are_either_refused_or_a_list(data: bytes) -> None:
    try:
        listed = PartnerList.parse(data, source="a list")
    except TrustListError:
        return
    assert PartnerList.parse(listed.encode(), source="a list") == listed


def test_whom_a_hub_vouches_for_is_read_with_the_times() -> None:
    known = PUBLISHED.to_trust_list(source="a list")

    assert (known.source, known.endorser) == (HUB.did, "Riverside Learning Hub")
    assert known.issuers[NORDIC] == ListedIssuer(
        did=NORDIC, name="Nordic Coders", valid_from=NOON, valid_until=NOON + YEAR
    )
    assert set(known.issuers) == {NORDIC, BALTIC}
    assert known.issuers[NORDIC].counts(NOON + YEAR)
    assert not known.issuers[NORDIC].counts(NOON + YEAR + timedelta(seconds=1))


def test_of_an_empty_list_the_hub_has_no_name() -> None:
    known = EMPTY.to_trust_list(source="a list")

    assert (known.issuers, known.source, known.endorser) == ({}, HUB.did, HUB.did)


ONE: JsonObject = {"credential": "x", "receipt": "y"}


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "CredhubBundle"},
        {"registry": {}},
        {"did": 1},
        {"did": ""},
        {"version": -1},
        {"version": True},
        {"version": "1"},
        {"receipt": None},
        {"receipt": ""},
        {"endorsements": {}},
        {"endorsements": [ONE] * (MAX_PARTNERS + 1)},
        {"endorsements": ["x"]},
        {"endorsements": [ONE | {"status": "z"}]},
        {"endorsements": [{"credential": "x"}]},
        {"endorsements": [ONE | {"credential": ""}]},
        {"endorsements": [ONE | {"credential": {}}]},
        {"endorsements": [ONE | {"credential": "x" * (partner_list.MAX_CREDENTIAL + 1)}]},
    ],
    ids=lambda changes: str(changes)[:40],
)
def test_what_is_no_list_is_refused(changes: JsonObject) -> None:
    good = EMPTY.to_document() | {"endorsements": [ONE], "receipt": "z"}
    assert parse(good).endorsements == (SignedEndorsement(credential="x", receipt="y"),)

    if changes == {"receipt": None}:
        assert parse(good | changes).receipt is None  # As if it were not there.
        return
    with pytest.raises(TrustListError):
        parse(good | changes)


def test_what_lacks_a_member_is_too_long_or_no_json_is_refused() -> None:
    for member in EMPTY.to_document():
        with pytest.raises(TrustListError):
            parse({name: it for name, it in EMPTY.to_document().items() if name != member})
    for data in (b"{", b"[]", b" " * (MAX_BYTES + 1)):
        with pytest.raises(TrustListError):
            PartnerList.parse(data, source="a list")


def listed_as(*credentials: str) -> PartnerList:
    items = tuple(SignedEndorsement(credential=one, receipt="r") for one in credentials)
    return PartnerList(did=HUB.did, version=1, receipt=None, endorsements=items)


UNSEEN = "\u2060"


def nameless_partner() -> JsonObject:
    return endorsement(name=UNSEEN).to_document(issuer())


def nameless_hub() -> JsonObject:
    return endorsement().to_document(replace(issuer(), name=UNSEEN))


def test_what_holds_something_else_than_endorsements_names_nobody() -> None:
    good = canonical(signed()).decode()
    assert set(listed_as(good).to_trust_list(source="a list").issuers) == {NORDIC}

    for items, match in (
        (("eyJ.eyJ.sig",), "no JSON"),
        (("{}",), "EndorsementCredential"),
        ((canonical(signed(nameless_partner())).decode(),), "a letter or a digit"),
        ((canonical(signed(nameless_hub())).decode(),), "a letter or a digit"),
        ((good, good), "twice"),
    ):
        with pytest.raises(TrustListError, match=match):
            listed_as(*items).to_trust_list(source="a list")
