"""What became of the rows of a batch, as a file for spreadsheets."""

import csv
from io import StringIO

import pytest

from credhub.documents.change_file import ChangeFile
from credhub.documents.rows.choices import Form
from credhub.errors import BatchNotFoundError
from credhub.services import reading
from credhub.services.bulk import batch_result_claims, batch_result_file, change_receiving
from credhub.services.correcting import Corrections
from credhub.services.resources import Resources
from credhub.store.batches import BatchKind
from credhub.store.hubs import HubNumber
from tests.running import Service
from tests.services.batching import results, row_of, rows_of, send, work_off
from tests.services.erasing import erase_learner
from tests.services.test_correcting import correct

FORMULA = '=HYPERLINK("//x")'


def read(content: bytes) -> list[dict[str, str]]:
    """Read a file as a spreadsheet does."""
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig"), newline=""), strict=True))


def test_a_file_has_a_line_for_every_row_in_their_order(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    send(resources, hub, achievement, rows_of(2))
    work_off(resources)
    other = row_of(1, recipient={"name": "Somebody else"})
    batch = send(resources, hub, achievement, [other, row_of(2), row_of(3)])
    work_off(resources)

    lines = read(b"".join(batch_result_file.written(resources, hub, batch.batch_id)))

    assert [line["row"] for line in lines] == ["1", "2", "3"]
    assert [line["outcome"] for line in lines] == ["failed", "skipped", "issued"]
    failed, *others = lines
    assert (failed["credential"], failed["url"], failed["code"]) == ("", "", "row-key-reused")
    assert failed["detail"]
    for line in others:
        assert reading.by_id(resources, hub, line["credential"]).address == line["url"]
        assert (line["code"], line["detail"]) == ("", "")


@pytest.mark.parametrize("at_once", [1, 2, 3, 1_000])
def test_a_file_is_the_same_in_however_many_parts_it_is_read(
    resources: Resources, hub: HubNumber, achievement: str, at_once: int
) -> None:
    batch = send(resources, hub, achievement, rows_of(6))
    work_off(resources)

    parts = list(batch_result_file.written(resources, hub, batch.batch_id, at_once=at_once))

    assert len(parts) == 1 + -(-6 // at_once)
    assert b"".join(parts) == b"".join(batch_result_file.written(resources, hub, batch.batch_id))


def test_a_batch_that_waits_has_a_file_without_rows(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = send(resources, hub, achievement, rows_of(2))

    content = b"".join(batch_result_file.written(resources, hub, batch.batch_id))

    assert content == b"\xef\xbb\xbfrow,outcome,credential,url,code,detail\r\n"


def test_t67_what_a_spreadsheet_runs_is_in_no_cell(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    first = row_of(1, key=FORMULA, recipient={"name": "Ada", "externalId": "@x"})
    again = row_of(1, key=FORMULA, recipient={"name": "Ada again", "externalId": "@x"})
    send(resources, hub, achievement, [first])
    work_off(resources)
    batch = send(resources, hub, achievement, [again])
    work_off(resources)

    content = b"".join(batch_result_file.written(resources, hub, batch.batch_id))

    (line,) = read(content)
    assert line["code"] == "row-key-reused"
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in line.values())
    assert b"HYPERLINK" not in content


def test_t55_the_batch_of_another_hub_has_no_file(
    service_on_each: Service, resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = send(resources, hub, achievement, [row_of(1)])

    with pytest.raises(BatchNotFoundError):
        batch_result_file.written(resources, service_on_each.one.hub.number, batch.batch_id)


def test_claims_are_what_a_table_of_corrections_says(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    page = {"id": "https://school.example/a"}
    plain = row_of(1, recipient={"name": "Somebody else"})
    full = row_of(
        2,
        awardedDate="2026-09-01",
        validUntil="2099-01-01T00:00:00Z",
        evidence=[page],
        results=[{"value": "87"}],
    )
    several = row_of(3, evidence=[page, {"narrative": "It runs."}], results=[{"status": "Failed"}])
    erased = row_of(4)
    batch = send(resources, hub, achievement, [row_of(1), full, several, erased])
    work_off(resources)
    gone = read(b"".join(batch_result_file.written(resources, hub, batch.batch_id)))[3]
    erase_learner(resources, hub, gone["credential"])
    other = send(resources, hub, achievement, [plain])
    work_off(resources)

    def lines(batch_id: str) -> list[dict[str, str]]:
        written = batch_result_file.written(resources, hub, batch_id, with_claims=True)
        return [
            {name: text for name, text in line.items() if name in batch_result_claims.COLUMNS}
            for line in read(b"".join(written))
        ]

    nothing = dict.fromkeys(batch_result_claims.COLUMNS, "")
    first, second, third, last = lines(batch.batch_id)
    assert first == nothing | {"name": "Learner 1", "awardedDate": first["awardedDate"]}
    assert second == {
        "name": "Learner 2",
        "awardedDate": "2026-09-01T00:00:00Z",
        "validUntil": "2099-01-01T00:00:00Z",
        "evidenceUrl": "https://school.example/a",
        "result": "87",
    }
    assert (third["evidenceUrl"], third["result"]) == ("", "")
    assert last == nothing
    assert lines(other.batch_id) == [nothing]  # It failed: the key was another learner's.


def test_claims_are_those_at_the_end_of_a_chain_of_corrections(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = send(resources, hub, achievement, [row_of(1)])
    work_off(resources)
    (chain,) = ([str(it.result.credential_id)] for it in results(resources, batch))
    for name in ("B", "C", "D"):
        corrected = correct(resources, hub, chain[-1], Corrections(name=name))
        chain.append(corrected.credential.credential_id)

    written = batch_result_file.written(resources, hub, batch.batch_id, with_claims=True)

    (line,) = read(b"".join(written))
    assert (line["credential"], line["name"]) == (chain[-1], "D")


def test_a_table_of_claims_that_is_left_alone_corrects_nothing_and_is_never_refused(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    """A cell that would be refused is blank: so what was signed stays."""
    results_of = ("87 ", "-1", "'=1", "#PASS!", "#REF!", "\ufeff5", 'a;b"c', "Err:502")
    names_of = ("Ada ", "Ada\u00a0", "'Abd al-R", "Ada  Two", "A, B\u3000C")
    rows = [
        row_of(
            at,
            recipient={"name": names_of[at % len(names_of)], "externalId": str(at)},
            results=[{"value": value}],
        )
        for at, value in enumerate(results_of, start=1)
    ]
    batch = send(resources, hub, achievement, rows)
    work_off(resources)
    first = str(results(resources, batch)[0].result.credential_id)
    correct(resources, hub, first, Corrections(name="Null"))

    content = b"".join(batch_result_file.written(resources, hub, batch.batch_id, with_claims=True))
    table = ChangeFile(lambda: (content,), Form.CSV, reason="x", corrects=True)
    found = change_receiving.try_out(resources, hub, BatchKind.CORRECTION, table)

    assert (found.faults, found.changed, found.skipped) == ([], 0, len(rows))
    lines = read(content)
    assert [line["name"] for line in lines][:2] == ["", "'Abd al-R"]
    told = [line["result"] for line in lines]
    assert [told[at] for at in (0, 1, 3, 4, 5)] == ["87 ", "'-1", "", "", ""]
