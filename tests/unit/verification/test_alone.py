"""A file by itself: what is wrong with it is found, and nobody is vouched for."""

import pytest

from credhub.dids import did_jwk
from credhub.errors import DidNotResolvedError
from credhub.jsontypes import JsonObject, canonical
from credhub.proofs.signer import key_of
from credhub.verification import alone
from credhub.verification.known_issuers import KnownIssuers
from credhub.verification.protocols import VerifierContext
from credhub.verification.report import Check, Report
from credhub.verification.trust_list import TrustList
from credhub.verification.verify import verify
from tests.unit import factories
from tests.unit.verification.world import HUB_DID, World, credential

SIGNER = factories.MemorySigner()


def context_of(*lists: TrustList, in_the_past: bool = False) -> VerifierContext:
    known = KnownIssuers(lists=lists, now=factories.NOON)
    suites = {factories.suite().name: factories.suite()}
    return alone.context(suites, World(), known, in_the_past=in_the_past)


CONTEXT = context_of()


def judged(document: JsonObject, *lists: TrustList) -> Report:
    return verify(document, context=context_of(*lists), now=factories.NOON)


def listing(did: str, name: str) -> TrustList:
    registry: JsonObject = {"registry": {did: {"name": name}}}
    return TrustList.parse(canonical(registry), source="schools")


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


def test_an_issuer_in_a_list_is_vouched_for_by_its_name_there() -> None:
    document = by_key("credentialStatus", "credentialSchema")

    report = judged(document, listing(SIGNER.did, "The School"))

    assert report.verdict == "valid"
    assert report.issuer is not None
    assert (report.issuer.name, report.issuer.source) == ("The School", "schools")
    forged = judged(document | {"name": "Master of all"}, listing(SIGNER.did, "The School"))
    assert forged.verdict == "invalid"


def test_a_day_of_the_past_is_not_called_today() -> None:
    document = by_key("credentialStatus", "credentialSchema")
    past = context_of(in_the_past=True)

    report = verify(document, context=past, now=factories.NOON)

    assert codes(report)[Check.VALIDITY] == "valid-then"
    assert codes(judged(document))[Check.VALIDITY] == "passed"


def test_t51_the_name_of_an_issuer_in_a_list_is_told_apart() -> None:
    document = by_key("credentialStatus", "credentialSchema")
    claimed = factories.issuer().name.upper()

    report = judged(document, listing("did:web:school.example", claimed))

    assert report.verdict == "unknownIssuer"
    assert codes(report)[Check.TRUST] == "issuer-namesake"


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


def test_without_a_list_nobody_has_a_namesake() -> None:
    assert CONTEXT.trust.namesake("Riverside Learning Hub") is None
