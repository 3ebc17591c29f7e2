"""The files of a batch in one ZIP: named by numbers and codes, written as it is read."""

import csv
from io import BytesIO, StringIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest

from credhub.errors import BatchNotEndedError, BatchNotFoundError
from credhub.services import reading, revoking
from credhub.services.bulk import batch_archive
from credhub.services.bulk.batch_archive import FileKind
from credhub.services.resources import Resources
from credhub.store.batches import StoredBatch
from credhub.store.hubs import HubNumber
from credhub.verification.bundle import Bundle
from tests.running import Service
from tests.services.batching import row_of, rows_of, send, told, work_off
from tests.services.erasing import erase_learner


def parts_of(resources: Resources, batch: StoredBatch, kind: FileKind) -> list[bytes]:
    part = batch_archive.begin(resources, batch.hub, batch.batch_id)
    return list(batch_archive.written(resources, batch.hub, part.rows, kind))


def archive_of(resources: Resources, batch: StoredBatch, kind: FileKind) -> ZipFile:
    archive = ZipFile(BytesIO(b"".join(parts_of(resources, batch, kind))))
    assert archive.testzip() is None
    return archive


def index_of(archive: ZipFile) -> list[dict[str, str]]:
    text = archive.read("index.csv").decode()
    return list(csv.DictReader(StringIO(text, newline=""), strict=True))


def test_every_credential_is_a_file_as_it_was_signed(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = send(resources, hub, achievement, rows_of(3))
    work_off(resources)

    archive = archive_of(resources, batch, FileKind.VC)

    ids = [str(it.credential_id) for it in told(resources, batch)]
    for number, credential_id in enumerate(ids, start=1):
        opened = reading.by_id(resources, hub, credential_id)
        name = f"{number:06}-{opened.credential.code[:8]}.json"
        assert archive.read(name) == opened.signed
        assert index_of(archive)[number - 1] == {
            "row": str(number),
            "file": name,
            "credential": credential_id,
            "left out": "",
        }
    assert len(archive.namelist()) == 4


def test_certificates_and_bundles_are_files(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = send(resources, hub, achievement, rows_of(1))
    work_off(resources)

    pdfs = archive_of(resources, batch, FileKind.PDF)
    bundles = archive_of(resources, batch, FileKind.BUNDLE)

    assert pdfs.read(pdfs.namelist()[0]).startswith(b"%PDF-")
    assert pdfs.infolist()[0].compress_type == ZIP_STORED
    assert pdfs.namelist()[0].endswith(".pdf")
    bundle = Bundle.parse(bundles.read(bundles.namelist()[0]))
    assert "Learner 1" in bundle.credential
    assert bundles.infolist()[0].compress_type == ZIP_DEFLATED
    assert bundles.namelist()[0].endswith(".bundle.json")


def test_what_does_not_stand_is_in_the_index_alone(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = send(resources, hub, achievement, rows_of(3))
    work_off(resources)
    ids = [str(it.credential_id) for it in told(resources, batch)]
    revoking.revoke(resources, hub, ids[0], actor="test", reason="x")
    erase_learner(resources, hub, ids[1])

    archive = archive_of(resources, batch, FileKind.VC)

    assert [line["left out"] for line in index_of(archive)] == ["revoked", "erased", ""]
    assert [line["file"] != "" for line in index_of(archive)] == [False, False, True]
    assert len(archive.namelist()) == 2


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "C:\\x", "/etc/passwd", "a/b", "=1+1", "con.txt"],
    ids=["up", "drive", "root", "folder", "formula", "device"],
)
def test_t70_no_name_of_anybody_is_in_the_name_of_a_file(
    resources: Resources, hub: HubNumber, achievement: str, name: str
) -> None:
    row = row_of(
        1, key=f"key {name}", recipient={"name": f"Ana {name}", "externalId": f"id {name}"}
    )
    batch = send(resources, hub, achievement, [row])
    work_off(resources)

    archive = archive_of(resources, batch, FileKind.VC)

    file, index = archive.namelist()
    assert file.isascii()
    assert set(file) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")
    assert index == "index.csv"
    assert name not in archive.read("index.csv").decode()


def test_the_same_credentials_give_the_same_bytes(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = send(resources, hub, achievement, rows_of(2))
    work_off(resources)

    assert parts_of(resources, batch, FileKind.VC) == parts_of(resources, batch, FileKind.VC)


def test_an_archive_is_given_away_as_it_is_made(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = send(resources, hub, achievement, rows_of(5))
    work_off(resources)

    parts = parts_of(resources, batch, FileKind.VC)

    assert len(parts) == 6
    assert all(part.startswith(b"PK\x03\x04") for part in parts)


def test_a_long_batch_comes_in_archives(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = send(resources, hub, achievement, rows_of(3))
    work_off(resources)

    first = batch_archive.begin(resources, hub, batch.batch_id, limit=2)
    second = batch_archive.begin(resources, hub, batch.batch_id, after=2, limit=2)

    assert ([one.row for one in first.rows], first.next_cursor) == ([1, 2], 2)
    assert ([one.row for one in second.rows], second.next_cursor) == ([3], None)


def test_a_batch_that_goes_on_or_of_another_hub_has_no_archive(
    service_on_each: Service, resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = send(resources, hub, achievement, rows_of(1))

    with pytest.raises(BatchNotEndedError):
        batch_archive.begin(resources, hub, batch.batch_id)
    with pytest.raises(BatchNotFoundError):
        batch_archive.begin(resources, service_on_each.one.hub.number, batch.batch_id)
