"""The permanent address: one address, an answer for everybody; and T50, nobody guesses another."""

import json
from dataclasses import replace
from io import BytesIO
from secrets import token_bytes

import pytest
from pypdf import PdfReader

from credhub.credentials.code import RANDOM_BYTES, PublicCode
from credhub.errors import CredentialNotFoundError
from credhub.jsontypes import JsonObject
from credhub.ledger.receipt import Receipt
from credhub.services import reading
from credhub.verification.bundle import Bundle
from credhub.web.app import create_app
from tests.running import Service, code_of, issue, publish

BUNDLE = "application/vnd.credhub.bundle+json"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
HTML, JSON, VC, PDF, PNG, SVG, TEXT = (
    "text/html",
    "application/json",
    "application/vc",
    "application/pdf",
    "image/png",
    "image/svg+xml",
    "text/plain",
)
ACCEPT = {
    None: HTML,
    "": HTML,
    "*/*": HTML,
    BROWSER: HTML,
    "text/*": HTML,
    "application/json": JSON,
    "APPLICATION/JSON": JSON,
    "application/json; charset=utf-8": JSON,
    "text/html;q=0.5, application/json": JSON,
    "text/html, application/json": HTML,
    "application/json, text/html": HTML,
    "application/json;q=0.9, text/html;q=0.1": JSON,
    "application/vc": VC,
    "application/vc+ld+json": VC,
    "application/ld+json": VC,
    "application/*": JSON,
    "application/*, application/json;q=0": VC,
    "application/vc;q=0.9, application/json;q=0.8": VC,
    "application/pdf": PDF,
    "application/vnd.credhub.bundle+json": BUNDLE,
    "application/json;q=0.1, application/vnd.credhub.bundle+json": BUNDLE,
    "text/plain": TEXT,
    "text/html;q=0, */*": JSON,
    "text/html;q=0, application/json;q=0, */*;q=0.1": VC,
    "image/png": PNG,
    "image/svg+xml, text/html;q=0.9": SVG,
    "image/gif": HTML,
    "text/html;q=nonsense, application/json;q=0.1": JSON,
    "text/html;q=2, application/json": HTML,
    "text/html;q=-1, application/json": JSON,
    "text/html;level=1;q=0.1, application/json;q=0.2": JSON,
    ",,;;q=,/,*": HTML,
    "application/json," * 2000: JSON,
}
FORMATS = {
    "html": HTML,
    "report": JSON,
    "json": JSON,
    "vc": VC,
    "pdf": PDF,
    "png": PNG,
    "svg": SVG,
    "receipt": TEXT,
    "bundle": BUNDLE,
}


@pytest.fixture(scope="module")
def issued(service: Service) -> JsonObject:
    return issue(service.client())


def media_type(header: str) -> str:
    return header.partition(";")[0]


@pytest.mark.parametrize("accept", ACCEPT, ids=lambda accept: str(accept)[:40])
def test_whoever_asks_gets_what_they_can_read(
    service: Service, issued: JsonObject, accept: str | None
) -> None:
    client = service.public()
    if accept is None:
        del client.headers["accept"]
    else:
        client.headers["accept"] = accept

    response = client.get(f"/c/{code_of(issued)}")

    assert response.status_code == 200
    assert media_type(response.headers["content-type"]) == ACCEPT[accept]
    assert response.headers["vary"] == "Accept"
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("form", FORMATS)
def test_a_format_in_the_address_decides(service: Service, issued: JsonObject, form: str) -> None:
    response = service.public().get(
        f"/c/{code_of(issued)}", params={"format": form}, headers={"accept": "application/vc"}
    )

    assert media_type(response.headers["content-type"]) == FORMATS[form]


def test_a_format_that_is_none_is_refused(service: Service, issued: JsonObject) -> None:
    response = service.public().get(f"/c/{code_of(issued)}?format=exe")

    assert response.status_code == 422


def test_everything_at_the_address_is_about_the_one_credential(
    service: Service, issued: JsonObject
) -> None:
    client, address = service.public(), f"/c/{code_of(issued)}"

    assert issued["url"] == service.origin + address
    page = client.get(address, headers={"accept": BROWSER})
    assert "Amélie Dubois" in page.text
    report = client.get(f"{address}?format=report").json()
    assert report["verdict"] == "valid"
    assert report["credential"] == issued["credential"]
    signed = client.get(f"{address}?format=vc")
    assert json.loads(signed.content) == issued["credential"]
    text = client.get(f"{address}/receipt")
    assert text.headers["content-disposition"].endswith('.tlog-proof"')
    receipt = Receipt.parse(text.text)
    ledger = issued["ledger"]
    assert isinstance(ledger, dict)
    assert receipt.index == ledger["seq"]
    pdf = client.get(f"{address}?format=pdf")
    attached = PdfReader(BytesIO(pdf.content)).attachments
    assert [signed.content] in list(attached.values())
    assert pdf.headers["content-disposition"].startswith("inline")
    saved = client.get(f"{address}?format=bundle")
    bundle = Bundle.parse(saved.content)
    assert bundle.credential.encode() == signed.content
    assert bundle.receipt == receipt.text()
    assert f"{address}?format=bundle" in page.text
    assert saved.headers["content-disposition"].startswith("attachment")
    assert saved.headers["content-disposition"].endswith('.bundle.json"')


def test_the_address_in_a_qr_code_is_in_upper_case(service: Service, issued: JsonObject) -> None:
    code = code_of(issued).upper()

    lower = service.public().get(f"/c/{code}", params={"format": "vc"})
    upper = service.public().get(f"/C/{code}", params={"format": "vc"})

    assert lower.content == upper.content
    assert upper.status_code == 200


def test_signed_bytes_are_served_as_they_were_signed(service: Service, issued: JsonObject) -> None:
    opened = reading.by_code(service.resources, code_of(issued))

    assert service.public().get(f"/c/{code_of(issued)}?format=vc").content == opened.signed
    own = service.client().get(f"/v1/credentials/{issued['id']}?format=vc")
    assert own.content == opened.signed
    assert own.headers["content-type"] == VC


UNKNOWN = ("nothing", "a" * 32, "%01", "%2e%2e", "a" * 4000, "ä", "%F0%9F%92%A9", "' OR 1=1--")


@pytest.mark.parametrize("code", UNKNOWN, ids=lambda code: code[:20])
@pytest.mark.parametrize(
    "end", ["", "/receipt", "?format=pdf", "?format=png", "?format=vc", "?format=report"]
)
def test_a_code_that_is_none_is_not_found(service: Service, code: str, end: str) -> None:
    response = service.public().get(f"/c/{code}{end}")

    assert response.status_code == 404
    assert response.json()["code"] in {"credential-not-found", "not-found"}


def test_a_person_gets_a_page_when_nothing_is_found(service: Service) -> None:
    response = service.public().get("/c/nothing", headers={"accept": BROWSER})

    assert response.status_code == 404
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "x-robots-tag" in response.headers


def test_t50_codes_have_128_random_bits_and_more(service: Service) -> None:
    assert RANDOM_BYTES * 8 >= 128
    client = service.client()
    achievement = publish(client)
    codes = [code_of(issue(client, achievement)) for _ in range(40)]

    assert len(set(codes)) == len(codes)
    assert codes != sorted(codes)
    assert codes != sorted(codes, reverse=True)
    for place in range(5, 32):
        assert len({code[place] for code in codes}) > 8, "every place varies"


def test_t50_ten_thousand_random_codes_hit_nothing(service: Service) -> None:
    issue(service.client())
    hub = service.one.hub.number

    for _ in range(10_000):
        with pytest.raises(CredentialNotFoundError):
            reading.by_code(service.resources, PublicCode.make(hub, token_bytes(17)).text)


def test_t50_whoever_guesses_is_stopped(service: Service, issued: JsonObject) -> None:
    settings = service.runtime.settings.model_copy(update={"unknown_codes_per_minute": 5})
    client = service.public(create_app(replace(service.runtime, settings=settings)))

    def guess(end: str = "") -> int:
        code = PublicCode.make(service.one.hub.number, token_bytes(17)).text
        return client.get(f"/c/{code}{end}").status_code

    assert client.get(f"/c/{code_of(issued)}").status_code == 200
    assert [guess() for _ in range(3)] == [404] * 3
    assert [guess("/receipt"), guess("?format=vc")] == [404] * 2
    assert [guess(), guess("/receipt"), guess("?format=report")] == [429] * 3
    refused = client.get(f"/c/{code_of(issued)}")
    assert (refused.status_code, refused.json()["code"]) == (429, "rate-limited")
    page = client.get(f"/c/{code_of(issued)}", headers={"accept": BROWSER})
    assert page.status_code == 429
    assert "Amélie" not in page.text


def test_t50_whoever_asks_for_what_exists_is_not_stopped(
    service: Service, issued: JsonObject
) -> None:
    settings = service.runtime.settings.model_copy(update={"unknown_codes_per_minute": 1})
    client = service.public(create_app(replace(service.runtime, settings=settings)))

    assert {client.get(f"/c/{code_of(issued)}").status_code for _ in range(10)} == {200}


def test_t50_uploads_are_limited_too(service: Service, issued: JsonObject) -> None:
    settings = service.runtime.settings.model_copy(update={"verifications_per_minute": 2})
    client = service.public(create_app(replace(service.runtime, settings=settings)))
    body = {"credential": issued["credential"]}

    assert client.post("/v1/verify", json=body).status_code == 200
    form = client.post("/verify", data={"credential": "{}"}, headers={"accept": BROWSER})
    assert form.status_code == 200
    assert client.post("/v1/verify", json=body).status_code == 429
    assert client.post("/verify", data={"credential": "{}"}).status_code == 429


def test_t50_search_engines_are_asked_to_stay_away(service: Service, issued: JsonObject) -> None:
    for form in (*FORMATS, "nothing"):
        response = service.public().get(f"/c/{code_of(issued)}", params={"format": form})
        assert response.headers["x-robots-tag"] == "noindex"


def test_the_page_leads_to_what_its_award_means(service: Service, issued: JsonObject) -> None:
    credential = issued["credential"]
    assert isinstance(credential, dict)
    subject = credential["credentialSubject"]
    assert isinstance(subject, dict)
    assert isinstance(subject["achievement"], dict)
    link = f'<a href="{subject["achievement"]["id"]}">What this award means</a>'
    path = str(credential["id"]).removeprefix(service.origin)

    at_home = service.public().get(path, headers={"accept": "text/html"})
    sent_in = service.public().post("/verify", data={"credential": json.dumps(credential)})

    assert link in at_home.text
    assert link in sent_in.text
