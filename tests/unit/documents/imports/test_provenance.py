"""What a row says of the credential in whose place it is."""

import pytest

from credhub.credentials.draft import Evidence, Recipient
from credhub.documents.imports import provenance
from credhub.documents.rows.outcome import ReadRow

ADDRESS = "https://loom.example/a/1"
EARLIER = provenance.evidence_of(system="Credly", url=ADDRESS)


@pytest.mark.parametrize(
    ("evidence", "address"),
    [
        ((EARLIER,), ADDRESS),
        ((EARLIER, Evidence(id="https://work.example/1")), ADDRESS),
        ((provenance.evidence_of(system="Credly", identifier="b-1"),), None),
        ((Evidence(id=ADDRESS, name=EARLIER.name),), None),
        ((Evidence(id=ADDRESS, name=EARLIER.name, narrative="Seen by us."),), None),
        ((Evidence(id=ADDRESS, narrative=EARLIER.narrative),), None),
        ((Evidence(id="https://work.example/1"), EARLIER), None),
        ((), None),
    ],
    ids=["address", "more", "id", "name only", "other text", "other name", "second", "nothing"],
)
def test_only_what_an_import_wrote_is_the_address_of_an_earlier_credential(
    evidence: tuple[Evidence, ...], address: str | None
) -> None:
    row = ReadRow(row=1, key=None, recipient=Recipient(name="Ana Lima"), evidence=evidence)

    assert provenance.earlier_address(row) == address
