"""PDFs with a credential, ours and others', and pages that are scans."""

import zlib
from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfWriter

from credhub.documents.certificate import render
from credhub.errors import (
    CredentialTooLargeError,
    FileTooComplexError,
    SeveralCredentialsError,
)
from credhub.uploads import attachments, pdf, photo
from credhub.uploads.found import MAX_CREDENTIAL, Carrier, Found, What
from tests.hostile import pdfs
from tests.unit.documents.factories import a_content
from tests.unit.uploads.finding import found_in

CREDENTIAL = b'{"type": ["VerifiableCredential"]}'
FOUND = Found(what=What.CREDENTIAL, carrier=Carrier.PDF, text=CREDENTIAL.decode())


def test_our_certificate_holds_its_credential() -> None:
    content = replace(a_content(), credential=CREDENTIAL)

    assert pdf.credential_in(render(content).pdf) == FOUND


def test_a_printed_certificate_that_is_scanned_holds_its_address() -> None:
    content = replace(a_content(), credential=b"{}")

    found = Found.decode(found_in(render(content).pdf))

    assert (found.what, found.carrier) == (What.ADDRESS, Carrier.PDF)
    assert found.text.lower() == content.address.lower()


@pytest.mark.parametrize("token", [b"eyJ9.e30.AAAA", b"eyJ9.e30.AAAA~", b"eyJ9.e30.AAAA~a~b.c.d"])
def test_others_may_attach_a_token(token: bytes) -> None:
    found = pdf.credential_in(pdfs.with_files(b"notes.txt", token))

    assert found is not None
    assert found.text == token.decode()


def test_others_may_attach_what_is_no_credential_beside_it() -> None:
    others = (b"<xml/>", b"{}", b"a.b.c", b"eyJ9.e30", b"\xff\0")

    assert pdf.credential_in(pdfs.with_files(*others, CREDENTIAL)) == FOUND
    assert pdf.credential_in(pdfs.with_files(*others)) is None


def test_attachments_may_be_packed_and_written_by_other_programs() -> None:
    packed = pdfs.with_files(zlib.compress(CREDENTIAL), packing=b"/Filter /FlateDecode")
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_attachment("badge.jsonld", b"\xef\xbb\xbf" + CREDENTIAL)
    content = BytesIO()
    writer.write(content)

    assert pdf.credential_in(packed) == FOUND
    assert pdf.credential_in(content.getvalue()) == FOUND


def test_an_attachment_that_is_listed_twice_is_one() -> None:
    both = b"/Names << /EmbeddedFiles << /Names [(a) 10 0 R] >> >> /AF [10 0 R]"

    assert pdf.credential_in(pdfs.written(pdfs.objects_of([CREDENTIAL], catalog=both))) == FOUND


def test_the_same_credential_in_two_places_is_one() -> None:
    assert pdf.credential_in(pdfs.with_files(CREDENTIAL, CREDENTIAL)) == FOUND
    for place in pdfs.PLACES:
        assert pdf.credential_in(pdfs.beside(place, CREDENTIAL, CREDENTIAL)) == FOUND, place


@pytest.mark.parametrize("place", pdfs.PLACES)
def test_t44_what_a_viewer_may_show_is_looked_at_wherever_it_is_attached(place: str) -> None:
    with pytest.raises(SeveralCredentialsError):
        pdf.credential_in(pdfs.beside(place, CREDENTIAL, pdfs.OTHER))

    assert pdf.credential_in(pdfs.beside(place, CREDENTIAL, b'{"name": "x"}')) == FOUND
    assert pdf.credential_in(pdfs.beside(place, b"notes", CREDENTIAL)) == FOUND


@pytest.mark.parametrize(
    "text",
    [
        rb'{"type": ["V\u0065rifiableCredential"]}',
        b'{"@type": "https://www.w3.org/2018/credentials#VerifiableCredential"}',
        b'{"type": "CredhubBundle"}',
        b'{"@context": ["https://w3id.org/openbadges/v2"], "type": "Assertion"}',
    ],
)
def test_a_credential_says_what_it_is_however_it_is_written(text: bytes) -> None:
    found = pdf.credential_in(pdfs.with_files(b"notes", text))

    assert found is not None
    assert found.text == text.decode()


@pytest.mark.parametrize(
    "text",
    [
        b'{"name": "How to read a VerifiableCredential"}',
        b'{"type": "object", "required": ["VerifiableCredential"]}',
        b'{"type": ["Profile"], "@context": ["https://www.w3.org/ns/credentials/v2"]}',
        b'["VerifiableCredential"]',
        b'"a text"',
        b'{"type": null}',
        b'{"broken": ',
    ],
)
def test_what_only_speaks_of_credentials_is_none(text: bytes) -> None:
    assert pdf.credential_in(pdfs.with_files(text, CREDENTIAL)) == FOUND


def test_a_credential_that_is_too_large_to_be_read_is_not_passed_over() -> None:
    large = b'{"type": ["V\\u0065rifiableCredential"], "name": "%s"}' % (b"x" * MAX_CREDENTIAL)

    with pytest.raises(CredentialTooLargeError):
        pdf.credential_in(pdfs.with_files(large))
    with pytest.raises(SeveralCredentialsError):
        pdf.credential_in(pdfs.with_files(large, CREDENTIAL))
    assert pdf.credential_in(pdfs.with_files(b'{"x": "%s"}' % large[40:], CREDENTIAL)) == FOUND


def test_t44_a_file_with_more_in_it_than_any_honest_one_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(attachments, "MAX_REACHED", 5)

    with pytest.raises(FileTooComplexError):
        pdf.credential_in(pdfs.with_files(CREDENTIAL))


@pytest.mark.parametrize(
    "listed",
    [
        b"/AF [10 0 R]",
        b"/AF [<< /EF << /UF 11 0 R /F 11 0 R >> >>]",
        b"/Names << /EmbeddedFiles << /Kids [<< /Names [(a) 10 0 R] >>] >> >>",
    ],
)
def test_an_attachment_may_be_listed_in_any_place(listed: bytes) -> None:
    file = pdfs.written(pdfs.objects_of([CREDENTIAL], catalog=listed))

    assert pdf.credential_in(file) == FOUND


@pytest.mark.parametrize(
    "listed", [b"/AF 7", b"/AF [7]", b"/AF [<< >>]", b"/AF [<< /EF << /F 2 0 R >> >>]", b"/Names 7"]
)
def test_what_lists_no_file_attaches_none(listed: bytes) -> None:
    file = pdfs.written(pdfs.objects_of([CREDENTIAL], catalog=listed))

    assert pdf.credential_in(file) is None


def test_t44_tables_that_lead_in_a_circle_are_left() -> None:
    circle = pdfs.written(pdfs.objects_of([CREDENTIAL]), trailer=b"/Prev TABLE")
    once = pdfs.updated(pdfs.with_files(b"{}"), 11, pdfs.stream(CREDENTIAL))

    assert pdf.credential_in(circle) == FOUND
    assert pdf.credential_in(once) == FOUND


def test_t45_the_newest_attachment_counts_whatever_an_update_leaves_behind() -> None:
    shadowed = pdfs.updated(pdfs.with_files(CREDENTIAL), 11, pdfs.stream(b"eyJ9.e30.AAAA"))

    found = pdf.credential_in(shadowed)

    assert found is not None
    assert found.text == "eyJ9.e30.AAAA"


def test_a_page_without_a_size_shows_nothing() -> None:
    no_size = pdfs.written(
        {1: b"<< /Type /Catalog /Pages 2 0 R >>", 2: pdfs.PAGES, 3: b"<< /Type /Page >>"}
    )

    assert photo.address_on(no_size, Carrier.PDF) is None
