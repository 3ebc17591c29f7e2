"""Files that somebody hands in, read by workers and verified (T38-T40, T44, T45, T48)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from socket import create_server, socket

import pytest

from credhub.credentials.code import PublicCode
from credhub.errors import (
    CredentialNotFoundError,
    CredentialTooLargeError,
    FileNotReadError,
    FileTooComplexError,
    MalformedJsonError,
    PresentationInFileError,
    SandboxBusyError,
    SandboxTaskError,
    UploadRefusedError,
)
from credhub.jsontypes import canonical, parse_object
from credhub.sandbox.pool import Sandbox
from credhub.sandbox.process import Task
from credhub.services import certificates, reading, uploads
from credhub.verification.report import Outcome, Report, Verdict
from tests.hostile import corpus, pdfs, photos, pngs, svgs
from tests.running import Service
from tests.services.ordering import issue

OLDER = b'{"@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "id": "urn:x:1"}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A credential of the shared service, as it was signed."""

    signed: bytes
    address: str
    certificate: bytes


@pytest.fixture(scope="module")
def issued(service: Service) -> Issued:
    resources, hub = service.resources, service.one.hub.number
    opened = reading.by_id(resources, hub, issue(resources, hub))
    return Issued(
        signed=opened.signed,
        address=opened.address,
        certificate=certificates.render(resources, opened),
    )


def verified(service: Service, file: bytes) -> Report:
    report = uploads.verify_file(service.resources, file)
    assert isinstance(report, Report)
    return report


@contextmanager
def canary() -> Iterator[socket]:
    """Listen on the loopback; whoever connects is seen."""
    with create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0)
        yield listening
        with pytest.raises(BlockingIOError):
            listening.accept()


def test_a_credential_is_verified_in_whatever_it_comes(service: Service, issued: Issued) -> None:
    files = {
        "from-pdf": [issued.certificate, pdfs.with_files(b"notes", issued.signed)],
        "from-image": [
            pngs.image(pngs.international(issued.signed)),
            svgs.image(svgs.element(issued.signed.decode())),
        ],
        "from-qr-code": [
            pngs.of_rows(photos.rows_of(issued.address)),
            photos.jpeg(photos.rows_of(issued.address.upper())),
        ],
        "passed": [issued.signed],
    }

    for code, ways in files.items():
        for file in ways:
            report = verified(service, file)
            assert (report.verdict, report.checks[0].code) == (Verdict.VALID, code)
            assert report.credential == parse_object(issued.signed)


def test_a_credential_that_was_changed_is_invalid_in_whatever_it_comes(
    service: Service, issued: Issued
) -> None:
    changed = canonical(parse_object(issued.signed) | {"name": "Master of everything"})

    for file in (
        pdfs.with_files(changed),
        pngs.image(pngs.international(changed)),
        svgs.image(svgs.element(changed.decode())),
    ):
        assert verified(service, file).verdict is Verdict.INVALID


def test_t45_the_text_of_a_pdf_is_said_not_to_be_checked(service: Service, issued: Issued) -> None:
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 7 0 R >>"
    text = pdfs.stream(b"BT (Master of Science with honours) Tj ET")
    file = pdfs.written(pdfs.objects_of([issued.signed]) | {3: page, 7: text})

    report = verified(service, file)

    assert report.verdict is Verdict.VALID
    assert "What the pages of the PDF show was not checked" in report.checks[0].detail
    assert "honours" not in str(report.to_document())


def test_t48_a_code_that_leads_elsewhere_is_foreign_and_nobody_is_asked(service: Service) -> None:
    with canary() as listening:
        port = listening.getsockname()[1]
        report = verified(
            service, pngs.of_rows(photos.rows_of(f"http://127.0.0.1:{port}/c/{'a' * 32}"))
        )

    assert report.verdict is Verdict.INDETERMINATE
    assert (report.checks[0].outcome, report.checks[0].code) == (Outcome.UNKNOWN, "foreign-link")
    assert "127.0.0.1" in report.checks[0].detail
    assert report.credential is None


def test_t48_the_host_of_a_look_alike_is_shown_as_it_is(service: Service) -> None:
    report = verified(service, pngs.of_rows(photos.rows_of("https://credhub.ex\u0430mple/v/1")))

    assert report.checks[0].code == "foreign-link"
    assert "credhub.xn--exmple-4nf" in report.checks[0].detail


def test_t48_an_own_address_with_nothing_under_it_is_not_found(service: Service) -> None:
    code = PublicCode.make(service.one.hub.number, bytes(17)).text
    rows = photos.rows_of(f"{service.origin}/c/{code}")

    with pytest.raises(CredentialNotFoundError):
        verified(service, pngs.of_rows(rows))


@pytest.mark.parametrize(
    "file",
    [
        OLDER,
        pngs.image(pngs.international(OLDER, keyword=b"openbadges")),
        pngs.image(pngs.international(OLDER)),
        pngs.image(pngs.international(b"https://a.example/1", keyword=b"openbadges")),
        svgs.image(svgs.in_attribute("a.b.c", name="assertion"), namespace=svgs.V2),
        pdfs.with_files(OLDER),
    ],
)
def test_an_older_badge_is_told_apart_and_never_called_invalid(
    service: Service, file: bytes
) -> None:
    report = verified(service, file)

    assert report.verdict is Verdict.INDETERMINATE
    assert report.checks[0].code == "older-open-badge"
    assert report.credential is None


def test_t38_t39_t40_t44_every_hostile_file_is_refused_and_its_twin_verifies(
    service: Service, issued: Issued
) -> None:
    for case in corpus.files(issued.signed, issued.address):
        with pytest.raises(UploadRefusedError) as refused:
            verified(service, case.hostile)

        assert refused.value.code == case.code, case.name
        assert verified(service, case.twin).verdict is Verdict.VALID, case.name


def test_a_presentation_in_a_file_is_refused(service: Service) -> None:
    presentation = (
        b'{"@context": ["https://www.w3.org/ns/credentials/v2"], "type": "VerifiablePresentation",'
        b' "verifiableCredential": []}'
    )

    with pytest.raises(PresentationInFileError):
        verified(service, pngs.image(pngs.international(presentation)))


def test_a_text_is_read_by_its_own_parsers_and_within_its_own_limit(service: Service) -> None:
    with pytest.raises(MalformedJsonError):
        verified(service, b'{"a": 1, "a": 2}')
    with pytest.raises(CredentialTooLargeError):
        verified(service, b"{" + b" " * 2**20)


def limited(function: str, **limits: float) -> Sandbox:
    task = Task(function=f"tests.{function}")
    return Sandbox({uploads.TASK: task}, workers=1, **limits)  # type: ignore[arg-type]  # a test may name any limit


@pytest.mark.parametrize(
    ("function", "error"),
    [
        ("sandbox.tasks:sleep_for_ever", FileTooComplexError),
        ("sandbox.tasks:spin_for_ever", FileTooComplexError),
        ("sandbox.tasks:eat_memory", FileNotReadError),
        ("sandbox.tasks:crash", FileNotReadError),
        ("sandbox.tasks:have_a_bug", FileNotReadError),
        ("services.tasks:refuse_a_certificate", SandboxTaskError),
    ],
)
def test_t44_a_parser_that_does_not_end_or_ends_badly_is_a_refusal_and_no_fault(
    service: Service, function: str, error: type[Exception]
) -> None:
    with limited(function) as sandbox, pytest.raises(error):
        uploads.verify_file(service.with_resources(sandbox=sandbox), pngs.image())


def test_when_every_worker_is_busy_that_is_said(service: Service) -> None:
    with limited("sandbox.tasks:echo", max_waiting=-1) as sandbox, pytest.raises(SandboxBusyError):
        uploads.verify_file(service.with_resources(sandbox=sandbox), pngs.image())
