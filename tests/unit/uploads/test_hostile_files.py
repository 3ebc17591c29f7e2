"""Every parser: what means harm is refused with its own code, and its twin is read."""

import pytest

from credhub.errors import UploadRefusedError
from credhub.uploads.found import Found, What
from tests.hostile import corpus
from tests.hostile.case import Case
from tests.unit.uploads.finding import found_in

CREDENTIAL = b'{"type": ["VerifiableCredential", "OpenBadgeCredential"], "name": "Badge"}'
ADDRESS = "https://hub.example/c/abcdefghijklmnopqrstuvwxyz234567"
CASES = corpus.files(CREDENTIAL, ADDRESS)


def found(file: bytes) -> Found:
    return Found.decode(found_in(file))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.threat} {case.name}")
def test_t38_t39_t40_t44_a_hostile_file_is_refused_and_its_twin_is_read(case: Case) -> None:
    with pytest.raises(UploadRefusedError) as refused:
        found_in(case.hostile)

    assert refused.value.code == case.code
    assert str(refused.value) == refused.value.sentence
    twin = found(case.twin)
    text = {What.ADDRESS: ADDRESS, What.CREDENTIAL: CREDENTIAL.decode()}[twin.what]
    assert twin.text == text


def test_every_case_has_a_name_of_its_own() -> None:
    assert len({case.name for case in CASES}) == len(CASES)
