"""Every parser: what means harm is refused with its own code, and its twin is read."""

import pytest

from credhub.errors import UploadRefusedError
from credhub.uploads.found import Found, What
from credhub.uploads.reading import read
from tests.hostile import pdfs, photos, pngs, svgs
from tests.hostile.case import Case

CREDENTIAL = b'{"type": ["VerifiableCredential", "OpenBadgeCredential"], "name": "Badge"}'
ADDRESS = "https://hub.example/c/abcdefghijklmnopqrstuvwxyz234567"
BADGES = [*pngs.cases(CREDENTIAL), *svgs.cases(CREDENTIAL), *pdfs.cases(CREDENTIAL)]
PHOTOS = [*photos.cases(ADDRESS)]


def found(file: bytes) -> Found:
    return Found.decode(read(file))


@pytest.mark.parametrize("case", BADGES + PHOTOS, ids=lambda case: f"{case.threat} {case.name}")
def test_t38_t39_t40_t44_a_hostile_file_is_refused_and_its_twin_is_read(case: Case) -> None:
    with pytest.raises(UploadRefusedError) as refused:
        read(case.hostile)

    assert refused.value.code == case.code
    assert str(refused.value) == refused.value.sentence
    twin = found(case.twin)
    expected = (What.ADDRESS, ADDRESS) if case in PHOTOS else (What.CREDENTIAL, CREDENTIAL.decode())
    assert (twin.what, twin.text) == expected


def test_every_case_has_a_name_of_its_own() -> None:
    assert len({case.name for case in BADGES + PHOTOS}) == len(BADGES + PHOTOS)
