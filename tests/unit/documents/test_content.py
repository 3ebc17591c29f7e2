from dataclasses import replace
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.documents.content import CertificateContent
from credhub.errors import CertificateContentError
from tests.unit.documents.factories import a_content

instants = st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0))
names = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=200)
# JSON that we read holds no U+0000.
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
contents = st.builds(
    CertificateContent,
    hub_name=names,
    issuer_did=names,
    learner_name=names,
    achievement_name=names,
    achievement_type=st.none() | names,
    criteria=texts,
    skills=st.lists(texts).map(tuple),
    awarded_at=instants,
    valid_until=st.none() | instants,
    address=names,
    credential=texts.map(str.encode),
    accent=st.just("#0f5c6e"),
)


@given(contents)
def test_content_comes_out_as_it_went_in(content: CertificateContent) -> None:
    assert CertificateContent.decode(content.encode()) == content


@pytest.mark.parametrize(
    ("field", "value", "accepted"),
    [
        ("learner_name", "x" * 10_000, "x" * 200),
        ("learner_name", "", "x"),
        ("learner_name", "\n\0 ", "\n\0x"),
        ("achievement_name", "x" * 201, "x" * 200),
        ("hub_name", " ", "x"),
        ("issuer_did", "x" * 501, "x" * 500),
        ("address", "x" * 501, "x" * 500),
        ("accent", "red", "#ff0000"),
        ("accent", "#ff00001", "#FF0000"),
        ("credential", b"\xff", b"{}"),
    ],
)
def test_t41_what_cannot_be_printed_is_refused(
    field: str, value: str | bytes, accepted: str | bytes
) -> None:
    with pytest.raises(CertificateContentError) as caught:
        _changed(field, value)

    assert caught.value.field == field
    assert getattr(_changed(field, accepted), field) == accepted


def _changed(field: str, value: str | bytes) -> CertificateContent:
    return replace(a_content(), **{field: value})  # type: ignore[arg-type]  # each case its own type
