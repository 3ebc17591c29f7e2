"""In every form: a credential of which anything was changed is refused, and each check counts."""

from copy import deepcopy
from functools import cache
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.jsontypes import JsonObject, canonical, parse_object
from credhub.proofs.forms import TOKENS, Form
from credhub.services.forms import OFFERED
from credhub.verification.report import Check, Outcome, Verdict
from tests.unit.verification.altering import (
    changed,
    changed_tokens,
    is_refused,
    kinds,
    said,
    tokens_with_another_letter,
)
from tests.unit.verification.every_form import (
    SAME_IN_RDF,
    Change,
    FormWorld,
    signed,
    signed_with_schema,
    worth_credits,
)
from tests.unit.verification.failing import BY_CONTENT, FAILURES, FORCED, LATER, OTHER
from tests.unit.verification.world import STRANGER, result

WITH_PROOF: Final = tuple(form for form in OFFERED if form not in TOKENS)
# In RDF neither the order of elements nor the names of the contexts are signed.
IN_RDF: Final = (Form.EDDSA_RDFC_2022, Form.ECDSA_RDFC_2019, Form.ECDSA_SD_2023)
OF_TOKENS: Final = tuple(form for form in OFFERED if form in TOKENS)


@cache
def genuine(form: Form) -> bytes:
    return signed(form, end)


@cache
def worth(form: Form) -> bytes:
    return signed(form, worth_credits)


def end(document: JsonObject) -> None:
    document["validUntil"] = "2030-01-01T00:00:00Z"


@pytest.mark.parametrize("form", OFFERED)
def test_a_genuine_credential_is_valid(form: Form) -> None:
    for data in (genuine(form), worth(form)):
        report = FormWorld().verify(data, now=LATER)

        assert report.verdict is Verdict.VALID, report.to_document()


@pytest.mark.parametrize("form", OFFERED)
def test_t01_there_is_something_of_every_kind_to_change(form: Form) -> None:
    content = list(said(worth(form)).values()) if form in TOKENS else parse_object(worth(form))

    assert kinds(content) == {"str", "bool", "int", "float", "texts"}


@pytest.mark.parametrize("form", WITH_PROOF)
@given(data=st.data())
def test_t01_a_document_in_which_anything_was_changed_is_refused(
    form: Form, data: st.DataObject
) -> None:
    before = data.draw(st.sampled_from([genuine, worth]))(form)

    document = data.draw(changed(parse_object(before), in_rdf=form in IN_RDF))

    assert is_refused(FormWorld().verify(canonical(document), now=LATER))


@pytest.mark.parametrize("change", SAME_IN_RDF)
@pytest.mark.parametrize("form", WITH_PROOF)
def test_t01_only_in_rdf_is_an_array_a_set(form: Form, change: Change) -> None:
    document = parse_object(worth(form))
    before = deepcopy(document)

    change(document)

    assert document != before
    report = FormWorld().verify(canonical(document), now=LATER)
    assert is_refused(report) == (form not in IN_RDF)
    assert (report.verdict is Verdict.VALID) == (form in IN_RDF)


@pytest.mark.parametrize("form", OF_TOKENS)
@given(data=st.data())
def test_t01_a_token_in_which_anything_was_changed_is_refused(
    form: Form, data: st.DataObject
) -> None:
    token = data.draw(changed_tokens(data.draw(st.sampled_from([genuine, worth]))(form)))

    assert is_refused(FormWorld().verify(token, now=LATER))


@pytest.mark.parametrize("form", OF_TOKENS)
@given(data=st.data())
def test_t01_a_token_in_which_a_letter_was_changed_is_refused(
    form: Form, data: st.DataObject
) -> None:
    token = data.draw(tokens_with_another_letter(genuine(form)))

    assert is_refused(FormWorld().verify(token, now=LATER))


@pytest.mark.parametrize("form", OFFERED)
@pytest.mark.parametrize("failure", FAILURES)
def test_t02_each_check_that_does_not_pass_changes_the_verdict(form: Form, failure: str) -> None:
    check, verdict, forced = FAILURES[failure]
    values = dict(forced)
    issuer, now = values.pop("by", None), values.pop("now", LATER)
    data = genuine(form) if issuer is None else signed(form, end, by=issuer)
    world = FormWorld(**values)
    world.dids[OTHER.did] = OTHER.document()

    report = world.verify(data, now=now)

    assert report.verdict is verdict, report.to_document()
    assert result(report, check).outcome in (Outcome.FAILED, Outcome.UNKNOWN)


@pytest.mark.parametrize("form", OFFERED)
def test_t02_what_cannot_be_read_is_invalid(form: Form) -> None:
    for spoiled in (genuine(form)[:-20], b"\0" + genuine(form), genuine(form) * 2):
        report = FormWorld().verify(spoiled, now=LATER)

        assert report.verdict is Verdict.INVALID
        assert is_refused(report)
        if spoiled.startswith(b"\0"):
            assert result(report, Check.PARSE).outcome is Outcome.FAILED


@pytest.mark.parametrize("form", OFFERED)
@pytest.mark.parametrize("name", BY_CONTENT)
def test_t02_a_credential_with_other_content_is_invalid(form: Form, name: str) -> None:
    check, change = BY_CONTENT[name]

    report = FormWorld().verify(signed_with_schema(form, change), now=LATER)

    assert report.verdict is Verdict.INVALID
    assert result(report, check).outcome is Outcome.FAILED


def test_t02_every_check_is_made_to_fail_in_every_form() -> None:
    assert set(Check) == FORCED
    assert set(OFFERED) == set(Form)


def test_an_issuer_that_nobody_knows_is_no_forger() -> None:
    world = FormWorld(issuers={"did:web:other.example": STRANGER})

    assert world.verify(genuine(Form.VC_JWT), now=LATER).verdict is Verdict.UNKNOWN_ISSUER
