"""All cases of files: each is refused, and its twin is read."""

from tests.hostile import pdfs, photos, pngs, svgs
from tests.hostile.case import Case


def files(credential: bytes, address: str) -> list[Case]:
    """Make every case around one credential and the address of one."""
    return [
        *pngs.cases(credential),
        *svgs.cases(credential),
        *pdfs.cases(credential),
        *photos.cases(address),
    ]
