"""T27 to T30: the status lists of others are fetched, judged, and remembered while fresh."""

import base64
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from credhub import cbor
from credhub.credentials import sd_jwt_claims
from credhub.errors import StatusListOfAnotherError
from credhub.jsontypes import JsonObject, canonical
from credhub.ledger.events import Standing
from credhub.proofs import cose, data_integrity, jose
from credhub.proofs.sd_jwt import credential as sd_jwt_credential
from credhub.proofs.sd_jwt.profiles import DC
from credhub.services import foreign_lists, verifying
from credhub.services.fetching import Errand
from credhub.services.resolving import Dids
from credhub.services.status_sources import Statuses
from credhub.status import bitstring
from credhub.status.document import Purpose, StatusEntry, StatusList
from credhub.status.list_token import CWT_TYPE, JWT_TYPE, ListToken
from credhub.status.token_reference import TokenStatusReference
from credhub.status.token_status_list import TokenStatusList
from credhub.verification.report import Check, Report, Verdict
from tests.engines import SqliteDatabases
from tests.running import START, Service, running
from tests.sites import Site, certificate, leading_to, redirecting, site
from tests.unit import factories
from tests.unit.factories import MemorySigner

__all__ = ["certificate", "site"]

INDEX = 94567
PATH = "/status/1"


@dataclass(frozen=True)
class School:
    """An issuer elsewhere, known by its key, whose lists are on a site of its own."""

    site: Site
    service: Service
    signer: MemorySigner

    @property
    def url(self) -> str:
        return self.site.origin + PATH

    @property
    def did(self) -> str:
        return self.signer.did

    def sign(self, document: JsonObject) -> JsonObject:
        return data_integrity.sign(
            document,
            suite=factories.suite(),
            signer=self.signer,
            verification_method=self.signer.method,
            created=START,
        )

    def publish(self, *indexes: int, **members: object) -> None:
        made = StatusList(
            url=self.url,
            issuer=self.did,
            purpose=Purpose.REVOCATION,
            encoded=bitstring.encode(indexes),
            valid_from=START,
            valid_until=START + timedelta(days=2),
        ).to_document()
        self.site.publish(PATH, self.sign(made | members))  # type: ignore[arg-type]  # a test may name any member

    def credential(self, *entries: JsonObject) -> JsonObject:
        own = StatusEntry.at(self.url, INDEX, Purpose.REVOCATION).to_document()
        document = factories.credential(did=self.did)
        del document["credentialSchema"]
        named: JsonObject = {"credentialStatus": list(entries) or [own]}
        return self.sign(document | named | {"validFrom": text_of(START)})

    def verify(self, document: JsonObject | None = None) -> Report:
        return verifying.verify_uploaded(self.service.resources, document or self.credential())

    def status(self, document: JsonObject | None = None) -> tuple[Verdict, str]:
        report = self.verify(document)
        (found,) = [one for one in report.checks if one.check is Check.STATUS]
        return report.verdict, found.code


def text_of(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def school(site: Site, sqlite: SqliteDatabases, tmp_path: Path) -> Iterator[School]:
    with (
        sqlite.migrated() as url,
        running(url, tmp_path / "data", strangers=leading_to(site)) as service,
    ):
        yield School(site=site, service=service, signer=MemorySigner(7))


def test_the_list_of_an_issuer_elsewhere_is_asked(school: School) -> None:
    school.publish()
    assert school.status() == (Verdict.UNKNOWN_ISSUER, "passed")
    school.service.clock.move(hours=1, seconds=1)

    school.publish(INDEX)

    assert school.status() == (Verdict.REVOKED, "revoked")


NAMES: JsonObject = {
    "statusMessage": [
        {"status": "0x0", "message": "in order"},
        {"status": "0x1", "message": "the exam was void"},
    ]
}


def named_entry(school: School) -> JsonObject:
    return StatusEntry.at(school.url, INDEX, Purpose.REVOCATION).to_document() | NAMES


def test_what_an_issuer_elsewhere_calls_a_status_is_in_the_report(school: School) -> None:
    document = school.credential(named_entry(school))
    school.publish()
    before = school.verify(document)
    school.service.clock.move(hours=1, seconds=1)
    school.publish(INDEX)

    after = school.verify(document).to_document()

    assert before.status_messages == ()
    assert after["verdict"] == "revoked"
    assert after["statusMessages"] == [
        {"purpose": "revocation", "status": "0x1", "message": "the exam was void"}
    ]
    assert school.site.asked == [PATH, PATH]


def test_our_hubs_give_their_statuses_no_names(school: School) -> None:
    school.publish(INDEX)
    resources = school.service.resources
    errand = Errand(resources.fetcher)
    statuses = Statuses(resources, resources.suites, Dids(resources, errand), errand)
    document: JsonObject = {"credentialStatus": named_entry(school)}

    assert statuses.messages_of(document, school.service.one.hub.did) == ()
    assert school.site.asked == []
    assert len(statuses.messages_of(document, school.did)) == 1


def test_a_list_is_asked_again_only_when_it_is_no_longer_fresh(school: School) -> None:
    school.publish()
    for _ in range(3):
        assert school.status()[1] == "passed"
    assert school.site.asked == [PATH]

    school.service.clock.move(seconds=foreign_lists.FRESH.total_seconds())
    school.publish(INDEX)

    assert school.status()[1] == "revoked"
    assert school.site.asked == [PATH, PATH]


@pytest.mark.parametrize(("ttl", "fresh"), [(60_000, 60), (0, 0), (2**50, 3600)])
def test_how_long_a_list_says_that_it_is_fresh_counts_up_to_an_hour(
    school: School, ttl: int, fresh: int
) -> None:
    subject: JsonObject = {
        "type": "BitstringStatusList",
        "statusPurpose": "revocation",
        "encodedList": bitstring.encode(()),
        "ttl": ttl,
    }
    school.publish(credentialSubject=subject)
    school.status()
    if fresh:
        school.service.clock.move(seconds=fresh - 1)
        school.status()
    assert school.site.asked == [PATH]

    school.service.clock.move(seconds=1)
    school.status()

    assert school.site.asked == [PATH, PATH]


def test_t30_while_the_list_cannot_be_reached_the_last_one_counts_until_it_ends(
    school: School,
) -> None:
    school.publish()
    assert school.status()[1] == "passed"
    del school.site.pages[PATH]
    school.service.clock.move(hours=23)
    assert school.status() == (Verdict.UNKNOWN_ISSUER, "passed")

    school.service.clock.move(hours=2)

    assert school.status() == (Verdict.INDETERMINATE, "status-not-reached")


def test_t30_a_list_that_never_could_be_reached_leaves_the_status_open(school: School) -> None:
    assert school.status() == (Verdict.INDETERMINATE, "status-not-reached")
    assert school.status() == (Verdict.INDETERMINATE, "status-not-reached")
    assert school.site.asked == [PATH]  # Left alone for a moment.

    school.publish()
    school.service.clock.move(seconds=31)

    assert school.status() == (Verdict.UNKNOWN_ISSUER, "passed")


def test_t30_a_list_without_an_end_does_not_outlast_its_freshness(school: School) -> None:
    made = StatusList(
        url=school.url,
        issuer=school.did,
        purpose=Purpose.REVOCATION,
        encoded=bitstring.encode(()),
        valid_from=START,
        valid_until=START,
    ).to_document()
    del made["validUntil"]
    school.site.publish(PATH, school.sign(made))
    assert school.status()[1] == "passed"
    del school.site.pages[PATH]

    school.service.clock.move(seconds=foreign_lists.FRESH.total_seconds())

    assert school.status() == (Verdict.INDETERMINATE, "status-not-reached")


def test_t30_a_list_does_not_outlast_its_signature(school: School) -> None:
    made = StatusList(
        url=school.url,
        issuer=school.did,
        purpose=Purpose.REVOCATION,
        encoded=bitstring.encode(()),
        valid_from=START,
        valid_until=START + timedelta(days=2),
    ).to_document()
    ending = data_integrity.sign(
        made,
        suite=factories.suite(),
        signer=school.signer,
        verification_method=school.signer.method,
        created=START,
        options={"expires": text_of(START + timedelta(minutes=2))},
    )
    school.site.publish(PATH, ending)
    assert school.status()[1] == "passed"
    assert school.status()[1] == "passed"
    assert school.site.asked == [PATH]

    school.service.clock.move(minutes=2)

    assert school.status() == (Verdict.INDETERMINATE, "status-list-not-genuine")
    del school.site.pages[PATH]
    assert school.status() == (Verdict.INDETERMINATE, "status-not-reached")


def test_t23_a_redirect_is_not_followed_to_a_list(school: School) -> None:
    school.publish()
    school.site.pages["/moved"] = redirecting(school.url)
    entry = StatusEntry.at(school.site.origin + "/moved", INDEX, Purpose.REVOCATION)

    found = school.status(school.credential(entry.to_document()))

    assert found == (Verdict.INDETERMINATE, "status-not-reached")
    assert school.site.asked == ["/moved"]


def bomb() -> str:
    packed = gzip.compress(bytes(64 * 2**20))
    return "u" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


@pytest.mark.parametrize(
    ("members", "code"),
    [
        pytest.param({"validUntil": text_of(START)}, "status-list-expired", id="ended"),
        pytest.param(
            {"validFrom": text_of(START + timedelta(days=1))},
            "status-list-not-yet-valid",
            id="not begun",
        ),
        pytest.param(
            {"id": "https://school.example/other"}, "status-list-elsewhere", id="elsewhere"
        ),
        pytest.param({"issuer": "did:web:other.example"}, "status-list-of-another", id="another's"),
        pytest.param({"type": ["VerifiableCredential"]}, "malformed-status-list", id="no list"),
    ],
)
def test_t29_a_list_with_anything_wrong_leaves_the_status_open(
    school: School, members: dict[str, object], code: str
) -> None:
    school.service.clock.move(seconds=2)
    school.publish(**members)

    assert school.status() == (Verdict.INDETERMINATE, code)

    school.publish()
    assert school.status() == (Verdict.UNKNOWN_ISSUER, "passed")


def test_t29_a_list_that_someone_else_signed_leaves_the_status_open(school: School) -> None:
    school.publish()
    text = school.site.pages[PATH]
    assert isinstance(text, bytes)
    school.site.pages[PATH] = text.replace(b'"validUntil":"2026-11-24', b'"validUntil":"2027-11-24')

    assert school.status() == (Verdict.INDETERMINATE, "status-list-not-genuine")


def test_t29_the_remembered_list_of_one_issuer_says_nothing_for_another(school: School) -> None:
    school.publish()
    assert school.status()[1] == "passed"
    other = School(site=school.site, service=school.service, signer=MemorySigner(8))

    assert other.status() == (Verdict.INDETERMINATE, "status-list-of-another")
    assert school.status()[1] == "passed"


def test_t27_a_bomb_in_a_list_leaves_the_status_open(school: School) -> None:
    subject: JsonObject = {
        "type": "BitstringStatusList",
        "statusPurpose": "revocation",
        "encodedList": bomb(),
    }
    school.publish(credentialSubject=subject)

    assert school.status() == (Verdict.INDETERMINATE, "status-list-too-large")


def test_the_revocation_list_of_1edtech_is_asked(school: School) -> None:
    entry: JsonObject = {"id": school.site.origin + "/revoked", "type": "1EdTechRevocationList"}
    document = school.credential(entry)

    def publish(*items: JsonObject) -> None:
        school.site.pages["/revoked"] = canonical(
            {"id": entry["id"], "issuer": school.did, "revokedCredential": list(items)}
        )
        school.service.clock.move(seconds=foreign_lists.FRESH.total_seconds())

    publish()
    assert school.status(document) == (Verdict.UNKNOWN_ISSUER, "passed")
    publish({"id": document["id"], "revocationReason": "annulled"})
    assert school.status(document) == (Verdict.REVOKED, "revoked")
    school.site.pages["/revoked"] = b"{"
    school.service.clock.move(seconds=foreign_lists.FRESH.total_seconds())
    assert school.status(document) == (Verdict.INDETERMINATE, "malformed-status-list")


@pytest.mark.parametrize("form", ["jwt", "cwt"])
@pytest.mark.parametrize(
    ("status", "found"),
    [
        (0, (Verdict.UNKNOWN_ISSUER, "passed")),
        (1, (Verdict.REVOKED, "revoked")),
        (2, (Verdict.SUSPENDED, "suspended")),
        (3, (Verdict.INDETERMINATE, "status-purpose-not-known")),
    ],
)
def test_a_token_status_list_elsewhere_is_asked(
    school: School, form: str, status: int, found: tuple[Verdict, str]
) -> None:
    token = ListToken(
        uri=school.site.origin + "/tokens",
        issuer_id=school.did,
        statuses=TokenStatusList.of({7: status}, bits=2, length=64),
        valid_from=START,
        valid_until=START + timedelta(days=1),
    )
    if form == "jwt":
        header: JsonObject = {"typ": JWT_TYPE, "kid": school.signer.method}
        signed = jose.sign(header, canonical(token.to_claims()), signer=school.signer).encode()
    else:
        kid, claims = school.signer.method, cbor.encode(token.to_cwt())
        signed = cose.sign(claims, media_type=CWT_TYPE, kid=kid, signer=school.signer)
    school.site.pages["/tokens"] = signed
    document = factories.credential(did=school.did) | {"validFrom": text_of(START)}
    claims_of_token = sd_jwt_claims.to_claims(
        document,
        issued_at=START,
        status=TokenStatusReference(uri=token.uri, index=7).to_claim(),
    )
    credential = sd_jwt_credential.sign(
        claims_of_token,
        profile=DC,
        disclosable=frozenset(),
        signer=school.signer,
        verification_method=school.signer.method,
        randomness=school.service.resources.random,
    )
    school.service.clock.move(seconds=1)

    def status_of() -> tuple[Verdict, str]:
        report = verifying.verify_uploaded(
            school.service.resources, credential.text().encode("ascii")
        )
        (check,) = [one for one in report.checks if one.check is Check.STATUS]
        return report.verdict, check.code

    assert status_of() == found
    assert status_of() == found
    assert school.site.asked == ["/tokens"]


def test_t29_the_remembered_tokens_of_one_issuer_say_nothing_for_another(school: School) -> None:
    resources = school.service.resources
    errand = Errand(resources.fetcher)
    statuses = Statuses(resources, resources.suites, Dids(resources, errand), errand)
    token = ListToken(
        uri=school.url,
        statuses=TokenStatusList.of({}, bits=1, length=64),
        valid_from=START,
    )
    header: JsonObject = {"typ": JWT_TYPE, "kid": school.signer.method}
    school.site.pages[PATH] = jose.sign(
        header, canonical(token.to_claims()), signer=school.signer
    ).encode()
    entry = TokenStatusReference(uri=school.url, index=7).to_entry()

    assert statuses.state_of({"credentialStatus": entry}, school.did) is Standing.ACTIVE
    with pytest.raises(StatusListOfAnotherError):
        statuses.state_of({"credentialStatus": entry}, MemorySigner(8).did)


def test_one_address_can_hold_only_one_kind_of_list(school: School) -> None:
    school.publish()
    assert school.status()[1] == "passed"
    entry: JsonObject = {"id": school.url, "type": "1EdTechRevocationList"}

    # What was remembered as a list of bits is not taken for a list of names, but read again.
    assert school.status(school.credential(entry)) == (Verdict.UNKNOWN_ISSUER, "passed")
    assert school.site.asked == [PATH, PATH]


def test_t30_asking_for_what_is_not_there_keeps_nobody_from_asking_for_what_is(
    school: School,
) -> None:
    school.publish()
    document = school.site.pages.pop(PATH)
    assert isinstance(document, bytes)

    def strict(_path: str, accept: str) -> tuple[int, str, bytes]:
        kind = "application/vc"
        return (200, kind, document) if kind in accept else (406, "text/plain", b"")

    school.site.behind = strict
    entry: JsonObject = {"id": school.url, "type": "1EdTechRevocationList"}

    assert school.status(school.credential(entry)) == (Verdict.INDETERMINATE, "status-not-reached")
    assert school.status() == (Verdict.UNKNOWN_ISSUER, "passed")
    # Whoever did not answer is left alone for a while.
    assert school.status(school.credential(entry)) == (Verdict.INDETERMINATE, "status-not-reached")
    assert school.site.asked == [PATH, PATH]
