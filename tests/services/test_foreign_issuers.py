"""Credentials of issuers that are not ours: believed for what they prove, and for no more."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Semaphore

import pytest

from credhub import instants, jsontypes
from credhub.dids import did_jwk
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs import data_integrity, ecdsa_jcs_2019
from credhub.proofs.signer import key_of
from credhub.proofs.suite import Suite
from credhub.public_key import KeyType
from credhub.services import reading, verifying
from credhub.verification.report import Check, CheckResult, Outcome, Report, Verdict
from tests.connections import watched
from tests.did_sites import SIGNER, document_of
from tests.engines import SqliteDatabases
from tests.running import START, Service, running, unique
from tests.services.ordering import issue
from tests.sites import Reply, Site, certificate, leading_to, redirecting, saying, serving
from tests.unit import factories
from tests.unit.dids.webvh_writing import LogWriter
from tests.unit.ec_signer import EcMemorySigner

__all__ = ["certificate"]

YEAR = timedelta(days=365)


class School:
    """Another service, at a site of its own, where each test has a hub."""

    def __init__(self, site: Site, service: Service) -> None:
        self.site = site
        self.service = service

    def hub(self, **changes: JsonValue) -> str:
        """Publish the document of a new hub and give its DID."""
        name = unique("hub")
        did = f"{self.site.did}:{name}"
        self.site.publish(f"/{name}/did.json", document_of(did, **changes))
        return did

    def page(self, page: bytes | Reply) -> str:
        """Publish something else under a new DID."""
        name = unique("hub")
        self.site.pages[f"/{name}/did.json"] = page
        return f"{self.site.did}:{name}"

    def verify(self, document: JsonObject | bytes) -> Report:
        return verifying.verify_uploaded(self.service.resources, document)


@pytest.fixture(scope="module")
def school(
    certificate: Path, sqlite: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[School]:
    """A running service that reaches the site of another."""
    with pytest.MonkeyPatch.context() as patch, serving(certificate) as site:
        patch.setenv("SSL_CERT_FILE", str(certificate))
        folder = tmp_path_factory.mktemp("strangers")
        with (
            sqlite.migrated() as url,
            running(url, folder, strangers=leading_to(site), threads=8) as service,
        ):
            yield School(site, service)


def plain(did: str, **changes: JsonValue) -> JsonObject:
    """Make a badge that names neither a status list nor a schema."""
    made = factories.credential(did=did)
    kept = {name: made[name] for name in made if name != "credentialStatus"}
    return {name: kept[name] for name in kept if name != "credentialSchema"} | changes


def signed(
    document: JsonObject, method: str | None = None, *, suite: Suite | None = None
) -> JsonObject:
    """Sign as the first key of the issuer."""
    issuer = document["issuer"]
    assert isinstance(issuer, dict)
    return data_integrity.sign(
        document,
        suite=suite or factories.suite(),
        signer=SIGNER,
        verification_method=method or f"{issuer['id']}#key-1",
        created=factories.NOON,
    )


def check(report: Report, which: Check) -> CheckResult:
    return next(result for result in report.checks if result.check is which)


def test_a_badge_of_another_service_is_genuine_and_of_an_unknown_issuer(school: School) -> None:
    document = signed(plain(school.hub()))

    report = school.verify(document)

    assert report.verdict is Verdict.UNKNOWN_ISSUER
    assert {result.check for result in report.checks if result.outcome is not Outcome.PASSED} == {
        Check.SCHEMA,
        Check.STATUS,
        Check.LEDGER,
        Check.TRUST,
    }
    assert report.credential == document


def test_t02_a_foreign_issuer_is_called_what_it_calls_itself_and_is_not_trusted(
    school: School,
) -> None:
    did = school.hub()
    issuer: JsonObject = {
        "id": did,
        "type": ["Profile"],
        "name": school.service.one.hub.name,
        "url": "https://school.example/",
    }

    report = school.verify(signed(plain(did, issuer=issuer)))

    assert report.verdict is Verdict.UNKNOWN_ISSUER
    assert report.issuer is not None
    assert report.issuer.to_document() == {
        "id": did,
        "name": school.service.one.hub.name,
        "trusted": False,
        "url": "https://school.example/",
    }
    # In words it is called by its identifier, whatever it calls itself.
    assert did in check(report, Check.ISSUER_BINDING).detail
    others = [result for result in report.checks if result.check is not Check.TRUST]
    assert not any(school.service.one.hub.name in result.detail for result in others)
    # It is told apart from the hub that is known here.
    assert check(report, Check.TRUST).code == "issuer-namesake"
    assert f"than the {school.service.one.hub.name} that" in check(report, Check.TRUST).detail


def test_a_badge_that_was_changed_is_forged(school: School) -> None:
    report = school.verify(signed(plain(school.hub())) | {"name": "Master of everything"})

    assert report.verdict is Verdict.INVALID
    assert report.credential is None


def test_a_badge_by_a_did_with_a_history_is_genuine(school: School) -> None:
    written = LogWriter(place=school.site.place).begin(ttl=unique("x"))
    school.site.pages["/.well-known/did.jsonl"] = written.data

    report = school.verify(signed(plain(written.did)))

    assert report.verdict is Verdict.UNKNOWN_ISSUER


def test_a_badge_by_a_did_that_is_a_key_is_genuine(school: School) -> None:
    signer = EcMemorySigner(KeyType.P384)
    did = did_jwk.did_of(key_of(signer))

    document = data_integrity.sign(
        plain(did),
        suite=ecdsa_jcs_2019.suite(),
        signer=signer,
        verification_method=f"{did}#0",
        created=factories.NOON,
    )

    with watched() as seen:
        assert school.verify(document).verdict is Verdict.UNKNOWN_ISSUER
    assert seen == []


# Whose key it is


def mismatched(school: School) -> str:
    return school.page(jsontypes.canonical(document_of(school.hub())))


def controlled_by_another(school: School) -> str:
    return changed_key(school, controller="did:web:other.example")


def for_authentication(school: School) -> str:
    did = school.hub()
    name = did.rpartition(":")[2]
    methods: list[JsonValue] = [f"{did}#key-1"]
    school.site.publish(
        f"/{name}/did.json", document_of(did, assertionMethod=[], authentication=methods)
    )
    return did


def changed_key(school: School, **changes: JsonValue) -> str:
    """Publish a document whose key says something else of itself."""
    did = school.hub()
    document = document_of(did)
    keys = document["verificationMethod"]
    assert isinstance(keys, list)
    assert isinstance(keys[0], dict)
    keys[0].update(changes)
    school.site.publish(f"/{did.rpartition(':')[2]}/did.json", document)
    return did


@pytest.mark.parametrize(
    ("publish", "code"),
    [
        (mismatched, "did-mismatch"),
        (controlled_by_another, "did-controller-mismatch"),
        (for_authentication, "key-not-for-assertion"),
    ],
)
def test_t24_a_key_that_is_not_the_issuers_for_credentials_is_refused(
    school: School, publish: Callable[[School], str], code: str
) -> None:
    report = school.verify(signed(plain(publish(school))))

    assert report.verdict is Verdict.INVALID
    assert code in {result.code for result in report.checks}
    assert report.credential is None


def test_t01_a_key_of_another_issuer_is_refused(school: School) -> None:
    report = school.verify(signed(plain(school.hub()), f"{school.hub()}#key-1"))

    assert report.verdict is Verdict.INVALID
    assert check(report, Check.ISSUER_BINDING).code == "issuer-key-mismatch"


@pytest.mark.parametrize(
    ("member", "moment", "code"),
    [
        ("revoked", START - YEAR, "key-revoked"),
        ("expires", START - YEAR, "key-expired"),
        ("revoked", START + YEAR, "passed"),
        ("expires", START + YEAR, "passed"),
    ],
)
def test_a_key_counts_until_its_end(school: School, member: str, moment: object, code: str) -> None:
    # The date in the proof is from before; nothing but the issuer's word says so.
    did = changed_key(school, **{member: instants.text_of(moment)})  # type: ignore[arg-type]  # a table of times

    report = school.verify(signed(plain(did)))

    assert check(report, Check.ISSUER_BINDING).code == code
    assert report.verdict is (Verdict.UNKNOWN_ISSUER if code == "passed" else Verdict.INVALID)


# Who cannot be reached


@pytest.mark.parametrize(
    "page",
    [
        None,
        redirecting("https://school.example/"),
        redirecting("http://169.254.169.254/"),
        saying(b"{}", content_encoding="gzip"),
        bytes(300_000),
    ],
)
def test_t30_a_document_that_cannot_be_had_is_no_verdict(
    school: School, page: bytes | Reply | None
) -> None:
    did = f"{school.site.did}:{unique('nowhere')}" if page is None else school.page(page)

    report = school.verify(signed(plain(did)))

    assert report.verdict is Verdict.INDETERMINATE
    assert check(report, Check.PROOF).code == "did-not-resolved"
    assert report.credential is None


def own(school: School) -> JsonObject:
    resources, hub = school.service.resources, school.service.one.hub.number
    return jsontypes.parse_object(reading.by_id(resources, hub, issue(resources, hub)).signed)


def test_t30_own_credentials_need_nobody(school: School) -> None:
    document = own(school)

    with watched() as seen:
        report = school.verify(document)

    assert report.verdict is Verdict.VALID
    assert seen == []


def test_t26_own_credentials_are_verified_while_strangers_let_us_wait(school: School) -> None:
    document = own(school)
    asked, released = Semaphore(0), Semaphore(0)

    def silent(handler: object) -> None:
        asked.release()
        released.acquire()
        saying(b"{}")(handler)  # type: ignore[arg-type]  # it is what the server gives

    # Of 8 threads 4 may wait.
    slow = [signed(plain(school.page(silent))) for _ in range(4)]
    with ThreadPoolExecutor(8) as threads:
        waiting = [threads.submit(school.verify, one) for one in slow]
        for _ in slow:
            asked.acquire()
        others = [school.verify(signed(plain(school.hub()))) for _ in range(10)]
        mine = school.verify(document)
        released.release(len(slow))
        answers = [one.result() for one in waiting]

    assert mine.verdict is Verdict.VALID
    assert {check(one, Check.PROOF).code for one in others} == {"not-checked-now"}
    assert {one.verdict for one in others} == {Verdict.INDETERMINATE}
    assert Verdict.VALID not in {one.verdict for one in answers}
    assert school.verify(signed(plain(school.hub()))).verdict is Verdict.UNKNOWN_ISSUER


def test_t26_no_database_connection_is_held_while_others_are_asked(school: School) -> None:
    store = school.service.resources.store
    held: list[int] = []

    def counting(handler: object) -> None:
        with store.connect_to_write() as connection:
            pool = connection.engine.pool
            held.append(pool.checkedout())  # type: ignore[attr-defined]  # a pool that counts
        saying(b"{}")(handler)  # type: ignore[arg-type]  # it is what the server gives

    school.verify(signed(plain(school.page(counting))))

    assert held == [1]  # Our own.


# What is never asked for


def everywhere(school: School) -> dict[str, JsonObject]:
    """Name the site wherever a credential can name one."""
    target = school.site.origin + "/canary"
    did = SIGNER.did
    return {
        "context": {"@context": ["https://www.w3.org/ns/credentials/v2", target]},
        "issuer's page": {"issuer": {"id": did, "type": ["Profile"], "name": "A", "url": target}},
        "image": {"image": {"id": target, "type": "Image"}},
        "evidence": {"evidence": [{"id": target, "type": ["Evidence"], "name": "A"}]},
        "schema": {"credentialSchema": [{"id": target, "type": "1EdTechJsonSchemaValidator2019"}]},
        "refresh": {"refreshService": {"id": target, "type": "1EdTechCredentialRefresh"}},
        "terms": {"termsOfUse": [{"id": target, "type": "Policy"}]},
        "related": {"relatedResource": [{"id": target, "digestSRI": "sha384-" + "A" * 64}]},
        "endorsement": {"endorsementJwt": [f"{target}.a.b"]},
        "identifier": {"id": target},
    }


NAMES = (
    "context", "issuer's page", "image", "evidence", "schema", "refresh", "terms", "related",
    "endorsement", "identifier",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_t21_nothing_that_a_credential_names_is_asked_for(school: School, name: str) -> None:
    document = plain(SIGNER.did) | everywhere(school)[name]
    school.site.pages["/canary"] = b"{}"

    with watched() as seen:
        by_bytes = school.verify(
            data_integrity.sign(
                document,
                suite=school.service.resources.suites["eddsa-jcs-2022"],
                signer=SIGNER,
                verification_method=SIGNER.method,
                created=factories.NOON,
            )
        )
        unsigned = school.verify(document)

    assert seen == []
    assert "/canary" not in school.site.asked
    assert Verdict.VALID not in {by_bytes.verdict, unsigned.verdict}


def test_every_place_is_tried(school: School) -> None:
    assert set(NAMES) == set(everywhere(school))


def test_t33_a_schema_of_others_is_neither_fetched_nor_run(school: School) -> None:
    address = f"{school.site.origin}/schema"
    school.site.publish("/schema", {"pattern": "(a+)+$", "$ref": "http://127.0.0.1/"})
    named: list[JsonValue] = [{"id": address, "type": "1EdTechJsonSchemaValidator2019"}]
    document = factories.signed(plain(SIGNER.did, credentialSchema=named))

    with watched() as seen:
        report = school.verify(document)

    assert seen == []
    assert check(report, Check.SCHEMA).code == "schema-not-known"
    assert report.verdict is Verdict.INDETERMINATE
    assert report.credential == document


def test_t34_nobody_is_asked_for_a_newer_credential(school: School) -> None:
    one, two = (f"{school.site.origin}/{name}" for name in ("one", "two"))
    services: list[JsonValue] = [
        {"id": address, "type": "1EdTechCredentialRefresh"} for address in (one, two)
    ]
    document = factories.signed(plain(SIGNER.did, refreshService=services))
    for path in ("/one", "/two"):
        school.site.publish(path, document)

    with watched() as seen:
        report = school.verify(document)

    assert seen == []
    assert report.verdict is Verdict.UNKNOWN_ISSUER
