"""T19: numbers of which the signature does not cover every digit."""

import json

import pytest

from credhub.jsontypes import JsonObject
from credhub.proofs import data_integrity
from credhub.proofs.suites import suites
from credhub.verification.protocols import VerifierContext
from credhub.verification.report import Check, Verdict
from credhub.verification.verify import verify
from tests.unit import factories
from tests.unit.factories import NOON, MemorySigner
from tests.unit.verification.world import World, result

SIGNER = MemorySigner()
SUITES = suites(factories.canonicalizer())


def signed(credits_available: float, suite: str = "eddsa-rdfc-2022") -> JsonObject:
    document = factories.credential(did=SIGNER.did)
    del document["credentialSchema"], document["credentialStatus"]
    return data_integrity.sign(
        with_credits(document, credits_available),
        suite=SUITES[suite],
        signer=SIGNER,
        verification_method=SIGNER.method,
        created=NOON,
    )


def with_credits(document: JsonObject, number: float) -> JsonObject:
    changed: JsonObject = json.loads(json.dumps(document))
    subject = changed["credentialSubject"]
    assert isinstance(subject, dict)
    achievement = subject["achievement"]
    assert isinstance(achievement, dict)
    achievement["creditsAvailable"] = number
    achievement["tag"] = ["number", "digits"]
    return changed


def judged(document: JsonObject) -> tuple[Verdict, str]:
    world = World(position=None)
    context = VerifierContext(
        suites=SUITES, dids=world, schemas=world, statuses=world, ledgers=world, trust=world
    )
    report = verify(document, context=context, now=NOON)
    assert (report.credential is None) == (report.verdict is not Verdict.UNKNOWN_ISSUER)
    return report.verdict, result(report, Check.PROOF).code


# What a spreadsheet makes of 0.1 + 0.2, of a mean of grades, and of a third.
LONG = {
    0.30000000000000004: 0.3,
    3.5666666666666664: 3.566666666666666,
    0.6666666666666667: None,
    123456789.123456789: 123456789.1234568,
}


@pytest.mark.parametrize("number", LONG)
def test_t19_a_badge_with_a_long_number_is_not_called_forged(number: float) -> None:
    short = LONG[number]
    if short is None:
        assert judged(signed(number)) == (Verdict.UNKNOWN_ISSUER, "passed")
        return
    # As other software signs it, with the digits that JSON-LD has.
    assert judged(signed(short)) == (Verdict.UNKNOWN_ISSUER, "passed")
    written = with_credits(signed(short), number)

    assert judged(written) == (Verdict.INDETERMINATE, "digits-not-signed")


@pytest.mark.parametrize("number", [0.30000000000000004, 0.31000000000000005, 0.4])
def test_t19_a_long_number_in_place_of_another_is_forged(number: float) -> None:
    forged = with_credits(signed(0.5), number)

    assert judged(forged) == (Verdict.INVALID, "bad-signature")


def test_t19_a_long_number_hides_no_other_change() -> None:
    written = with_credits(signed(0.3), 0.30000000000000004)

    assert judged(written | {"name": "Master"}) == (Verdict.INVALID, "bad-signature")
    assert judged(written | {"honours": "summa"}) == (Verdict.INVALID, "data-loss")


def test_t19_a_suite_that_signs_every_digit_takes_long_numbers() -> None:
    assert judged(signed(0.30000000000000004, "eddsa-jcs-2022")) == (
        Verdict.UNKNOWN_ISSUER,
        "passed",
    )


def test_t19_a_number_of_which_software_disagrees_is_left_open() -> None:
    # Its shortest form has 15 digits, its 16 digits have another one at their end.
    assert judged(with_credits(signed(0.5), 9359.90225534581)) == (
        Verdict.INDETERMINATE,
        "digits-lost",
    )
