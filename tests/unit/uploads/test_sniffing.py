import pytest

from credhub.errors import NoCredentialError, UnknownFileKindError
from credhub.uploads import reading
from credhub.uploads.sniffing import Kind, kind_of
from tests.hostile import pdfs, pngs, svgs

KINDS = {
    Kind.PNG: [pngs.image()],
    Kind.JPEG: [b"\xff\xd8\xff\xe0"],
    Kind.SVG: [
        svgs.image(),
        b"\xef\xbb\xbf\n<?xml version='1.0'?><!-- x --><svg>",
        b"<s:svg xmlns:s='http://www.w3.org/2000/svg'/>",
    ],
    Kind.PDF: [pdfs.with_files(), b"\xff\n%PDF-1.7"],
    Kind.TEXT: [b" {}", b"\xef\xbb\xbf{}", b"[1]", b"a.b.c", b"not JSON", b'{"a":"%PDF-"}'],
}


@pytest.mark.parametrize("kind", Kind)
def test_a_file_is_what_its_bytes_say(kind: Kind) -> None:
    assert [kind_of(file) for file in KINDS[kind]] == [kind] * len(KINDS[kind])


@pytest.mark.parametrize("file", [b"", b"\0", b"<html>", b"MZ\x90", b" \n", b"\xff\xfe{\0"])
def test_anything_else_is_refused(file: bytes) -> None:
    with pytest.raises(UnknownFileKindError):
        kind_of(file)


def test_a_text_is_not_for_a_worker() -> None:
    with pytest.raises(NoCredentialError):
        reading.read(b"{}")
