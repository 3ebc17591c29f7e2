"""In every form: a credential of which anything was changed is refused, and each check counts."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any, Final

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub import base64url
from credhub.errors import NotInLedgerError, StatusNotReachedError
from credhub.jsontypes import JsonObject, canonical, parse_object
from credhub.ledger.events import Standing
from credhub.proofs.forms import TOKENS, Form
from credhub.services.forms import OFFERED
from credhub.verification.report import Check, Outcome, Report, Verdict
from tests.unit.factories import NOON
from tests.unit.verification.every_form import FormWorld, Issuer, signed
from tests.unit.verification.world import STRANGER, result

LATER: Final = NOON + timedelta(days=1)
THIEF: Final = Issuer(seed=9)
OTHER: Final = Issuer(did="did:web:other.example", seed=9)
WITH_PROOF: Final = tuple(form for form in OFFERED if form not in TOKENS)
OF_TOKENS: Final = tuple(form for form in OFFERED if form in TOKENS)
WITH_SCHEMA: Final = (*WITH_PROOF, Form.VC_JWT)
"""What a learner shows of the others need not follow the schema, so they name none."""


@cache
def genuine(form: Form) -> bytes:
    return signed(form, end)


def end(document: JsonObject) -> None:
    document["validUntil"] = "2030-01-01T00:00:00Z"


def places(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """List where texts, numbers and elements of arrays are."""
    match value:
        case dict():
            for name, member in value.items():
                yield from places(member, (*path, name))
        case list():
            for index, item in enumerate(value):
                yield (*path, index)
                yield from places(item, (*path, index))
        case str() | int():
            yield path
        case _:
            pass


@st.composite
def changed(draw: st.DrawFn, document: JsonObject) -> JsonObject:
    """Change one text, one number or one element of an array."""
    path = draw(st.sampled_from(list(places(document))))
    changed = deepcopy(document)
    holder: Any = changed
    for step in path[:-1]:
        holder = holder[step]
    value = holder[path[-1]]
    match value:
        case str():
            holder[path[-1]] = draw(other_texts(value))
        case int():
            holder[path[-1]] = value + draw(st.sampled_from([1, -1, 1000]))
        case _:
            del holder[path[-1]]
    return changed


@st.composite
def other_texts(draw: st.DrawFn, text: str) -> str:
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, min(start + 2, len(text))))
    piece = draw(st.text("aZ0 é-:/.#~+=", max_size=2))
    other = text[:start] + piece + text[end:]
    return other if other != text else text + draw(st.sampled_from("aZ0"))


def is_refused(report: Report) -> bool:
    proof = result(report, Check.PROOF).outcome
    return (
        report.verdict is not Verdict.VALID
        and proof is not Outcome.PASSED
        and report.credential is None
    )


@pytest.mark.parametrize("form", OFFERED)
def test_a_genuine_credential_is_valid(form: Form) -> None:
    report = FormWorld().verify(genuine(form), now=LATER)

    assert report.verdict is Verdict.VALID, report.to_document()


@pytest.mark.parametrize("form", WITH_PROOF)
@given(data=st.data())
def test_t01_a_document_in_which_anything_was_changed_is_refused(
    form: Form, data: st.DataObject
) -> None:
    document = data.draw(changed(parse_object(genuine(form))))

    assert is_refused(FormWorld().verify(canonical(document), now=LATER))


@dataclass(frozen=True)
class _Parts:
    """The parts of a token: the three of what the issuer signed, and what is shown of it."""

    jwt: tuple[str, ...]
    disclosures: tuple[str, ...]
    is_selective: bool

    @classmethod
    def of(cls, token: bytes) -> "_Parts":
        jwt, *rest = token.decode().split("~")
        return cls(tuple(jwt.split(".")), tuple(filter(None, rest)), bool(rest))

    def readable(self) -> tuple[str, ...]:
        return (*self.jwt[:2], *self.disclosures)

    def replaced(self, old: str, new: str) -> bytes:
        jwt = ".".join(new if part == old else part for part in self.jwt)
        shown = [new if part == old else part for part in self.disclosures]
        return ("~".join((jwt, *shown, "")) if self.is_selective else jwt).encode()


@pytest.mark.parametrize("form", OF_TOKENS)
@given(data=st.data())
def test_t01_a_token_in_which_anything_was_changed_is_refused(
    form: Form, data: st.DataObject
) -> None:
    parts = _Parts.of(genuine(form))
    part = data.draw(st.sampled_from(parts.readable()))
    content: JsonObject = {"content": orjson.loads(base64url.decode(part))}
    other = data.draw(changed(content))["content"]

    token = parts.replaced(part, base64url.encode(orjson.dumps(other)))

    assert is_refused(FormWorld().verify(token, now=LATER))


@pytest.mark.parametrize("form", OF_TOKENS)
@given(data=st.data())
def test_t01_a_token_in_which_a_letter_was_changed_is_refused(
    form: Form, data: st.DataObject
) -> None:
    text = genuine(form).decode()
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from("AQgw09-_.~ =+/").filter(lambda one: one != text[place]))

    token = text[:place] + letter + text[place + 1 :]

    assert is_refused(FormWorld().verify(token.encode(), now=LATER))


def without_criteria(document: JsonObject) -> None:
    subject = document["credentialSubject"]
    assert isinstance(subject, dict)
    achievement = subject["achievement"]
    assert isinstance(achievement, dict)
    del achievement["criteria"]


def awarded_some_day(document: JsonObject) -> None:
    document["awardedDate"] = "some day"


FAILURES: Final[dict[str, tuple[Check, Verdict, dict[str, Any]]]] = {
    "proof": (Check.PROOF, Verdict.INVALID, {"by": THIEF}),
    "issuer": (Check.ISSUER_BINDING, Verdict.INVALID, {"by": OTHER}),
    "not yet": (Check.VALIDITY, Verdict.NOT_YET_VALID, {"now": NOON - timedelta(days=1)}),
    "ended": (Check.VALIDITY, Verdict.EXPIRED, {"now": NOON + timedelta(days=3650)}),
    "revoked": (Check.STATUS, Verdict.REVOKED, {"standing": Standing.REVOKED}),
    "suspended": (Check.STATUS, Verdict.SUSPENDED, {"standing": Standing.SUSPENDED}),
    "status": (Check.STATUS, Verdict.INDETERMINATE, {"standing": StatusNotReachedError()}),
    "ledger": (Check.LEDGER, Verdict.INVALID, {"position": NotInLedgerError()}),
    "trust": (Check.TRUST, Verdict.UNKNOWN_ISSUER, {"issuers": {}}),
}


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


@pytest.mark.parametrize("form", OFFERED)
def test_t02_another_structure_is_invalid(form: Form) -> None:
    report = FormWorld().verify(signed(form, without_criteria), now=LATER)

    assert report.verdict is Verdict.INVALID
    assert result(report, Check.STRUCTURE).outcome is Outcome.FAILED


@pytest.mark.parametrize("form", WITH_SCHEMA)
def test_t02_a_credential_that_breaks_its_schema_is_invalid(form: Form) -> None:
    report = FormWorld().verify(signed(form, awarded_some_day), now=LATER)

    assert report.verdict is Verdict.INVALID
    assert result(report, Check.SCHEMA).outcome is Outcome.FAILED


def test_an_issuer_that_nobody_knows_is_no_forger() -> None:
    world = FormWorld(issuers={"did:web:other.example": STRANGER})

    assert world.verify(genuine(Form.VC_JWT), now=LATER).verdict is Verdict.UNKNOWN_ISSUER
