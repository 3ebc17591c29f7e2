"""Pages, set by typst with the fonts of this package and nothing else of the machine."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final, cast

import typst

from credhub.documents.coverage import FONTS

TEMPLATES: Final = Path(__file__).parent
_REMEMBERED: Final = 10
"""The typesetter remembers what it set until it has set so many other files."""

_MM_IN_INCH: Final = 25.4
_PAGE_MM: Final = 100

PLAIN: Final[tuple["typst.PDFStandard", ...]] = ("1.7",)


def pdf(
    template: str,
    inputs: Mapping[str, str],
    *,
    made_at: int,
    profile: Sequence["typst.PDFStandard"] = PLAIN,
    tagged: bool = True,
) -> bytes:
    """Set a template of this package. The same inputs give the same bytes.

    Args:
        template: The name of its file.
        inputs: What it says.
        made_at: When it says it was made, in seconds.
        profile: Which standards the file keeps.
        tagged: Whether it says what is a heading and what a picture, for who hears it.

    Raises:
        typst.TypstError: It cannot be set, or not by these standards.
    """
    made = compiler(template).compile(
        sys_inputs={**inputs}, pdf_standards=[*profile], timestamp=made_at, pdf_tags=tagged
    )
    return cast("bytes", made)


def picture(
    template: str, inputs: Mapping[str, str], *, kind: "typst.OutputFormat", pixels: int
) -> bytes:
    """Draw a template of one square page. The same inputs give the same bytes.

    Args:
        template: The name of its file.
        inputs: What it says.
        kind: ``png`` or ``svg``.
        pixels: The width and height of a PNG, for a page of 100 mm.

    Raises:
        typst.TypstError: It cannot be set.
    """
    made = compiler(template).compile(
        format=kind, sys_inputs={**inputs}, ppi=pixels * _MM_IN_INCH / _PAGE_MM
    )
    return cast("bytes", made)


def forget() -> None:
    """Give back the memory that large files took, by setting as many empty ones as it takes."""
    for _ in range(_REMEMBERED + 1):
        pdf("nothing.typ", {}, made_at=0)


@lru_cache
def compiler(template: str) -> typst.Compiler:
    """Make the compiler of a template."""
    # From a file: from bytes, typst mixes up the sources of several compilers.
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS]
    )
    return typst.Compiler(
        TEMPLATES / template, root=TEMPLATES, font_paths=fonts, ignore_system_fonts=True
    )
