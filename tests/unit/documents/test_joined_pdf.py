"""Files put together: all their pages, in their order, whatever there was in memory."""

import tracemalloc
from collections import Counter
from io import BytesIO
from pathlib import Path

import pypdf
import pypdfium2  # type: ignore[import-untyped]  # it has no types
import pytest
from pypdf.generic import DictionaryObject

from credhub.documents.joined_pdf import JoinedPdf
from credhub.documents.print_order import Layout
from credhub.documents.printing import render
from tests.unit.documents.test_certificate import compact
from tests.unit.documents.test_printing import numbered, order


def parts_of(layout: Layout, *counts: int) -> list[bytes]:
    """Print so many in each file, numbered from the first to the last."""
    found, first = [], 0
    for count in counts:
        found.append(render(order(layout, *(numbered(first + n) for n in range(count)))))
        first += count
    return found


def joined(parts: list[bytes]) -> bytes:
    file = BytesIO()
    whole = JoinedPdf(file)
    for part in parts:
        whole.add(part)
    whole.close()
    return file.getvalue()


def pictures(pdf: bytes) -> list[bytes]:
    """Give every page as it looks."""
    document = pypdfium2.PdfDocument(pdf)
    found = []
    for page in document:
        bitmap = page.render(scale=1, grayscale=True)
        found.append(bytes(bitmap.buffer))
        bitmap.close()
    document.close()
    return found


def types_in(pdf: bytes) -> Counter[str]:
    """Count the objects of each type."""
    reader = pypdf.PdfReader(BytesIO(pdf))
    size = int(str(reader.trailer["/Size"]))
    found = (reader.get_object(number) for number in range(1, size))
    return Counter(str(one.get("/Type")) for one in found if isinstance(one, DictionaryObject))


@pytest.mark.parametrize("layout", list(Layout))
def test_every_page_looks_as_it_did_in_its_part(layout: Layout) -> None:
    parts = parts_of(layout, 3, 1, 2)

    whole = joined(parts)

    assert pictures(whole) == [picture for part in parts for picture in pictures(part)]


def test_pages_keep_their_order_their_boxes_and_their_links() -> None:
    parts = parts_of(Layout.CERTIFICATE, 2, 2)

    reader = pypdf.PdfReader(BytesIO(joined(parts)), strict=True)

    (before,) = pypdf.PdfReader(BytesIO(parts[0])).pages[:1]
    assert len(reader.pages) == 4
    for number, page in enumerate(reader.pages):
        assert compact(f"Learner {number}") in compact(page.extract_text())
        assert (page.trimbox, page.bleedbox) == (before.trimbox, before.bleedbox)
        (link,) = {str(it.get_object()["/A"]["/URI"]) for it in page.annotations or []}
        assert link == numbered(number).address


def test_what_a_part_says_of_itself_is_left_out() -> None:
    parts = parts_of(Layout.CERTIFICATE, 1, 1)

    whole = joined(parts)

    assert [types_in(part)["/Metadata"] for part in parts] == [1, 1]
    assert (types_in(whole)["/Page"], types_in(whole)["/Metadata"]) == (2, 0)


def test_the_same_parts_give_the_same_bytes() -> None:
    parts = parts_of(Layout.CARDS, 1, 1)

    assert joined(parts) == joined(parts)
    assert joined(parts)[-200:] != joined(parts[::-1])[-200:]


def test_many_parts_need_the_memory_of_few(tmp_path: Path) -> None:
    (part,) = parts_of(Layout.CARDS, 10)
    peaks = []

    with (tmp_path / "whole.pdf").open("wb") as file:
        whole = JoinedPdf(file)
        tracemalloc.start()
        for count in (5, 60):
            tracemalloc.reset_peak()
            for _ in range(count):
                whole.add(part)
            peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        whole.close()

    assert whole.pages == len(pypdf.PdfReader(tmp_path / "whole.pdf").pages) == 65
    assert peaks[1] < 4 * peaks[0]
