"""Strangers who publish something else than a DID document, or would send us elsewhere."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from threading import Event

import pytest

from credhub.egress.client import MAX_BYTES, Egress
from credhub.errors import (
    AddressRefusedError,
    AnswerTooLargeError,
    DidDocumentError,
    DidMismatchError,
    DidNotResolvedError,
    DidSyntaxError,
    NotCheckedNowError,
    NotReachedError,
)
from tests.connections import connections, watched
from tests.did_sites import SIGNER, WELL_KNOWN, asking, dids_of, document_of
from tests.sites import HOST, Site, certificate, leading_to, redirecting, saying, site

__all__ = ["certificate", "site"]


NO_DIDS = [
    "evil.example%40internal",
    "user@internal.example",
    "a.example%2Fetc%2Fpasswd",
    "a.example:..:etc",
    "a.example:%2e%2e:etc",
    "a.example?x=1",
    "a.example%23",
    "127.0.0.1",
    "2130706433",
    "0x7f000001",
    "%5B%3A%3A1%5D",
    "m\u00fcnchen.example",
    "localhost",
]


@pytest.mark.parametrize("tail", NO_DIDS)
@pytest.mark.parametrize("method", ["did:web:", f"did:webvh:{'1' * 46}:"])
def test_t25_nobody_is_asked_about_a_did_that_is_none(method: str, tail: str) -> None:
    asked: list[str] = []

    def resolver(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    dids = asking(Egress(resolver=resolver))
    with watched() as seen, pytest.raises(DidSyntaxError):
        dids.resolve(method + tail)
    assert (asked, seen) == ([], [])


# What is not a document


@pytest.mark.parametrize("body", [b"", b"[]", b"<html>", b'{"id":1,"id":2}', b"\xff\xfe{}"])
def test_what_is_not_strict_json_is_refused(site: Site, body: bytes) -> None:
    site.pages[WELL_KNOWN] = body

    with pytest.raises(DidDocumentError):
        dids_of(site).resolve(site.did)


def test_t26_ten_thousand_keys_are_refused(site: Site) -> None:
    document = document_of(site.did)
    keys = document["verificationMethod"]
    assert isinstance(keys, list)
    document["verificationMethod"] = [keys[0]] * 800
    site.publish(WELL_KNOWN, document)
    with pytest.raises(DidDocumentError):
        dids_of(site).resolve(site.did)

    document["verificationMethod"] = [keys[0]] * 10_000
    site.publish(WELL_KNOWN, document)
    with pytest.raises(DidNotResolvedError) as error:
        dids_of(site).resolve(site.did)
    assert isinstance(error.value.__cause__, AnswerTooLargeError)


def test_t26_services_that_lead_back_are_not_followed(site: Site) -> None:
    endpoint = {
        "id": "#again",
        "type": "LinkedDomains",
        "serviceEndpoint": site.origin + WELL_KNOWN,
    }
    site.publish(WELL_KNOWN, document_of(site.did, service=[{**endpoint}]))

    assert dids_of(site).resolve(site.did).id == site.did
    assert site.asked == [WELL_KNOWN]


def test_t26_compressed_documents_are_not_unfolded(site: Site) -> None:
    site.pages[WELL_KNOWN] = saying(b"\x1f\x8b", content_encoding="gzip")

    with pytest.raises(DidNotResolvedError) as error:
        dids_of(site).resolve(site.did)
    assert isinstance(error.value.__cause__, NotReachedError)


def test_t26_an_endless_document_ends_at_the_limit(site: Site) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(bytes(MAX_BYTES))

    site.pages[WELL_KNOWN] = endless

    with pytest.raises(DidNotResolvedError) as error:
        dids_of(site).resolve(site.did)
    assert isinstance(error.value.__cause__, AnswerTooLargeError)


def test_t26_a_document_that_drips_is_not_waited_for(site: Site) -> None:
    over = Event()

    def dripping(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not over.wait(0.1):
            handler.wfile.write(b" ")

    site.pages[WELL_KNOWN] = dripping

    with pytest.raises(DidNotResolvedError) as error:
        dids_of(site).resolve(site.did)
    over.set()
    assert isinstance(error.value.__cause__, NotReachedError)


def test_t23_a_redirect_is_not_followed(site: Site) -> None:
    with canary() as inside:
        for target in (
            f"http://127.0.0.1:{inside}/",
            "http://169.254.169.254/",
            site.origin + "/x",
        ):
            site.pages[WELL_KNOWN] = redirecting(target)
            with watched() as seen, pytest.raises(DidNotResolvedError):
                dids_of(site).resolve(site.did)
            assert len(connections(seen)) == 1
    assert set(site.asked) == {WELL_KNOWN}


# Whom strangers may make us ask

NOT_PUBLIC = [
    "0.0.0.0",  # noqa: S104 - refused, not listened on
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1",
    "2002:7f00:1::",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "ff02::1",
]


@pytest.mark.parametrize("address", NOT_PUBLIC)
@pytest.mark.parametrize("method", ["did:web:", f"did:webvh:{'1' * 46}:"])
def test_t21_no_did_leads_inside(method: str, address: str) -> None:
    egress = Egress(resolver=lambda *_: [address])
    dids = asking(egress)

    for port in ("", "%3A8443", "%3A22"):
        with watched() as seen, pytest.raises(DidNotResolvedError) as error:
            dids.resolve(f"{method}evil.example{port}")
        assert isinstance(error.value.__cause__, AddressRefusedError)
        assert seen == []


def test_t22_a_name_that_changes_its_mind_leads_where_it_was_checked(site: Site) -> None:
    # The second answer would be the canary.
    answers = iter([["127.0.0.1"], ["127.0.0.2"]])
    site.publish(WELL_KNOWN, document_of(site.did))
    egress = leading_to(site, addresses=lambda *_: next(answers))

    with watched() as seen:
        found = asking(egress).resolve(site.did)

    assert found.id == site.did
    assert connections(seen) == [f"socket.connect ('127.0.0.1', {site.port})"]
    assert next(answers) == ["127.0.0.2"]


def test_t22_a_name_with_one_address_inside_is_not_asked() -> None:
    egress = Egress(resolver=lambda *_: ["93.184.216.34", "127.0.0.1"])

    with watched() as seen, pytest.raises(DidNotResolvedError):
        asking(egress).resolve(f"did:web:{HOST}")
    assert seen == []


def test_t26_those_who_let_us_wait_do_not_stop_others(site: Site) -> None:
    dids = asking(leading_to(site), at_once=1)
    over, asked = Event(), Event()

    def silent(handler: BaseHTTPRequestHandler) -> None:
        asked.set()
        over.wait()
        saying(b"{}")(handler)

    site.pages["/slow/did.json"] = silent

    with ThreadPoolExecutor() as threads:
        waiting = threads.submit(dids.resolve, f"{site.did}:slow")
        asked.wait()
        with pytest.raises(NotCheckedNowError):
            dids.resolve(site.did)
        assert dids.resolve(SIGNER.did).id == SIGNER.did
        over.set()
        with pytest.raises(DidMismatchError):
            waiting.result()


@contextmanager
def canary(address: str = "127.0.0.1", *, port: int = 0) -> Iterator[int]:
    """Listen where nobody should come; who is accepted was not meant to be."""
    with socket.create_server((address, port)) as server:
        yield server.getsockname()[1]
        server.setblocking(False)  # noqa: FBT003 - as the library has it
        with pytest.raises(BlockingIOError):
            server.accept()
