"""Keys at web addresses of strangers: fetched, remembered for a while, and believed for no more."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Event

import pytest

from credhub import jwk
from credhub.egress.client import MAX_BYTES
from credhub.errors import (
    AddressRefusedError,
    AnswerTooLargeError,
    DidMethodNotKnownError,
    DidNotResolvedError,
    NoKeysPublishedError,
    NotReachedError,
    OutcomeUnknownError,
)
from credhub.jsontypes import JsonObject, JsonValue, canonical
from credhub.proofs.signer import key_of
from credhub.services.foreign_dids import FORGIVEN, KEPT
from tests.connections import connections, watched
from tests.did_sites import SIGNER, asking, dids_of
from tests.engines import SqliteDatabases
from tests.running import START, Clock, Service, running, unique
from tests.services.sinks import badge
from tests.sites import Reply, Site, certificate, leading_to, redirecting, saying, site
from tests.unit.rsa_signer import RsaMemorySigner, private_key
from tests.unit.verification.test_published_keys import token

__all__ = ["certificate", "site"]

KEY_SET = "/.well-known/jwks.json"
RSA = RsaMemorySigner()
ATTACKER = RsaMemorySigner(private_key(which=2))


def key_set(name: str, signer: RsaMemorySigner = RSA) -> JsonObject:
    return {"keys": [{**jwk.encode(key_of(signer)), "kid": name}]}


# What is published


def test_a_key_set_is_remembered_and_a_key_that_was_withdrawn_counts_for_ten_minutes(
    site: Site,
) -> None:
    clock = Clock(START)
    dids, address = dids_of(site, clock), site.origin + KEY_SET
    site.publish(KEY_SET, key_set("old"))

    assert dids.resolve(address).methods[0].id == f"{address}#old"
    site.publish(KEY_SET, key_set("new"))
    clock.move(seconds=KEPT.total_seconds() - 5)
    assert dids.resolve(address).methods[0].id == f"{address}#old"
    assert site.asked == [KEY_SET]
    clock.move(seconds=10)
    assert dids.resolve(address).methods[0].id == f"{address}#new"


def test_what_is_wrong_is_not_remembered_and_who_is_away_is_left_alone(site: Site) -> None:
    clock = Clock(START)
    dids, address = dids_of(site, clock), site.origin + KEY_SET
    site.pages[KEY_SET] = b"<html>"
    with pytest.raises(NoKeysPublishedError):
        dids.resolve(address)
    del site.pages[KEY_SET]
    with pytest.raises(DidNotResolvedError):
        dids.resolve(address)

    site.publish(KEY_SET, key_set("1"))
    with pytest.raises(DidNotResolvedError):
        dids.resolve(address)
    assert len(site.asked) == 2
    clock.move(seconds=FORGIVEN.total_seconds())
    assert dids.resolve(address).id == address


@pytest.mark.parametrize("body", [b"", b"[]", b"<html>", b'{"keys":[],"keys":[]}', b"\xff\xfe{}"])
def test_t18_what_is_not_strict_json_holds_no_keys(site: Site, body: bytes) -> None:
    site.pages["/keys"] = body

    with pytest.raises(NoKeysPublishedError):
        dids_of(site).resolve(f"{site.origin}/keys")


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(bytes(MAX_BYTES))


@pytest.mark.parametrize(
    ("page", "cause"),
    [
        (endless, AnswerTooLargeError),
        (b'{"keys":[' + b" " * MAX_BYTES + b"]}", AnswerTooLargeError),
        (saying(b"\x1f\x8b", content_encoding="gzip"), NotReachedError),
        (saying(b"{}", status=500), NotReachedError),
        (saying(canonical(key_set("1")), status=404), NotReachedError),
    ],
    ids=["endless", "too long", "gzip", "a fault", "not found"],
)
def test_t26_what_is_too_much_or_no_answer_is_not_read(
    site: Site, page: bytes | Reply, cause: type[Exception]
) -> None:
    site.pages["/keys"] = page

    with pytest.raises(DidNotResolvedError) as error:
        dids_of(site).resolve(f"{site.origin}/keys")
    assert isinstance(error.value.__cause__, cause)


def test_t26_keys_that_drip_are_not_waited_for(site: Site) -> None:
    over = Event()

    def dripping(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not over.wait(0.1):
            handler.wfile.write(b" ")

    site.pages["/keys"] = dripping

    with pytest.raises(DidNotResolvedError):
        dids_of(site).resolve(f"{site.origin}/keys")
    over.set()


def test_t23_a_redirect_to_keys_is_not_followed(site: Site) -> None:
    site.publish("/moved", key_set("1"))
    site.pages["/keys"] = redirecting(f"{site.origin}/moved")

    with watched() as seen, pytest.raises(DidNotResolvedError):
        dids_of(site).resolve(f"{site.origin}/keys")
    assert len(connections(seen)) == 1
    assert site.asked == ["/keys"]
    assert dids_of(site).resolve(f"{site.origin}/moved").methods  # The positive twin.


@pytest.mark.parametrize(
    "address",
    [
        "https://user@school.example/keys",
        "https://127.0.0.1/keys",
        "https://2130706433/keys",
        "https://[::1]/keys",
        "https://localhost/keys",
        "https://school.example\\@evil.example/keys",
        "https://school.example/keys#1",
        "https://school.example/\nkeys",
        "http://school.example/keys",
        "ftp://school.example/keys",
    ],
)
def test_t25_an_odd_address_is_not_asked(site: Site, address: str) -> None:
    with watched() as seen, pytest.raises(DidMethodNotKnownError):
        dids_of(site).resolve(address)
    assert seen == []


@pytest.mark.parametrize("port", [22, 80, 5432])
def test_t21_other_ports_are_not_asked_for_keys(site: Site, port: int) -> None:
    with watched() as seen, pytest.raises(OutcomeUnknownError) as error:
        asking(leading_to(site)).resolve(f"https://school.example:{port}/keys")
    assert seen == []
    assert isinstance(error.value.__cause__, AddressRefusedError)


# Badges of a school, over HTTP


@pytest.fixture
def service(site: Site, sqlite: SqliteDatabases, tmp_path: Path) -> Iterator[Service]:
    with (
        sqlite.migrated() as url,
        running(url, tmp_path / "data", strangers=leading_to(site)) as one,
    ):
        yield one


def badge_of(site: Site, **changes: JsonValue) -> JsonObject:
    return badge(f"{site.origin}/issuers/{unique('one')}", **changes)


def report_on(service: Service, text: bytes) -> JsonObject:
    answer = service.public().post("/v1/verify", json={"token": text.decode()})
    assert answer.status_code == 200, answer.text
    report: JsonObject = answer.json()
    return report


def codes(report: JsonObject) -> dict[str, str]:
    checks = json.loads(json.dumps(report["checks"]))
    return {one["check"]: one["code"] for one in checks}


def test_a_badge_of_a_school_is_genuine_and_of_an_unknown_issuer(
    site: Site, service: Service
) -> None:
    site.publish(KEY_SET, key_set("key-1"))
    document = badge_of(site)
    text = token(document, kid=f"{site.origin}{KEY_SET}#key-1")

    report = report_on(service, text)

    assert report["verdict"] == "unknownIssuer"
    assert report["credential"] == document
    assert codes(report)["issuerBinding"] == "passed"
    assert site.asked == [KEY_SET]
    report_on(service, text)
    assert site.asked == [KEY_SET]


def test_a_changed_badge_of_a_school_is_forged(site: Site, service: Service) -> None:
    site.publish(KEY_SET, key_set("key-1"))
    head, _, tail = token(kid=f"{site.origin}{KEY_SET}#key-1").decode().split(".")
    other = token(badge_of(site, name="Master of everything")).decode().split(".")[1]

    report = report_on(service, f"{head}.{other}.{tail}".encode())

    assert report["verdict"] == "invalid"
    assert report["credential"] is None


def test_t01_a_key_that_a_pupil_put_on_the_site_of_the_school_proves_nothing(
    site: Site, service: Service
) -> None:
    site.publish(KEY_SET, key_set("key-1"))
    site.publish("/~pupil/keys.json", key_set("key-1", ATTACKER))
    document = badge_of(site)

    forged = report_on(
        service, token(document, signer=ATTACKER, kid=f"{site.origin}/~pupil/keys.json#key-1")
    )

    assert forged["verdict"] == "indeterminate"
    assert codes(forged)["issuerBinding"] == "key-not-vouched-for"
    assert forged["credential"] is None


def test_t09_a_key_that_comes_along_is_shown_to_prove_nothing(site: Site, service: Service) -> None:
    text = token(
        badge_of(site, name="Master of everything"),
        signer=ATTACKER,
        kid=None,
        jwk=jwk.encode(key_of(ATTACKER)),
    )

    report = report_on(service, text)
    page = service.public().post("/verify", data={"credential": text.decode()}).text

    assert report["verdict"] == "indeterminate"
    assert codes(report)["issuerBinding"] == "key-came-along"
    assert "Master of everything" not in page
    assert "came with it" in page


def test_a_hub_of_ours_is_not_spoken_for_by_a_site(site: Site, service: Service) -> None:
    hub = service.one.hub
    site.publish("/keys", key_set("key-1", ATTACKER))

    for header in (
        {"kid": f"{site.origin}/keys#key-1"},
        {"kid": None, "jwk": jwk.encode(key_of(ATTACKER))},
    ):
        report = report_on(service, token(badge(hub.did), signer=ATTACKER, **header))
        assert report["verdict"] == "invalid"
        assert report["credential"] is None


def test_t30_a_school_that_is_away_leaves_its_badges_open(site: Site, service: Service) -> None:
    report = report_on(service, token(badge_of(site), kid=f"{site.origin}/keys"))

    assert report["verdict"] == "indeterminate"
    assert codes(report)["proof"] == "did-not-resolved"


def test_the_key_of_an_older_suite_may_be_in_the_profile_of_its_issuer(
    site: Site, service: Service
) -> None:
    issuer = f"{site.origin}/issuers/1"
    site.publish(
        "/issuers/1",
        {
            "id": issuer,
            "type": "Profile",
            "assertionMethod": [
                {
                    "id": "#key-1",
                    "type": "JsonWebKey",
                    "controller": issuer,
                    "publicKeyJwk": jwk.encode(key_of(SIGNER)),
                }
            ],
        },
    )

    report = report_on(service, token(badge(issuer), signer=SIGNER, kid=f"{issuer}#key-1"))

    assert report["verdict"] == "unknownIssuer"
