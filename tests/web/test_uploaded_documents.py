"""Certificates, badge images and photos at both doors (T38-T40, T44-T46, T48)."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from credhub.jsontypes import canonical, parse_object
from credhub.web.admission import MAX_BODY, MAX_UPLOAD
from tests.hostile import corpus, pdfs, photos, pngs, svgs
from tests.running import Service, issue
from tests.web.routes import rows_of

LARGEST = 10 * 1024 * 1024
OLDER = b'{"@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "id": "urn:x:1"}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Things:
    """A credential and everything that it can come in."""

    signed: bytes
    address: str
    files: dict[str, bytes]


@pytest.fixture(scope="module")
def things(service: Service) -> Things:
    address = str(issue(service.client())["url"])
    path = address.removeprefix(service.origin)
    public = service.public()
    signed = public.get(path, headers={"accept": "application/vc"}).content
    printed = public.get(path, headers={"accept": "application/pdf"})
    assert printed.status_code == 200
    files = {
        "JSON": signed,
        "a certificate": printed.content,
        "a PDF of others": pdfs.with_files(b"notes", signed),
        "a PNG badge": pngs.image(pngs.international(signed)),
        "an SVG badge": svgs.image(svgs.element(signed.decode())),
        "a scan": pngs.of_rows(photos.rows_of(address)),
        "a photo": photos.jpeg(photos.rows_of(address.upper())),
    }
    return Things(signed=signed, address=address, files=files)


KINDS = (
    "JSON",
    "a certificate",
    "a PDF of others",
    "a PNG badge",
    "an SVG badge",
    "a scan",
    "a photo",
)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_is_verified(service: Service, things: Things, kind: str) -> None:
    file = things.files[kind]

    report = service.public().post("/v1/verify", files={"file": file}).json()
    page = service.public().post("/verify", files={"file": file})

    assert report["verdict"] == "valid"
    assert report["credential"] == parse_object(things.signed)
    assert page.status_code == 200
    assert 'id="verdict"' in page.text


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_file_is_its_bytes_say_and_not_its_name(
    service: Service, things: Things, kind: str
) -> None:
    for name, media_type in (("x.json", "application/json"), ("x.pdf", "image/png"), ("", "")):
        part = (name or "f", things.files[kind], media_type or "application/octet-stream")
        report = service.public().post("/v1/verify", files={"file": part}).json()

        assert report["verdict"] == "valid"


def test_t45_a_page_says_that_the_text_of_the_pdf_was_not_checked(
    service: Service, things: Things
) -> None:
    page = service.public().post("/verify", files={"file": things.files["a PDF of others"]})

    assert "What the pages of the PDF show was not checked" in page.text


def test_a_changed_credential_in_a_pdf_is_invalid(service: Service, things: Things) -> None:
    changed = canonical(parse_object(things.signed) | {"name": "Master of everything"})

    answer = service.public().post("/v1/verify", files={"file": pdfs.with_files(changed)})

    assert (answer.status_code, answer.json()["verdict"]) == (200, "invalid")


def test_t38_t39_t40_t44_no_hostile_file_is_believed_and_the_next_good_one_verifies(
    service: Service, things: Things
) -> None:
    public = service.public()
    for case in corpus.files(things.signed, things.address):
        refused = public.post("/v1/verify", files={"file": case.hostile})

        assert (refused.status_code, refused.json()["code"]) == (422, case.code), case.name
        assert refused.headers["content-type"] == "application/problem+json"
        twin = public.post("/v1/verify", files={"file": case.twin})
        assert twin.json()["verdict"] == "valid", case.name


def test_t38_t39_t40_t44_the_page_gives_the_same_refusals_in_words(
    service: Service, things: Things
) -> None:
    for case in corpus.files(things.signed, things.address):
        page = service.public().post("/verify", files={"file": case.hostile})

        if case.hostile:
            detail = service.public().post("/v1/verify", files={"file": case.hostile}).json()
            assert (page.status_code, detail["detail"] in page.text) == (422, True), case.name
        assert 'id="verdict"' not in page.text


def test_t48_a_foreign_code_is_shown_with_its_host_and_never_followed(service: Service) -> None:
    file = pngs.of_rows(photos.rows_of("https://credhub.ex\u0430mple/v/1"))

    report = service.public().post("/v1/verify", files={"file": file}).json()
    page = service.public().post("/verify", files={"file": file})

    assert (report["verdict"], report["checks"][0]["code"]) == ("indeterminate", "foreign-link")
    assert "credhub.xn--exmple-4nf" in page.text
    assert 'href="https://credhub' not in page.text


def test_an_older_badge_is_no_forgery(service: Service) -> None:
    for file in (OLDER, pngs.image(pngs.international(OLDER, keyword=b"openbadges"))):
        report = service.public().post("/v1/verify", files={"file": file}).json()

        assert report["verdict"] == "indeterminate"
        assert report["checks"][0]["code"] == "older-open-badge"
    sent = service.public().post("/v1/verify", json={"credential": parse_object(OLDER)}).json()
    assert sent["checks"][0]["code"] == "older-open-badge"
    pasted = service.public().post("/verify", data={"credential": OLDER.decode()})
    assert "nothing bad about the badge" in pasted.text


def test_an_own_address_that_leads_nowhere_is_not_found(service: Service, things: Things) -> None:
    rows = photos.rows_of(things.address[:-4] + "aaaa")

    answer = service.public().post("/v1/verify", files={"file": pngs.of_rows(rows)})

    assert (answer.status_code, answer.json()["code"]) == (404, "credential-not-found")


def pieces_of(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), 65_536):
        yield content[start : start + 65_536]


@pytest.mark.parametrize("path", ["/v1/verify", "/verify"])
def test_t46_a_file_of_ten_mebibytes_is_read_and_a_larger_one_refused(
    service: Service, things: Things, path: str
) -> None:
    public = service.public()
    badge = things.files["a PNG badge"]
    comment = pngs.chunk(b"tEXt", b"Comment\0" + bytes(LARGEST - len(badge) - 20))
    largest = pngs.image(comment, pngs.international(things.signed))
    assert len(largest) == LARGEST

    read = public.post(path, files={"file": largest})
    announced = public.post(path, files={"file": bytes(MAX_UPLOAD)})
    body, media_type = announced.request.read(), announced.request.headers["content-type"]
    in_pieces = public.post(path, content=pieces_of(body), headers={"content-type": media_type})

    assert read.status_code == 200
    assert announced.status_code == in_pieces.status_code == 413


def test_t46_only_files_may_be_as_large(service: Service) -> None:
    public = service.public()
    text = b'{"credential": {}}' + b" " * MAX_BODY
    json = public.post("/v1/verify", content=text, headers={"content-type": "application/json"})
    elsewhere = service.client().post("/v1/credentials", files={"file": bytes(MAX_BODY)})
    pasted = public.post("/verify", data={"credential": "x" * MAX_BODY})

    assert [one.status_code for one in (json, elsewhere, pasted)] == [413] * 3


def test_t40_nothing_of_a_file_is_kept(
    service: Service, things: Things, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "not-there"))
    before = rows_of(service)
    comment = pngs.chunk(b"tEXt", b"Comment\0" + bytes(5 * 1024 * 1024))

    answer = service.public().post(
        "/v1/verify", files={"file": pngs.image(comment, pngs.international(things.signed))}
    )

    assert answer.json()["verdict"] == "valid"
    assert rows_of(service) == before
