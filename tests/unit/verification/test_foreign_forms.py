"""What is said of the forms that a hub issues holds for those that are only read as well."""

from copy import deepcopy
from functools import cache
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.jsontypes import canonical, parse_object
from credhub.verification.report import Check, Outcome, Verdict
from tests.unit.verification import test_published_keys as published_keys
from tests.unit.verification.altering import (
    Place,
    changed,
    changed_tokens,
    is_refused,
    kinds,
    said,
    tokens_with_another_letter,
)
from tests.unit.verification.every_form import SAME_IN_RDF, Change, FormWorld, worth_credits
from tests.unit.verification.failing import BY_CONTENT, FAILURES, LATER, OTHER
from tests.unit.verification.foreign_forms import ALL, IN_TOKENS, WITH_PROOF, foreign
from tests.unit.verification.test_published_keys import KID
from tests.unit.verification.world import HUB, result

IN_RDF: Final = ("Ed25519Signature2020", "ecdsa-rdfc-2019 P-384")
WITHOUT_SCHEMA: Final = ("Ed25519Signature2020", "JWT of the data model 1.1")
"""Older badges name no schema by its digest, and without that none is compared."""
OF_ONE_OF_SEVERAL: Final = frozenset({"type", "cryptosuite"})


@cache
def genuine(name: str) -> bytes:
    return foreign(name)


@cache
def worth(name: str) -> bytes:
    return foreign(name, worth_credits)


def counts(place: Place) -> bool:
    """Say whether a place counts for every proof: of several, one that goes takes nothing along.

    A proof by a suite that nobody knows is as if it were not there.
    """
    match place:
        case ("proof",) | ("proof", int()):
            return False
        case ("proof", int(), str(name)):
            return name not in OF_ONE_OF_SEVERAL
        case _:
            return True


@pytest.mark.parametrize("name", ALL)
def test_a_genuine_badge_is_valid(name: str) -> None:
    for data in (genuine(name), worth(name)):
        report = FormWorld().verify(data, now=LATER)

        assert report.verdict is Verdict.VALID, report.to_document()
        assert result(report, Check.STATUS).outcome is Outcome.PASSED


@pytest.mark.parametrize("name", ALL)
def test_t01_there_is_something_of_every_kind_to_change(name: str) -> None:
    content = list(said(worth(name)).values()) if name in IN_TOKENS else parse_object(worth(name))

    assert kinds(content) == {"str", "bool", "int", "float", "texts"}


@pytest.mark.parametrize("name", WITH_PROOF)
@given(data=st.data())
def test_t01_a_document_in_which_anything_was_changed_is_refused(
    name: str, data: st.DataObject
) -> None:
    before = data.draw(st.sampled_from([genuine, worth]))(name)

    document = data.draw(changed(parse_object(before), counts, in_rdf=name in IN_RDF))

    assert is_refused(FormWorld().verify(canonical(document), now=LATER))


@pytest.mark.parametrize("change", SAME_IN_RDF)
@pytest.mark.parametrize("name", WITH_PROOF)
def test_t01_only_in_rdf_is_an_array_a_set(name: str, change: Change) -> None:
    document = parse_object(worth(name))
    before = deepcopy(document)

    change(document)

    assert document != before
    report = FormWorld().verify(canonical(document), now=LATER)
    assert is_refused(report) == (name not in IN_RDF)
    assert (report.verdict is Verdict.VALID) == (name in IN_RDF)


@pytest.mark.parametrize("name", IN_TOKENS)
@given(data=st.data())
def test_t01_a_token_in_which_anything_was_changed_is_refused(
    name: str, data: st.DataObject
) -> None:
    token = data.draw(changed_tokens(data.draw(st.sampled_from([genuine, worth]))(name)))

    assert is_refused(FormWorld().verify(token, now=LATER))


@pytest.mark.parametrize("name", IN_TOKENS)
@given(data=st.data())
def test_t01_a_token_in_which_a_letter_was_changed_is_refused(
    name: str, data: st.DataObject
) -> None:
    token = data.draw(tokens_with_another_letter(genuine(name)))

    assert is_refused(FormWorld().verify(token, now=LATER))


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("failure", FAILURES)
def test_t06_each_check_that_does_not_pass_changes_the_verdict(name: str, failure: str) -> None:
    check, verdict, forced = FAILURES[failure]
    values = dict(forced)
    issuer, now = values.pop("by", None), values.pop("now", LATER)
    data = genuine(name) if issuer is None else foreign(name, by=issuer)
    world = FormWorld(**values)
    world.dids[OTHER.did] = OTHER.document()

    report = world.verify(data, now=now)

    assert report.verdict is verdict, report.to_document()
    assert result(report, check).outcome in (Outcome.FAILED, Outcome.UNKNOWN)


@pytest.mark.parametrize("name", ALL)
def test_t06_what_cannot_be_read_is_invalid(name: str) -> None:
    for spoiled in (genuine(name)[:-20], b"\0" + genuine(name), genuine(name) * 2):
        report = FormWorld().verify(spoiled, now=LATER)

        assert report.verdict is Verdict.INVALID
        assert is_refused(report)
        if spoiled.startswith(b"\0"):
            assert result(report, Check.PARSE).outcome is Outcome.FAILED


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("content", BY_CONTENT)
def test_t06_a_badge_with_other_content_is_invalid(name: str, content: str) -> None:
    check, change = BY_CONTENT[content]

    report = FormWorld().verify(foreign(name, change), now=LATER)

    if check is Check.SCHEMA and name in WITHOUT_SCHEMA:
        assert result(report, check).outcome is Outcome.SKIPPED
    else:
        assert report.verdict is Verdict.INVALID
        assert result(report, check).outcome is Outcome.FAILED


@given(st.data())
def test_t01_a_token_by_a_key_of_the_web_in_which_anything_was_changed_is_refused(
    data: st.DataObject,
) -> None:
    school = published_keys.Web(
        pages={published_keys.KEY_SET: published_keys.key_set(published_keys.key(kid=KID))},
        position=None,
        issuers={published_keys.SCHOOL: HUB},
    )
    genuine_token = published_keys.token()

    other = data.draw(changed_tokens(genuine_token))

    assert school.verify(genuine_token).verdict is Verdict.VALID
    assert is_refused(school.verify(other))
