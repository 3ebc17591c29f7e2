"""Several lists together, and names that read alike."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from credhub.verification.findings import IssuerStanding
from credhub.verification.known_issuers import KnownIssuers, first_namesake
from credhub.verification.lookalikes import skeleton
from credhub.verification.trust_list import TrustList
from tests.unit.factories import NOON

DID = "did:web:school.example"
ENDED = "2026-11-21T00:00:00Z"


def trust(source: str, **entry: str) -> TrustList:
    text = json.dumps({"registry": {DID: entry}}).encode()
    return TrustList.parse(text, source=source)


def known(*lists: TrustList) -> KnownIssuers:
    return KnownIssuers(lists=lists, now=NOON)


def look_alike(name: str, other: str) -> bool:
    return bool(skeleton(name)) and skeleton(name) == skeleton(other)


def test_the_first_list_that_names_an_issuer_says_what_it_is_called() -> None:
    both = known(trust("first", name="The School"), trust("second", name="Another Name"))

    assert both.trusted(DID) == IssuerStanding(trusted=True, name="The School", source="first")


def test_of_a_signed_list_it_is_known_who_signed_it() -> None:
    signed = replace(trust("did:web:hub.example", name="The School"), endorser="A Hub")

    standing = known(signed).trusted(DID)

    assert (standing.source, standing.endorser) == ("did:web:hub.example", "A Hub")


def test_an_entry_that_has_ended_leaves_it_to_the_next_list() -> None:
    ended = trust("first", name="The School", validUntil=ENDED)

    assert known(ended, trust("second", name="Another")).trusted(DID).source == "second"
    assert known(ended).trusted(DID) == IssuerStanding(trusted=False)


def test_nobody_is_known_without_a_list() -> None:
    assert not known().trusted(DID).trusted
    assert not known(trust("first", name="The School")).trusted(f"{DID}:hub").trusted


def test_a_namesake_is_found_in_any_list_that_still_counts() -> None:
    ended = trust("first", name="The School", validUntil=ENDED)
    counting = trust("second", name="The School")

    found = known(ended, counting).namesake("the  SCH00L")

    assert found is not None
    assert found.source == "second"
    assert known(ended).namesake("The School") is None
    assert KnownIssuers(lists=(ended,), now=NOON - timedelta(days=9)).namesake("The School")
    assert known(counting).namesake("The Schools") is None


def test_a_name_without_letters_is_nobody_s() -> None:
    assert known(trust("first", name="A School")).namesake("***") is None
    assert first_namesake("***", [IssuerStanding(trusted=True, name="***")]) is None


def test_an_issuer_without_a_name_is_nobody_s_namesake() -> None:
    assert first_namesake("School", [IssuerStanding(trusted=True)]) is None


@pytest.mark.parametrize(
    ("name", "fake"),
    [
        ("Oxford University", "\u041exford University"),  # T51: a Cyrillic letter
        ("Oxford University", "OXFORD  UNIVERSITY"),
        ("Oxford University", "Oxford-University."),
        ("Oxford University", "Oxf\u00f6rd University"),
        ("Oxford University", "Oxford\u200bUniversity"),
        ("Oxford University", "Ox\ufe00ford University"),
        ("Oxford University", "\uff2fxford University"),
        ("Riverside Learning Hub", "Rlverside Learnlng Hub"),
        ("Riverside Learning Hub", "R\u0456v\u0435rside Learning Hub"),
        ("Modern Skills", "Modem Skills"),
        ("Paypal 10", "PaypaI IO"),
        ("\u0915\u0940", "\u0915\u0940\u3164"),  # a filler that is not seen
    ],
)
def test_t51_names_that_read_alike_have_one_skeleton(name: str, fake: str) -> None:
    assert look_alike(name, fake)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Oxford University", "Cambridge University"),
        ("Oxford University", "University of Oxford"),
        ("School 1", "School 2"),
        ("\u0915\u093e", "\u0915\u0940"),  # vowel signs tell words apart
        ("", ""),
        ("\u738b\u66c9\u660e", "\u738b\u5c0f\u660e"),
    ],
)
def test_t51_names_that_read_differently_do_not(name: str, other: str) -> None:
    assert not look_alike(name, other)


def test_a_skeleton_of_a_skeleton_is_itself() -> None:
    assert skeleton(skeleton("Rlverside Learning Hub")) == skeleton("Riverside Learning Hub")
