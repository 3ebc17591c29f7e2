"""Many certificates in one file: cut where the marks are, each with what is its own."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import pypdf
import pypdfium2  # type: ignore[import-untyped]  # it has no types
import pytest
import typst
import zxingcpp

from credhub.documents import typesetting
from credhub.documents.content import CertificateContent
from credhub.documents.print_order import Layout, Paper, PrintOrder
from credhub.documents.printing import render, render_bytes
from credhub.errors import CertificateNotMadeError
from credhub.sandbox.pool import Sandbox
from credhub.sandbox.process import Task
from tests.unit.documents.factories import CODE, a_content
from tests.unit.documents.test_certificate import HOSTILE, LONG, NAMES, compact

POINTS = 72 / 25.4  # in a millimetre
CARD = (85.6, 54.0)
# Width, height, columns and rows of a sheet.
SHEETS = {Paper.A4: (210.0, 297.0, 2, 5), Paper.LETTER: (279.4, 215.9, 3, 3)}
PAGES = {Paper.A4: (297.0, 210.0), Paper.LETTER: (279.4, 215.9)}
LETTERS = str.maketrans("0123456789", "abcdefghij")
WHITE = 255
INK = 200
"""A mark is thinner than a point of the picture, so that its black is spread over two."""


def numbered(number: int, **changes: object) -> CertificateContent:
    content = replace(
        a_content(),
        learner_name=f"Learner {number}",
        address=a_content().address[:-5] + f"{number:05}".translate(LETTERS),
    )
    return replace(content, **changes)  # type: ignore[arg-type]  # a test may name any member


def order(layout: Layout, *contents: CertificateContent, **changes: object) -> PrintOrder:
    made = PrintOrder(layout=layout, paper=Paper.A4, marks=True, contents=contents)
    return replace(made, **changes)  # type: ignore[arg-type]  # a test may name any member


def several(layout: Layout, count: int, **changes: object) -> PrintOrder:
    return order(layout, *(numbered(number) for number in range(count)), **changes)


def boxes(pdf: bytes) -> list[pypdf.PageObject]:
    return list(pypdf.PdfReader(BytesIO(pdf)).pages)


def sizes(box: object) -> list[float]:
    """Give left, bottom, right and top in millimetres."""
    return [round(float(edge) / POINTS, 2) for edge in box]  # type: ignore[attr-defined]  # four of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One page as it looks, ten grey points to the millimetre."""

    rows: memoryview

    @classmethod
    def of(cls, pdf: bytes, page: int = 0) -> "Seen":
        document = pypdfium2.PdfDocument(pdf)
        bitmap = document[page].render(scale=10 / POINTS, grayscale=True)
        rows = memoryview(bytes(bitmap.buffer)).cast("B", (bitmap.height, bitmap.stride))
        bitmap.close()
        document.close()
        return cls(rows=rows)

    def at(self, x: float, y: float) -> int:
        return int(self.rows[round(y * 10), round(x * 10)])

    def darkest(self, left: float, top: float, right: float, bottom: float) -> int:
        return min(
            self.rows[y, x]
            for y in range(round(top * 10), round(bottom * 10))
            for x in range(round(left * 10), round(right * 10))
        )


@pytest.mark.parametrize("paper", list(Paper))
def test_a_page_is_cut_to_the_paper_and_bleeds_three_millimetres(paper: Paper) -> None:
    width, height = PAGES[paper]

    pages = boxes(render(several(Layout.CERTIFICATE, 2, paper=paper)))

    assert len(pages) == 2
    for page in pages:
        assert sizes(page.mediabox) == pytest.approx([0, 0, width + 14, height + 14], abs=0.02)
        assert sizes(page.trimbox) == pytest.approx([7, 7, width + 7, height + 7], abs=0.02)
        assert sizes(page.bleedbox) == pytest.approx([4, 4, width + 10, height + 10], abs=0.02)


def test_colour_goes_as_far_as_the_bleed_and_marks_begin_there() -> None:
    seen = Seen.of(render(several(Layout.CERTIFICATE, 1)))

    right, bottom = 297 + 7, 210 + 7
    assert seen.at(right + 2.8, 100) == seen.at(right - 2, 100) < WHITE
    assert seen.at(right - 2, 4.2) == seen.at(right - 2, bottom + 2.8) < WHITE
    assert seen.darkest(0, 60, 6.5, 200) == seen.darkest(right + 3.2, 60, right + 6.8, 200) == WHITE
    for x in (7, right):
        assert seen.darkest(x - 0.3, 1, x + 0.3, 3) < INK
        assert seen.darkest(x - 0.3, bottom + 4, x + 0.3, bottom + 6) < INK
    for y in (7, bottom):
        assert seen.darkest(1, y - 0.3, 3, y + 0.3) < INK
        assert seen.darkest(right + 4, y - 0.3, right + 6, y + 0.3) < INK


@pytest.mark.parametrize("layout", list(Layout))
@pytest.mark.parametrize("paper", list(Paper))
def test_without_marks_a_page_is_the_paper(layout: Layout, paper: Paper) -> None:
    sheets = PAGES if layout is Layout.CERTIFICATE else SHEETS
    width, height, *_ = sheets[paper]

    pdf = render(several(layout, 1, paper=paper, marks=False))

    (page,) = boxes(pdf)
    assert sizes(page.mediabox) == pytest.approx([0, 0, width, height], abs=0.02)
    assert sizes(page.trimbox) == sizes(page.mediabox)
    assert Seen.of(pdf).darkest(0, 0, 4, 10) == WHITE


def test_certificates_come_in_their_order_one_on_each_page() -> None:
    pages = boxes(render(several(Layout.CERTIFICATE, 12)))

    for number, page in enumerate(pages):
        assert compact(f"Learner {number}") in compact(page.extract_text())
    assert len(pages) == 12


def cells(paper: Paper) -> Iterator[tuple[float, float]]:
    """Give the upper left corner of every card on a sheet."""
    width, height, columns, rows = SHEETS[paper]
    left, top = (width - columns * CARD[0]) / 2, (height - rows * CARD[1]) / 2
    for row in range(rows):
        for column in range(columns):
            yield left + column * CARD[0], top + row * CARD[1]


def text_in(pdf: bytes, page: int, left: float, top: float) -> str:
    """Read the text of the card whose upper left corner this is."""
    document = pypdfium2.PdfDocument(pdf)
    height = document[page].get_height()
    text: str = (
        document[page]
        .get_textpage()
        .get_text_bounded(
            left=left * POINTS,
            top=height - top * POINTS,
            right=(left + CARD[0]) * POINTS,
            bottom=height - (top + CARD[1]) * POINTS,
        )
    )
    document.close()
    return text


@pytest.mark.parametrize("paper", list(Paper))
def test_cards_fill_sheets_in_their_order(paper: Paper) -> None:
    corners = list(cells(paper))
    count = len(corners) + 1

    pdf = render(several(Layout.CARDS, count, paper=paper))

    assert len(boxes(pdf)) == 2
    for number in range(count):
        page, place = divmod(number, len(corners))
        text = compact(text_in(pdf, page, *corners[place]))
        assert compact(f"Learner {number}Community Bicycle Mechanic") in text
        assert compact("Riverside Learning Hub") in text
        assert numbered(number).address.removeprefix("https://") in text
        assert compact("Awarded 14 November 2026 Valid until 14 November 2028") in text


@pytest.mark.parametrize("paper", list(Paper))
def test_a_phone_reads_every_card(paper: Paper) -> None:
    count = len(list(cells(paper)))

    seen = Seen.of(render(several(Layout.CARDS, count, paper=paper)))

    found = zxingcpp.read_barcodes(seen.rows)
    expected = {numbered(number).address.upper() for number in range(count)}
    assert {code.text for code in found} == expected
    assert {code.ec_level for code in found} == {"Q"}


@pytest.mark.parametrize("paper", list(Paper))
def test_marks_point_at_every_edge_of_a_card(paper: Paper) -> None:
    width, height, *_ = SHEETS[paper]
    corners = list(cells(paper))
    (left, top), (last_x, last_y) = corners[0], corners[-1]
    right, bottom = last_x + CARD[0], last_y + CARD[1]

    seen = Seen.of(render(several(Layout.CARDS, 1, paper=paper)))

    for x in {x for corner, _ in corners for x in (corner, corner + CARD[0])}:
        assert seen.darkest(x - 0.3, top - 6, x + 0.3, top - 3) < INK
        assert seen.darkest(x - 0.3, bottom + 3, x + 0.3, bottom + 6) < INK
    for y in {y for _, corner in corners for y in (corner, corner + CARD[1])}:
        assert seen.darkest(left - 6, y - 0.3, left - 3, y + 0.3) < INK
        assert seen.darkest(right + 3, y - 0.3, right + 6, y + 0.3) < INK
    assert seen.darkest(left - 1.5, top - 1.5, right + 1.5, top + 2.5) == WHITE
    assert (width - right, height - bottom) == pytest.approx((left, top))


@pytest.mark.parametrize("name", LONG.values(), ids=LONG.keys())
def test_the_longest_texts_keep_away_from_the_cuts(name: str) -> None:
    long = numbered(0, hub_name=name, learner_name=name, achievement_name=name)

    pdf = render(order(Layout.CARDS, *(long,) * 10, marks=False))

    seen = Seen.of(pdf)
    for left, top in cells(Paper.A4):
        right, bottom = left + CARD[0], top + CARD[1]
        for strip in (
            (left, top, right, top + 2.5),
            (left, bottom - 3, right, bottom),
            (left, top, left + 3, bottom),
            (right - 3, top, right, bottom),
        ):
            assert seen.darkest(*strip) == WHITE
    assert len(zxingcpp.read_barcodes(seen.rows)) == 10


def test_a_long_address_fits_a_card() -> None:
    address = "https://" + "sub." * 100 + "example/c/" + CODE

    seen = Seen.of(render(order(Layout.CARDS, numbered(0, address=address))))

    assert [code.text for code in zxingcpp.read_barcodes(seen.rows)] == [address.upper()]


@pytest.mark.parametrize("layout", list(Layout))
def test_names_in_every_script_share_one_file_with_each_font_once(layout: Layout) -> None:
    contents = (numbered(n, learner_name=name) for n, name in enumerate(NAMES.values()))

    pdf = render(order(layout, *contents))

    fonts = [str(font).partition("+")[2] for font in _fonts(pdf)]
    assert len(fonts) == len(set(fonts)) > 5


@pytest.mark.parametrize("layout", list(Layout))
@pytest.mark.parametrize("name", ["𒀭𒈹 Inanna", "歐\u0951"], ids=["cuneiform", "stray mark"])
def test_a_name_that_the_fonts_lack_is_printed_all_the_same(layout: Layout, name: str) -> None:
    pdf = render(order(layout, numbered(0, learner_name=name), numbered(1)))

    assert compact("Learner 1") in compact("".join(page.extract_text() for page in boxes(pdf)))


@pytest.mark.parametrize("layout", list(Layout))
def test_t41_text_is_never_markup(layout: Layout) -> None:
    pdf = render(order(layout, *(numbered(n, learner_name=it) for n, it in enumerate(HOSTILE))))

    text = compact("".join(page.extract_text() for page in boxes(pdf)))
    for hostile in HOSTILE:
        assert compact(hostile) in text


@pytest.mark.parametrize("layout", list(Layout))
def test_t42_nothing_is_attached_and_only_the_addresses_are_linked(layout: Layout) -> None:
    content = numbered(0, learner_name='#image("/etc/passwd")', skills=("https://canary",))

    reader = pypdf.PdfReader(BytesIO(render(order(layout, content))))

    links = [str(it.get_object()["/A"]["/URI"]) for it in reader.pages[0].annotations or []]
    assert set(links) <= {content.address}
    assert not reader.attachments


@pytest.mark.parametrize("layout", list(Layout))
def test_the_same_order_gives_the_same_bytes(layout: Layout) -> None:
    first = render(several(layout, 2))
    render(several(layout, 3))

    assert render(several(layout, 2)) == first


@pytest.mark.parametrize("layout", list(Layout))
@pytest.mark.parametrize("paper", list(Paper))
def test_an_order_comes_out_as_it_went_in(layout: Layout, paper: Paper) -> None:
    sent = several(layout, 3, paper=paper, marks=layout is Layout.CARDS)

    assert PrintOrder.decode(sent.encode()) == sent


def test_a_worker_prints_the_same_in_its_memory_as_many_as_there_may_be() -> None:
    tasks = {"print": Task(function="credhub.documents.printing:render_bytes")}
    sent = several(Layout.CARDS, 3)
    names = list(NAMES.values())

    with Sandbox(tasks, workers=1) as sandbox:
        assert sandbox.run("print", sent.encode(), seconds=60) == render_bytes(sent.encode())
        for times, layout in enumerate((*Layout, *Layout)):
            contents = (
                numbered(n + times, learner_name=f"{names[n % len(names)]} {times}-{n}")
                for n in range(layout.most)
            )
            most = order(layout, *contents)
            assert sandbox.run("print", most.encode(), seconds=120).startswith(b"%PDF-1.7")


def test_a_template_that_the_typesetter_refuses_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken.typ"
    broken.write_text("#panic()", encoding="utf-8")
    monkeypatch.setattr(typesetting, "compiler", lambda _: typst.Compiler(broken))

    with pytest.raises(CertificateNotMadeError):
        render(several(Layout.CARDS, 1))


def _fonts(pdf: bytes) -> Iterator[object]:
    reader = pypdf.PdfReader(BytesIO(pdf))
    for number in reader.xref[0]:
        found = reader.get_object(number)
        if isinstance(found, pypdf.generic.DictionaryObject) and {"/FontFile2", "/FontFile3"} & set(
            found
        ):
            yield found["/FontName"]
