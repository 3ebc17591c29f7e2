"""PDFs with attachments, written by hand, and what is done to them (T44)."""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO

from pypdf import PdfWriter

from tests.hostile.case import Case

PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] >>"


def stream(content: bytes, more: bytes = b"") -> bytes:
    return b"<< %s /Length %d >> stream\n%s\nendstream" % (more, len(content), content)


def written(
    objects: Mapping[int, bytes], *, trailer: bytes = b"", start: int | None = None
) -> bytes:
    """Write numbered objects, a table of where they are, and a trailer."""
    document = bytearray(b"%PDF-1.7\n")
    places = {}
    for number, content in objects.items():
        places[number] = len(document)
        document += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(document)
    size = max(objects) + 1
    document += b"xref\n0 1\n0000000000 65535 f \n"
    for number, place in places.items():
        document += b"%d 1\n%010d 00000 n \n" % (number, place)
    extra = trailer.replace(b"TABLE", b"%d" % table)
    document += b"trailer << /Size %d /Root 1 0 R %s >>\n" % (size, extra)
    return bytes(document + b"startxref\n%d\n%%%%EOF\n" % (table if start is None else start))


def objects_of(
    files: Sequence[bytes], *, packing: bytes = b"", catalog: bytes = b""
) -> dict[int, bytes]:
    """Give the objects of a PDF with these attachments, from number 10 on: two for each."""
    names = b" ".join(b"(%05d) %d 0 R" % (n, 10 + 2 * n) for n in range(len(files)))
    tree = b"/Names << /EmbeddedFiles << /Names [%s] >> >>" % names
    root = b"<< /Type /Catalog /Pages 2 0 R %s >>" % (catalog or tree)
    objects = {1: root, 2: PAGES, 3: PAGE}
    for n, file in enumerate(files):
        name = b"/F (credential.json) /EF << /F %d 0 R >>" % (11 + 2 * n)
        objects[10 + 2 * n] = b"<< /Type /Filespec %s >>" % name
        objects[11 + 2 * n] = stream(file, b"/Type /EmbeddedFile " + packing)
    return objects


def with_files(*files: bytes, packing: bytes = b"") -> bytes:
    return written(objects_of(files, packing=packing))


def updated(document: bytes, number: int, content: bytes) -> bytes:
    """Add an incremental update that puts another object in the place of one."""
    before = int(document.rsplit(b"startxref", 1)[1].split()[0])
    place = len(document)
    more = b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = place + len(more)
    return (
        document
        + more
        + b"xref\n%d 1\n%010d 00000 n \ntrailer << /Size 99 /Root 1 0 R /Prev %d >>\n"
        % (number, place, before)
        + b"startxref\n%d\n%%%%EOF\n" % table
    )


def encrypted(document: bytes, password: str) -> bytes:
    writer = PdfWriter(clone_from=BytesIO(document))
    writer.encrypt(password, "owner", algorithm="AES-256")
    content = BytesIO()
    writer.write(content)
    return content.getvalue()


OTHER = b'{"type": ["VerifiableCredential"], "name": "Another"}'
_FILE = b"<< /Type /Filespec /F (b) /EF << /F 32 0 R >> >>"
_NOTE = b"<< /Type /Annot /Subtype /FileAttachment /Rect [0 0 9 9] /FS 31 0 R >>"
_FORM = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /AF [31 0 R]"


def _page(more: bytes) -> bytes:
    return PAGE.removesuffix(b">>") + more + b" >>"


PLACES: Mapping[str, Mapping[int, bytes]] = {
    "the form of a file for another system": {
        10: b"<< /Type /Filespec /F (a) /UF (a) /EF << /UF 11 0 R /F 32 0 R >> >>"
    },
    "the form of a file for old systems": {
        10: b"<< /Type /Filespec /F (a) /EF << /F 11 0 R /Unix 32 0 R >> >>"
    },
    "what is related to a file": {
        10: b"<< /Type /Filespec /F (a) /EF << /F 11 0 R >> /RF << /F [(b) 32 0 R] >> >>"
    },
    "what belongs to a page": {3: _page(b"/AF [31 0 R]")},
    "a comment": {3: _page(b"/Annots [30 0 R]"), 30: _NOTE},
    "what belongs to a comment": {3: _page(b"/Annots [<< /Subtype /Text /AF [31 0 R] >>]")},
    "what belongs to a picture": {
        3: _page(b"/Resources << /XObject << /X 30 0 R >> >>"),
        30: stream(b"", _FORM),
    },
    "what belongs to a part of the text": {
        1: b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(a) 10 0 R] >> >>"
        b" /StructTreeRoot << /K << /S /Document /AF 31 0 R >> >> >>",
    },
}
"""Where a file may be attached beside the list of attachments."""


def beside(place: str, credential: bytes, other: bytes) -> bytes:
    """Attach a credential as usual, and another thing in one of the ``PLACES``."""
    objects = objects_of([credential]) | {31: _FILE, 32: stream(other)}
    return written(objects | dict(PLACES[place]))


def _escaped(credential: bytes) -> bytes:
    return credential.replace(b"VerifiableC", rb"V\u0065rifiable\u0043")


def heavy(strokes: int = 300_000) -> bytes:
    """Give a small PDF whose page takes minutes to draw."""
    content = b"q " + b"0 0 100 100 re W n " * 5 + b"0 0 m 100 100 l S " * strokes
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] /Contents 4 0 R >>"
    packed = stream(zlib.compress(content, 9), b"/Filter /FlateDecode")
    root = b"<< /Type /Catalog /Pages 2 0 R >>"
    return written({1: root, 2: PAGES, 3: page, 4: packed})


Named = tuple[str, str, bytes]


def cases(credential: bytes) -> Iterator[Case]:
    good = with_files(credential)
    for kind in (_too_many, _disguised, _knotted, _packed, _unreadable):
        for name, code, hostile in kind(credential):
            yield Case(name=f"pdf: {name}", threat="T44", hostile=hostile, code=code, twin=good)


def _too_many(credential: bytes) -> Iterator[Named]:
    yield ("two credentials", "several-credentials", with_files(credential, OTHER))
    for place in PLACES:
        hidden = beside(place, credential, OTHER)
        yield (f"a second credential as {place}", "several-credentials", hidden)
    yield (
        "a credential and a token",
        "several-credentials",
        with_files(credential, b"eyJ9.e30.AAAA"),
    )
    yield ("17 attachments", "too-many-attachments", with_files(*[b"x"] * 17))
    associated = b"/AF [%s]" % b" ".join(b"%d 0 R" % (10 + 2 * n) for n in range(17))
    many_associated = written(objects_of([b"x"] * 17, catalog=associated))
    yield ("17 associated files", "too-many-attachments", many_associated)
    yield ("10,000 attachments", "too-many-attachments", with_files(*[b"eyJ9.e30.AAAA"] * 10_000))


def _disguised(credential: bytes) -> Iterator[Named]:
    several = "several-credentials"
    for name, other in {
        "with escaped letters": _escaped(OTHER),
        "in a list": b"[%s]" % OTHER,
        "in another object": b'{"badge": %s}' % OTHER,
        "in UTF-16": OTHER.decode().encode("utf-16"),
        "in UTF-16 without a mark": OTHER.decode().encode("utf-16-be"),
        "in JSON that has two readings": OTHER.replace(b"{", b'{"type": 1, '),
        "in JSON that only some can read": _escaped(OTHER).replace(b"}", b",}"),
        "as a token in quotes": b'"eyJ9.e30.AAAA"',
        "as a token in a list": b'["eyJ9.e30.AAAA"]',
    }.items():
        yield (f"a second credential {name}", several, with_files(credential, other))
    alone = credential.decode().encode("utf-16")
    yield ("a credential in UTF-16", "malformed-pdf", with_files(alone))


def _knotted(credential: bytes) -> Iterator[Named]:
    def catalog(text: bytes, more: Mapping[int, bytes]) -> bytes:
        return written(objects_of([credential], catalog=text) | dict(more))

    tree = b"/Names << /EmbeddedFiles 5 0 R >>"
    many = {5: b"<< /Kids [%s] >>" % (b"6 0 R " * 10_000), 6: b"<< /Names [] >>"}
    yield ("a tree of 10,000 branches", "file-too-complex", catalog(tree, many))
    yield ("a tree in a circle", "file-too-complex", catalog(tree, {5: b"<< /Kids [5 0 R] >>"}))
    circle = {5: b"<< /Kids [6 0 R 6 0 R] >>", 6: b"<< /Kids [5 0 R 5 0 R] >>"}
    yield ("a tree that grows in a circle", "file-too-complex", catalog(tree, circle))
    itself = {5: b"5 0 R"}
    yield ("an object that is itself", "malformed-pdf", catalog(tree, itself))
    two = {5: b"6 0 R", 6: b"5 0 R"}
    yield ("two objects that are each other", "malformed-pdf", catalog(tree, two))
    nest = {5: b"<< /Kids " + b"[" * 20_000 + b"]" * 20_000 + b" >>"}
    yield ("arrays in arrays", "malformed-pdf", catalog(tree, nest))


def _packed(credential: bytes) -> Iterator[Named]:
    packed = with_files(credential, packing=b"/Filter /UnheardDecode")
    yield ("packed with something unheard of", "malformed-pdf", packed)
    flate = b"/Filter /FlateDecode"
    bomb = zlib.compress(bytes(100_000_000), 9)
    yield ("a bomb", "file-too-complex", with_files(bomb, packing=flate))
    twice = zlib.compress(bomb, 9)
    yield (
        "a bomb in a bomb",
        "file-too-complex",
        with_files(twice, packing=b"/Filter [/FlateDecode /FlateDecode]"),
    )
    filters = b"/Filter [%s]" % (b"/FlateDecode " * 1000)
    yield ("a thousand filters", "file-too-complex", with_files(b"x", packing=filters))
    lzw = b"/Filter /RunLengthDecode"
    yield ("a run-length bomb", "file-too-complex", with_files(b"\x81\0" * 100_000, packing=lzw))


def _unreadable(credential: bytes) -> Iterator[Named]:
    for password in ("", "secret"):
        locked = encrypted(with_files(credential), password)
        yield (f"encrypted with {password or 'nothing'}", "encrypted-pdf", locked)
    encryption = b"/Encrypt << /Filter /Standard /V 5 /R 6 /Length 256 >> /ID [(a) (a)]"
    broken = written(objects_of([credential]), trailer=encryption)
    unheard = b"/Encrypt << /Filter /Unheard >> /ID [(a) (a)]"
    strange = written(objects_of([credential]), trailer=unheard)
    yield ("encrypted with something unheard of", "encrypted-pdf", strange)
    yield ("encrypted with something broken", "malformed-pdf", broken)
    yield ("over the cap", "credential-too-large", with_files(credential + b" " * 2**20))
    yield ("not UTF-8", "malformed-pdf", with_files(credential + b"\xff"))
    yield ("only a header", "malformed-pdf", b"%PDF-1.7\n")
    yield ("cut off", "malformed-pdf", b"%PDF-1.7\n" + b"x" * 100_000)
    yield ("no catalog", "malformed-pdf", written({2: PAGES, 3: PAGE}))
    nothing = written({1: b"<< /Type /Catalog /Pages 2 0 R >>", 2: PAGES, 3: PAGE})
    yield ("nothing attached", "no-credential-in-file", nothing)
    entities = b"/Metadata 7 0 R"
    xmp = {
        7: stream(
            b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>',
            b"/Type /Metadata /Subtype /XML",
        )
    }
    yield (
        "entities in its metadata, and two credentials",
        "several-credentials",
        written(objects_of([credential, OTHER], catalog=entities + b" /AF [10 0 R 12 0 R]") | xmp),
    )
