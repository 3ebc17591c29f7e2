"""A file by itself: what is wrong with it is found, and nobody is vouched for."""

import pytest

from credhub.dids import did_jwk
from credhub.errors import DidNotResolvedError
from credhub.jsontypes import JsonObject
from credhub.proofs.signer import key_of
from credhub.verification import alone
from credhub.verification.report import Check, Report
from credhub.verification.verify import verify
from tests.unit import factories
from tests.unit.verification.world import HUB_DID, World, credential

SIGNER = factories.MemorySigner()
CONTEXT = alone.context({factories.suite().name: factories.suite()}, World())


def judged(document: JsonObject) -> Report:
    return verify(document, context=CONTEXT, now=factories.NOON)


def codes(report: Report) -> dict[Check, str]:
    return {result.check: result.code for result in report.checks}


def by_key(*without: str) -> JsonObject:
    document = factories.credential(did=SIGNER.did)
    return factories.signed({name: document[name] for name in document if name not in without})


def test_what_a_key_signed_is_genuine_and_nobody_is_vouched_for() -> None:
    report = judged(by_key("credentialStatus", "credentialSchema"))

    assert report.verdict == "unknownIssuer"
    found = codes(report)
    assert found.pop(Check.TRUST) == "issuer-not-known"
    assert found[Check.PROOF] == found[Check.ISSUER_BINDING] == "passed"
    assert (found[Check.STATUS], found[Check.LEDGER]) == ("no-status-entry", "foreign-credential")


def test_what_was_changed_is_found() -> None:
    assert (
        judged(by_key("credentialStatus", "credentialSchema") | {"name": "Master of all"}).verdict
        == "invalid"
    )


def test_whether_it_was_withdrawn_is_not_known() -> None:
    report = judged(by_key())

    assert report.verdict == "indeterminate"
    assert codes(report)[Check.STATUS] == "status-not-stapled"


def test_keys_that_are_published_are_not_fetched() -> None:
    report = judged(credential())

    assert (report.verdict, report.credential) == ("indeterminate", None)
    assert codes(report)[Check.PROOF] == "did-not-resolved"


@pytest.mark.parametrize("did", [SIGNER.did, did_jwk.did_of(key_of(SIGNER))])
def test_identifiers_that_hold_their_key_are_read(did: str) -> None:
    assert CONTEXT.dids.resolve(did).methods[0].public_key == key_of(SIGNER)


def test_no_other_identifier_is_resolved() -> None:
    for did in (HUB_DID, "did:webvh:x:hub.example", "https://hub.example/keys", ""):
        with pytest.raises(DidNotResolvedError):
            CONTEXT.dids.resolve(did)


def test_nobody_has_a_namesake() -> None:
    assert CONTEXT.trust.namesake("Riverside Learning Hub") is None
