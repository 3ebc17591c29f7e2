"""T46: forms that are cut off, or made of very many or very large parts."""

import pytest

from tests.hostile import forms
from tests.running import Service
from tests.web.test_uploaded_documents import Things, things

__all__ = ["things"]


def sent(service: Service, path: str, body: bytes, media_type: str = forms.FORM) -> int:
    headers = {"content-type": media_type}
    return service.public().post(path, content=body, headers=headers).status_code


# Starlette leaves a part that never ended to the garbage collector; it was in memory only.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("path", ["/v1/verify", "/verify"])
def test_t46_a_form_that_means_harm_is_refused_and_the_next_good_one_is_read(
    service: Service, things: Things, path: str
) -> None:
    badge = things.files["a PNG badge"]
    good = forms.part(badge) + forms.end()

    for case in forms.cases(badge):
        expected = case.statuses | {400}
        assert sent(service, path, case.body, case.media_type) in expected, case.name
        assert sent(service, path, good) == 200, case.name


@pytest.mark.parametrize("path", ["/v1/verify", "/verify"])
def test_t46_what_stands_before_and_behind_the_parts_is_passed_over(
    service: Service, things: Things, path: str
) -> None:
    whole = forms.part(things.signed) + forms.end()

    assert sent(service, path, b"\r\n" * 2**20 + whole) == 200
    assert sent(service, path, whole + b"\r\n" * 2**20) == 200
