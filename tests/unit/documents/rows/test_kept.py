"""What is kept of a row is read back as it was."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from credhub import jsontypes
from credhub.credentials.draft import Evidence, Recipient, Result, ResultStatus
from credhub.documents.rows import kept, names
from credhub.documents.rows.choices import Form
from credhub.documents.rows.outcome import ReadRow
from tests.unit.documents.rows.reading import read

FULL = ReadRow(
    row=1,
    key="student-17",
    recipient=Recipient(
        name="Amélie Dubois", email="a@mail.example", did="did:example:a", external_id="17"
    ),
    awarded_at=datetime(2026, 11, 20, 10, tzinfo=UTC),
    valid_until=datetime(2030, 1, 1, tzinfo=UTC),
    evidence=(Evidence(id="https://hub.example/p", name="N", narrative="Built it."),),
    results=(Result(value="87", status=ResultStatus.COMPLETED), Result(value="1.3")),
)
NAMES = st.text(st.characters(categories=["L"]), min_size=8, max_size=20).filter(
    lambda text: not names.stands_for_nothing(text)
)


def test_all_of_a_row_is_kept() -> None:
    assert kept.of_document(kept.to_document(FULL), row=1) == FULL


@given(
    st.builds(
        ReadRow,
        row=st.just(1),
        key=st.none() | NAMES,
        recipient=st.builds(Recipient, name=NAMES, external_id=st.none() | NAMES),
        results=st.lists(st.builds(Result, value=NAMES), max_size=3).map(tuple),
    )
)
def test_any_row_is_kept_as_the_members_of_a_row_of_json(row: ReadRow) -> None:
    document = kept.to_document(row)

    assert kept.of_document(document, row=1) == row
    assert read(jsontypes.canonical(document), Form.JSON_LINES).rows == (row,)
