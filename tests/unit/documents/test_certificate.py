from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pypdf
import pypdfium2  # type: ignore[import-untyped]  # it has no types
import pytest
import typst
import zxingcpp
from pypdf.generic import ArrayObject, DictionaryObject, PdfObject

from credhub.documents import typesetting
from credhub.documents.certificate import Certificate, render, render_bytes
from credhub.errors import CertificateNotMadeError
from credhub.sandbox.pool import Sandbox
from credhub.sandbox.process import Task
from tests.unit.documents.factories import CODE, a_content

CONTENT = a_content()
NAMES = {
    "polish": "Małgorzata Żółć-Źdźbło",
    "vietnamese": "Nguyễn Thị Ánh Tuyết",
    "yoruba": "Oluwaseun Adébáyọ̀",
    "icelandic": "Þórdís Ægisdóttir",
    "arabic": "فاطمة الزهراء بنت يوسف",
    "persian": "محمد رضا کریمی",
    "hebrew": "יעל כהן",
    "simplified": "欧阳晓明",
    "traditional": "歐陽曉明",
    "japanese": "佐藤 さくら",
    "korean": "김민서",
    "cyrillic": "Олександр Ковальчук",
    "greek": "Ελένη Παπαδοπούλου",
    "devanagari": "आदित्य कृष्णमूर्ति",
    "bengali": "রবীন্দ্রনাথ দাস",
    "tamil": "தமிழ்செல்வன்",
    "thai": "สมชาย ใจดี",
    "armenian": "Արամ Պետրոսյան",
    "georgian": "ნინო ბერიძე",
    "ethiopic": "ሰላም ገብረማርያም",
    "gurmukhi": "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ",
    "mixed": "فاطمة الزهراء (Fatima Zahra)",
    "joiners": "\u0646\u06cc\u0645\u0627\u200c\u0632\u0627\u062f\u0647",
}
HOSTILE = [
    "#panic()",
    "$x$",
    "*b*",
    '<img src="http://canary/x"/>',
    '#read("/etc/passwd")',
    r"\u{41} \ @ref <label>",
    "// gone /* gone */",
    "`raw` ```raw```",
    "= Heading",
    "- item",
    "[content] {code}",
    '"); #let x = ("',
    "https://canary.example",
    "-- --- ... \"quotes\" 'apostrophes'",
]
LONG = {
    "words": ("Maria Magdalena Theodora " * 9)[:200],
    "one word": "W" * 200,
    "hanzi": "歐" * 200,
    "arabic": ("فاطمة الزهراء " * 20)[:200].strip(),
    "devanagari": ("आदित्य कृष्णमूर्ति " * 20)[:200].strip(),
    "arabic word": "ف" * 200,
}


POINTS = 72 / 25.4  # in a millimetre
PANEL = (215, 0, 297, 210)
GAPS = [(196, 0, 214, 210), (0, 29, 196, 38), (0, 171, 196, 182)]


def text_of(pdf: bytes) -> str:
    return pypdf.PdfReader(BytesIO(pdf)).pages[0].extract_text()


def compact(text: str) -> str:
    return "".join(text.split()).replace("\u200b", "")


def words(text: str) -> set[str]:
    return set(text.split())


def text_in(pdf: bytes, left: float, top: float, right: float, bottom: float) -> str:
    """The text in one part of the page, in millimetres from its top left corner."""
    document = pypdfium2.PdfDocument(pdf)
    text: str = (
        document[0]
        .get_textpage()
        .get_text_bounded(
            left=left * POINTS,
            top=(210 - top) * POINTS,
            right=right * POINTS,
            bottom=(210 - bottom) * POINTS,
        )
    )
    document.close()
    return text.strip()


def pixels(pdf: bytes, scale: float) -> memoryview:
    document = pypdfium2.PdfDocument(pdf)
    bitmap = document[0].render(scale=scale, grayscale=True)
    rows = memoryview(bytes(bitmap.buffer)).cast("B", (bitmap.height, bitmap.stride))
    bitmap.close()
    document.close()
    return rows


@pytest.fixture(scope="module")
def made() -> Certificate:
    return render(CONTENT)


def test_it_says_who_got_what_from_whom_and_when(made: Certificate) -> None:
    text = text_of(made.pdf)

    assert len(pypdf.PdfReader(BytesIO(made.pdf)).pages) == 1
    for expected in (
        CONTENT.hub_name,
        CONTENT.learner_name,
        CONTENT.achievement_name,
        "bicycle mechanics",
        "tune bicycles",
        "14 November 2026",
        "14 November 2028",
        CONTENT.issuer_did,
        "served riders on two Saturdays",
        "compare the name with a photo ID",
        "proves nothing by itself",
    ):
        assert compact(expected) in compact(text), expected
    assert compact(CONTENT.address.removeprefix("https://")) in compact(text)


def test_a_certificate_for_good_names_no_end() -> None:
    made = render(replace(CONTENT, valid_until=None, skills=(), criteria=""))

    assert "VALID" not in text_of(made.pdf).upper()
    assert "SKILLS" not in text_of(made.pdf).upper()


def test_many_skills_are_counted() -> None:
    made = render(replace(CONTENT, skills=tuple(f"skill {number}" for number in range(20))))

    assert compact("and 14 more") in compact(text_of(made.pdf))


@pytest.mark.parametrize("scale", [72 / 72, 150 / 72])
def test_a_phone_reads_the_address_from_the_printed_page(made: Certificate, scale: float) -> None:
    found = zxingcpp.read_barcodes(pixels(made.pdf, scale))

    assert [code.text for code in found] == [
        f"HTTPS://CREDENTIALS.RIVERSIDE.EXAMPLE/C/{CODE.upper()}"
    ]
    assert found[0].ec_level == "Q"


def test_the_credential_is_attached_byte_for_byte(made: Certificate) -> None:
    reader = pypdf.PdfReader(BytesIO(made.pdf))
    (attachment,) = reader.attachment_list

    assert (attachment.name, attachment.content) == ("credential.json", CONTENT.credential)
    assert attachment.subtype == "/application/vc"
    assert attachment.associated_file_relationship == "/Source"
    assert "/AF" in reader.root_object


@pytest.mark.parametrize("credential", [b"", b"{}", b'{"a": "\\u0000"}\r\n\t', "😀 ß".encode()])
def test_any_credential_is_attached_byte_for_byte(credential: bytes) -> None:
    reader = pypdf.PdfReader(BytesIO(render(replace(CONTENT, credential=credential)).pdf))

    assert reader.attachments == {"credential.json": [credential]}


def test_it_can_be_archived_and_read_aloud(made: Certificate) -> None:
    reader = pypdf.PdfReader(BytesIO(made.pdf))
    metadata = reader.xmp_metadata

    assert made.archival
    assert metadata is not None
    assert (metadata.pdfaid_part, metadata.pdfaid_conformance) == ("3", "A")
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made.pdf
    assert {"/MarkInfo", "/StructTreeRoot", "/OutputIntents"} <= set(reader.root_object)
    assert str(reader.root_object["/Lang"]) == "en"


def test_the_picture_of_the_qr_code_has_words(made: Certificate) -> None:
    root = pypdf.PdfReader(BytesIO(made.pdf)).root_object["/StructTreeRoot"]

    assert [f"QR code of the address {CONTENT.address}"] == list(_alternatives(root))


def test_the_same_content_gives_the_same_bytes(made: Certificate) -> None:
    render(replace(CONTENT, learner_name="Somebody Else"))

    assert render(CONTENT) == made


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_names_in_many_scripts_are_archival_and_can_be_copied(name: str) -> None:
    made = render(replace(CONTENT, learner_name=name, achievement_name=name, hub_name=name))

    assert made.archival
    title = pypdf.PdfReader(BytesIO(made.pdf)).metadata
    assert title is not None
    assert title.title == f"{name}: {name}"


@pytest.mark.parametrize("script", ["polish", "traditional", "cyrillic", "greek", "korean"])
def test_simple_scripts_are_copied_in_order(script: str) -> None:
    made = render(replace(CONTENT, learner_name=NAMES[script]))

    assert compact(NAMES[script]) in compact(text_of(made.pdf))


def test_arabic_is_shaped_and_copied_as_it_was_written() -> None:
    made = render(replace(CONTENT, learner_name=NAMES["arabic"]))

    text = text_of(made.pdf)
    assert words(NAMES["arabic"]) <= words(text) | {word[::-1] for word in words(text)}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_t41_text_is_never_markup(hostile: str) -> None:
    made = render(
        replace(CONTENT, learner_name=hostile, hub_name=hostile, achievement_name=hostile)
        if len(hostile) < 30
        else replace(CONTENT, learner_name=hostile)
    )

    assert made.archival
    assert compact(hostile) in compact(text_of(made.pdf))


def test_t41_skills_criteria_and_dids_are_never_markup() -> None:
    made = render(
        replace(CONTENT, skills=("#panic()", "*b*"), criteria="$x$ #panic()", issuer_did="#panic()")
    )

    assert compact(text_of(made.pdf)).count("#panic()") == 3
    assert "$x$" in text_of(made.pdf)


def test_t42_nothing_but_the_credential_is_attached_or_linked(made: Certificate) -> None:
    content = replace(CONTENT, learner_name='#image("/etc/passwd")', skills=("https://canary",))
    reader = pypdf.PdfReader(BytesIO(render(content).pdf))

    assert list(reader.attachments) == ["credential.json"]
    assert set(_links(reader)) == {CONTENT.address}
    assert set(_links(pypdf.PdfReader(BytesIO(made.pdf)))) == {CONTENT.address}


@pytest.mark.parametrize("name", LONG.values(), ids=LONG.keys())
def test_the_longest_texts_keep_to_their_places_on_one_page(name: str) -> None:
    content = replace(
        CONTENT,
        hub_name=name,
        learner_name=name,
        achievement_name=name,
        criteria=name * 20,
        skills=(name,) * 20,
        issuer_did=name,
    )

    made, usual = render(content), render(CONTENT)

    assert len(pypdf.PdfReader(BytesIO(made.pdf)).pages) == 1
    assert text_in(made.pdf, *PANEL).split() == text_in(usual.pdf, *PANEL).split()
    assert [text_in(made.pdf, *gap) for gap in GAPS] == ["", "", ""]


def test_a_long_address_stays_on_the_page() -> None:
    address = "https://" + "sub." * 100 + "example/c/" + CODE

    found = zxingcpp.read_barcodes(pixels(render(replace(CONTENT, address=address)).pdf, 3))

    assert [code.text for code in found] == [address.upper()]


@pytest.mark.parametrize("name", ["𒀭𒈹 Inanna", "Ada 👩‍🔧", "a\ue000"])
def test_a_name_that_the_fonts_lack_still_gets_a_certificate(name: str) -> None:
    made = render(replace(CONTENT, learner_name=name))

    reader = pypdf.PdfReader(BytesIO(made.pdf))
    assert not made.archival
    assert reader.attachments == {"credential.json": [CONTENT.credential]}
    assert b"pdfaid" not in made.pdf
    assert len(zxingcpp.read_barcodes(pixels(made.pdf, 1))) == 1


def test_a_mark_without_a_common_font_still_gets_a_certificate() -> None:
    made = render(replace(CONTENT, learner_name="歐\u0951"))

    assert not made.archival


@pytest.mark.parametrize("accent", ["#000000", "#ffffff", "#ffd400", "#00ff00", "#8a2d3b"])
def test_every_accent_is_dark_enough_to_read(accent: str) -> None:
    made = render(replace(CONTENT, accent=accent))

    assert made.archival
    assert min(pixels(made.pdf, 1).tobytes()) < 80


def test_a_template_that_the_typesetter_refuses_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken.typ"
    broken.write_text("#panic()", encoding="utf-8")
    monkeypatch.setattr(typesetting, "compiler", lambda _: typst.Compiler(broken))

    with pytest.raises(CertificateNotMadeError):
        render(CONTENT)


def test_a_worker_makes_the_same_certificate(made: Certificate) -> None:
    assert Certificate.decode(render_bytes(CONTENT.encode())) == made
    task = Task(function="credhub.documents.certificate:render_bytes")

    with Sandbox({"certificate": task}, workers=1) as sandbox:
        for _ in range(3):
            answer = sandbox.run("certificate", CONTENT.encode(), seconds=60)
            assert Certificate.decode(answer) == made


def test_the_flag_travels_with_the_document() -> None:
    for archival in (True, False):
        sent = Certificate(pdf=b"%PDF", archival=archival)
        assert Certificate.decode(sent.encode()) == sent


def _links(reader: pypdf.PdfReader) -> Iterator[str]:
    for annotation in reader.pages[0].annotations or []:
        yield str(annotation.get_object()["/A"]["/URI"])


def _alternatives(node: PdfObject | None) -> Iterator[str]:
    element = None if node is None else node.get_object()
    if isinstance(element, ArrayObject):
        for child in element:
            yield from _alternatives(child)
    elif isinstance(element, DictionaryObject):
        if "/Alt" in element:
            yield str(element["/Alt"])
        yield from _alternatives(element.get("/K"))
